"""A station's equipment in action: the kernel's side of `twin.equipment.model.Bench`.

Keeps set points, laws and active faults, gives the equipment's pure functions what they need,
and records what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import copysign, inf
from typing import TYPE_CHECKING

from twin.equipment.model import Course
from twin.kernel.calendar import Calendar
from twin.kernel.draws import Draws
from twin.kernel.part import LatentPart, Part
from twin.kernel.player import Player, first_apart
from twin.line.line import Line, Station
from twin.physics.laws import Law
from twin.trace.tables import EventKind, Recorder

if TYPE_CHECKING:
    from twin.kernel.belt import Belt
    from twin.kernel.faults import FaultScript
    from twin.kernel.fluid_station import FluidStation
    from twin.kernel.machine import Machine
    from twin.kernel.stock import Stock
    from twin.kernel.tank import Tank


class Rig:
    """Set points, laws, readings and faults of one station."""

    def __init__(
        self, calendar: Calendar, recorder: Recorder, line: Line, station: Station, seed: int
    ) -> None:
        self._calendar = calendar
        self._recorder = recorder
        self._seed = seed
        self._id = station.id
        self._place = line.place(station.id)
        self.equipment = station.equipment
        self.parameters = station.parameters
        self.machine: Machine
        self.belt: Belt | None = None
        self.part: Part | None = None
        self.flow: FluidStation | None = None
        self.faults: dict[str, list[FaultScript]] = {}  # this station's, by kind
        self.line_faults: dict[str, FaultScript] = {}  # the line's, by id
        self.stocks: Sequence[Stock] = ()  # materials, in file order
        self.tanks: dict[str, Tank] = {}  # the line's, by key
        self.recipes = line.recipes_of(station.id)  # by number of the product
        self._loaded = 0  # product whose recipe the set points are of
        self.settings = {setting.name: setting.default for setting in station.settings}
        self._masked = False
        keys = list(line.quantities)
        prefix = f"{station.id}."
        self._numbers = {
            k.removeprefix(prefix): i for i, k in enumerate(keys) if k.startswith(prefix)
        }
        self._reading_numbers = {
            k.removeprefix(prefix): i for i, k in enumerate(line.readings) if k.startswith(prefix)
        }
        self._modes = {mode.id: i for i, mode in enumerate(station.spec.failures)}
        self._initial = {q.name: q.initial for q in station.quantities}
        self._laws: dict[str, tuple[float, Law]] = {}
        self._sound: dict[str, tuple[float, Law]] = {}  # the driven laws, were there no faults
        self._draws: dict[tuple[str, str], Draws] = {}
        self._drawn: dict[tuple[str, str], float] = {}  # the latest of each
        self.step = -1
        self._mark = 0.0  # working time of the machine when the phase began
        self._player = Player(calendar, self._follow, self._recourse)
        self._without = Player(calendar, self._suppose, self._imagine)
        self._on_course: set[str] = set()  # quantities the course has spoken of

    # ---- the run's side

    def begin(self, product: int) -> None:
        """Record set points and laws at the start, settled, with the recipe of `product`."""
        self._loaded = product
        self.settings.update(self._asked(product))
        for name, value in self.settings.items():
            self._record(name, Law.hold(value))
        for name, value in self._initial.items():
            self._record(name, Law.hold(value))
        if self.equipment.drive is not None:
            for name, (target, _) in self.equipment.drive(self.parameters, self).items():
                self._record(name, Law.hold(target))
                self._sound[name] = self._laws[name]
        self._recourse()

    def changed(self) -> None:
        """Something the physics depends on changed: ask the equipment where its laws go now."""
        self.drive()
        if self.equipment.course is None:
            self._reflow()
        else:
            self._recourse()

    def begin_phase(self, step: int) -> bool:
        """Begin phase number `step` of the cycle; False when the cycle is done instead."""
        assert self.equipment.course is not None
        self.step, self._mark = step, self.machine.worked
        course = self.equipment.course(self.parameters, self)
        if course.done or course.left is None:
            self.step = -1
            course = self.equipment.course(self.parameters, self)
        else:
            number = -1 if self.part is None else self.part.number
            self._event(EventKind.PHASE, number, float(step))
            self.machine.left = self.machine.cycle_hint = course.left
        self.put("Phase", self.step + 1.0)
        self.drive()
        self._take(course)
        return self.step >= 0

    def _recourse(self) -> None:
        """Ask for the course from now on."""
        if self.equipment.course is None:
            return
        course = self.equipment.course(self.parameters, self)
        if self.step >= 0 and self.working:
            self.machine.set_left(0.0 if course.done or course.left is None else course.left)
        self._take(course)

    def _take(self, course: Course) -> None:
        self._player.play(course)
        self._imagine()
        for scripts in self.faults.values():
            for script in scripts:
                script.foresee()
        self._reflow()

    def _reflow(self) -> None:
        if self.flow is not None:
            self.flow.refresh()

    def _imagine(self) -> None:
        """While a fault is at work, follow what the course would be without it as well."""
        course = self.equipment.course
        assert course is not None
        if not self._faulty:
            self._without.stop()
            self._sound = {n: s for n, s in self._sound.items() if n not in self._on_course}
            return
        for name in self._on_course:
            self._sound.setdefault(name, self._laws[name])
        self._masked = True
        sound = course(self.parameters, self)
        self._masked = False
        self._without.play(sound)

    @property
    def _faulty(self) -> bool:
        """Whether a fault is at work, so that what would be without it has to be asked for."""
        return any(script.active for scripts in self.faults.values() for script in scripts)

    def set(self, name: str, value: float) -> None:
        """Change a set point."""
        self.settings[name] = value
        self._record(name, Law.hold(value))
        self.changed()
        if self.belt is not None and self.equipment.residence is not None:
            self.belt.change_stay(self.equipment.residence(self.parameters, self.settings))

    def load_recipe(self, product: int) -> None:
        """Change the set points that the recipe of `product` names; the others stay."""
        self._loaded = product
        for name, value in self._asked(product).items():
            if value != self.settings[name]:
                self.set(name, value)

    def change_recipe(self, product: int, name: str, value: float) -> None:
        """Let the recipe of `product` ask for `value`, at once where it is what is made."""
        self.recipes[product][name] = value
        if product == self._loaded and name in self.settings:
            self.set(name, value)

    def _asked(self, product: int) -> dict[str, float]:
        return {n: v for n, v in self.recipes[product].items() if n in self.settings}

    def drive(self) -> None:
        """Let every law head for where settings and faults now send it."""
        drive = self.equipment.drive
        if drive is None:
            return
        targets = drive(self.parameters, self)
        for name, (target, tau) in targets.items():
            if target != self._laws[name][1].target:
                self._record(name, Law(self.value(name), target, tau))
        faulty = self._faulty
        if faulty:
            self._masked = True
            targets = drive(self.parameters, self)
            self._masked = False
        now = self._calendar._now
        for name, (target, tau) in targets.items():
            since, law = self._sound[name]
            if target != law.target:
                self._sound[name] = (now, Law(law.at(now - since), target, tau))
        if not faulty:
            return
        for scripts in self.faults.values():
            for script in scripts:
                script.foresee()  # one that came while the machine stood shows when it works

    def deviation(self, name: str) -> Law | None:
        """From now on, how far a law is from what it would be without faults.

        Both are lags of one time constant, so their difference is one too. None when nothing
        drives the law.
        """
        if name not in self._sound:
            return None
        since, sound = self._sound[name]
        law = self._laws[name][1]
        return Law(
            self.value(name) - sound.at(self._calendar._now - since),
            law.target - sound.target,
            max(law.tau, sound.tau),
        )

    def time_to_differ(self, name: str, limit: float) -> float:
        """Seconds until a law is `limit` from where it would be without faults, or inf."""
        if name in self._on_course:
            if name not in self._sound:
                return inf
            ways = (self._player.ahead(name, *self._laws[name]),
                    self._without.ahead(name, *self._sound[name]))  # fmt: skip
            at = first_apart(*ways, limit)
            return inf if at is None else at - self._calendar._now
        deviation = self.deviation(name)
        if deviation is None:
            return inf
        if abs(deviation.value) >= limit:
            return 0.0
        return deviation.time_to_reach(copysign(limit, deviation.target))

    def cycle(self, part: Part, nominal: float) -> float:
        """Actual time of the cycle that begins now."""
        if self.equipment.cycle is None:
            return nominal
        self.part = part
        return self.equipment.cycle(self.parameters, self, nominal)

    def work(self, part: Part) -> bool | None:
        """What the cycle that ends does to the part; its verdict, if this kind gives one."""
        if self.equipment.work is None or not isinstance(part, LatentPart):
            return None
        self.part = part
        verdict = self.equipment.work(self.parameters, self, part)
        if verdict is not None:
            self._event(EventKind.VERDICT, part.number, float(verdict))
        return verdict

    # ---- the equipment's side (Bench)

    @property
    def t(self) -> float:
        return self._calendar._now

    @property
    def working(self) -> bool:
        return self.machine.at_work

    @property
    def product(self) -> int:
        return 0 if self.part is None else self.part.product

    @property
    def into(self) -> float:
        return 0.0 if self.step < 0 else self.machine.worked_so_far - self._mark

    def setting(self, name: str) -> float:
        return self.settings[name]

    def value(self, quantity: str) -> float:
        laws = self._sound if self._masked and quantity in self._on_course else self._laws
        since, law = laws[quantity]
        return law.at(self._calendar._now - since)

    def hidden(self, name: str) -> float:
        return self.part.x.get(name, 0.0) if isinstance(self.part, LatentPart) else 0.0

    @property
    def recipe(self) -> Mapping[str, float]:
        return self.recipes[self.product]

    def draw(self, tank: str, mass: float, seconds: float) -> bool:
        return self._masked or not tank or self.tanks[tank].draw(mass, seconds)

    def put(self, quantity: str, value: float) -> None:
        if self._masked:
            return
        held = Law.hold(value)
        if self._laws[quantity][1] != held:
            self._record(quantity, held)

    def severity(self, fault: str) -> float:
        if self._masked:
            return 0.0
        scripts = self.faults.get(fault)
        return sum([script.severity for script in scripts]) if scripts else 0.0

    @property
    def speed(self) -> float:
        return 0.0 if self.flow is None else self.value("Speed")

    @property
    def treated(self) -> float:
        return 0.0 if self.flow is None else self.value("Made") + self.value("Lost")

    def arriving(self, name: str, otherwise: float = 0.0) -> float:
        for buffer, _ in () if self.flow is None else self.flow.pipes.inputs:
            if name in buffer.properties:
                return buffer.properties[name]
        return otherwise

    def give(self, name: str, value: float) -> None:
        if self.flow is not None and not self._masked:
            self.flow.give(name, value)

    def normal(self, purpose: str) -> float:
        return self._draw(purpose, "normal")

    def uniform(self, purpose: str) -> float:
        return self._draw(purpose, "uniform")

    def read(self, name: str, value: float) -> None:
        if self._masked:
            return
        number = -1 if self.part is None else self.part.number
        readings = self._recorder.readings
        readings += (self._calendar._now, self._reading_numbers[name], number, value)

    def read_of(self, part: Part, name: str, value: float) -> None:
        """Write a reading about a part that need not be the one in work."""
        readings = self._recorder.readings
        readings += (self._calendar._now, self._reading_numbers[name], part.number, value)

    @property
    def left(self) -> float | None:
        return self.stocks[0].left if self.stocks else None

    def lot(self, name: str, otherwise: float) -> float:
        for stock in self.stocks:
            if name in stock.properties:
                return stock.properties[name]
        return otherwise

    def exchange(self) -> None:
        if self.stocks and not self._masked:
            self.stocks[0].exchange()

    def note(self, kind: str, value: float = 0.0) -> None:
        if not self._masked:
            self._event(EventKind[kind], -1, value)

    def stop(self, mode: str) -> None:
        if mode in self._modes and not self._masked:
            self.machine.strike(self._modes[mode], self.uniform("stop") * self.machine.cycle_hint)

    def mark(self, fault: str) -> None:
        if self._masked:
            return
        for script in self.faults.get(fault, ()):
            if script.active and isinstance(self.part, LatentPart):
                self.part.marks[fault] = (script.id, script.life)

    def witness(self, fault: str) -> None:
        if self._masked:
            return
        if isinstance(self.part, LatentPart) and fault in self.part.marks:
            name, life = self.part.marks[fault]
            self.line_faults[name].witness(life)
        else:
            for script in self.faults.get(fault, ()):
                script.witness()

    def astray(self, quantity: str) -> float:
        deviation = self.deviation(quantity)
        return 0.0 if deviation is None else deviation.value

    def fail(self, fault: str) -> None:
        if self._masked:
            return
        own = self.faults.get(fault, ())
        for script in own:
            script.fail()
        if not own and isinstance(self.part, LatentPart) and fault in self.part.marks:
            name, life = self.part.marks[fault]
            if self.line_faults[name].life == life:
                self.line_faults[name].fail()

    def clear(self, fault: str) -> None:
        if self._masked:
            return
        for script in self.faults.get(fault, ()):
            script.end()

    # ---- recording

    def _draw(self, purpose: str, law: str) -> float:
        if self._masked:  # what would be must not change what will be
            return self._drawn.get((purpose, law), 0.0)
        draws = self._draws.get((purpose, law))
        if draws is None:
            draws = self._draws[purpose, law] = Draws(self._seed, self._id, purpose, law)
        self._drawn[purpose, law] = value = draws.pop()
        return value

    def shown(self, name: str) -> Law:
        """The law a quantity follows now."""
        return self._laws[name][1]

    def follow(self, name: str, law: Law) -> None:
        """Let a quantity follow a law from now on."""
        self._record(name, law)

    def _follow(self, name: str, law: Law) -> None:
        """A piece of the course begins."""
        if self._laws[name][1] != law or law.tau:
            self._record(name, law)
        self._on_course.add(name)

    def _suppose(self, name: str, law: Law) -> None:
        """A piece of the course without faults begins."""
        self._sound[name] = (self._calendar._now, law)

    def _record(self, name: str, law: Law) -> None:
        now = self._calendar._now
        self._laws[name] = (now, law)
        tracks = self._recorder.tracks
        tracks += (now, self._numbers[name], law.value, law.target, law.tau)

    def _event(self, kind: EventKind, part: int, value: float) -> None:
        events = self._recorder.events
        events += (self._calendar._now, kind, self._place, part, value)

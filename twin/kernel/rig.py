"""A station's equipment in action: the kernel's side of `twin.equipment.model.Bench`.

Keeps set points, laws and active faults, gives the equipment's pure functions what they need,
and records what they say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.kernel.calendar import Calendar
from twin.kernel.draws import Draws
from twin.kernel.part import LatentPart, Part
from twin.line.line import Line, Station
from twin.physics.laws import Law
from twin.trace.tables import EventKind, Recorder

if TYPE_CHECKING:
    from twin.kernel.belt import Belt
    from twin.kernel.faults import FaultScript
    from twin.kernel.machine import Machine


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
        self.faults: dict[str, list[FaultScript]] = {}  # this station's, by kind
        self.line_faults: dict[str, FaultScript] = {}  # the line's, by id
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

    # ---- the run's side

    def begin(self) -> None:
        """Record set points and laws at the start, settled."""
        for name, value in self.settings.items():
            self._record(name, Law.hold(value))
        for name, value in self._initial.items():
            self._record(name, Law.hold(value))
        if self.equipment.drive is not None:
            for name, (target, _) in self.equipment.drive(self.parameters, self).items():
                self._record(name, Law.hold(target))
                self._sound[name] = self._laws[name]

    def set(self, name: str, value: float) -> None:
        """Change a set point."""
        self.settings[name] = value
        self._record(name, Law.hold(value))
        self.drive()
        if self.belt is not None and self.equipment.residence is not None:
            self.belt.change_stay(self.equipment.residence(self.parameters, self.settings))

    def drive(self) -> None:
        """Let every law head for where settings and faults now send it."""
        if self.equipment.drive is None:
            return
        for name, (target, tau) in self.equipment.drive(self.parameters, self).items():
            if target != self._laws[name][1].target:
                self._record(name, Law(self.value(name), target, tau))
        now = self._calendar._now
        self._masked = True
        for name, (target, tau) in self.equipment.drive(self.parameters, self).items():
            since, law = self._sound[name]
            if target != law.target:
                self._sound[name] = (now, Law(law.at(now - since), target, tau))
        self._masked = False

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

    def setting(self, name: str) -> float:
        return self.settings[name]

    def value(self, quantity: str) -> float:
        since, law = self._laws[quantity]
        return law.at(self._calendar._now - since)

    def hidden(self, name: str) -> float:
        return self.part.x.get(name, 0.0) if isinstance(self.part, LatentPart) else 0.0

    def put(self, quantity: str, value: float) -> None:
        if self._laws[quantity][1] != Law.hold(value):
            self._record(quantity, Law.hold(value))

    def severity(self, fault: str) -> float:
        if self._masked:
            return 0.0
        return sum(script.severity for script in self.faults.get(fault, ()))

    def normal(self, purpose: str) -> float:
        return self._stream(purpose, "normal").pop()

    def uniform(self, purpose: str) -> float:
        return self._stream(purpose, "uniform").pop()

    def read(self, name: str, value: float) -> None:
        number = -1 if self.part is None else self.part.number
        readings = self._recorder.readings
        readings += (self._calendar._now, self._reading_numbers[name], number, value)

    def note(self, kind: str, value: float = 0.0) -> None:
        self._event(EventKind[kind], -1, value)

    def stop(self, mode: str) -> None:
        if mode in self._modes:
            self.machine.strike(self._modes[mode], self.uniform("stop") * self.machine.cycle_hint)

    def mark(self, fault: str) -> None:
        for script in self.faults.get(fault, ()):
            if script.active and isinstance(self.part, LatentPart):
                self.part.marks[fault] = (script.id, script.life)

    def witness(self, fault: str) -> None:
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
        for script in self.faults.get(fault, ()):
            script.fail()

    def clear(self, fault: str) -> None:
        for script in self.faults.get(fault, ()):
            script.end()

    # ---- recording

    def _stream(self, purpose: str, law: str) -> Draws:
        draws = self._draws.get((purpose, law))
        if draws is None:
            draws = self._draws[purpose, law] = Draws(self._seed, self._id, purpose, law)
        return draws

    def _record(self, name: str, law: Law) -> None:
        now = self._calendar._now
        self._laws[name] = (now, law)
        tracks = self._recorder.tracks
        tracks += (now, self._numbers[name], law.value, law.target, law.tau)

    def _event(self, kind: EventKind, part: int, value: float) -> None:
        events = self._recorder.events
        events += (self._calendar._now, kind, self._place, part, value)

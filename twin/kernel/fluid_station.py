"""A station that material flows through at a rate, instead of working on one part at a time.

It fails, is stopped, repaired and set up as any machine; what differs is its work. The net it
belongs to says how fast it runs; here is what follows from that: its state, its counters, the
working time its failures count, and the part that every `pack` units make.

Working time counts at full speed: a station that runs at half its rate wears half as fast, so
that failures follow what it treats and not the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from twin.kernel.calendar import Wake
from twin.kernel.fluid_buffer import FOREVER, FluidBuffer
from twin.kernel.machine import HAND_ON, SEEK, Machine
from twin.kernel.part import Part
from twin.physics.laws import Law
from twin.trace.tables import EventKind, State

if TYPE_CHECKING:
    from twin.kernel.buffer import Taker
    from twin.kernel.flow_stock import FlowStock
    from twin.kernel.fluid_net import FluidNet
    from twin.kernel.fluid_setup import FluidSetup
    from twin.kernel.machine import Source
    from twin.kernel.part import Orders
    from twin.kernel.rig import Rig

PER_HOUR = 3600.0
NOTICED = 1e-4  # a change of the share lost that is less is left out: a unit in 10,000
GRADES = 0.01  # relative change of a property that makes it another material
SAME = 1e-12  # relative difference of two speeds that are one


class Pipes:
    """What a station is joined to; in place of a source and an outlet of parts, it has none."""

    def __init__(
        self, inputs: Sequence[tuple[FluidBuffer, float]], output: FluidBuffer | None
    ) -> None:
        self.inputs = list(inputs)
        self.output = output

    def take(self, taker: Taker) -> Part | None:
        """No part ever comes."""
        return None

    def put(self, feeder: object) -> bool:
        """No part is ever given."""
        return True

    def withdraw(self, who: object) -> None:
        """Nobody waits for parts."""


class FluidStation(Machine):
    """Runs at `speed` units a second; `plan` is what the net would let it run at."""

    pipes: Pipes
    rig: Rig
    net: FluidNet
    orders: Orders
    preparation: FluidSetup

    def connect(
        self,
        net: FluidNet,
        rig: Rig,
        orders: Orders,
        rates: Sequence[float],
        reject: float,
        pack: int,
    ) -> None:
        """Join the net, before anything begins.

        `rates` are nominal, units a second, by product; `reject` the share lost as the scenario
        gives it; `pack` units make a part, 0 where none is made.
        """
        assert isinstance(self.source, Pipes)
        self.net, self.rig, self.orders, self.pipes = net, rig, orders, self.source
        self.rates, self.reject, self.good, self.pack = rates, reject, 1.0 - reject, pack
        self.product = orders.first_product
        self.speed = self.plan = 0.0
        self.pace = 1.0
        self.waits = False  # for the line to be cleared
        self.enough = False  # it let in all that the order needs
        self.shut = False  # by its gate: rest, or maintenance that is due
        self.batch = 0.0  # counter of good units at which the part being made began
        self.began = 0.0  # when it did
        self.fail_at = self.pack_at = inf
        self.stocks: Sequence[FlowStock] = ()
        self.given: dict[str, float] = {}
        self._good = -1.0  # share of good units in the counters' present course
        self._settled = 0.0
        self._shown = (-1, -1)
        self._lot = -1
        self._fresh = True  # a new lot begins with the next unit
        self._look = Wake(self.calendar, self._take_a_look)
        rig.part, rig.flow = Part(-1, self.product), self

    def begin(self) -> None:
        """Ask the equipment for the first time."""
        self.refresh()
        if self.rig.equipment.look is not None:
            self._take_a_look()

    # ---- how fast

    @property
    def nominal(self) -> float:
        """Full speed with the product set up, units a second."""
        return self.rates[self.product]

    @property
    def most(self) -> float:
        """Speed it could run at now, were there material and room."""
        kept = self.holds or self.shut or self.waits or self.enough or self.phase == HAND_ON
        return 0.0 if kept or not self.preparation.done else self.nominal * self.pace

    def settle(self, now: float) -> None:
        """Count working time up to now."""
        self.worked += (now - self._settled) * self.speed / self.nominal
        self._settled = now

    def run(self, now: float) -> None:
        """Take on the planned speed: record it, and when the next failure and part are due."""
        if not abs(self.plan - self.speed) <= SAME * self.speed or self.good != self._good:
            self._record_flow()
        self._show_flow(now)
        for stock in self.stocks:
            stock.run(now, self.speed, self.product)
        self.fail_at = self.pack_at = inf
        if self.speed > 0.0:
            left = max(self.failures.due - self.worked, 0.0)
            self.fail_at = now + left * self.nominal / self.speed
            if self.pack:
                missing = self.batch + self.pack - self.rig.value("Made")
                self.pack_at = now + max(missing, 0.0) / (self.speed * self.good)

    def _record_flow(self) -> None:
        rig, self.speed, self._good = self.rig, self.plan, self.good
        if rig.shown("Speed").target != self.speed * PER_HOUR:
            rig.follow("Speed", Law.hold(self.speed * PER_HOUR))
        made = self.speed * self.good
        for name, rate in (("Made", made), ("Lost", self.speed - made)):
            value = rig.value(name)
            still = Law.hold(value)
            law = Law(value, value + rate * FOREVER, -FOREVER) if rate else still
            if law != still or rig.shown(name) != still:
                rig.follow(name, law)
        if self.speed and self._fresh and not self.pipes.inputs and not self.stocks:
            self._fresh, self._lot = False, self._lot + 1
            self.note(EventKind.LOT, self._lot)

    def _show_flow(self, now: float) -> None:
        """Record the state when it is another one; while something holds it, that is shown."""
        if self.holds or self.phase == HAND_ON or self.preparation.shows:
            return
        state = self._flow_state()
        if (state, -1) != self._shown:
            self._shown = (state, -1)
            self._log += (now, self._base + state, -1)
            self.stand()

    def _flow_state(self) -> int:
        if self.shut or self.waits or self.enough:
            return self._starved - self._base
        if self.speed > 0.0 or self.pace <= 0.0:
            return State.WORKING  # a pace of 0: it runs, but nothing comes out
        for buffer, _ in self.pipes.inputs:
            if buffer.empty and buffer.inflow() <= 0.0:
                return self._starved - self._base
        return self._blocked - self._base

    # ---- what it uses

    @property
    def lot_at(self) -> float:
        """When the first of its lots in use is empty."""
        return min((stock.due for stock in self.stocks), default=inf)

    def begin_lots(self, now: float) -> None:
        """Begin the next of every lot that is empty."""
        for stock in self.stocks:
            if stock.due <= now:
                stock.renew()

    # ---- what flows

    def arrived(self) -> None:
        """Material with other properties came to an inlet: it goes on with it, at once."""
        self.hand_over()
        self.refresh()

    def give(self, name: str, value: float) -> None:
        """Let what flows out from now on have a property."""
        known = self.given.get(name)
        if known is None or abs(value - known) > GRADES * abs(known):
            self.given[name] = value
            self.hand_over()

    def hand_over(self) -> None:
        """Say what the material that flows out from now on is like."""
        if self.pipes.output is None:
            return
        properties: dict[str, float] = {}
        for buffer, _ in self.pipes.inputs[::-1]:
            properties |= buffer.properties
        self.pipes.output.mark(properties | self.given)
        self.net.changed()

    def refresh(self) -> None:
        """Ask the equipment how fast it can run, and what share it loses."""
        kind, parameters = self.rig.equipment, self.rig.parameters
        pace, loss = 1.0, self.reject
        if kind.pace is not None:
            pace = min(max(kind.pace(parameters, self.rig), 0.0), 1.0)
        if kind.loss is not None:
            loss = min(max(kind.loss(parameters, self.rig, self.reject), 0.0), 0.999)
        if pace != self.pace or abs(1.0 - loss - self.good) > NOTICED:
            self.net.settle()
            self.pace, self.good = pace, 1.0 - loss
            self.net.changed()

    def _take_a_look(self) -> None:
        kind = self.rig.equipment
        assert kind.look is not None
        self.cycle_hint = wait = kind.look(self.rig.parameters, self.rig)
        self.refresh()
        self.calendar.wake(self._look, wait)

    def change_product(self, product: int) -> None:
        """It is set up for another product."""
        self.net.settle()
        self.product, self._fresh = product, True
        self.rig.part = Part(-1, product)
        self.rig.load_recipe(product)
        self.refresh()

    # ---- parts

    def complete(self) -> None:
        """The part is whole: it is born here, and goes on when there is room."""
        now, rig = self.calendar._now, self.rig
        flow, self.part = rig.part, self.orders.new_part()
        self._log += (now, self._working, self.part.number)
        self._shown = (-1, -1)
        rig.part = self.part
        rig.read("PackBegan", self.began)
        verdict = rig.work(self.part)
        rig.part = flow
        self.batch, self.began = self.batch + self.pack, now
        if self.choose is not None:
            self.outlet = self.choose(self.part, verdict)
        if self.outlet.put(self):
            self.part = None  # type: ignore[assignment]
        else:
            self._block()
        self.net.part_born()

    @property
    def content(self) -> float:
        """Units in the part being made."""
        return self.rig.value("Made") - self.batch if self.pack else 0.0

    def begin_part(self) -> None:
        """What is in the part being made is taken away."""
        self.batch, self.began = self.rig.value("Made"), self.calendar._now

    def seek(self) -> None:
        """Flow again, as far as the net lets it."""
        self.phase, self.part = SEEK, None  # type: ignore[assignment]
        self._shown = (-1, -1)
        self.preparation.resume()
        self.net.changed()

    # ---- what holds it up

    @property
    def waits_for_part(self) -> bool:
        """Whether it is free for other things, such as maintenance."""
        return self.phase == SEEK and not self.holds and not self.preparation.under_way

    def change_source(self, source: Source) -> None:
        """Let nothing flow while a gate stands in place of its source."""
        self.source, self.shut = source, source is not self.pipes
        if self.shut:
            self.preparation.rest()
        self.net.changed()

    def stand_by(self, starved: State, blocked: State, held: State) -> None:
        """Show these states from now on while waiting for material, for room, for people."""
        changed = held != self.held
        self._starved, self._blocked = self._base + starved, self._base + blocked
        self.held = held
        if changed and self._waiting and self.phase == HAND_ON:
            self.show_blocked()
        self.net.changed()

    def ask_again(self) -> None:
        """The gate is open."""
        self.seek()

    def fail(self) -> None:
        """A failure is due now."""
        self._fail()
        self.preparation.stand_down()

    def hold(self, reason: str) -> None:
        """Stand still; the flow goes on on `release`."""
        if not self.holds:
            self.preparation.suspend()
        super().hold(reason)
        self.net.changed()

    def show_hold(self) -> None:
        """Record that it stands still: stopped by command, or down."""
        super().show_hold()
        self._shown = (-1, -1)
        self.stand()

    def show(self, state: State) -> None:
        """Record that it is in a state of its own preparation."""
        self._shown = (int(state), -1)
        self._log += (self.calendar._now, self.code(state), -1)
        self.stand()

    def strike(self, number: int, after: float) -> None:
        """Let failure mode `number` strike after `after` more seconds of work."""
        self.net.settle()
        super().strike(number, after)
        self.net.changed()

    def stand(self) -> None:
        """It went to work or stands still: its physics follows."""
        kind = self.rig.equipment
        if kind.drive is not None or kind.course is not None:
            self.rig.changed()

    @property
    def worked_so_far(self) -> float:
        """Working time up to now, s at full speed."""
        return self.worked + (self.calendar._now - self._settled) * self.speed / self.nominal

    @property
    def at_work(self) -> bool:
        """Whether material flows."""
        return self.speed > 0.0 and not self.holds

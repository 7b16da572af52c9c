"""Stations and buffers that material flows through, and how fast it flows.

Every station runs as fast as it can, unless an empty buffer in front of it gives less or a full
one behind it takes less; rates then stay as they are until a station stands still or goes on, a
buffer becomes full or empty, a part is whole, or an order ends. One alarm is set for the first of
these, or for a lot of material that is used up. At one instant buffers come first, then lots, then
parts, then failures, each in file order.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from twin.kernel.calendar import Calendar, Wake
from twin.kernel.fluid_buffer import FluidBuffer
from twin.kernel.fluid_station import FluidStation
from twin.trace.tables import EventKind

if TYPE_CHECKING:
    from twin.kernel.part import Orders

SLACK = 1e-12  # relative: rates closer than this are equal
SPARE = 1e-6  # parts an order's material is more than its parts, against rounding
MOST_ROUNDS = 50  # at one instant; more would be a pace that never comes to rest


class FluidNet:
    """All that flows in a line; `changed` is told of anything that may change a rate."""

    def __init__(self, calendar: Calendar, orders: Orders) -> None:
        self._calendar = calendar
        self._orders = orders
        self.stations: list[FluidStation] = []
        self.buffers: list[FluidBuffer] = []
        self._ends: list[FluidStation] = []  # where an order's parts are counted
        self._down: dict[FluidStation, list[FluidBuffer]] = {}  # buffers behind each entrance
        self._shares: list[float] = []  # what `_known` holds for
        self._known: dict[FluidBuffer, float] = {}
        self._begun = self._busy = self._again = False
        self._wake = Wake(calendar, self._due)

    def close(self, stations: Sequence[FluidStation], buffers: Sequence[FluidBuffer]) -> None:
        """Join stations and buffers, before anything begins."""
        self.stations, self.buffers = list(stations), list(buffers)
        for station in stations:
            for buffer, ratio in station.pipes.inputs:
                buffer.takers.append((station, ratio))
            if station.pipes.output is not None:
                station.pipes.output.feeders.append(station)
        self._ends = [station for station in stations if station.pack]
        for station in stations:
            if not station.pipes.inputs:
                self._down[station] = self._behind(station)

    def begin(self) -> None:
        """Let it flow."""
        for buffer in self.buffers:
            buffer.begin()
        self._begun = True
        for station in self.stations:
            station.begin()
        self.changed()

    def settle(self) -> None:
        """Let levels and counters be what they are now."""
        now = self._calendar._now
        for buffer in self.buffers:
            buffer.settle(now)
        for station in self.stations:
            station.settle(now)

    def changed(self) -> None:
        """Something that a rate depends on changed: find the rates anew."""
        if not self._begun:
            return
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._find()
        self._busy = False

    def announce(self, product: int) -> None:
        """The line is cleared for a product."""
        for station in self.stations:
            station.waits = False
            station.preparation.announce(product)
        self.changed()

    # ---- rates

    def _find(self) -> None:
        now = self._calendar._now
        for _ in range(MOST_ROUNDS):
            self._again = False
            self.settle()
            self._plan()
            for station in self.stations:
                station.run(now)
            for buffer in self.buffers:
                buffer.run(now)
            if not self._again:
                break
        buffers = [min(buffer.hit_at, buffer.plug_at) for buffer in self.buffers]
        stations = [min(s.pack_at, s.fail_at, s.lot_at) for s in self.stations]
        first = min([*buffers, *stations, self._enough_at(now)])
        if first < inf:
            self._calendar.wake(self._wake, max(first - now, 0.0))
        else:
            self._wake.cancel()

    def _plan(self) -> None:
        """Speeds that respect every empty and full buffer; whoever shares one shares fairly."""
        enough = self._enough()
        for station in self.stations:
            station.enough = station in enough
            station.plan = station.most
        self._reduce()
        self._raise()
        self._reduce()

    def _reduce(self) -> None:
        empty = [buffer for buffer in self.buffers if buffer.empty]
        full = [buffer for buffer in self.buffers if buffer.full]
        for _ in range(2 * len(self.stations)):
            lower = False
            for buffer in empty:
                come, go = buffer.inflow(), buffer.outflow()
                if go > come * (1.0 + SLACK):
                    lower = True
                    for taker, _ratio in buffer.takers:
                        taker.plan *= come / go
            for buffer in reversed(full):
                come, go = buffer.inflow(), buffer.outflow()
                if come > go * (1.0 + SLACK):
                    lower = True
                    for feeder in buffer.feeders:
                        feeder.plan *= go / come
            if not lower:
                return

    def _raise(self) -> None:
        """Give what one of several at a buffer had to leave over to the others."""
        if not any(len(b.takers) > 1 or len(b.feeders) > 1 for b in self.buffers):
            return
        for station in (*self.stations, *reversed(self.stations)):
            room = station.most
            for buffer, ratio in station.pipes.inputs:
                if buffer.empty:
                    room = min(room, station.plan + (buffer.inflow() - buffer.outflow()) / ratio)
            behind = station.pipes.output
            if behind is not None and behind.full:
                spare = (behind.outflow() - behind.inflow()) / station.good
                room = min(room, station.plan + spare)
            station.plan = max(station.plan, room)

    # ---- orders

    def _weights(self) -> dict[FluidBuffer, float]:
        """Parts that a unit in each buffer will become; kept while no share lost changes."""
        shares = [station.good for station in self.stations]
        if shares == self._shares:
            return self._known
        weights: dict[FluidBuffer, float] = {}

        def of(buffer: FluidBuffer) -> float:
            if buffer not in weights:
                weights[buffer] = max(
                    (behind(taker) / ratio for taker, ratio in buffer.takers), default=0.0
                )
            return weights[buffer]

        def behind(station: FluidStation) -> float:
            if station in self._ends:
                return station.good / station.pack
            output = station.pipes.output
            return 0.0 if output is None else station.good * of(output)

        for buffer in self.buffers:
            of(buffer)
        self._shares, self._known = shares, weights
        return weights

    def _enough(self) -> set[FluidStation]:
        """Entrances that let in no more, as all the order needs is under way."""
        wanted = self._orders.coming
        if wanted == inf:
            return set()
        weights = self._weights()
        return {
            station
            for station in self._down
            if self._under_way(station, weights) >= wanted + 0.5 * SPARE
        }

    def _enough_at(self, now: float) -> float:
        """When the first entrance that is open will have let in what the order needs."""
        wanted = self._orders.coming
        if wanted == inf:
            return inf
        weights, first = self._weights(), inf
        for station, buffers in self._down.items():
            rate = sum(buffer.rate * weights[buffer] for buffer in buffers)
            rate += sum(end.speed * end.good / end.pack for end in self._ends)
            missing = wanted + SPARE - self._under_way(station, weights)
            if missing > 0.0 and rate > 0.0 and station.speed > 0.0:
                first = min(first, now + missing / rate)
        return first

    def under_way(self) -> float:
        """Parts that the material in the line will become, as the fullest way has it."""
        self.settle()
        weights = self._weights()
        return max((self._under_way(station, weights) for station in self._down), default=0.0)

    def _under_way(self, entrance: FluidStation, weights: dict[FluidBuffer, float]) -> float:
        """Parts that what flowed in there and is still in the line will become."""
        inside = sum(buffer.level * weights[buffer] for buffer in self._down[entrance])
        return inside + sum(end.content / end.pack for end in self._ends)

    def _behind(self, station: FluidStation) -> list[FluidBuffer]:
        found: list[FluidBuffer] = []
        todo = [station]
        while todo:
            output = todo.pop().pipes.output
            if output is not None and output not in found:
                found.append(output)
                todo += [taker for taker, _ in output.takers]
        return found

    def part_born(self) -> None:
        """A part was made; after the last of its product the line is cleared of material."""
        if self._orders.cleared:
            return
        now = self._calendar._now
        for buffer in self.buffers:
            buffer.drain(now)
        for station in self.stations:
            station.waits = True
            if station.content > 0.0:
                station.note(EventKind.DRAINED, station.content)
            station.begin_part()
        if not self._orders.try_to_clear():
            self._orders.wait(self._cleared)

    def _cleared(self) -> None:
        """The line is empty; stations were told."""

    # ---- time

    def _due(self) -> None:
        """What was due first has come."""
        now = self._calendar._now
        self._busy = True
        self.settle()
        for buffer in self.buffers:
            buffer.arrive(now)
        for station in self.stations:
            station.begin_lots(now)
        for station in self.stations:
            if station.pack_at <= now:
                station.complete()
        for station in self.stations:
            if station.fail_at <= now and station.most > 0.0:
                station.fail()
        self._find()
        self._busy = False

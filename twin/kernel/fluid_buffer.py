"""Room for material that flows: its level goes straight from one change of a rate to the next.

What comes in first goes out first, as on a conveyor: a property of the material (`plugs`) reaches
the outlet when all that was there before it has left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING

from twin.physics.laws import Law
from twin.trace.tables import EventKind, Recorder

if TYPE_CHECKING:
    from twin.kernel.fluid_station import FluidStation

FOREVER = 1e9  # s, of a ramp that no bound ends: 32 years
ALIKE = 1e-9  # relative difference of two rates that are one
Properties = Mapping[str, float]


class FluidBuffer:
    """A level between 0 and `capacity` (units), fed and taken from at constant rates (units/s).

    `feeders` and `takers` are stations with the units of this buffer's material that one unit of
    what they count gives or needs. `hit_at` is when the level reaches a bound, `plug_at` when
    material with other properties reaches the outlet.
    """

    def __init__(self, recorder: Recorder, place: int, quantity: int, capacity: int) -> None:
        self._recorder = recorder
        self._place = place
        self._quantity = quantity
        self.capacity = float(capacity) if capacity >= 0 else inf
        self.feeders: list[FluidStation] = []
        self.takers: list[tuple[FluidStation, float]] = []
        self.level = 0.0
        self.rate = 0.0
        self._law = Law.hold(0.0)
        self._since = 0.0
        self._settled = 0.0
        self._out = 0.0  # units a second that leave
        self._left = 0.0  # units that left so far
        self._plugs: deque[tuple[float, Properties]] = deque()
        self.properties: Properties = {}  # of what leaves now
        self.hit_at = inf
        self.plug_at = inf

    def begin(self) -> None:
        """Record the level at the start."""
        self._record(0.0, Law.hold(0.0))

    @property
    def empty(self) -> bool:
        """Whether nothing can leave that does not come in at the same moment."""
        return self.level <= 0.0

    @property
    def full(self) -> bool:
        """Whether nothing can come in that does not leave at the same moment."""
        return self.level >= self.capacity

    def inflow(self) -> float:
        """Units a second that come in, as stations would now run."""
        return sum(feeder.plan * feeder.good for feeder in self.feeders)

    def outflow(self) -> float:
        """Units a second that leave, as stations would now run."""
        return sum(taker.plan * ratio for taker, ratio in self.takers)

    def settle(self, now: float) -> None:
        """Let the level be what it has become by now."""
        if now >= self.hit_at:  # exactly at its bound, whatever the law would round to
            self.level, self.hit_at = self._law.target, inf
        elif now > self._settled:
            self.level = self._law.at(now - self._since)
        self._left += self._out * (now - self._settled)
        self._settled = now

    def run(self, now: float) -> None:
        """Take on the rates the stations now have."""
        come, go = self.inflow(), self.outflow()
        rate = come - go
        if abs(rate) <= ALIKE * max(come, go):
            rate = 0.0
        self._out = go
        if rate != self.rate and not abs(rate - self.rate) <= ALIKE * abs(self.rate):
            self.rate = rate
            self._record(now, self._way(rate))
            ends = -FOREVER < self._law.tau < 0.0
            self.hit_at = now - self._law.tau if ends else inf
        self.plug_at = inf
        if self._plugs and go > 0.0:
            self.plug_at = now + max(self._plugs[0][0] - self._left, 0.0) / go

    def drain(self, now: float) -> None:
        """Empty it at once; what was in is lost to the line."""
        self.settle(now)
        if self.level > 0.0:
            events = self._recorder.events
            events += (now, EventKind.DRAINED, self._place, -1, self.level)
        self.level = self.rate = 0.0
        self._plugs.clear()
        self.hit_at = inf
        self._record(now, Law.hold(0.0))

    def mark(self, properties: Properties) -> None:
        """What comes in from now on has these properties."""
        if self.level > 0.0:
            self._plugs.append((self._left + self.level, properties))
        else:
            self._plugs.clear()
            self._pass_on(properties)

    def arrive(self, now: float) -> None:
        """Material with other properties reaches the outlet."""
        while self._plugs and now >= self.plug_at:
            self._left = max(self._left, self._plugs[0][0])
            properties = self._plugs.popleft()[1]
            self.plug_at = inf
            self._pass_on(properties)

    def _pass_on(self, properties: Properties) -> None:
        self.properties = properties
        for taker, _ in self.takers:
            taker.arrived()

    def _way(self, rate: float) -> Law:
        if rate == 0.0:
            return Law.hold(self.level)
        bound = self.capacity if rate > 0.0 else 0.0
        span = (bound - self.level) / rate
        if span < FOREVER:
            return Law(self.level, bound, -span) if span > 0.0 else Law.hold(bound)
        return Law(self.level, self.level + rate * FOREVER, -FOREVER)

    def _record(self, now: float, law: Law) -> None:
        self._law, self._since = law, now
        tracks = self._recorder.tracks
        tracks += (now, self._quantity, law.value, law.target, law.tau)

"""A tank that several stations draw from: its level is one law, filled again from outside.

Every draw is a flow for a while; the level's law has the sum of the flows and changes only when
one begins or ends. The high-high interlock ends a delivery by the closed form of that law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.equipment.model import TankRow
from twin.kernel.calendar import Calendar, Wake
from twin.physics.laws import Law

if TYPE_CHECKING:
    from twin.kernel.rig import Rig

CLOSING = 2.0  # s the inlet valve takes to close on the high-high level, assumed


class Tank:
    """Stock of one liquid, kg, shown as the law `name` of the station that keeps it."""

    def __init__(self, calendar: Calendar, rig: Rig, row: TankRow) -> None:
        self._calendar = calendar
        self._rig = rig
        self.row = row
        self.drawn = 0.0  # kg promised so far, to all who draw
        self.delivered = 0.0  # kg unloaded or being unloaded so far
        self._flows: list[tuple[float, float]] = []  # (until when, kg/s into the tank)
        self._ordered = False
        self._change = Wake(calendar, self._again)
        self._truck = Wake(calendar, self._unload)

    @property
    def level(self) -> float:
        """Contents now, kg."""
        return self._rig.value(self.row.name)

    def on_the_way(self) -> float:
        """kg booked as delivered or drawn that have not flowed yet, net into the tank."""
        now = self._calendar._now
        return sum(rate * (until - now) for until, rate in self._flows)

    def draw(self, mass: float, seconds: float) -> bool:
        """Let `mass` kg flow out within `seconds`; False, and nothing, when it is not there."""
        now = self._calendar._now
        promised = sum(rate * (until - now) for until, rate in self._flows if rate < 0.0)
        left = self.level + promised - mass
        if left < self.row.heel:
            return False
        self.drawn += mass
        self._flows.append((now + seconds, -mass / seconds))
        if left < self.row.reorder and not self._ordered:
            self._ordered = True
            self._calendar.wake(self._truck, self.row.lead)
        self._again()
        return True

    def _unload(self) -> None:
        """A tank truck is there: it empties itself, or as much as the interlock lets in."""
        now, row = self._calendar._now, self.row
        rate = row.truck / row.unload
        room = row.high - self.level
        mass = min(row.truck, max(room, 0.0) + rate * CLOSING)
        self.delivered += mass
        self._flows.append((now + mass / rate, rate))
        self._ordered = False
        self._again()

    def _again(self) -> None:
        """The sum of the flows changed: the level goes on at another rate."""
        now, name = self._calendar._now, self.row.name
        level = self.level
        self._flows = [(until, rate) for until, rate in self._flows if until > now]
        if not self._flows:
            self._change.cancel()
            self._rig.follow(name, Law.hold(level))
            return
        span = min(until for until, _ in self._flows) - now
        net = sum(rate for _, rate in self._flows)
        self._rig.follow(name, Law(level, level + net * span, -span))
        self._calendar.wake(self._change, span)

"""The way through a tunnel: parts travel it one behind the other and never stand still inside.

It lies between a station (which lets parts in, one a pitch) and the buffer behind. A part is let
in only when room behind is reserved for it, as a reflow oven's inlet interlock does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twin.kernel.buffer import Buffer, Feeder, Sink
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.part import Part


class Belt:
    """Parts under way with the time each comes out; `on_exit` treats a part as it does.

    `stay` (s) is the whole way through the tunnel; the share `ahead` of it lies behind a part
    already when the station, whose cycle is the pitch between two parts, lets go of it.
    """

    def __init__(
        self,
        calendar: Calendar,
        behind: Buffer | Sink,
        stay: float,
        ahead: float,
        on_exit: Callable[[Part], object],
    ) -> None:
        self._calendar = calendar
        self._behind = behind
        self._rest = 1.0 - ahead
        self.duration = stay * self._rest
        self._on_exit = on_exit
        self._moving: deque[tuple[float, Part]] = deque()
        self._feeder: Feeder | None = None
        self._wake = Wake(calendar, self._exit)

    def put(self, feeder: Feeder) -> bool:
        """Let the feeder's part in when room behind can be reserved."""
        if not self._behind.reserve(self):
            self._feeder = feeder
            return False
        self._enter(feeder.part)
        return True

    def withdraw(self, who: object) -> None:
        """The feeder waits no longer."""
        if self._feeder is who:
            self._feeder = None
            self._behind.withdraw(self)

    def room_came(self) -> None:
        """Room came behind: let the waiting part in."""
        feeder = self._feeder
        if feeder is not None and self._behind.reserve(self):
            self._feeder = None
            self._enter(feeder.part)
            feeder.released()

    def change_stay(self, stay: float) -> None:
        """The belt runs at another speed from now on; what is inside keeps its position."""
        duration = stay * self._rest
        now, ratio = self._calendar._now, duration / self.duration
        self._moving = deque((now + (t - now) * ratio, part) for t, part in self._moving)
        self.duration = duration
        if self._moving:
            self._calendar.wake(self._wake, self._moving[0][0] - now)

    def _enter(self, part: Part) -> None:
        if not self._moving:
            self._calendar.wake(self._wake, self.duration)
        self._moving.append((self._calendar._now + self.duration, part))

    def _exit(self) -> None:
        part = self._moving.popleft()[1]
        if self._moving:
            self._calendar.wake(self._wake, max(self._moving[0][0] - self._calendar._now, 0.0))
        self._on_exit(part)
        self._behind.deliver(part)

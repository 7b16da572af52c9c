"""Parts treated together: a charge that is gathered, worked on as one, and handed on one by one.

It stands on both sides of a machine. As its source it gathers parts and gives the first of them
when the batch is whole; as its outlet it takes them all and hands them on, each after its own
verdict.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.kernel.buffer import Feeder, Taker
from twin.kernel.calendar import Calendar, Wake
from twin.kernel.part import Part
from twin.trace.tables import STATES, Recorder, State

if TYPE_CHECKING:
    from twin.kernel.machine import Machine, Outlet, Source


class Batch:
    """The charge of one machine: parts being gathered (`parts`) and parts to be handed on.

    It begins with `size` parts, or with `least` of them `wait` s after the first one came.
    """

    def __init__(
        self,
        calendar: Calendar,
        recorder: Recorder,
        place: int,
        source: Source,
        size: int,
        least: int,
        wait: float | None,
        outlet: Outlet,
        choose: Callable[[Part, bool | None], Outlet] | None,
        treat: Callable[[Part], bool | None],
    ) -> None:
        self._calendar = calendar
        self._log = recorder.log
        self._code = place * STATES
        self.source = source
        self._size, self._least, self._wait = size, least, wait
        self._outlet, self._choose, self._treat = outlet, choose, treat
        self.parts: list[Part] = []
        self.part: Part = None  # type: ignore[assignment]
        self.machine: Machine
        self._owner: Taker | None = None
        self._waiting = False  # noted at the source
        self._late = False  # the first part has waited long enough
        self._timer = Wake(calendar, self._time_is_up)
        self._leaving: deque[tuple[Part, bool | None]] = deque()
        self._offered = False  # `part` waits to be handed on

    # ---- as a source

    def take(self, taker: Taker) -> Part | None:
        """The first part of a whole batch, or None while it is gathered."""
        self._owner = taker
        while len(self.parts) < self._size:
            part = self.source.take(self)
            if part is None:
                self._waiting = True
                break
            self._lay(part)
        return self._begin()

    def receive(self, part: Part) -> None:
        """A part that was waited for came."""
        self._waiting = False
        self._lay(part)
        if self._owner is not None:
            first = self.take(self._owner)
            if first is not None:
                self._owner.receive(first)

    def show_working(self) -> None:
        """The work begins for every part of the batch; the machine itself says so of the first."""
        for part in self.parts[1:]:
            self._log += (self._calendar._now, self._code + State.WORKING, part.number)

    def _lay(self, part: Part) -> None:
        if not self.parts and self._wait is not None:
            self._calendar.wake(self._timer, self._wait)
        self.parts.append(part)
        self._log += (self._calendar._now, self._code + State.STARVED, part.number)

    def _begin(self) -> Part | None:
        count = len(self.parts)
        if count < self._size and not (self._late and count >= self._least):
            return None
        self._stop_waiting()
        self._timer.cancel()
        self._late = False
        return self.parts[0]

    def _time_is_up(self) -> None:
        self._late = True
        if not self._waiting or self._owner is None:
            return  # the machine stands still: it begins when it asks again
        first = self._begin()
        if first is not None:
            self._owner.receive(first)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting = False
            self.source.withdraw(self)

    # ---- as an outlet

    def put(self, feeder: Feeder) -> bool:
        """Hand the batch on, one part after the other; False when one finds no room."""
        if self.parts:
            self._leaving.extend((part, self._treat(part)) for part in self.parts)
            self.parts = []
            self._next()
        return self._hand_on()

    def released(self) -> None:
        """The waiting part is gone; the machine goes on when it was the last."""
        self._next()
        if self._hand_on():
            self.machine.released()
        else:
            self.machine.show_blocked()

    def withdraw(self, who: object) -> None:
        """Wait neither for parts nor for room; what lies here stays."""
        self._stop_waiting()
        self._outlet.withdraw(self)

    def _next(self) -> None:
        self._offered = bool(self._leaving)
        if self._offered:
            self.part, verdict = self._leaving.popleft()
            if self._choose is not None:
                self._outlet = self._choose(self.part, verdict)

    def _hand_on(self) -> bool:
        while self._offered:
            self.machine.part = self.part
            if not self._outlet.put(self):
                return False
            self._next()
        return True

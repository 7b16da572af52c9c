"""SimPy's environment and event list, run by a tight loop, with events that can be reused.

A station is a state machine that re-schedules one `Wake`; ordinary SimPy processes may live
beside it. Simultaneous events happen by (time, priority, sequence), nothing else. `advance` is
half-open as SimPy's `run(until)`: events at `until` are still to come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy
from simpy.events import NORMAL, Event


class Wake(Event):
    """A reusable alarm: `token` is the entry in the event list that counts, others are stale."""

    def __init__(self, calendar: Calendar, handler: Callable[[], None]) -> None:
        self.env = calendar
        self.callbacks = None  # type: ignore[assignment]
        self._ok = True
        self._value = None
        self.handler = handler
        self.token = -1

    def cancel(self) -> None:
        """Forget the alarm; its entry in the event list is skipped when it comes up."""
        self.token = -1


class Calendar(simpy.Environment):
    """The event list of a run."""

    _queue: list[tuple[float, int, int, Event]]  # type: ignore[assignment]

    def __init__(self, initial_time: float = 0.0) -> None:
        super().__init__(initial_time)
        self._following: deque[Callable[[], None]] = deque()
        self._following_on = False

    def then(self, follow: Callable[[], None]) -> None:
        """Do what follows at this instant: one after the other, not one inside the other.

        A place that comes free may free the place before it, and so on through a line of any
        length; the depth of calls must not grow with it.
        """
        following = self._following
        if self._following_on:
            following.append(follow)
            return
        self._following_on = True
        follow()
        while following:
            following.popleft()()
        self._following_on = False

    def wake(self, wake: Wake, delay: float) -> None:
        """Set an alarm `delay` seconds from now; an earlier setting of it is forgotten."""
        wake.token = token = next(self._eid)
        heappush(self._queue, (self._now + delay, NORMAL, token, wake))

    def wake_at(self, wake: Wake, t: float) -> None:
        """Set an alarm for the instant `t` (s) itself, whatever now plus a delay would round to."""
        wake.token = token = next(self._eid)
        heappush(self._queue, (t, NORMAL, token, wake))

    def advance(self, until: float) -> None:
        """Run every event before `until` (s), then let now be `until`."""
        queue, pop = self._queue, heappop
        while queue and queue[0][0] < until:
            self._now, _, token, event = pop(queue)
            if event.__class__ is not Wake:
                self._process(event)
            elif event.token == token:
                event.handler()
        self._now = until

    @staticmethod
    def _process(event: Event) -> None:
        """Run an ordinary SimPy event's callbacks, as `Environment.step` does."""
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value

    def __getstate__(self) -> dict[str, Any]:
        following = next(self._eid)
        self._eid = count(following)
        return {"now": self._now, "queue": list(self._queue), "next": following}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Calendar.__init__(self, state["now"])
        self._queue = state["queue"]
        self._eid = count(state["next"])

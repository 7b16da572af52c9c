"""Commands planned ahead: each takes effect at its own instant, however time is moved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from twin.kernel.run import Run
from twin.trace.journal import Command


class Agenda:
    """Planned commands of a run, by time; they are journalled as anyone's are."""

    def __init__(self) -> None:
        self._waiting: deque[Command] = deque()

    def plan(self, commands: Iterable[Command]) -> None:
        """Add commands with their times (`t`, s); in order where they have the same."""
        self._waiting = deque(sorted([*self._waiting, *commands], key=lambda one: one.t or 0.0))

    def advance(self, run: Run, until: float) -> None:
        """Advance a run to `until` (s) and give it what is due on the way, `until` included.

        Raises CommandError for a command that the run refuses.
        """
        while self._waiting and (self._waiting[0].t or 0.0) <= until:
            command = self._waiting.popleft()
            run.advance(max(command.t or 0.0, run.now))
            run.apply(command)
        run.advance(until)

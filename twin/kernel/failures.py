"""Failure modes of a station, counted in its working time."""

from __future__ import annotations

from math import inf

from twin.kernel.crew import Crew
from twin.kernel.draws import Draws


class Mode:
    """One failure mode: due when the station has worked `due` seconds in all."""

    def __init__(self, after: Draws, repair: Draws, crew: Crew | None) -> None:
        self.after, self.repair, self.crew = after, repair, crew
        self.due = after.pop()


class Failures:
    """The modes of a station; `due` is the working time at which the next one strikes."""

    def __init__(self, modes: list[Mode]) -> None:
        self.modes = modes
        self.due = min((mode.due for mode in modes), default=inf)

    def next(self) -> int:
        """Number of the mode that strikes at `due`."""
        return [mode.due for mode in self.modes].index(self.due)

    def strike(self, number: int, at: float) -> None:
        """Let a mode strike at working time `at` if it would not before."""
        self.modes[number].due = min(self.modes[number].due, at)
        self.due = min(self.due, at)

    def renew(self, number: int, worked: float) -> None:
        """The mode is repaired after `worked` seconds of work: draw its next time."""
        mode = self.modes[number]
        mode.due = worked + mode.after.pop()
        self.due = min([m.due for m in self.modes])

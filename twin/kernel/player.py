"""Plays an equipment's course: writes each straight piece of a law when its time comes."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np

from twin.equipment.model import Course
from twin.kernel.calendar import Calendar, Wake
from twin.physics.laws import Law

Piece = tuple[float, str, Law]  # s from the course's beginning, quantity, its law from there on


def pieces(course: Course) -> list[Piece]:
    """The straight pieces of a course by time; a value that stands still is one piece."""
    found: list[Piece] = []
    for name, values in course.values.items():
        knots = [(t, x) for t, x in zip(course.t, values, strict=True) if not isnan(x)]
        (begin, value), *rest = knots
        if not rest:
            found.append((0.0, name, Law.hold(value)))
        for i, (end, target) in enumerate(rest, 1):
            if value != target:
                found.append((begin, name, Law(value, target, begin - end)))
            elif i < len(rest) and rest[i][1] == target:
                continue
            else:
                found.append((begin, name, Law.hold(value)))
            begin, value = end, target
    return sorted(found, key=lambda piece: piece[0])


class Player:
    """The course a station's laws are on; `ask` is called for the next after its last knot."""

    def __init__(
        self, calendar: Calendar, record: Callable[[str, Law], None], ask: Callable[[], None]
    ) -> None:
        self._calendar = calendar
        self._record = record
        self._ask = ask
        self._began = 0.0
        self._pieces: list[Piece] = []  # still to come, the next one last
        self._end: float | None = None
        self._wake = Wake(calendar, self._write)

    def play(self, course: Course) -> None:
        """Leave the present course for this one, now."""
        self._began = self._calendar._now
        self._pieces = pieces(course)[::-1]
        self._end = course.t[-1] if course.again and course.t[-1] > 0.0 else None
        self._write()

    def stop(self) -> None:
        """Forget the course; laws stay as they are."""
        self._pieces = []
        self._wake.cancel()

    def ahead(self, name: str, since: float, law: Law) -> list[tuple[float, float]]:
        """Points (t, value) from now on that lines join: the law in force, then the rest."""
        now = self._calendar._now
        points = [(now, law.at(now - since))]
        rest = [(self._began + t, piece) for t, key, piece in self._pieces[::-1] if key == name]
        for begin, piece in [(since, law), *rest]:
            if begin > points[-1][0]:
                points.append((begin, piece.value))
            if begin - piece.tau > points[-1][0]:
                points.append((begin - piece.tau, piece.target))
        return points

    def _write(self) -> None:
        now = self._calendar._now
        while self._pieces and self._began + self._pieces[-1][0] <= now:
            _, name, law = self._pieces.pop()
            self._record(name, law)
        if self._pieces:
            self._calendar.wake(self._wake, self._began + self._pieces[-1][0] - now)
        elif self._end is None:
            self._wake.cancel()
        elif self._began + self._end > now:
            self._calendar.wake(self._wake, self._began + self._end - now)
        else:
            self._ask()


def first_apart(
    one: list[tuple[float, float]], other: list[tuple[float, float]], limit: float
) -> float | None:
    """When two lines of points (t, value) are first `limit` apart; None when they never are."""
    t = np.array(sorted({at for at, _ in one} | {at for at, _ in other}))
    lines = [np.interp(t, *np.array(line).T) for line in (one, other)]
    apart = np.abs(lines[0] - lines[1])
    reached = np.flatnonzero(apart >= limit)
    if not len(reached):
        return None
    i = int(reached[0])
    if i == 0:
        return float(t[0])
    share = (limit - apart[i - 1]) / (apart[i] - apart[i - 1])
    return float(t[i - 1] + share * (t[i] - t[i - 1]))

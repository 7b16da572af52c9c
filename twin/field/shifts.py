"""The shifts of a run: those of its calendar, or eight hours each from time 0."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from twin.line.line import Line

LENGTH = 8 * 3600.0  # s, where a line has no calendar; assumed


class Stretch(NamedTuple):
    """A shift that was worked: its name and [begin, end), s."""

    id: str
    begin: float
    end: float


def ended(line: Line, now: float) -> list[Stretch]:
    """Shifts that are over at `now` (s), in order; a sheet is written when its shift ends."""
    work = line.calendar
    if work is None:
        return [
            Stretch(f"shift-{k + 1}", k * LENGTH, (k + 1) * LENGTH)
            for k in range(int(now // LENGTH))
        ]
    return [
        Stretch(shift.id, max(shift.begin, 0.0), shift.end)
        for shift in work.shifts(0.0, now)
        if shift.end <= now
    ]


def wall(line: Line, t: float, epoch: datetime) -> datetime:
    """The date and time a worker reads at `t` (s): the calendar's, else from `epoch` on."""
    work = line.calendar
    return epoch + timedelta(seconds=t) if work is None else work.wall(t)

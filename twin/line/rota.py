"""Whether the shifts of a calendar can be kept: one at a time, with their breaks inside them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.errors import Problem
from twin.i18n import _
from twin.line.organisation import DAYS, CalendarSpec, ShiftSpec
from twin.line.schema import Scenario
from twin.line.source import Path, Source, shown

WEEK = 7 * 1440  # min


def shifts(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """No two shifts at one time."""
    if scenario.calendar is None:
        return
    for i, spec in enumerate(scenario.calendar.shifts):
        path: Path = ("calendar", "shifts", i)
        yield from _breaks(spec, (*path, "breaks"), source)
        other = _overlapped(scenario.calendar, i)
        if other is not None:
            expected = _("a time when no other shift is")
            found = _("a part of the shift `{name}`").format(name=other)
            yield source.problem((*path, "from"), expected, found)


def _breaks(spec: ShiftSpec, path: Path, source: Source) -> Iterator[Problem]:
    free = 0.0  # min from the begin of the shift
    for i in sorted(range(len(spec.breaks)), key=lambda i: _into(spec, i)):
        begin = _into(spec, i)
        end = begin + spec.breaks[i].length / 60.0
        if begin < free or end > spec.length:
            expected = _("a break inside the shift, after the break before")
            yield source.problem((*path, i), expected, shown(source.value((*path, i, "at"))))
        free = max(free, end)


def _into(spec: ShiftSpec, i: int) -> int:
    return (spec.breaks[i].at - spec.begin) % 1440


def _overlapped(calendar: CalendarSpec, number: int) -> str | None:
    """Id of an earlier shift in the list that has minutes of the week with this one in common."""
    mine = _minutes(calendar.shifts[number])
    for other in calendar.shifts[:number]:
        for begin, end in _minutes(other):
            for low, high in mine:
                if any(begin < high + lap and low + lap < end for lap in (-WEEK, 0, WEEK)):
                    return other.id
    return None


def _minutes(spec: ShiftSpec) -> list[tuple[int, int]]:
    begins = (DAYS.index(day) * 1440 + spec.begin for day in set(spec.days))
    return [(begin, begin + spec.length) for begin in begins]

"""The working calendar: from wall time to simulated seconds and back; shifts and breaks.

A shift belongs to the day it begins on. Its borders are wall times, so on the day that daylight
saving begins a night shift is an hour shorter; a break is as long as it says. A wall time that
the clock skips is the moment of the jump; of one that comes twice the first is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.line.organisation import DAYS, CalendarSpec, ShiftSpec

Interval = tuple[float, float]  # [begin, end), s
Floats = NDArray[np.float64]
HORIZON = 28 * 86400.0  # s resolved at once


@dataclass(frozen=True)
class Shift:
    """One shift of one day, [begin, end) in s, with its breaks as intervals in it."""

    spec: ShiftSpec
    day: date
    begin: float
    end: float
    breaks: tuple[Interval, ...]

    @property
    def id(self) -> str:
        """Id of the shift in the scenario."""
        return self.spec.id

    @property
    def worked(self) -> tuple[Interval, ...]:
        """The shift less its breaks."""
        cuts = [self.begin, *(t for pause in self.breaks for t in pause), self.end]
        pairs = zip(cuts[::2], cuts[1::2], strict=True)
        return tuple((begin, end) for begin, end in pairs if begin < end)


class Integral:
    """The time integral from 0 of a rate that changes in steps; `rates[i]` holds from `t[i]` on."""

    def __init__(self, t: Sequence[float], rates: Sequence[float]) -> None:
        self._t, self._rates = np.array(t), np.array(rates)
        self._sums = np.concatenate([[0.0], np.cumsum(np.diff(self._t) * self._rates[:-1])])

    def __call__(self, t: ArrayLike) -> Floats:
        """Value at instants `t` (s, any shape)."""
        instants = np.asarray(t, dtype=np.float64)
        rows = np.maximum(np.searchsorted(self._t, instants, side="right") - 1, 0)
        return np.asarray(self._sums[rows] + self._rates[rows] * (instants - self._t[rows]))


class Clock:
    """An integral built as far as it is asked for, and further each time."""

    def __init__(self, build: Callable[[float], Integral]) -> None:
        self._build = build
        self._until = 0.0
        self._integral = Integral([0.0], [0.0])

    def __call__(self, t: ArrayLike) -> Floats:
        """Value at instants `t` (s, any shape)."""
        last = float(np.max(t, initial=0.0))
        if last >= self._until:
            self._until = max(2.0 * last, HORIZON)
            self._integral = self._build(self._until)
        return self._integral(t)


def stretches(intervals: Iterable[Interval]) -> Integral:
    """The time within disjoint intervals, in order, from 0 to any instant."""
    t, rates = [0.0], [0.0]
    for begin, end in intervals:
        t += [begin, end]
        rates += [1.0, 0.0]
    return Integral(t, rates)


class WorkCalendar:
    """Shifts and breaks of a scenario, for any window of simulated time."""

    def __init__(self, spec: CalendarSpec) -> None:
        self._spec = spec
        self._zone = ZoneInfo(spec.timezone)
        self._start = self._utc(spec.start)
        self._holidays = frozenset(spec.holidays)

    @property
    def start(self) -> datetime:
        """Wall time of simulated 0."""
        return self._start.astimezone(self._zone)

    def wall(self, t: float) -> datetime:
        """Wall time of a simulated instant, with its offset from UTC."""
        return (self._start + timedelta(seconds=t)).astimezone(self._zone)

    def seconds(self, wall: datetime) -> float:
        """Simulated instant (s) of a wall time without zone; before the start it is negative."""
        return (self._utc(wall) - self._start).total_seconds()

    def shifts(self, begin: float, end: float) -> list[Shift]:
        """Shifts that have a moment in [begin, end), in order of time; none on holidays."""
        found = []
        for day in _dates(self.wall(begin).date() - timedelta(days=1), self.wall(end).date()):
            if day in self._holidays:
                continue
            for spec in self._spec.shifts:
                if DAYS[day.weekday()] in spec.days:
                    shift = self._shift(spec, day)
                    if shift.begin < end and shift.end > begin and shift.begin < shift.end:
                        found.append(shift)
        return sorted(found, key=lambda shift: shift.begin)

    def shift_at(self, t: float) -> Shift | None:
        """The shift under way at `t` (s), breaks included; None between shifts."""
        for shift in self.shifts(t, float(np.nextafter(t, np.inf))):
            if shift.begin <= t < shift.end:
                return shift
        return None

    def worked(self, begin: float, end: float) -> list[Interval]:
        """Planned working time in [begin, end): shifts less breaks, adjoining ones joined."""
        joined: list[Interval] = []
        for shift in self.shifts(begin, end):
            for a, b in shift.worked:
                low, high = max(a, begin), min(b, end)
                if low >= high:
                    continue
                if joined and joined[-1][1] == low:
                    low = joined.pop()[0]
                joined.append((low, high))
        return joined

    def works_at(self, t: float) -> bool:
        """Whether `t` (s) is planned working time."""
        return any(begin <= t < end for begin, end in self.worked(t, t + 1.0))

    def next_change(self, t: float) -> tuple[float, bool]:
        """The next instant after `t` (s) at which work begins (True) or rests (False)."""
        span = 3 * 86400.0
        while True:
            for begin, end in self.worked(max(t - 1.0, 0.0), t + span):
                if begin > t:
                    return begin, True
                if t < end < t + span:
                    return end, False
            if span > 400 * 86400.0:
                return np.inf, False  # shifts round the clock, or all of them break
            span *= 4.0

    def present(self, begin: float, end: float) -> list[Interval]:
        """Shift time in [begin, end), breaks included."""
        spans = [(max(s.begin, begin), min(s.end, end)) for s in self.shifts(begin, end)]
        return [(low, high) for low, high in spans if low < high]

    def of_day(self, begin: float, end: float, minutes: int) -> list[float]:
        """Every instant in [begin, end) at a time of day (minutes since midnight), s."""
        days = _dates(self.wall(begin).date() - timedelta(days=1), self.wall(end).date())
        instants = (self.seconds(_on(day, minutes)) for day in days)
        return [t for t in instants if begin <= t < end]

    def _shift(self, spec: ShiftSpec, day: date) -> Shift:
        begin = self.seconds(_on(day, spec.begin))
        end = self.seconds(_on(day, spec.begin + spec.length))
        breaks: list[Interval] = []
        for pause in sorted(spec.breaks, key=lambda pause: (pause.at - spec.begin) % 1440):
            at = spec.begin + (pause.at - spec.begin) % 1440
            low = max(self.seconds(_on(day, at)), breaks[-1][1] if breaks else begin)
            high = min(self.seconds(_on(day, at)) + pause.length, end)
            if low < high:
                breaks.append((low, high))
        return Shift(spec, day, begin, end, tuple(breaks))

    def _utc(self, wall: datetime) -> datetime:
        first = wall.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        if first.astimezone(self._zone).replace(tzinfo=None) == wall:
            return first
        return self._jump(wall.replace(tzinfo=self._zone, fold=1).astimezone(UTC), first)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The moment between two instants at which the zone's offset from UTC changes."""
        offset = before.astimezone(self._zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) // 2
            if middle.astimezone(self._zone).utcoffset() == offset:
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)


def _dates(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _on(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)

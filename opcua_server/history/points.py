"""Samples of a tag as a historian holds them: times, values, status, and the values between them.

Raw samples lie on the tag's own grid. What holds between two of them follows OPC 10000-13,
3.1.5 to 3.1.9: a straight line for a measured quantity, the last value for a state or a count
("stepped").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from opcua_server.store import TICKS_PER_S, period_ticks
from twin.equipment.tag import Tag

Codes = ua.StatusCodes
GOOD, SUBNORMAL, NO_DATA = 0, int(Codes.UncertainDataSubNormal), int(Codes.BadNoData)
NO_SAMPLE = int(Codes.BadSensorFailure)
# OPC 10000-13, 5.3.3: the InfoType says that the low bits belong to a historian
HISTORIAN = 0x0400
CALCULATED, INTERPOLATED, PARTIAL, MULTIPLE = 0x01, 0x02, 0x04, 0x10
LOOK = 4096  # samples looked at once on the way to a good one; assumed


def severity(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """0 good, 1 uncertain, 2 bad (OPC 10000-4, 7.39)."""
    return codes >> np.uint32(30)


class Points(NamedTuple):
    """Samples in order of time: `ticks` (100 ns since simulated 0), values, status codes."""

    ticks: NDArray[np.int64]
    values: NDArray[np.float64]
    codes: NDArray[np.uint32]

    def within(self, first: int, last: int) -> Points:
        """Samples from tick `first` up to tick `last`, both included."""
        low = int(np.searchsorted(self.ticks, first, side="left"))
        high = int(np.searchsorted(self.ticks, last, side="right"))
        return self.take(slice(low, high))

    def take(self, which: slice | NDArray[np.bool_]) -> Points:
        """Some of them."""
        return Points(self.ticks[which], self.values[which], self.codes[which])


class Point(NamedTuple):
    """One value at a tick, with its status code including the historian's bits."""

    tick: int
    value: float
    code: int


@dataclass(frozen=True)
class Rules:
    """How samples are judged (AggregateConfiguration, OPC 10000-13, 4.2.1.2)."""

    uncertain_is_bad: bool = True
    percent_bad: int = 100
    percent_good: int = 100
    sloped_extrapolation: bool = False

    def usable(self, codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Which samples count as good."""
        return severity(codes) < (1 if self.uncertain_is_bad else 2)


class Series:
    """The past of one tag, as far as it is known."""

    def __init__(self, session: Any, tag: Tag) -> None:
        self.session, self.tag = session, tag
        self.period = period_ticks(tag)
        self.stepped = tag.kind != "float"

    @property
    def newest(self) -> int:
        """Number of the last grid instant that is known; -1 when none is."""
        return -(-self.now // self.period) - 1

    @property
    def now(self) -> int:
        """The present in ticks; it and what follows are not known."""
        return round(self.session.now * TICKS_PER_S)

    @cached_property
    def end(self) -> int:
        """Tick of the last sample, as it was when first asked: a request has one present."""
        return self.newest * self.period

    def numbered(self, first: int, last: int) -> Points:
        """Samples by their number on the grid, both included, as far as they are known."""
        numbers = np.arange(max(first, 0), min(last, self.end // self.period) + 1, dtype=np.int64)
        values = self.session.sample([self.tag.key], numbers * self.tag.period)[0]
        codes = np.where(np.isfinite(values), GOOD, NO_SAMPLE).astype(np.uint32)
        return Points(numbers * self.period, values, codes)

    def around(self, first: int, last: int) -> Points:
        """Samples in [first, last] (ticks), with those next to it on either side."""
        return self.numbered(first // self.period, -(-last // self.period))

    def before(self, tick: int, rules: Rules) -> Point | None:
        """The last usable sample before `tick`."""
        stop = -(-tick // self.period)
        while stop > 0:
            found = self.numbered(stop - LOOK, stop - 1)
            good = np.flatnonzero(rules.usable(found.codes))
            if len(good):
                return _point(found, int(good[-1]))
            stop -= LOOK
        return None

    def after(self, tick: int, rules: Rules) -> Point | None:
        """The first usable sample after `tick`."""
        start = tick // self.period + 1
        while start * self.period <= self.end:
            found = self.numbered(start, start + LOOK - 1)
            good = np.flatnonzero(rules.usable(found.codes))
            if len(good):
                return _point(found, int(good[0]))
            start += LOOK
        return None


def _point(points: Points, i: int) -> Point:
    return Point(int(points.ticks[i]), float(points.values[i]), int(points.codes[i]))


class Between:
    """Values at any time, from samples at hand (`points`) and, further away, from the series."""

    def __init__(self, series: Series, points: Points, rules: Rules) -> None:
        self.series, self.points, self.rules = series, points, rules
        self.usable = rules.usable(points.codes)

    def simple(self, tick: int) -> Point:
        """The simple bounding value: from the samples next to `tick`, be they good or not."""
        i = self._at_or_before(tick)
        if i < 0:
            return Point(tick, np.nan, NO_DATA)
        here = _point(self.points, i)
        if here.tick == tick:
            return here
        if i + 1 >= len(self.points.ticks) or not self.usable[i]:
            return Point(tick, np.nan, NO_DATA)
        if not self.series.stepped and self.usable[i + 1]:
            return _line(here, _point(self.points, i + 1), tick)
        # where the next one is bad a line cannot be drawn; a state needs no next one
        return _held(here, tick, SUBNORMAL if not self.series.stepped else GOOD)

    def interpolated(self, tick: int) -> Point:
        """The interpolated bounding value: from the nearest good samples, however far away."""
        i = self._at_or_before(tick)
        if i >= 0 and self.points.ticks[i] == tick and self.usable[i]:
            return _point(self.points, i)
        if tick >= self.series.now:
            return Point(tick, np.nan, NO_DATA)
        early = self._good_before(i, tick)
        if early is None:
            return Point(tick, np.nan, NO_DATA)
        skipped = bool(i >= 0 and self.points.ticks[i] != early.tick)
        if self.series.stepped:
            ended = tick > self.series.end
            return _held(early, tick, SUBNORMAL if skipped or ended else GOOD)
        late = self._good_after(i, tick)
        if late is not None:
            skipped = skipped or late.tick != self.points.ticks[i + 1]
            made = _line(early, late, tick)
            return made._replace(code=made.code | SUBNORMAL) if skipped else made
        if self.rules.sloped_extrapolation:
            second = self.series.before(early.tick, self.rules)
            if second is not None:
                made = _line(second, early, tick)
                return made._replace(code=made.code | SUBNORMAL)
        return _held(early, tick, SUBNORMAL)

    def _at_or_before(self, tick: int) -> int:
        return int(np.searchsorted(self.points.ticks, tick, side="right")) - 1

    def _good_before(self, i: int, tick: int) -> Point | None:
        if i >= 0 and self.usable[i] and self.points.ticks[i] < tick:
            return _point(self.points, i)
        return self.series.before(tick, self.rules)

    def _good_after(self, i: int, tick: int) -> Point | None:
        if i + 1 < len(self.points.ticks) and self.usable[i + 1]:
            return _point(self.points, i + 1)
        return self.series.after(tick, self.rules)


def _line(early: Point, late: Point, tick: int) -> Point:
    """Sloped interpolation, or extrapolation beyond `late`."""
    share = (tick - early.tick) / (late.tick - early.tick)
    worst = SUBNORMAL if (early.code | late.code) >> 30 else GOOD
    value = early.value + share * (late.value - early.value)
    return Point(tick, value, worst | HISTORIAN | INTERPOLATED)


def _held(early: Point, tick: int, code: int) -> Point:
    """Stepped interpolation: the value before, unchanged."""
    code = SUBNORMAL if early.code >> 30 else code
    return Point(tick, early.value, code | HISTORIAN | INTERPOLATED)


def spans(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    """[first, last] in pieces of at most `step` numbers, both ends included."""
    for start in range(first, last + 1, step):
        yield start, min(start + step - 1, last)

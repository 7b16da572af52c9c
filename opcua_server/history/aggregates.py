"""The aggregates a client can ask for, as a table: OPC 10000-13, 5.4.3.

Each is a function of one `Interval`. Adding an aggregate is adding a row. Where the text of the
specification leaves a case open, the answer is that of the OPC Foundation's own reference server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from asyncua import ua

from opcua_server.history.interval import BAD, Interval, Regions
from opcua_server.history.points import (
    CALCULATED,
    GOOD,
    HISTORIAN,
    INTERPOLATED,
    MULTIPLE,
    NO_DATA,
    PARTIAL,
    SUBNORMAL,
    Point,
    Points,
    severity,
)
from opcua_server.store import TICKS_PER_S

TICKS_PER_MS = TICKS_PER_S // 1000
Gives = Literal["own", "double", "int", "status"]
Function = Callable[[Interval], Point]


@dataclass(frozen=True)
class Aggregate:
    """An aggregate: what makes it, the type of its result, whether it needs numbers.

    `own` is the type of the tag itself. One that `extrapolates` has a value behind the last sample
    too; `partial` is false where an interval's completeness has no meaning.
    """

    make: Function
    gives: Gives = "double"
    numeric: bool = True
    partial: bool = True
    extrapolates: bool = False

    def of(self, interval: Interval) -> Point:
        """The aggregate of an interval; a result that is bad has no value."""
        if interval.empty(self.extrapolates):
            return _nothing(interval)
        found = self.make(interval)
        if found.code & BAD:
            return found._replace(value=np.nan)
        if self.partial and interval.partial:
            found = found._replace(code=found.code | HISTORIAN | PARTIAL)
        return found


def _nothing(interval: Interval) -> Point:
    return Point(interval.start, np.nan, NO_DATA)


def _made(interval: Interval, value: float, code: int = GOOD) -> Point:
    """A calculated result at the start of the interval."""
    return Point(interval.start, float(value), code | HISTORIAN | CALCULATED)


def _interpolative(interval: Interval) -> Point:
    return interval.between.interpolated(interval.start)


# ---- of the samples in the interval


def _of_samples(reduce: Callable[[np.ndarray], float]) -> Function:
    def make(interval: Interval) -> Point:
        good = interval.inside.values[interval.between.rules.usable(interval.inside.codes)]
        if not len(good):
            return _nothing(interval)
        return _made(interval, reduce(good), interval.by_count())

    return make


def _spread(power: float, sample: bool) -> Function:
    def reduce(values: np.ndarray) -> float:
        free = len(values) - sample
        return float((np.square(values - values.mean()).sum() / free) ** power) if free else 0.0

    return _of_samples(reduce)


def _count(interval: Interval) -> Point:
    usable = interval.between.rules.usable(interval.inside.codes)
    return _made(interval, int(usable.sum()), interval.by_count())


def _transitions(interval: Interval) -> Point:
    """Changes of the value, the one at the interval's own start among them."""
    usable = interval.between.rules.usable(interval.inside.codes)
    values = interval.inside.values[usable]
    if len(values):
        first = int(interval.inside.ticks[0])
        before = interval.between.series.before(first, interval.between.rules)
        if before is not None:
            values = np.concatenate([[before.value], values])
    return _made(interval, int((np.diff(values) != 0.0).sum()), interval.by_count())


def _first_or_last(which: int) -> Function:
    def make(interval: Interval) -> Point:
        points = interval.inside
        if not len(points.ticks):
            return _nothing(interval)
        return Point(
            int(points.ticks[which]), float(points.values[which]), int(points.codes[which])
        )

    return make


def _delta(interval: Interval) -> Point:
    usable = np.flatnonzero(interval.between.rules.usable(interval.inside.codes))
    if not len(usable):
        return _nothing(interval)
    values = interval.inside.values
    ends_missing = usable[0] > 0 or usable[-1] < len(values) - 1
    value = values[usable[-1]] - values[usable[0]]
    return _made(interval, value, SUBNORMAL if ends_missing else GOOD)


def _extreme(sign: int, actual_time: bool) -> Function:
    """Least (`sign` 1) or greatest (-1) good sample, at the interval's start or its own time."""

    def make(interval: Interval) -> Point:
        points = interval.inside
        worth = severity(points.codes)
        good = np.flatnonzero(worth == 0)
        if not len(good):
            return _nothing(interval)
        values = sign * points.values[good]
        best = good[int(np.argmin(values))]
        usable = interval.between.rules.usable(points.codes)
        doubtful = points.values[usable & (worth == 1)]
        code = GOOD
        if not usable.all() or (len(doubtful) and (sign * doubtful).min() < values.min()):
            code = SUBNORMAL
        tick = int(points.ticks[best])
        if not actual_time and tick != interval.start:
            code |= HISTORIAN | CALCULATED
        if (values == values.min()).sum() > 1:
            code |= HISTORIAN | MULTIPLE
        return Point(tick if actual_time else interval.start, float(points.values[best]), code)

    return make


def _range(interval: Interval) -> Point:
    points = interval.inside
    good = points.values[severity(points.codes) == 0]
    if not len(good):
        return _nothing(interval)
    return _made(interval, np.ptp(good), SUBNORMAL if interval.skips else GOOD)


# ---- of the samples and the simple bounding values


def _bounded(interval: Interval) -> tuple[Points, Regions]:
    stepped = interval.between.series.stepped
    return interval.simple, interval.regions(interval.simple, stepped)


def _candidates(interval: Interval, points: Points) -> np.ndarray:
    usable = interval.between.rules.usable(points.codes)
    if interval.between.series.stepped:
        usable[-1] = False  # the state at the end is the next interval's
    return np.flatnonzero(usable)


def _extreme2(sign: int, actual_time: bool) -> Function:
    def make(interval: Interval) -> Point:
        points, regions = _bounded(interval)
        good = _candidates(interval, points)
        if not len(good):
            return _nothing(interval)
        values = sign * points.values[good]
        best = good[int(np.argmin(values))]
        tick, code = int(points.ticks[best]), int(points.codes[best])
        bits = code & 0xFFFF
        if not actual_time and tick != interval.start and not bits & INTERPOLATED:
            bits |= HISTORIAN | CALCULATED
        if (values == values.min()).sum() > 1:
            bits |= HISTORIAN | MULTIPLE
        if actual_time:
            beyond = interval.early if interval.backward else interval.late
            if tick == beyond:  # the bound itself is not in the interval
                tick += TICKS_PER_MS if interval.backward else -TICKS_PER_MS
                bits |= HISTORIAN | INTERPOLATED
        else:
            tick = interval.start
        return Point(tick, float(points.values[best]), interval.by_time(regions) | bits)

    return make


def _range2(interval: Interval) -> Point:
    points, regions = _bounded(interval)
    good = points.values[_candidates(interval, points)]
    if not len(good):
        return _nothing(interval)
    return _made(interval, np.ptp(good), interval.by_time(regions))


def _bound(at_end: bool) -> Function:
    def make(interval: Interval) -> Point:
        late = at_end != interval.backward
        found = interval.between.simple(interval.late if late else interval.early)
        if severity(np.array([found.code], dtype=np.uint32))[0] == 2:
            return _nothing(interval)
        if at_end:
            return Point(interval.start, found.value, found.code | HISTORIAN | CALCULATED)
        return found

    return make


def _delta_bounds(interval: Interval) -> Point:
    points = interval.simple
    if not interval.between.rules.usable(points.codes[[0, -1]]).all():
        return _nothing(interval)
    return _made(interval, points.values[-1] - points.values[0])


def _area(regions: Regions) -> tuple[float, float]:
    """Integral over the stretches that are not bad (value times s), and their length (s)."""
    kept = regions.severities < 2
    seconds = regions.lengths[kept] / TICKS_PER_S
    return float(((regions.starts + regions.ends)[kept] / 2.0 * seconds).sum()), float(
        seconds.sum()
    )


def _time_weighted(simple: bool, mean: bool) -> Function:
    def make(interval: Interval) -> Point:
        stepped = interval.between.series.stepped
        points = interval.simple if simple else interval.interpolated
        regions = interval.regions(points, stepped, doubt_is_bad=simple)
        area, seconds = _area(regions)
        if not seconds:
            return _nothing(interval)
        if simple:
            code = interval.by_time(regions)
        else:
            code = SUBNORMAL if interval.skips or regions.severities.any() else GOOD
        return _made(interval, area / seconds if mean else area, code)

    return make


def _in_state(zero: bool) -> Function:
    def make(interval: Interval) -> Point:
        regions = interval.regions(interval.simple, stepped=True)
        wanted = (regions.severities == 0) & ((regions.starts == 0.0) == zero)
        length = regions.lengths[wanted].sum() / TICKS_PER_MS
        return _made(interval, length, interval.by_time(regions))

    return make


def _of_quality(worst: int, percent: bool) -> Function:
    def make(interval: Interval) -> Point:
        regions = interval.regions(interval.simple, stepped=True)
        found = regions.length(worst)
        total = int(regions.lengths.sum())
        if percent and not total:
            return _nothing(interval)
        return _made(interval, 100.0 * found / total if percent else found / TICKS_PER_MS)

    return make


def _worst(bounds: bool) -> Function:
    def make(interval: Interval) -> Point:
        codes = (interval.simple if bounds else interval.inside).codes
        if not len(codes):
            return _nothing(interval)
        worth = severity(codes)
        worst = worth == worth.max()
        found = int(codes[np.argmax(worst)]) & 0xFFFF_0000
        many = MULTIPLE if worth.max() and worst.sum() > 1 else 0
        return _made(interval, found, HISTORIAN | many)

    return make


AGGREGATES: dict[str, Aggregate] = {
    "Interpolative": Aggregate(
        _interpolative, "own", numeric=False, partial=False, extrapolates=True
    ),
    "Average": Aggregate(_of_samples(np.mean)),
    "TimeAverage": Aggregate(_time_weighted(simple=False, mean=True), extrapolates=True),
    "TimeAverage2": Aggregate(_time_weighted(simple=True, mean=True)),
    "Total": Aggregate(_time_weighted(simple=False, mean=False), extrapolates=True),
    "Total2": Aggregate(_time_weighted(simple=True, mean=False)),
    "Minimum": Aggregate(_extreme(1, actual_time=False), "own"),
    "Maximum": Aggregate(_extreme(-1, actual_time=False), "own"),
    "MinimumActualTime": Aggregate(_extreme(1, actual_time=True), "own"),
    "MaximumActualTime": Aggregate(_extreme(-1, actual_time=True), "own"),
    "Range": Aggregate(_range, "own"),
    "Minimum2": Aggregate(_extreme2(1, actual_time=False), "own"),
    "Maximum2": Aggregate(_extreme2(-1, actual_time=False), "own"),
    "MinimumActualTime2": Aggregate(_extreme2(1, actual_time=True), "own"),
    "MaximumActualTime2": Aggregate(_extreme2(-1, actual_time=True), "own"),
    "Range2": Aggregate(_range2, "own"),
    "Count": Aggregate(_count, "int", numeric=False),
    "NumberOfTransitions": Aggregate(_transitions, "int", numeric=False),
    "DurationInStateZero": Aggregate(_in_state(zero=True), numeric=False),
    "DurationInStateNonZero": Aggregate(_in_state(zero=False), numeric=False),
    "Start": Aggregate(_first_or_last(0), "own", numeric=False),
    "End": Aggregate(_first_or_last(-1), "own", numeric=False),
    "Delta": Aggregate(_delta, "own"),
    "StartBound": Aggregate(_bound(at_end=False), "own", numeric=False),
    "EndBound": Aggregate(_bound(at_end=True), "own", numeric=False),
    "DeltaBounds": Aggregate(_delta_bounds, "own"),
    "DurationGood": Aggregate(_of_quality(0, percent=False), numeric=False),
    "DurationBad": Aggregate(_of_quality(2, percent=False), numeric=False),
    "PercentGood": Aggregate(_of_quality(0, percent=True), numeric=False),
    "PercentBad": Aggregate(_of_quality(2, percent=True), numeric=False),
    "WorstQuality": Aggregate(_worst(bounds=False), "status", numeric=False),
    "WorstQuality2": Aggregate(_worst(bounds=True), "status", numeric=False),
    "StandardDeviationSample": Aggregate(_spread(0.5, sample=True)),
    "StandardDeviationPopulation": Aggregate(_spread(0.5, sample=False)),
    "VarianceSample": Aggregate(_spread(1.0, sample=True)),
    "VariancePopulation": Aggregate(_spread(1.0, sample=False)),
}
BY_NODE: dict[ua.NodeId, Aggregate] = {
    ua.NodeId(getattr(ua.ObjectIds, f"AggregateFunction_{name}")): row
    for name, row in AGGREGATES.items()
}

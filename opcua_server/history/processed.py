"""HistoryRead of aggregates (ReadProcessedDetails, OPC 10000-11, 6.5.4 and OPC 10000-13).

Intervals are made a page at a time and their samples read in bounded pieces, the event loop given
its turn in between. A continuation point names the next interval, nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
from asyncua import ua
from asyncua.common.utils import ServiceError

from opcua_server.history.aggregates import BY_NODE, Aggregate
from opcua_server.history.interval import Interval
from opcua_server.history.points import Between, Point, Points, Rules, Series, spans

Codes = ua.StatusCodes
AT_ONCE = 100_000  # samples read before others get their turn; assumed
MOST_SAMPLES = 5_000_000  # samples in one interval: 58 days of one a second; assumed
TURN = 64  # intervals made before others get their turn; assumed


@dataclass(frozen=True)
class Plan:
    """Intervals of a request: from `start` to `end` (ticks), each `step` ticks long."""

    start: int
    end: int
    step: int

    @property
    def backward(self) -> bool:
        """Whether time flows backward."""
        return self.end < self.start

    @property
    def count(self) -> int:
        """Number of intervals; the last one may be shorter."""
        return -(-abs(self.end - self.start) // self.step)

    def bounds(self, number: int) -> tuple[int, int, bool]:
        """Early and late end of an interval, and whether it is whole."""
        if self.backward:
            late = self.start - number * self.step
            early = max(late - self.step, self.end)
        else:
            early = self.start + number * self.step
            late = min(early + self.step, self.end)
        return early, late, late - early == self.step


def planned(start: int | None, end: int | None, interval_ms: float) -> Plan:
    """The intervals a request means. Raises ServiceError when it means none."""
    if start is None or end is None or start == end:
        raise ServiceError(Codes.BadInvalidArgument)
    if not np.isfinite(interval_ms) or interval_ms < 0.0:
        raise ServiceError(Codes.BadInvalidArgument)
    whole = abs(end - start)
    step = min(max(round(interval_ms * 10_000), 1), whole) if interval_ms else whole
    return Plan(start, end, step)


def rules_of(wanted: ua.AggregateConfiguration) -> Rules:
    """How samples are judged. Raises ServiceError for percentages that cannot be (4.2.1.2)."""
    if wanted is None or wanted.UseServerCapabilitiesDefaults:
        return Rules()
    good, bad = int(wanted.PercentDataGood), int(wanted.PercentDataBad)
    if good > 100 or bad > 100 or good < 100 - bad:
        raise ServiceError(Codes.BadAggregateConfigurationRejected)
    sloped = bool(wanted.UseSlopedExtrapolation)
    return Rules(bool(wanted.TreatUncertainAsBad), bad, good, sloped)


def aggregate_for(node: ua.NodeId, series: Series) -> Aggregate:
    """The aggregate of this id, if it means something for the tag."""
    found = BY_NODE.get(node)
    if found is None or (found.numeric and series.tag.kind in ("bool", "enum")):
        raise ServiceError(Codes.BadAggregateNotSupported)
    return found


async def processed(
    series: Series, aggregate: Aggregate, plan: Plan, rules: Rules, first: int, most: int
) -> list[Point]:
    """Results of the intervals from number `first` on, at most `most`."""
    results: list[Point] = []
    stop = min(first + most, plan.count)
    async for low, high, points in _pieces(series, plan, first, stop):
        between = Between(series, points, rules)
        for number in range(low, high):
            early, late, whole = plan.bounds(number)
            results.append(aggregate.of(Interval(between, early, late, plan.backward, whole)))
            if number % TURN == 0:
                await asyncio.sleep(0)
    return results


async def _pieces(
    series: Series, plan: Plan, first: int, stop: int
) -> AsyncIterator[tuple[int, int, Points]]:
    """Runs of intervals with the samples in and next to them."""
    each = max(1, AT_ONCE * series.period // plan.step)
    for low, last in spans(first, stop - 1, each):
        ends = (*plan.bounds(low)[:2], *plan.bounds(last)[:2])
        yield low, last + 1, await _samples(series, min(ends), max(ends))


async def _samples(series: Series, early: int, late: int) -> Points:
    """Samples in [early, late] with those next to it, read piece by piece."""
    first = max(early // series.period, 0)
    last = min(-(-late // series.period), series.end // series.period)
    if last - first > MOST_SAMPLES:
        raise ServiceError(Codes.BadTooManyOperations)
    pieces = []
    for low, high in spans(first, last, AT_ONCE):
        pieces.append(series.numbered(low, high))
        await asyncio.sleep(0)
    if not pieces:
        return series.numbered(0, -1)
    return Points(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))

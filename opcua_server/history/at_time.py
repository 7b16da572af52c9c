"""HistoryRead of the values at given times (ReadAtTimeDetails, OPC 10000-11, 6.5.5)."""

from __future__ import annotations

from collections.abc import Sequence

from opcua_server.history.points import Between, Point, Rules, Series

NEAR = 10_000  # grid instants between two requested times that are read in one go; assumed


def at_times(series: Series, ticks: Sequence[int], simple: bool) -> list[Point]:
    """Values at `ticks`, in their order: raw where a sample lies there, else between samples.

    `simple` takes the samples next to a time, be they good or not; otherwise the nearest good
    ones. Before the first sample and from now on there is nothing.
    """
    found: dict[int, Point] = {}
    for group in _close_together(sorted(set(ticks)), NEAR * series.period):
        between = Between(series, series.around(group[0], group[-1]), Rules())
        value = between.simple if simple else between.interpolated
        found |= {tick: value(tick) for tick in group}
    return [found[tick] for tick in ticks]


def _close_together(ticks: list[int], reach: int) -> list[list[int]]:
    """Ascending ticks in groups, none longer than `reach`."""
    groups: list[list[int]] = []
    for tick in ticks:
        if groups and tick - groups[-1][0] <= reach:
            groups[-1].append(tick)
        else:
            groups.append([tick])
    return groups

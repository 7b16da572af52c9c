"""The cycles of a station, from its rows: which part, begun when, finished when, worked how long.

A part in work at a border of two stretches of time is begun in the first and finished in the
second; its planned run time is shared between them as its working time is. Of a part still in work
no more is planned than was done.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.metrics.partition import Floats, Ints, Partition, Split, partition, summed
from twin.trace.index import Series
from twin.trace.starts import Starts
from twin.trace.tables import State

READYING = (State.SETUP, State.HELD, State.LOADING)


@dataclass(frozen=True)
class Cycles:
    """Cycles in order; parts of a batch are cycles of one group. `finish` is NaN while open."""

    t: Floats
    part: Ints
    finish: Floats
    group: Ints
    of_row: Ints  # group of each row of the station; -1 before the first
    row: Ints  # of its beginning


def cycles(rows: Series, *, batches: bool) -> Cycles:
    """Cycles of a station."""
    follow = Starts()
    begins = follow.feed(rows.state, rows.part)
    first = np.flatnonzero(begins)
    t, part = rows.t[first], rows.part[first]
    group = np.arange(len(first))
    if batches and len(first):
        group = np.cumsum(np.append(True, np.diff(t) > 0.0)) - 1
    visit = np.cumsum(begins) - 1
    of_row = np.where(visit >= 0, group[visit], -1) if len(first) else np.full(len(rows), -1)
    count = int(group[-1]) + 1 if len(group) else 0
    finish = np.full(count, np.nan)
    working = np.flatnonzero(rows.state == State.WORKING)
    last = np.zeros(count, dtype=np.int64)
    last[of_row[working]] = working  # the latest of each group stays
    known = last + 1 < len(rows)
    finish[known] = rows.t[last[known] + 1]
    if follow.open and count:
        finish[-1] = np.nan
    return Cycles(t, part, finish[group] if count else finish, group, of_row, first)


def planned_runs(
    run: Cycles, nominal: Floats, rows: Series, station: Partition, count: int
) -> Floats:
    """Planned run time (s) under each label; `nominal` is that of each cycle (s)."""
    groups = int(run.group[-1]) + 1 if len(run.group) else 0
    total = summed(run.group, nominal, groups)
    begins, ends = station.cut(rows.t)
    row = np.searchsorted(rows.t, begins, side="right") - 1
    mine = (rows.state[row] == State.WORKING) & (run.of_row[row] >= 0)
    group, spans = run.of_row[row[mine]], (ends - begins)[mine]
    worked = summed(group, spans, groups)
    if groups and np.isnan(run.finish[-1]):
        total[-1] = min(total[-1], worked[-1])  # of the work under way, what is done
    shares = total[group] * spans / worked[group]
    planned = summed(station.at(begins[mine]), shares, count)
    at_once = worked == 0.0  # begun this instant, or cycles that take no time
    if at_once.any():
        begun = run.t[np.searchsorted(run.group, np.flatnonzero(at_once))]
        planned += summed(station.at(begun), total[at_once], count)
    return planned


def station_partition(run: Cycles, rows: Series, split: Split, now: float) -> Partition:
    """The station's time by the orders or products of its parts; set-up belongs to what follows."""
    if split.of_part is None or not len(run.t):
        return split.line
    labels = split.of_part[run.part]
    changes = np.flatnonzero(np.append(True, labels[1:] != labels[:-1]))
    begins = np.array([_made_ready(run, rows, i) for i in changes.tolist()])
    begins[0] = 0.0
    after = np.arange(len(rows)) > _last_working(rows)
    ready = after & np.isin(rows.state, READYING) & (rows.part >= 0)
    ahead = np.flatnonzero(ready)[:1]  # making ready for a part that was not begun yet
    begins = np.append(begins, rows.t[ahead])
    return partition(begins, np.append(labels[changes], split.of_part[rows.part[ahead]]), now)


def _last_working(rows: Series) -> int:
    return int(np.flatnonzero(rows.state == State.WORKING)[-1])


def _made_ready(run: Cycles, rows: Series, i: int) -> float:
    """When a station began to make itself ready for its cycle i."""
    row = begin = int(run.row[i])
    before = int(run.row[i - 1]) if i else -1
    while row - 1 > before and rows.state[row - 1] != State.WORKING:
        row -= 1
        if rows.state[row] in READYING and rows.part[row] in (-1, run.part[i]):
            begin = row
    return float(rows.t[begin])

"""What the server had to tell: every change of every tag, with its source time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from twin.judge.trial import Trial
from twin.signals import sample

TAG = 2**45  # us in a tag's share of a key: a year
PER_S = 1_000_000  # source times are compared in whole microseconds
ROUNDED = 1e-3  # s: to this the times of disturbances are noted


@lru_cache(maxsize=8)
def changes(trial: Trial) -> pl.DataFrame:
    """Every change of a tag's value between two instants at which values were shown.

    Columns: tag, us (source time, simulated microseconds), t (the same, s), value (null where the
    tag has none), shown (the instant, simulated s). The first instant a client could see is
    where changes begin to count. Changes while a disturbance forced a tag's status are left out:
    the server told that status then, and not the value; so are those with a false clock's times.
    """
    instants = trial.served.instants
    keep = instants > trial.begin
    before = int(np.argmax(keep)) - 1 if keep.any() else -1
    looks = instants[max(before, 0) :]
    if len(looks) < 2:
        return _frame((), [], [], [], [])
    ticks = np.maximum(np.nextafter(looks, 0.0), 0.0)
    tags, times, values, shown = [], [], [], []
    false_clock = np.zeros(len(looks), dtype=np.bool_)
    for start, stop, _error in jumps(trial):
        false_clock |= (looks >= start - ROUNDED) & (looks <= stop + ROUNDED)
    for number, tag in enumerate(trial.served.tags):
        row = sample(trial.trace, [tag], ticks)[0]
        period = trial.line.tags[tag].period
        differs = np.zeros(len(row), dtype=np.bool_)
        both_nan = np.isnan(row[1:]) & np.isnan(row[:-1])
        differs[1:] = (row[1:] != row[:-1]) & ~both_nan
        differs &= ~forced(trial, tag, looks) & ~false_clock
        places = np.flatnonzero(differs)
        tags.append(np.full(len(places), number, dtype=np.uint32))
        times.append(source_us(looks[places], period))
        values.append(row[places])
        shown.append(looks[places])
    return _frame(trial.served.tags, tags, times, values, shown)


def key(trial: Trial) -> pl.Expr:
    """Tag and source time `us` of a row as one whole number: joins by it are many times faster."""
    number = pl.col("tag").cast(pl.Enum(trial.served.tags)).to_physical().cast(pl.Int64)
    return (number * TAG + pl.col("us")).alias("key")


def jumps(trial: Trial) -> list[tuple[float, float, float]]:
    """Start and stop (simulated s) of times in which the server's clock was wrong, by how much."""
    return [
        (one.start, one.stop, float(one.detail["value"]))
        for one in trial.incidents
        if one.kind == "jump-clock"
    ]


def source_us(t: NDArray[np.float64], period: float) -> NDArray[np.int64]:
    """Source time (us) of what is shown at t (s): the tag's latest sampling instant before it."""
    passed = np.maximum(np.ceil(t * 1e7).astype(np.int64) - 1, 0)  # as the server counts: 100 ns
    step = round(period * 1e7)
    return passed // step * step // 10


def forced(trial: Trial, tag: str, t: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the tag's status was forced by a disturbance at instants t (s)."""
    hit = np.zeros(len(t), dtype=np.bool_)
    for one in trial.served.forced:
        if one["tag"] == tag:
            hit |= (t >= one["start"] - ROUNDED) & (t <= one["stop"] + ROUNDED)
    return hit


def true_values(trial: Trial, rows: pl.DataFrame) -> pl.Series:
    """What each tag showed at its row's source time `t` (s), NaN where it showed nothing.

    Any instant of the past can be asked for: history serves more of them than were shown live.
    Null for tags nobody knows and for times outside the run.
    """
    out = np.full(rows.height, np.nan)
    known = np.zeros(rows.height, dtype=np.bool_)
    t = rows["t"].to_numpy()
    order = rows.with_row_index("place").group_by("tag").agg("place")
    last = np.nextafter(trial.now, 0.0)
    for tag, places in order.iter_rows():
        if tag not in trial.line.tags:
            continue
        index = np.asarray(places)
        # a time between two sampling instants, by rounding, belongs to the later one
        ticks = np.minimum(t[index] + 5e-7, last)
        fine = t[index] < trial.now
        out[index[fine]] = sample(trial.trace, [tag], ticks[fine])[0]
        known[index[fine]] = True
    return pl.Series("truth", out).set(pl.Series(~known), None)


def _frame(
    names: Sequence[str], tags: list[NDArray[np.uint32]], times: list[NDArray[np.int64]],
    values: list[NDArray[np.float64]], shown: list[NDArray[np.float64]],
) -> pl.DataFrame:  # fmt: skip
    us = np.concatenate([np.empty(0, np.int64), *times])
    return pl.DataFrame(
        {
            "tag": pl.Series(names, dtype=pl.String).gather(
                np.concatenate([np.empty(0, np.uint32), *tags])
            ),
            "us": us,
            "t": us / PER_S,
            "value": np.concatenate([np.empty(0), *values]),
            "shown": np.concatenate([np.empty(0), *shown]),
        }
    )

"""A gateway's samples beside the truth, row by row: made once for all checks of a trial."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from twin.judge.trial import Trial
from twin.judge.truth.served import PER_S, changes, jumps, key, true_values

GOOD, NUMBERED_GOOD = "Good", ("0", "0x00000000")


@lru_cache(maxsize=16)
def recorded(trial: Trial, solution: str) -> pl.DataFrame:
    """Samples of tags that were served, in the order in which they were handed in.

    Besides their own columns: `us` (source time, simulated microseconds), `good` (whether the
    status says Good), `timed` (whether the tag looks at such times), `truth` (what the tag showed
    then; null where no such time was), `jumped` (whether the time may be that of a false clock:
    then nothing is said of it).
    """
    rows = trial.claims[solution].table("samples")
    rows = rows.filter(pl.col("tag").is_in(list(trial.served.tags)))
    status = pl.col("status").fill_null(GOOD).str.strip_chars()
    rows = rows.with_columns(
        (pl.col("t") * PER_S).round().cast(pl.Int64).alias("us"),
        (status.str.starts_with(GOOD) | status.is_in(NUMBERED_GOOD)).alias("good"),
    )
    tags = list(trial.served.tags)
    steps = [round(trial.line.tags[tag].period * PER_S) for tag in tags]
    step = pl.col("tag").replace_strict(tags, steps, return_dtype=pl.Int64)
    rows = rows.with_columns((pl.col("us") % step == 0).alias("timed"))
    rows = rows.with_columns(true_values(trial, rows))
    jumped = pl.lit(False)
    for start, stop, error in jumps(trial):
        period = step / PER_S
        jumped |= pl.col("t").is_between(start + error - period, stop + error)
    rows = rows.with_columns(jumped.alias("jumped"))
    return rows.with_columns(
        pl.col("timed") | pl.col("jumped"), pl.when(~pl.col("jumped")).then("truth").alias("truth")
    )


@lru_cache(maxsize=16)
def filed(trial: Trial, solution: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys (see `served.key`) of what was recorded, rising, and the row of each; first come first.

    To look things up in them is many times faster than to join tables.
    """
    keys = recorded(trial, solution).select(key(trial)).to_series().to_numpy()
    order = np.argsort(keys, kind="stable")
    return keys[order], order


def places(trial: Trial, solution: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each of the changes served the row where it was first recorded, and whether it was."""
    asked = changes(trial).select(key(trial)).to_series().to_numpy()
    keys, order = filed(trial, solution)
    if not len(keys):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return order[at], keys[at] == asked


@lru_cache(maxsize=16)
def missing(trial: Trial, solution: str) -> pl.DataFrame:
    """Changes that were served and are not among the samples, oldest first."""
    _rows, there = places(trial, solution)
    return changes(trial).filter(pl.Series(~there)).sort("t", "tag")


@lru_cache(maxsize=16)
def repeated(trial: Trial, solution: str) -> pl.DataFrame:
    """Samples that are there more often than once, with how often: one row each."""
    keys, order = filed(trial, solution)
    again = np.flatnonzero(keys[1:] == keys[:-1])
    several = order[np.unique(np.concatenate([again, again + 1]))]
    rows = recorded(trial, solution)[np.sort(several)].filter(~pl.col("jumped"))
    status = pl.col("status").fill_null(GOOD)
    return (
        rows.group_by("tag", "us", status)
        .agg(pl.len().alias("times"), pl.col("t").first(), pl.col("value").first())
        .filter(pl.col("times") > 1)
        .sort("times", "tag", "us", descending=[True, False, False])
    )

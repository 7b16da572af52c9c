"""From a model's scores to alarms as people get them: an asset, from when, to when, how high.

A score at or above the plan's limit is an alarm. Scores that come back within `merge` seconds are
the same alarm: nobody is called again for a value that dips below its limit for a moment.
"""

from __future__ import annotations

from typing import Final

import polars as pl

ALARM_AT: Final = 0.5  # our contract: a score is read as 0 to 1, from 0.5 on it is an alarm
MERGE: Final = 600.0  # s, assumed: two calls within ten minutes are one
SCHEMA: Final = pl.Schema(
    {"asset": pl.String(), "start": pl.Float64(), "stop": pl.Float64(), "peak": pl.Float64()}
)


def alarms(
    predictions: pl.DataFrame, alarm_at: float = ALARM_AT, merge: float = MERGE
) -> pl.DataFrame:
    """Alarms of the table `predictions`: asset, start, stop (s, simulated), peak; by start.

    Rows without a score are passed over.
    """
    high = predictions.filter(pl.col("score") >= alarm_at).sort("asset", "t")
    if high.is_empty():
        return SCHEMA.to_frame()
    fresh = (pl.col("t").diff().over("asset") > merge).fill_null(True)
    return (
        high.with_columns(fresh.cast(pl.Int64).cum_sum().over("asset").alias("number"))
        .group_by("asset", "number")
        .agg(
            pl.col("t").min().alias("start"),
            pl.col("t").max().alias("stop"),
            pl.col("score").max().alias("peak"),
        )
        .select(*SCHEMA)
        .sort("start", "asset")
    )

"""Which alarm is about which fault: hits, alarms elsewhere, false alarms; what was found when.

An alarm that begins while a fault is at work at an asset that shows it is a hit. One that begins
while some fault is at work, but at another asset, is *elsewhere*: neither found nor false. All
others are false. An alarm that already stood when the fault began has found nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import polars as pl

from twin.judge.ai.episodes import GRACE, Episode


@dataclass(frozen=True)
class Detection:
    """When a fault was found: the start of its first alarm, `inf` when none came."""

    episode: Episode
    at: float

    @property
    def found(self) -> bool:
        """Whether an alarm came."""
        return self.at < inf

    @property
    def delay(self) -> float:
        """Seconds from first-observable to the alarm; below 0 when it came before."""
        return self.at - self.episode.observable


@dataclass(frozen=True)
class Matching:
    """Alarms of one trial with what each is ("hit", "elsewhere", "false"); detections by fault."""

    alarms: pl.DataFrame
    detections: tuple[Detection, ...]

    @property
    def false(self) -> pl.DataFrame:
        """The false alarms."""
        return self.alarms.filter(pl.col("what") == "false")


def match(alarms: pl.DataFrame, found: Sequence[Episode], grace: float = GRACE) -> Matching:
    """Match alarms (asset, start, stop, peak) to episodes; traps count as no fault at all."""
    real = [e for e in found if not e.trap]
    lives = pl.DataFrame(
        {
            "number": [e.number for e in real],
            "onset": [e.onset for e in real],
            "over": [e.end + grace for e in real],
            "assets": [list(e.assets) for e in real],
        },
        schema={
            "number": pl.Int64(),
            "onset": pl.Float64(),
            "over": pl.Float64(),
            "assets": pl.List(pl.String()),
        },
    )
    rows = alarms.with_row_index("row")
    during = rows.join(lives, how="cross").filter(
        (pl.col("start") >= pl.col("onset")) & (pl.col("start") < pl.col("over"))
    )
    hits = during.filter(pl.col("assets").list.contains(pl.col("asset")))
    what = (
        pl.when(pl.col("row").is_in(hits["row"].implode()))
        .then(pl.lit("hit"))
        .when(pl.col("row").is_in(during["row"].implode()))
        .then(pl.lit("elsewhere"))
        .otherwise(pl.lit("false"))
    )
    first = dict(hits.group_by("number").agg(pl.col("start").min()).iter_rows())
    ended = {e.number: e.end for e in real}
    detections = tuple(
        Detection(e, at if (at := first.get(e.number, inf)) < ended[e.number] else inf)
        for e in real
    )
    return Matching(rows.with_columns(what.alias("what")).drop("row"), detections)

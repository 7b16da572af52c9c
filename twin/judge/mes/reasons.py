"""MES-04: why a station was down, and whether short stops were seen at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.mes.states import confusion
from twin.judge.trial import Trial
from twin.judge.truth.production import spells, window
from twin.judge.truth.stops import stops
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

MICRO = 60.0  # s, shorter stops are micro-stops
GRAIN = 2.0  # s, shorter ones may fall between two values of a tag
SLACK = 2.0  # s by which a claimed stop may miss the true one; assumed


def claimed(trial: Trial, solution: str) -> pl.DataFrame:
    """Claimed stops; a reason may carry its station ("LTH1.chip-jam")."""
    reason = pl.col("reason").str.split(".").list.last().alias("state")
    rows = trial.claims[solution].table("stops")
    return rows.select("station", "start", "end", reason)


def misattributed(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the time down that was put down to a false reason, to none or to several, %."""
    tables = [
        confusion(stops(trial), claimed(trial, solution), *window(trial))
        .with_columns(pl.lit(trial.seed).alias("seed"))
        for trial in trials
    ]  # fmt: skip
    everything = pl.concat(tables)
    total = float(everything["seconds"].sum())
    if not total:
        return NotJudged(_("no station failed: make the run longer, or plan a fault"))
    false = everything.filter(pl.col("true") != pl.col("claimed"))
    false = false.sort("seconds", "station", "true", descending=[True, False, False])
    share = 100.0 * float(false["seconds"].sum()) / total
    return Measured.census(share, int(total), false.head(MOST_EVIDENCE).to_dicts())


def unseen(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of micro-stops that no claimed stop meets, %."""
    length = pl.col("end") - pl.col("start")
    asked, gone = 0, []
    for trial in trials:
        short = stops(trial).filter((length < MICRO) & (length >= GRAIN))
        asked += short.height
        gone += _alone(trial, short, claimed(trial, solution))
    if not asked:
        return NotJudged(_("no station stopped for less than a minute: make the run longer"))
    return Measured.census(100.0 * len(gone) / asked, asked, gone)


def invented(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Claimed stops in which the station was not down; units."""
    rows, asked = [], 0
    for trial in trials:
        first, last = window(trial)
        told = claimed(trial, solution).filter(
            (pl.col("start") >= first + SLACK) & (pl.col("end") <= last - SLACK)
        )
        asked += told.height
        rows += _alone(trial, told, _down(trial))
    return Measured.census(len(rows), asked, rows)


def _down(trial: Trial) -> pl.DataFrame:
    """All time down, whatever for."""
    return spells(trial).filter(pl.col("state") == "DOWN")


def _alone(trial: Trial, rows: pl.DataFrame, others: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that meet none of the others at their station."""
    met = rows.with_row_index("row").join(others, on="station", suffix="_other")
    met = met.filter(
        (pl.col("start_other") < pl.col("end") + SLACK)
        & (pl.col("end_other") > pl.col("start") - SLACK)
    )
    alone = rows.with_row_index("row").filter(~pl.col("row").is_in(met["row"].unique().implode()))
    return [{"seed": trial.seed, **row} for row in alone.drop("row").to_dicts()]

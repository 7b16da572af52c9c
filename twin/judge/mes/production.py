"""MES-01 to MES-03: what was made, in which states, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.trial import Trial
from twin.judge.truth.production import FIGURES, HOUR, periods, state_times, window
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

KEY = ["station", "start", "end"]


@lru_cache(maxsize=64)
def beside(trial: Trial, solution: str, table: str) -> pl.DataFrame:
    """Claimed rows that mean an hour or a shift of the window, beside the truth (suffix _true)."""
    claims = _whole_seconds(trial.claims[solution].table(table))
    return claims.join(_whole_seconds(periods(trial)), on=KEY, suffix="_true").sort(KEY)


def _whole_seconds(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("start").round(0), pl.col("end").round(0))


def count(name: str) -> Measure:
    """The measure: units by which a counter of an hour or shift is wrong, in sum (MES-01)."""

    def wrong(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        total, rows = 0.0, 0
        for trial in trials:
            both = beside(trial, solution, "counts").filter(pl.col(name).is_not_null())
            off = both.with_columns((pl.col(name) - pl.col(f"{name}_true")).alias("off"))
            total += float(off["off"].abs().sum())
            rows += off.height
            evidence += _rows(trial, off.filter(pl.col("off") != 0), [name, f"{name}_true", "off"])
        if not rows:
            return NotJudged(_("no row of counts is of a whole hour or shift of the window"))
        return Measured.census(total, rows, evidence)

    return wrong


def unreported(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Hours of stations of which nothing, or something twice, was reported, % (MES-01)."""
    evidence: list[dict[str, Any]] = []
    gone = asked = 0
    for trial in trials:
        first, last = window(trial)
        hours = pl.DataFrame(
            {"hour": [first + HOUR * k for k in range(int((last - first) / HOUR))]}
        )
        wanted = periods(trial).select("station").unique().join(hours, how="cross")
        told = beside(trial, solution, "counts")
        covered = wanted.join(told.select("station", "start", "end"), on="station", how="left")
        inside = (pl.col("start") <= pl.col("hour")) & (pl.col("end") >= pl.col("hour") + HOUR)
        times = covered.group_by("station", "hour").agg(inside.fill_null(False).sum().alias("n"))
        bad = times.filter(pl.col("n") != 1).sort("hour", "station")
        gone, asked = gone + bad.height, asked + times.height
        evidence += [
            {"seed": trial.seed, "station": row["station"], "start": row["hour"],
             "end": row["hour"] + HOUR, "reported": row["n"]}
            for row in bad.head(MOST_EVIDENCE).to_dicts()
        ]  # fmt: skip
    if not asked:
        return NotJudged(_("the run has no whole hour: make it longer"))
    return Measured.census(100.0 * gone / asked, asked, evidence)


def misattributed(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Time put down to another state than it was spent in, net over the window, % (MES-02)."""
    evidence: list[dict[str, Any]] = []
    false = total = 0.0
    for trial in trials:
        first, last = window(trial)
        start, end = pl.col("start").clip(first, last), pl.col("end").clip(first, last)
        claimed = (
            trial.claims[solution]
            .table("states")
            .with_columns((end - start).alias("claimed"))
            .group_by("station", "state")
            .agg(pl.col("claimed").sum())
        )
        truth = state_times(trial)
        both = truth.join(claimed, on=["station", "state"], how="full", coalesce=True).fill_null(0)
        both = both.with_columns((pl.col("claimed") - pl.col("seconds")).alias("off"))
        false += float(both["off"].abs().sum()) / 2.0
        total += float(truth["seconds"].sum())
        worst = both.sort(pl.col("off").abs(), descending=True)
        evidence += [
            {"seed": trial.seed, **row}
            for row in worst.filter(pl.col("off").abs() > 1.0).head(MOST_EVIDENCE).to_dicts()
        ]
    if not total:
        return NotJudged(_("the run has no whole hour: make it longer"))
    return Measured.census(100.0 * false / total, int(total), evidence)


def figure(name: str) -> Measure:
    """The measure: the largest error of a key figure, percentage points (MES-03).

    A figure where there is nothing to divide by is wrong by as much as can be.
    """

    def worst(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        largest, rows = 0.0, 0
        for trial in trials:
            both = beside(trial, solution, "kpis").filter(pl.col(name).is_not_null())
            true = pl.col(f"{name}_true")
            off = both.with_columns(
                (100.0 * (pl.col(name) - true)).abs().fill_null(100.0).alias("off")
            ).sort("off", descending=True)
            rows += off.height
            largest = max(largest, *off["off"].head(1).to_list(), 0.0)
            evidence += _rows(
                trial, off.filter(pl.col("off") > 0.05), [name, f"{name}_true", "off"]
            )
        if not rows:
            return NotJudged(
                _("no {name} was handed in of a whole hour or shift of the window").format(
                    name=name
                )
            )
        return Measured.census(largest, rows, evidence)

    assert name in FIGURES
    return worst


def _rows(trial: Trial, rows: pl.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    return [
        {"seed": trial.seed, **row}
        for row in rows.select(*KEY, *columns).head(MOST_EVIDENCE).to_dicts()
    ]

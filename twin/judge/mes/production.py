"""MES-01 and MES-03: what was made, and how well, by hour and by shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.trial import Trial
from twin.judge.truth.outages import touched
from twin.judge.truth.production import FIGURES, HOUR, periods, window
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

KEY = ["station", "start", "end"]
WORST = 100.0  # pp: a figure where there is none, or none where there is one


def claimed(trial: Trial, solution: str, table: str) -> pl.DataFrame:
    """Rows of a table by hour or shift, their borders to the whole second."""
    rows = trial.claims[solution].table(table)
    return rows.with_columns(pl.col("start").round(0), pl.col("end").round(0))


def beside(trial: Trial, solution: str, table: str) -> pl.DataFrame:
    """Claimed rows that mean an hour or a shift of the window, beside the truth (suffix _true)."""
    true = periods(trial).with_columns(pl.col("start").round(0), pl.col("end").round(0))
    return claimed(trial, solution, table).join(true, on=KEY, suffix="_true").sort(KEY)


def count(name: str) -> Measure:
    """The measure: units by which a counter of an hour or shift is wrong, in sum (MES-01).

    Those with an outage are judged by themselves (MES-09).
    """

    def wrong(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        total, rows = 0.0, 0
        for trial in trials:
            both = beside(trial, solution, "counts").filter(pl.col(name).is_not_null())
            both = both.filter(~touched(trial))
            off = both.with_columns((pl.col(name) - pl.col(f"{name}_true")).alias("off"))
            total += float(off["off"].abs().sum())
            rows += off.height
            evidence += _rows(trial, off.filter(pl.col("off") != 0), [name, f"{name}_true", "off"])
        if not rows:
            return NotJudged(_("no row of counts is of a whole hour or shift of the window"))
        return Measured.census(total, rows, evidence)

    return wrong


def unreported(table: str) -> Measure:
    """The measure: hours of stations within no row of a table, or in the same row twice, %.

    Rows by hour and rows by shift may stand side by side (MES-01, MES-03).
    """

    def gone(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        wrong = asked = 0
        for trial in trials:
            rows = claimed(trial, solution, table).group_by(KEY).len()
            times = _hours(trial).join(rows, on="station", how="left", suffix="_told")
            inside = (
                (pl.col("start_told") <= pl.col("start")) & (pl.col("end_told") >= pl.col("end"))
            ).fill_null(False)
            told = times.group_by(KEY).agg(
                pl.col("len").filter(inside).max().fill_null(0).alias("reported")
            )
            bad = told.filter(pl.col("reported") != 1).sort("start", "station")
            wrong, asked = wrong + bad.height, asked + told.height
            evidence += _rows(trial, bad, ["reported"])
        if not asked:
            return NotJudged(_("the run has no whole hour: make it longer"))
        return Measured.census(100.0 * wrong / asked, asked, evidence)

    return gone


def figure(name: str) -> Measure:
    """The measure: the largest error of a key figure, percentage points (MES-03).

    A number where there is nothing to divide by, and none where there is something, is wrong by
    as much as can be. Of effectiveness, whose denominator is working time, only what is beyond the
    grain of the tag State counts.
    """

    def worst(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        largest, rows = 0.0, 0
        given, true = pl.col(name), pl.col(f"{name}_true")
        spared = 100.0 * true * pl.col("grain") if name == "effectiveness" else pl.lit(0.0)
        off = (
            pl.when(given.is_null() & true.is_null())
            .then(0.0)
            .otherwise(((100.0 * (given - true)).abs() - spared).clip(0.0).fill_null(WORST))
        )
        for trial in trials:
            both = beside(trial, solution, "kpis").with_columns(off.alias("off"))
            rows += both.filter(given.is_not_null()).height
            largest = max([largest, *both["off"].to_list()])
            both = both.filter(pl.col("off") > 0.05).sort("off", descending=True)
            evidence += _rows(trial, both, [name, f"{name}_true", "off"])
        if not rows:
            return NotJudged(
                _("no {name} was handed in of a whole hour or shift of the window").format(
                    name=name
                )
            )
        return Measured.census(largest, rows, evidence)

    assert name in FIGURES
    return worst


def _hours(trial: Trial) -> pl.DataFrame:
    """Every whole hour of every station."""
    first, last = window(trial)
    starts = [first + HOUR * k for k in range(int((last - first) / HOUR))]
    hours = pl.DataFrame({"start": starts, "end": [t + HOUR for t in starts]})
    return periods(trial).select("station").unique().join(hours, how="cross")


def _rows(trial: Trial, rows: pl.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    return [
        {"seed": trial.seed, **row}
        for row in rows.select(*KEY, *columns).head(MOST_EVIDENCE).to_dicts()
    ]

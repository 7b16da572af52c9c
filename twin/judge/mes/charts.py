"""MES-08: control charts. What the rules say is compared exactly; what is true, as it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from twin.i18n import _
from twin.judge.ai.episodes import Episode, episodes, wanted
from twin.judge.checks import Measure
from twin.judge.trial import Chart, Trial
from twin.judge.truth.charts import asked_from, hits, samples
from twin.judge.verdict import Measured, NotJudged

SLACK = 5.0  # s by which the time of a signal may be off; assumed
EDGE = 60.0  # s before the end in which a signal need not be known yet; assumed


def claimed(trial: Trial, solution: str, chart: Chart) -> pl.DataFrame:
    """Signals that a solution reports of a chart, each once: columns t, rule ("WE1" to "WE4").

    A rule may be named by its number alone.
    """
    rows = trial.claims[solution].table("signals").filter(pl.col("chart") == chart.tag)
    number = pl.col("rule").str.extract(r"(\d)\s*$")
    rule = (pl.lit("WE") + number).fill_null(pl.col("rule"))
    told = rows.select("t", rule.alias("rule")).filter(pl.col("t") >= asked_from(trial, chart))
    return told.unique().sort("t", "rule")


def _apart(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Rows for which the others have none of the same rule at about the same time."""
    there = others.select("t", "rule", pl.lit(1).alias("met")).sort("t")
    met = rows.sort("t").join_asof(
        there, on="t", by="rule", strategy="nearest", tolerance=SLACK, check_sortedness=False
    )
    return met.filter(pl.col("met").is_null()).drop("met")


def differing(what: Literal["missed", "invented"]) -> Measure:
    """The measure: rule hits not reported, % of them, or signals that no rule gives, per 1,000
    samples."""

    def share(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        rows: list[dict[str, Any]] = []
        asked = 0
        for trial, chart in _charts(trials):
            true, told = hits(trial, chart), claimed(trial, solution, chart)
            if what == "missed":
                known = true.filter(pl.col("t") < trial.now - EDGE)
                wrong, asked = _apart(known, told), asked + known.height
            else:
                wrong, asked = _apart(told, true), asked + _seen(trial, chart).height
            rows += [{"seed": trial.seed, "chart": chart.tag, **row} for row in wrong.to_dicts()]
        if not asked:
            return NotJudged(_("no rule of a control chart was hit: make the run longer"))
        scale = 100.0 if what == "missed" else 1000.0
        return Measured.census(scale * len(rows) / asked, asked, rows)

    return share


def delay(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Median of the samples between the first in which a fault could be seen on its chart and
    the first signal of that chart; of faults without a signal, all samples until their end."""
    rows: list[dict[str, Any]] = []
    for trial, chart in _charts(trials):
        told = claimed(trial, solution, chart)["t"].to_numpy()
        for one in _shifts(trial, chart):
            inside = told[(told >= one.observable - SLACK) & (told < one.end)]
            until = float(inside.min()) + SLACK if len(inside) else one.end
            missed = _seen(trial, chart).filter(pl.col("t").is_between(one.observable, until))
            rows.append({"seed": trial.seed, "chart": chart.tag, "fault": one.fault,
                         "signalled": bool(len(inside)), "samples": missed.height})  # fmt: skip
    if not rows:
        return NotJudged(_("no fault showed on a control chart: plan one that does"))
    rows.sort(key=lambda row: -row["samples"])
    return Measured.census(float(np.median([row["samples"] for row in rows])), len(rows), rows)


def false_signals(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Samples with a signal while no fault was at work, per 1,000 of them.

    On independent normal values in control the four rules together give 10.9 (Champ & Woodall,
    Technometrics 29, 1987: a mean run of 91.75 samples); what a line measures is not quite such.
    """
    rows: list[dict[str, Any]] = []
    asked = 0
    for trial, chart in _charts(trials):
        quiet = pl.lit(True)
        for one in episodes(trial):
            quiet &= ~pl.col("t").is_between(one.onset - SLACK, one.end + SLACK)
        asked += _seen(trial, chart).filter(quiet).height
        told = claimed(trial, solution, chart).filter(quiet).unique("t").sort("t")
        rows += [{"seed": trial.seed, "chart": chart.tag, **row} for row in told.to_dicts()]
    if not asked:
        return NotJudged(_("a fault was at work all the time"))
    return Measured.census(1000.0 * len(rows) / asked, asked, rows)


def _charts(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Chart]]:
    return ((trial, chart) for trial in trials for chart in trial.charts)


def _seen(trial: Trial, chart: Chart) -> pl.DataFrame:
    """Samples that count."""
    return samples(trial, chart).filter(pl.col("t") >= asked_from(trial, chart))


def _shifts(trial: Trial, chart: Chart) -> list[Episode]:
    """Faults that show on a chart, in the time that counts."""
    since = asked_from(trial, chart)
    return [
        one
        for one in wanted(episodes(trial))
        if chart.tag in one.tags and since <= one.observable < trial.now - EDGE
    ]

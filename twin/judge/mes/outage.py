"""MES-09: what an outage leaves behind in counts and states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.mes.production import beside
from twin.judge.mes.states import confusion
from twin.judge.trial import Trial
from twin.judge.truth.outages import cuts, touched
from twin.judge.truth.production import spells
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged


def count(name: str) -> Measure:
    """The measure: the largest error of a counter in an hour or shift with an outage, units."""

    def worst(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        rows: list[dict[str, Any]] = []
        for trial in trials:
            both = beside(trial, solution, "counts").filter(pl.col(name).is_not_null())
            off = both.filter(touched(trial)).with_columns(
                (pl.col(name) - pl.col(f"{name}_true")).abs().alias("off")
            )
            names = ("station", "start", "end", name, f"{name}_true", "off")
            rows += [{"seed": trial.seed, **row} for row in off.select(names).to_dicts()]
        if not rows:
            return NotJudged(_("no hour with an outage was reported: add a step `do: restart`"))
        rows.sort(key=lambda row: -row["off"])
        wrong = [row for row in rows if row["off"]]
        return Measured.census(rows[0]["off"], len(rows), wrong)

    return worst


def misattributed(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the time around outages that was put down to a false state, %."""
    tables = []
    for trial in trials:
        claims = trial.claims[solution].table("states")
        for start, stop in cuts(trial):
            true = spells(trial).with_columns(
                pl.col("start").clip(start, stop), pl.col("end").clip(start, stop)
            )
            true = true.filter(pl.col("end") > pl.col("start"))
            found = confusion(true, claims, start, stop)
            tables.append(found.with_columns(pl.lit(trial.seed).alias("seed")))
    if not tables:
        return NotJudged(_("the plan has no outage: add a step such as `do: restart`"))
    everything = pl.concat(tables)
    total = float(everything["seconds"].sum())
    false = everything.filter(pl.col("true") != pl.col("claimed"))
    false = false.sort("seconds", "station", "true", descending=[True, False, False])
    share = 100.0 * float(false["seconds"].sum()) / total
    return Measured.census(share, int(total), false.head(MOST_EVIDENCE).to_dicts())

"""MES-02: in which states the time was spent, instant by instant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from twin.i18n import _
from twin.judge.trial import Trial
from twin.judge.truth.production import spells, window
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

NOTHING, SEVERAL = "", "several"
CONFUSION = {"station": pl.String, "true": pl.String, "claimed": pl.String, "seconds": pl.Float64}


def misattributed(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the time that was put down to a false state, to none, or to several, %.

    The evidence is the confusion matrix, the largest confusions first.
    """
    tables = [
        confusion(spells(trial), trial.claims[solution].table("states"), *window(trial))
        .with_columns(pl.lit(trial.seed).alias("seed"))
        for trial in trials
    ]  # fmt: skip
    everything = pl.concat(tables)
    total = float(everything["seconds"].sum())
    if not total:
        return NotJudged(_("the run has no whole hour: make it longer"))
    false = everything.filter(pl.col("true") != pl.col("claimed"))
    false = false.sort("seconds", "station", "true", descending=[True, False, False])
    share = 100.0 * float(false["seconds"].sum()) / total
    return Measured.census(share, int(total), false.head(MOST_EVIDENCE).to_dicts())


def confusion(truth: pl.DataFrame, claims: pl.DataFrame, first: float, last: float) -> pl.DataFrame:
    """Seconds of each station by true and claimed state, within [first, last) simulated s.

    Both tables have the columns station, start, end, state; those of the truth do not overlap.
    The result has station, true, claimed ("" where nothing is claimed, "several" where more than
    one state is), seconds.
    """
    found = []
    for (station,), mine in truth.sort("start").group_by("station", maintain_order=True):
        told = claims.filter(pl.col("station") == station).with_columns(
            pl.col("start").clip(first, last), pl.col("end").clip(first, last)
        )
        cuts = np.unique(np.concatenate([
            mine["start"].to_numpy(), mine["end"].to_numpy(),
            told["start"].to_numpy(), told["end"].to_numpy(),
        ]))  # fmt: skip
        middle, spans = (cuts[1:] + cuts[:-1]) / 2.0, np.diff(cuts)
        place = np.searchsorted(mine["start"].to_numpy(), middle, side="right") - 1
        known = (place >= 0) & (middle < mine["end"].to_numpy()[place])
        true = mine["state"].to_numpy()[place]
        claimed = np.full(len(middle), NOTHING, dtype=object)
        for (state,), rows in told.group_by("state", maintain_order=True):
            here = _covering(rows, middle)
            claimed[(claimed != NOTHING) & (here > 0)] = SEVERAL
            claimed[(claimed == NOTHING) & (here > 0)] = state
            claimed[here > 1] = SEVERAL
        found.append(
            pl.DataFrame(
                {"station": [station] * int(known.sum()), "true": true[known],
                 "claimed": claimed[known], "seconds": spans[known]},
                schema=CONFUSION,
            )
        )  # fmt: skip
    table = pl.concat(found) if found else pl.DataFrame(schema=CONFUSION)
    keys = ["station", "true", "claimed"]
    return table.group_by(keys, maintain_order=True).agg(pl.col("seconds").sum())


def _covering(rows: pl.DataFrame, instants: np.ndarray) -> np.ndarray:
    """How many rows each instant lies in."""
    begun = np.searchsorted(np.sort(rows["start"].to_numpy()), instants, side="right")
    ended = np.searchsorted(np.sort(rows["end"].to_numpy()), instants, side="right")
    return begun - ended

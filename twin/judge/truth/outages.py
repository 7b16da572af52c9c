"""When nothing could be heard of a line."""

from __future__ import annotations

import polars as pl

from twin.judge.trial import CUTS, Trial
from twin.judge.truth.production import window

AROUND = 300.0  # s before and after an outage that belong to it; assumed


def cuts(trial: Trial) -> list[tuple[float, float]]:
    """From when to when nothing could be heard, with what is around it, simulated s."""
    first, last = window(trial)
    spans = [
        (max(one.start - AROUND, first), min(one.stop + AROUND, last))
        for one in trial.incidents
        if one.kind in CUTS
    ]
    return [(start, stop) for start, stop in spans if stop > start]


def touched(trial: Trial) -> pl.Expr:
    """Whether a period has any of an outage in it."""
    within = [(pl.col("start") < stop) & (pl.col("end") > start) for start, stop in cuts(trial)]
    return pl.any_horizontal(pl.lit(False), *within)

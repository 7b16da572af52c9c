"""GW-05: how long after the server showed a change the gateway had it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.gateway.rows import places, recorded
from twin.judge.trial import CUTS, Trial
from twin.judge.truth.served import changes
from twin.judge.verdict import Measured, NotJudged

AFTER = 10.0  # s of wall clock after a cut that belong to the recovery, which is GW-07; assumed
MOST = 4_000  # delays from which an interval is estimated; more are thinned out evenly


@lru_cache(maxsize=16)
def delays(trial: Trial, solution: str) -> pl.DataFrame:
    """Delay of each change that came in quiet times, s of wall clock, with tag and time."""
    walls, instants = trial.served.walls, trial.served.instants
    told = changes(trial)
    rows, there = places(trial, solution)
    arrived = recorded(trial, solution)["arrived"].to_numpy()
    arrived = arrived[rows] if len(arrived) else np.full(len(rows), np.nan)
    there &= ~np.isnan(arrived)
    order = np.argsort(told["shown"].to_numpy(), kind="stable")  # of one instant: by tag
    order = order[there[order]]
    both = told[order].with_columns(pl.Series("arrived", arrived[order]))
    shown = np.interp(both["shown"].to_numpy(), instants, walls)
    calm = np.ones(len(shown), dtype=np.bool_)
    for one in trial.incidents:
        if one.kind in CUTS:
            begin, end = np.interp([one.start, one.stop], instants, walls)
            calm &= (shown < begin - 1.0) | (shown > end + AFTER)
    delay = both["arrived"].to_numpy() - shown
    return both.with_columns(pl.Series("delay_s", delay)).filter(pl.Series(calm))


def quantile(q: float) -> Measure:
    """The measure: a quantile of the delay, s of wall clock (GW-05)."""

    def late(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        pieces = [delays(trial, solution) for trial in trials]
        found = pl.concat(pieces)
        if not found.height:
            return NotJudged(_("no sample says when it arrived in a time without disturbance"))
        thinned = found["delay_s"].to_numpy()[:: max(1, found.height // MOST)]
        worst = found.sort("delay_s", descending=True).head(5)
        return Measured.quantile(thinned, q, worst.select("tag", "t", "delay_s").to_dicts())

    return late

"""GW-07: how long a gateway is silent around a disturbance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.i18n import _
from twin.judge.gateway.rows import recorded
from twin.judge.trial import CUTS, Trial
from twin.judge.verdict import Measured, NotJudged


def silence(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Longest time from the end of a cut to the next live sample, s of wall clock (GW-07)."""
    rows: list[dict[str, Any]] = []
    for trial in trials:
        arrived = recorded(trial, solution)["arrived"].drop_nulls().sort().to_numpy()
        walls, instants = trial.served.walls, trial.served.instants
        for one in trial.incidents:
            if one.kind not in CUTS or one.stop < trial.begin or not len(walls):
                continue
            end = float(np.interp(one.stop, instants, walls))
            place = int(np.searchsorted(arrived, end, side="right"))
            last = float(walls[-1])
            after = arrived[place] - end if place < len(arrived) else max(last - end, 0.0)
            never = place >= len(arrived)
            rows.append(
                {"seed": trial.seed, "what": one.kind, "start": one.start, "stop": one.stop,
                 "silent_s": float(after), "came_back": not never}
            )  # fmt: skip
    if not rows:
        return NotJudged(_("the plan cut no connection: add a step such as `do: restart`"))
    if all(trial.claims[solution].table("samples")["arrived"].is_null().all() for trial in trials):
        return NotJudged(_("the samples do not say when they arrived"))
    rows.sort(key=lambda row: (row["came_back"], -row["silent_s"]))
    worst = rows[0]["silent_s"] if rows[0]["came_back"] else float("inf")
    return Measured.census(worst, len(rows), rows)

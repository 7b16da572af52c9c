"""GW-06 and the distances of GW-04: how a gateway bears the load that the line gave it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Exhibit
from twin.judge.gateway.latency import delays
from twin.judge.gateway.rows import recorded
from twin.judge.trial import Trial

BEARABLE = 2.0  # s: a second is borne when 99 % of its changes came within this; assumed


def throughput(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """Changes a second of wall clock that were served, and the most that were borne."""
    if any(trial.clock != "paced" for trial in trials):
        return []
    seconds = pl.concat([by_second(trial, solution) for trial in trials])
    if not seconds.height:
        return []
    borne = seconds.filter(pl.col("p99") <= BEARABLE)
    unborne = seconds.filter(pl.col("p99") > BEARABLE)
    values = {
        "mean": float(seconds["changes"].to_numpy().mean()),
        "most": float(seconds["changes"].to_numpy().max()),
        "most borne": float(borne["changes"].to_numpy().max()) if borne.height else 0.0,
        "least not borne": (
            float(unborne["changes"].to_numpy().min()) if unborne.height else float("nan")
        ),
    }
    title = Text("Changes a second", "초당 값 변화")
    note = _("borne: 99 % of the changes of that second came within {limit:g} s").format(
        limit=BEARABLE
    )
    return [Exhibit(title, "1/s", values, note=note, tests=("GW-06",))]


def by_second(trial: Trial, solution: str) -> pl.DataFrame:
    """Of every quiet second of wall clock: `changes` that were served and came, `p99` of delay."""
    rows = delays(trial, solution)
    shown = np.interp(rows["shown"].to_numpy(), trial.served.instants, trial.served.walls)
    second = pl.Series("second", np.floor(shown).astype(np.int64))
    return (
        rows.with_columns(second)
        .group_by("second")
        .agg(pl.len().alias("changes"), pl.col("delay_s").quantile(0.99).alias("p99"))
        .sort("second")
    )


def distances(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """How far source, server and arrival time of a sample lie apart; where time is the wall's."""
    if any(trial.clock != "paced" or trial.speed != 1.0 for trial in trials):
        return []
    values: dict[str, float] = {}
    for name, late, early in (("server - source", "server_t", "t"),
                              ("arrived - server", "arrived", "server_t")):  # fmt: skip
        apart = np.concatenate([_apart(trial, solution, late, early) for trial in trials])
        if len(apart):
            for label, q in (("p50", 0.5), ("p99", 0.99)):
                values[f"{name} {label}"] = float(np.quantile(apart, q))
    if not values:
        return []
    title = Text("Distance of a sample's times", "시각 간 차이")
    return [Exhibit(title, "s", values, tests=("GW-04",))]


def _apart(trial: Trial, solution: str, late: str, early: str) -> np.ndarray:
    rows = recorded(trial, solution)
    base = trial.started_at.timestamp()
    wall = {"t": pl.col("t") + base, "server_t": pl.col("server_t"), "arrived": pl.col("arrived")}
    found = rows.select((wall[late] - wall[early]).abs().alias("apart")).drop_nulls()
    return found["apart"].to_numpy()

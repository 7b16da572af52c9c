"""What went into what, while a solution could see it."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from twin.judge.asking import DRILL
from twin.judge.trial import Incident, Trial
from twin.trace.genealogy import lot_history, merges, uses

LINKS = {"child": pl.Int64, "parent": pl.Int64, "kind": pl.String, "t": pl.Float64,
         "station": pl.String}  # fmt: skip


@lru_cache(maxsize=8)
def links(trial: Trial) -> pl.DataFrame:
    """Every lot and part in every part: numbers of child and parent, kind, when (s), where."""
    rows = [(use.part, use.lot, "lot", use.t, use.station) for use in uses(trial.trace)]
    rows += [(into, part, "part", t, where) for t, into, where, part in merges(trial.trace)]
    return pl.DataFrame(rows, schema=LINKS, orient="row").sort("t", "child", "parent")


def drills(trial: Trial) -> list[Incident]:
    """Recall drills, in order."""
    return [one for one in trial.incidents if one.kind == DRILL]


def concerned(trial: Trial, drill: Incident) -> tuple[set[int], set[int]]:
    """Parts that must be named, since they had of the lot when it was asked and could be seen;
    and all that have of it, before and after: it is not wrong to name them.
    """
    history = lot_history(trial.trace, drill.detail["lot"])
    seen = {use.part for use in history.used if trial.begin <= use.t <= drill.start}
    return seen, set(history.parts)

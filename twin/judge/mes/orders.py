"""MES-06 and MES-07: orders of the ERP, on their way to the stations and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.trial import Incident, Trial
from twin.judge.truth.orders import asked, dispatched, entries, statuses
from twin.judge.verdict import Measured, NotJudged
from twin.trace.book import STORES

NEAR = 60.0  # s by which the start of an order at a station may be off; assumed
TOLD = 5.0  # s by which the time of a status may be off
EDGE = 60.0  # s before the end in which nothing need be known yet; assumed
REJECTED = "rejected"
Row = dict[str, Any]
Fault = Callable[[Trial, str], Iterator[Row]]


def orders_wrong(find: Fault) -> Measure:
    """The measure: how many rows a search finds, in all trials with orders; units."""

    def count(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        n = sum(len(asked(trial)) for trial in trials)
        if not n:
            return NotJudged(_("the plan gives no orders: add steps to `orders`"))
        rows = [{"seed": trial.seed, **row} for trial in trials for row in find(trial, solution)]
        return Measured.census(len(rows), n, rows)

    return count


def _steps(trial: Trial, expect: str) -> list[Incident]:
    """Orders released long enough before the end to be dealt with."""
    return [
        one for one in asked(trial)
        if one.detail["expect"] == expect and one.start < trial.now - EDGE
    ]  # fmt: skip


def _told(trial: Trial, solution: str) -> pl.DataFrame:
    return trial.claims[solution].table("orders")


def lost(trial: Trial, solution: str) -> Iterator[Row]:
    """Orders that the line was never given, and such as ended without a word."""
    told = _told(trial, solution).filter(pl.col("status") == "ended")["order"].to_list()
    for one in _steps(trial, "made"):
        order = one.detail["order"]
        given = entries(trial).get(order, [])
        if not given:
            yield {"order": order, "t": one.start, "why": "not at the line"}
        elif (given[0].ended or np.inf) < trial.now - EDGE and order not in told:
            yield {"order": order, "t": given[0].ended, "why": "its end was not reported"}


def duplicate(trial: Trial, solution: str) -> Iterator[Row]:
    """Orders given to the line more than once or by nobody, and statuses told twice."""
    known = {one.detail["order"] for one in asked(trial)}
    for order, given in entries(trial).items():
        if len(given) > 1 or order not in known:
            yield {"order": order, "why": "at the line", "times": len(given)}
    again = _told(trial, solution).group_by("order", "status", maintain_order=True).len()
    for row in again.filter(pl.col("len") > 1).to_dicts():
        yield {"order": row["order"], "why": row["status"], "times": row["len"]}


def misquoted(trial: Trial, solution: str) -> Iterator[Row]:
    """Ended orders confirmed with another number of good units than were made."""
    told = _told(trial, solution).filter(pl.col("status") == "ended")
    both = told.join(statuses(trial), on=["order", "status"], suffix="_true")
    for row in both.filter(pl.col("good") != pl.col("good_true")).to_dicts():
        yield {"order": row["order"], "good": row["good"], "good_true": row["good_true"]}


def mistimed(trial: Trial, solution: str) -> Iterator[Row]:
    """Statuses that were not told, of another time, or that never were."""
    true = statuses(trial)
    told = _told(trial, solution).filter(pl.col("status").is_in(["running", "ended", "aborted"]))
    told = told.unique(["order", "status"], keep="first", maintain_order=True)
    both = true.join(told, on=["order", "status"], how="full", suffix="_told", coalesce=True)
    off = (pl.col("t_told") - pl.col("t")).abs() > TOLD
    missing = pl.col("t_told").is_null() & (pl.col("t") < trial.now - EDGE)
    invented = pl.col("t").is_null()
    for row in both.filter(off | missing | invented).sort("order", "status").to_dicts():
        yield {name: row[name] for name in ("order", "status", "t", "t_told")}


def not_refused(trial: Trial, solution: str) -> Iterator[Row]:
    """Orders that cannot be made and yet went to the line, or of which nobody was told."""
    told = _told(trial, solution).filter(pl.col("status") == REJECTED)["order"].to_list()
    for one in _steps(trial, REJECTED):
        order = one.detail["order"]
        if entries(trial).get(order):
            yield {"order": order, "t": one.start, "why": "given to the line"}
        elif order not in told:
            yield {"order": order, "t": one.start, "why": "not reported as rejected"}
    bad = {one.detail["order"] for one in asked(trial) if one.detail["expect"] == REJECTED}
    for order in sorted(set(told) - bad):
        yield {"order": order, "why": "can be made"}
    calls = [
        entry for entry in trial.audit
        if str(entry.get("user", "")).split(" (")[0] == solution
        and str(entry.get("what", "")).rpartition(".")[2] in ("Store", "StoreAndStart")
    ]  # fmt: skip
    stored = [one for one in trial.trace.journal if one.kind in STORES and one.by == solution]
    for _call in calls[len(stored) :]:
        yield {"why": "the line had to refuse it"}


def misdispatched(trial: Trial, solution: str) -> Iterator[Row]:
    """Orders at stations: not told, of another time, product or programme, or never there."""
    true = dispatched(trial)
    told = trial.claims[solution].table("dispatch")
    both = true.join(told, on=["order", "station"], how="full", suffix="_told", coalesce=True)
    known, claimed = pl.col("start").is_not_null(), pl.col("start_told").is_not_null()
    right = (
        ((pl.col("start_told") - pl.col("start")).abs() <= NEAR)
        & (pl.col("product_told") == pl.col("product"))
        & (pl.col("revision").is_null() | (pl.col("revision_told") == pl.col("revision")))
    ).fill_null(False)
    due = pl.col("start").is_between(trial.begin, trial.now - EDGE)
    wrong = both.filter(~right & (claimed | (known & due)))
    names = ("order", "station", "start", "start_told", "product", "product_told", "revision",
             "revision_told")  # fmt: skip
    for row in wrong.sort("order", "station").to_dicts():
        yield {name: row[name] for name in names}


def not_loaded(trial: Trial, solution: str) -> Iterator[Row]:
    """Recipe parameters that an order asks for and that were not in force when it began to run."""
    for one in _steps(trial, "made"):
        for entry in entries(trial).get(one.detail["order"], [])[:1]:
            for name, value in one.detail["parameters"].items():
                key = f"{entry.order.product}/{name}"
                loaded = [
                    command.value for command in trial.trace.journal
                    if command.kind == "recipe" and command.target == key
                    and (command.t or 0.0) <= (entry.started or trial.now)
                ]  # fmt: skip
                if not loaded or loaded[-1] != value:
                    yield {"order": entry.order.id, "parameter": key, "asked": value,
                           "loaded": loaded[-1] if loaded else None}  # fmt: skip


def parameters(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Recipe parameters of orders that were not loaded; units (MES-06)."""
    if not any(one.detail["parameters"] for trial in trials for one in _steps(trial, "made")):
        return NotJudged(_("no order of the plan asks for recipe parameters"))
    return orders_wrong(not_loaded)(trials, solution)


def latency(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """From a change of an order's status to when the product knew it, 95th percentile, wall s."""
    delays: list[float] = []
    rows: list[Row] = []
    for trial in trials:
        both = _told(trial, solution).drop_nulls("arrived")
        both = both.join(statuses(trial), on=["order", "status"], suffix="_true")
        if not both.height or not len(trial.served.walls):
            continue
        place = np.searchsorted(trial.served.instants, both["t_true"].to_numpy())
        walls = trial.served.walls[np.minimum(place, len(trial.served.walls) - 1)]
        late = both["arrived"].to_numpy() - walls
        delays += late.tolist()
        rows += [
            {"seed": trial.seed, "order": row["order"], "status": row["status"], "delay_s": delay}
            for row, delay in zip(both.to_dicts(), late.tolist(), strict=True)
        ]
    if not delays:
        return NotJudged(_("no status of an order says when the product knew it"))
    rows.sort(key=lambda row: -row["delay_s"])
    return Measured.quantile(np.array(delays), 0.95, rows)

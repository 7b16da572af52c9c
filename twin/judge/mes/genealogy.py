"""MES-05: what went into what, and the answer to a recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import polars as pl

from twin.i18n import _
from twin.judge.checks import Measure
from twin.judge.trial import Trial
from twin.judge.truth.genealogy import concerned, drills, links
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

EDGE = 60.0  # s before the end in which a link need not be known yet; assumed
PAIR = ["child", "parent", "kind"]


def number(column: str) -> pl.Expr:
    """Number of a part or a lot, by itself or at the end of a serial ("pump-shaft-000123")."""
    return pl.col(column).str.extract(r"(\d+)\s*$").cast(pl.Int64, strict=False)


def claimed(trial: Trial, solution: str) -> pl.DataFrame:
    """Links that a solution claims, each once, in numbers."""
    rows = trial.claims[solution].table("links")
    kind = pl.col("kind").fill_null("").replace("", "lot")
    return rows.select(number("child"), number("parent"), kind).unique(maintain_order=True)


def traced(what: Literal["missed", "false"]) -> Measure:
    """The measure: share of true links not claimed, or of claimed links that are not true, %.

    True links of the time in which the solution could look must be there; earlier ones, which
    history tells of, may be.
    """

    def share(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        bad = asked = 0
        for trial in trials:
            true, told = links(trial), claimed(trial, solution)
            if what == "missed":
                inside = pl.col("t").is_between(trial.begin, trial.now - EDGE, closed="left")
                all_ = true.filter(inside)
                wrong = all_.join(told, on=PAIR, how="anti", nulls_equal=True)
            else:
                all_ = told
                wrong = told.join(true, on=PAIR, how="anti", nulls_equal=True)
            bad, asked = bad + wrong.height, asked + all_.height
            evidence += [
                {"seed": trial.seed, **row} for row in wrong.head(MOST_EVIDENCE).to_dicts()
            ]
        if not asked:
            return NotJudged(_("no part was given anything while the solution could look"))
        return Measured.census(100.0 * bad / asked, asked, evidence)

    return share


def recalled(what: Literal["missed", "false"]) -> Measure:
    """The measure: parts that recall drills should have named, or named for nothing; units."""

    def count(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        evidence: list[dict[str, Any]] = []
        bad = asked = 0
        for trial in trials:
            answers = trial.claims[solution].table("recalls")
            for drill in drills(trial):
                must, may = concerned(trial, drill)
                mine = answers.filter(pl.col("question") == drill.detail["question"])
                named = set(mine.select(number("item")).to_series().to_list())
                wrong = must - named if what == "missed" else named - may
                bad, asked = bad + len(wrong), asked + len(must)
                evidence += [
                    {"seed": trial.seed, "question": drill.detail["question"],
                     "lot": drill.detail["lot"], "part": part}
                    for part in sorted(wrong, key=str)[:MOST_EVIDENCE]
                ]  # fmt: skip
        if not asked:
            return NotJudged(_("the plan asks for no recall: add a step to `drills`"))
        return Measured.census(bad, asked, evidence)

    return count


def answer_time(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Longest time from a drill's question to the complete answer, s of wall clock (MES-05).

    A drill without an answer was never answered.
    """
    rows: list[dict[str, Any]] = []
    for trial in trials:
        answers = trial.claims[solution].table("recalls")
        for drill in drills(trial):
            mine = answers.filter(pl.col("question") == drill.detail["question"])["answered"]
            last = mine.max()
            took = float("inf") if last is None else float(str(last)) - drill.detail["wall"]
            rows.append({"seed": trial.seed, "question": drill.detail["question"], "seconds": took})
    if not rows:
        return NotJudged(_("the plan asks for no recall: add a step to `drills`"))
    rows.sort(key=lambda row: -row["seconds"])
    return Measured.census(rows[0]["seconds"], len(rows), rows)

"""AI-30: a soft sensor or a camera that says of each part how likely it is bad.

`asset` is the number of the part as the tag PartInWork shows it, `score` its probability of being
bad. The truth is what became of the part: scrapped, or rejected by some inspection, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Check, Measure
from twin.judge.trial import Trial
from twin.judge.verdict import Better, Measured, NotJudged
from twin.trace.tables import EventKind

OVERKILL = 0.02  # share of good parts that may be called bad
BINS = 10
Floats = NDArray[np.float64]


def average_precision(score: ArrayLike, bad: ArrayLike) -> float:
    """Area under precision over recall, as a sum of steps; parts of equal score step together.

    Three parts, the best score a bad one, the next good, the last bad: (1 + 2/3) / 2.

    >>> round(average_precision([0.9, 0.8, 0.7], [1, 0, 1]), 4)
    0.8333
    """
    s, y = np.asarray(score, dtype=np.float64), np.asarray(bad, dtype=bool)
    if not y.any():
        return float("nan")
    order = np.argsort(-s, kind="stable")
    s, y = s[order], y[order]
    last = np.flatnonzero(np.r_[np.diff(s) != 0.0, True])
    hits = np.cumsum(y)[last]
    precision, recall = hits / (last + 1.0), hits / y.sum()
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def escape(score: ArrayLike, bad: ArrayLike, overkill: float = OVERKILL) -> float:
    """Share of bad parts let through at the limit that calls at most `overkill` of the good bad."""
    s, y = np.asarray(score, dtype=np.float64), np.asarray(bad, dtype=bool)
    if not y.any() or y.all():
        return float("nan")
    good = np.sort(s[~y])[::-1]
    limit = good[int(overkill * len(good))]  # what lies above it is called bad
    return float((s[y] <= limit).mean())


def calibration_error(score: ArrayLike, bad: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: |mean score - share bad| by bins of equal width, by their parts.

    Source: Guo, Pleiss, Sun, Weinberger, ICML 2017.

    >>> round(calibration_error([0.05, 0.05, 0.95, 0.95], [0, 0, 1, 0]), 4)
    0.25
    """
    s, y = np.asarray(score, dtype=np.float64), np.asarray(bad, dtype=np.float64)
    cell = np.clip((s * bins).astype(np.int64), 0, bins - 1)
    total = 0.0
    for number in np.unique(cell).tolist():
        rows = cell == number
        total += abs(float(s[rows].mean() - y[rows].mean())) * float(rows.mean())
    return total


def parts(trial: Trial, solution: str) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Highest score of each part that was told, whether it was bad, and its product's number."""
    trace = trial.trace
    said = trial.claims[solution].table("predictions").filter(
        pl.col("asset").str.contains(r"^\d+$") & pl.col("score").is_not_null()
    )  # fmt: skip
    best = said.group_by(pl.col("asset").cast(pl.Int64)).agg(pl.col("score").max()).sort("asset")
    number = best["asset"].to_numpy()
    known = number < len(trace.parts.t)
    number, score = number[known], best["score"].to_numpy()[known]
    events, log = trace.events, trace.log
    rejected = events.part[(events.kind == EventKind.VERDICT) & (events.value == 0.0)]
    scrapped = log.part[log.place == trace.line.place("scrap")]
    bad = np.isin(number, np.concatenate([rejected, scrapped]))
    return score, bad, np.asarray(trace.parts.product[number], dtype=np.float64)


def _by_trial(trials: Sequence[Trial], solution: str, what: str) -> Measured | NotJudged:
    measure = {"auc": average_precision, "escape": escape, "ece": calibration_error}[what]
    values, rows = [], []
    for trial in trials:
        score, bad, product = parts(trial, solution)
        if not len(score) or (what != "ece" and (not bad.any() or bad.all())):
            continue
        values.append(measure(score, bad))
        rows += [
            {"seed": trial.seed, "product": trial.line.products[int(one)],
             "value": measure(score[product == one], bad[product == one])}
            for one in np.unique(product)
        ]  # fmt: skip
    return Measured.mean(values, rows) if values else NotJudged(_("no bad part was told of"))


def area(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Mean area under precision over recall; evidence has it by product."""
    return _by_trial(trials, solution, "auc")


def escapes(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Mean share of bad parts that pass when 2 % of the good are called bad."""
    return _by_trial(trials, solution, "escape")


def calibrated(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Mean expected calibration error of the scores as probabilities."""
    return _by_trial(trials, solution, "ece")


def _of_parts(measure: Measure) -> Measure:
    """The measure, for solutions that speak of parts."""

    def run(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        if not any(len(parts(trial, solution)[0]) for trial in trials):
            return NotJudged(_("the solution says nothing of single parts"))
        return measure(trials, solution)

    return run


def _check(
    part: str, en: str, ko: str, unit: str, threshold: float, better: Better, run: Measure
) -> Check:
    return Check(
        "AI-30", part, "ai", Text(en, ko), unit, threshold, better, ("predictions",),
        _of_parts(run),
    )  # fmt: skip


CHECKS = (
    _check("auc-pr", "Bad parts: area under precision over recall", "불량 판별 AUC-PR", "1",
           0.5, "high", area),
    _check("escape", "Bad parts let through at 2 % overkill", "과검출 2 %에서의 유출률", "1",
           0.5, "low", escapes),
    _check("calibration", "Expected calibration error", "기대 보정 오차(ECE)", "1",
           0.1, "low", calibrated),
)  # fmt: skip

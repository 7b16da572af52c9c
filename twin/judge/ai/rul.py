"""AI-10: remaining useful life, compared with the functional failures that really came.

A prediction counts from the instant at which a sensor could first show the fault until its
functional failure, at an asset that shows it. d is the predicted less the true life: above 0 the
model is late, which is the dangerous side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.evidence import View, only_with, views
from twin.judge.checks import Check, Measure
from twin.judge.trial import Trial
from twin.judge.verdict import Better, Measured, NotJudged

HOUR = 3600.0
ALPHA = 0.2  # relative width of the cone a prediction must stay in (Saxena et al. 2008)
EARLY, LATE = 13.0, 10.0  # constants of the PHM08 challenge
PLACES = (0.25, 0.5, 0.75)  # of the way from first-observable to failure, where it is looked at
Floats = NDArray[np.float64]


def phm08(d: ArrayLike) -> float:
    """Score of the PHM08 challenge, a sum over units: late is dearer than early; 0 is perfect.

    e^(-d/13) - 1 for d < 0 and e^(d/10) - 1 otherwise (Saxena, Goebel, Simon, Eklund 2008).

    >>> round(phm08([-13.0, 0.0, 10.0]), 4)
    3.4366
    """
    x = np.asarray(d, dtype=np.float64)
    return float(np.sum(np.where(x < 0.0, np.expm1(-x / EARLY), np.expm1(x / LATE))))


def within(predicted: ArrayLike, true: ArrayLike, alpha: float = ALPHA) -> NDArray[np.bool_]:
    """Which predictions are in the alpha cone: not farther off than alpha times the true life."""
    a, b = np.asarray(predicted, dtype=np.float64), np.asarray(true, dtype=np.float64)
    return np.asarray(np.abs(a - b) <= alpha * b)


def horizon(t: ArrayLike, predicted: ArrayLike, failure: float, alpha: float = ALPHA) -> float:
    """Prognostic horizon, s: how long before the failure predictions are good, and stay so.

    Good is within alpha times the life at the first prediction (Saxena et al. 2008). 0 when the
    last one is not.
    """
    at, said = np.asarray(t, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if not len(at):
        return 0.0
    good = np.abs(said - (failure - at)) <= alpha * (failure - at[0])
    bad = np.flatnonzero(~good)
    first = 0 if not len(bad) else int(bad[-1]) + 1
    return float(failure - at[first]) if first < len(at) else 0.0


@dataclass(frozen=True)
class Course:
    """One fault from first-observable to failure, and what was predicted meanwhile."""

    view: View
    fault: str
    station: str
    observable: float
    failure: float
    t: Floats
    predicted: Floats
    low: Floats
    high: Floats

    def at(self, place: float) -> int | None:
        """Row of the latest prediction at a place of the way; None when there is none yet."""
        when = self.observable + place * (self.failure - self.observable)
        row = int(np.searchsorted(self.t, when, side="right")) - 1
        return row if row >= 0 else None

    def row(self, place: float) -> dict[str, object]:
        """Evidence at a place of the way."""
        at = self.at(place)
        said = None if at is None else float(self.predicted[at])
        when = self.observable + place * (self.failure - self.observable)
        return {"seed": self.view.trial.seed, "fault": self.fault, "t": when,
                "predicted_s": said, "true_s": self.failure - when}  # fmt: skip


def courses(trials: Sequence[Trial], solution: str) -> list[Course]:
    """Every scripted fault of the fresh trials that came to a functional failure."""
    found = []
    for view in views(trials, solution):
        said = view.predictions.filter(pl.col("rul").is_not_null()).sort("t")
        for d in view.detections:
            e = d.episode
            if not e.observable < e.failure < inf:
                continue
            mine = said.filter(
                pl.col("asset").is_in(e.assets)
                & (pl.col("t") >= e.observable) & (pl.col("t") < e.failure)
            )  # fmt: skip
            columns = [
                mine[name].cast(pl.Float64).to_numpy() for name in ("t", "rul", "low", "high")
            ]
            found.append(Course(view, e.fault, e.station, e.observable, e.failure, *columns))
    return found


def _errors(found: Sequence[Course]) -> tuple[Floats, Floats, list[dict[str, object]]]:
    """Errors d and true lives (s) at the places of each fault; a missing one predicts no end."""
    errors, lives, rows = [], [], []
    for course in found:
        for place in PLACES:
            true = (1.0 - place) * (course.failure - course.observable)
            at = course.at(place)
            if at is None:
                predicted = 2.0 * (course.failure - course.observable)
            else:  # what was said earlier has run down since
                when = course.observable + place * (course.failure - course.observable)
                predicted = max(float(course.predicted[at]) - (when - float(course.t[at])), 0.0)
            errors.append(predicted - true)
            lives.append(true)
            rows.append({**course.row(place), "error_h": (predicted - true) / HOUR})
    order = np.argsort(-np.abs(errors))
    return np.array(errors), np.array(lives), [rows[i] for i in order]


def _none() -> NotJudged:
    return NotJudged(_("no fault came to a functional failure after it showed"))


def rmse(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Root mean square error, h, at a quarter, half and three quarters of the way."""
    found = courses(trials, solution)
    if not found:
        return _none()
    errors, _lives, rows = _errors(found)
    return Measured.bootstrap(
        errors / HOUR, lambda a: np.sqrt((a * a).mean(axis=-1)), rows,
        _("a fault without a prediction counts as one predicted twice too long"),
    )  # fmt: skip


def score(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """PHM08 score a fault, half way, in hours."""
    found = courses(trials, solution)
    if not found:
        return _none()
    errors, _lives, rows = _errors(found)
    each = [phm08([d]) for d in (errors[1 :: len(PLACES)] / HOUR).tolist()]
    return Measured.mean(each, rows, _("sum over faults: {sum:.4g}").format(sum=sum(each)))


def alpha_lambda(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the looks at which the prediction was within 20 % of the true life."""
    found = courses(trials, solution)
    if not found:
        return _none()
    errors, lives, rows = _errors(found)
    good = np.abs(errors) <= ALPHA * lives
    return Measured.share(int(good.sum()), len(good), rows)


def prognostic(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Median prognostic horizon, as a share of the way from first-observable to failure."""
    found = courses(trials, solution)
    if not found:
        return _none()
    shares = [horizon(c.t, c.predicted, c.failure) / (c.failure - c.observable) for c in found]
    return Measured.quantile(shares, 0.5)


def coverage(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the looks at which the true life lay in the interval the model gave."""
    inside = total = 0
    for course in courses(trials, solution):
        for place in PLACES:
            at = course.at(place)
            if at is None or np.isnan(course.low[at]) or np.isnan(course.high[at]):
                continue
            true = course.failure - course.t[at]
            total += 1
            inside += bool(course.low[at] <= true <= course.high[at])
    return Measured.share(inside, total) if total else NotJudged(_("no intervals were given"))


def late(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the looks at which the model promised a fifth more life than there was."""
    found = courses(trials, solution)
    if not found:
        return _none()
    errors, lives, rows = _errors(found)
    bad = errors > ALPHA * lives
    worst = [row for row in rows if float(str(row["error_h"])) > 0.0]
    return Measured.share(int(bad.sum()), len(bad), worst)


def check(
    test: str, part: str, en: str, ko: str, unit: str, threshold: float, better: Better,
    run: Measure, standard: str = "",
) -> Check:  # fmt: skip
    """A row of the table for solutions that predict lives."""
    return Check(
        test, part, "ai", Text(en, ko), unit, threshold, better, ("predictions",),
        only_with("rul", run), standard,
    )  # fmt: skip


CHECKS = (
    check("AI-10", "rmse", "Remaining life, root mean square error", "잔여 수명 RMSE", "h",
          8.0, "low", rmse),
    check("AI-10", "phm08", "PHM08 score a fault, in hours", "고장당 PHM08 점수 (시간)", "1",
          1.0, "low", score, "PHM08 challenge"),
    check("AI-10", "alpha-lambda", "Predictions within 20 % of the true life",
          "실제 수명의 20 % 이내 예측 비율", "1", 0.3, "high", alpha_lambda),
    check("AI-10", "horizon", "Prognostic horizon, share of the way to failure",
          "예지 구간 비율", "1", 0.3, "high", prognostic),
    check("AI-10", "coverage", "True life inside the interval given",
          "예측 구간의 실제 포함률", "1", 0.6, "high", coverage),
    check("AI-10", "late", "Promised a fifth more life than there was",
          "실제보다 20 % 이상 길게 예측한 비율", "1", 0.5, "low", late),
)  # fmt: skip

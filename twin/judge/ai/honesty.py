"""AI-20: is it skill? Runs without faults, permuted labels, withheld futures, fresh seeds, probes.

These run by default. A model that knows only its training set, that has read ahead, or that finds
faults where there are none, looks good in every other measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.evidence import DAY, View, only_with, views
from twin.judge.ai.match import match
from twin.judge.ai.rates import difference, rate
from twin.judge.attempts import attempts
from twin.judge.checks import Check, Measure
from twin.judge.trial import JudgeClock, Trial
from twin.judge.verdict import RESAMPLES, Better, Measured, NotJudged

SAME = 1e-6  # by which a score may differ when the future is withheld


def no_faults(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Alarms a machine and day on lines without any fault."""
    seen = views(trials, solution, ("quiet",))
    if not seen:
        return NotJudged(_("the plan has no trial without faults"))
    days = sum(v.trial.now * len(v.trial.line.stations) / DAY for v in seen)
    rows = [
        {"seed": v.trial.seed, **row}
        for v in seen
        for row in v.matching.alarms.select("asset", "start", "stop", "peak").to_dicts()
    ]
    return rate(len(rows), days, rows)


def permuted(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Recall less what the same alarms would have found with the labels of other trials."""
    seen = [v for v in views(trials, solution) if v.detections]
    if len(seen) < 3:
        return NotJudged(_("labels cannot be permuted among fewer than three trials"))
    real = np.array([[sum(d.found for d in v.detections), len(v.detections)] for v in seen])
    foreign = np.zeros((len(seen), 2))
    for i, mine in enumerate(seen):
        for j, other in enumerate(seen):
            if i == j:
                continue
            wanted = {d.episode.number for d in other.detections}
            found = match(mine.matching.alarms.drop("what"), other.episodes).detections
            hits = [d.found for d in found if d.episode.number in wanted]
            foreign[i] += (sum(hits), len(hits))
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(seen), (RESAMPLES, len(seen)))

    def gain(rows: np.ndarray) -> np.ndarray:
        a, b = real[rows].sum(axis=-2), foreign[rows].sum(axis=-2)
        return np.asarray(a[..., 0] / a[..., 1] - b[..., 0] / b[..., 1])

    low, high = np.quantile(gain(draws), (0.025, 0.975))
    value = float(gain(np.arange(len(seen))))
    return Measured(value, float(low), float(high), int(real[:, 1].sum()))


def withheld(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of rows that say something else when the time after them is withheld."""
    by_name = {View(t, solution).say("name"): t for t in trials}
    cuts = views(trials, solution, ("cut",))
    if not cuts:
        return NotJudged(_("the plan has no trial that is cut off"))
    rows = different = 0
    evidence: list[dict[str, Any]] = []
    for cut in cuts:
        whole = View(by_name[cut.say("of")], solution).predictions
        stop = cut.trial.incidents[0].stop
        pair = _scores(cut.predictions).join(
            _scores(whole.filter(pl.col("t") < stop)), on=["t", "asset"], how="full", coalesce=True
        )
        apart = pair.filter(
            pl.col("score").is_null()
            | pl.col("score_right").is_null()
            | ((pl.col("score") - pl.col("score_right")).abs() > SAME)
        )
        rows, different = rows + pair.height, different + apart.height
        evidence += [{"seed": cut.trial.seed, **row} for row in apart.head(10).to_dicts()]
    if not rows:
        return NotJudged(_("nothing was said about the trials that are cut off"))
    return Measured.census(different / rows, rows, evidence)


def _scores(table: pl.DataFrame) -> pl.DataFrame:
    return (
        table.group_by("t", "asset")
        .agg(pl.coalesce("score", "rul", "setpoint").max().alias("score"))
        .sort("t", "asset")
    )


def memorised(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Recall on trials whose labels were given away, less recall on fresh ones."""
    known, fresh = (
        [d for v in views(trials, solution, roles) for d in v.detections]
        for roles in (("published",), ("fresh",))
    )
    if not known or not fresh:
        return NotJudged(_("the plan has no trial whose labels were given away"))
    shares = [Measured.share(sum(d.found for d in group), len(group)) for group in (known, fresh)]
    return difference(shares[0], shares[1])


def robust(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Recall on fresh trials less recall in the slice of worse data that hurts most."""
    good = [d.found for v in views(trials, solution) for d in v.detections]
    worse: dict[str, list[bool]] = {}
    for view in views(trials, solution, ("slice",)):
        worse.setdefault(view.say("slice"), []).extend(d.found for d in view.detections)
    worse = {name: found for name, found in worse.items() if found}
    if not worse or not good:
        return NotJudged(_("the plan has no trial with worse data"))
    name = min(worse, key=lambda name: sum(worse[name]) / len(worse[name]))
    shares = [Measured.share(sum(group), len(group)) for group in (good, worse[name])]
    return difference(shares[0], shares[1], name)


def robust_false(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """False alarms a machine and day where the data are worse."""
    seen = views(trials, solution, ("slice",))
    days = sum(v.machine_days for v in seen)
    if not days:
        return NotJudged(_("the plan has no trial with worse data"))
    rows = [{**r, "slice": v.say("slice")} for v in seen for r in v.false_rows()]
    return rate(len(rows), days, rows)


def _check(
    part: str, en: str, ko: str, unit: str, threshold: float, better: Better, run: Measure,
    test: str = "AI-20", clocks: tuple[JudgeClock, ...] = ("batch",),
) -> Check:  # fmt: skip
    return Check(
        test, part, "ai", Text(en, ko), unit, threshold, better, ("predictions",),
        run if part in ("withheld", "probes") else only_with("score", run), clocks=clocks,
    )  # fmt: skip


CHECKS = (
    _check("recall-loss", "Recall lost where data are worse", "데이터 품질 저하 시 검출률 손실",
           "1", 0.5, "low", robust, "AI-06"),
    _check("false-alarms", "False alarms a machine and day where data are worse",
           "데이터 품질 저하 시 설비·일당 오경보", "1/d", 1.0, "low", robust_false, "AI-06"),
    _check("no-faults", "Alarms a machine and day without any fault",
           "고장이 없을 때 설비·일당 경보", "1/d", 0.2, "low", no_faults),
    _check("permuted", "Recall beyond that on permuted labels", "라벨 치환 대비 검출률 우위",
           "1", 0.5, "high", permuted),
    _check("withheld", "Rows that change when the future is withheld",
           "미래를 가렸을 때 달라지는 행의 비율", "1", 0.0, "low", withheld),
    _check("memorised", "Recall on given-away trials beyond fresh ones",
           "공개 시험과 미공개 시험의 검출률 차이", "1", 0.4, "low", memorised),
    _check("probes", "Attempts to reach the truth", "정답 접근 시도 횟수", "1", 0.0, "low",
           attempts, clocks=("batch", "lockstep", "paced")),
)  # fmt: skip

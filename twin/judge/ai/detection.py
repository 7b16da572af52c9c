"""AI-01 to AI-04: what was handed in, what was found and when, what was false, and the culprit."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.episodes import Output, starts_of_work
from twin.judge.ai.evidence import DAY, View, only_with, views
from twin.judge.ai.match import Detection
from twin.judge.ai.rates import rate
from twin.judge.checks import Check, Measure
from twin.judge.trial import Trial
from twin.judge.verdict import Better, Measured, NotJudged

BUDGET = 5  # alarms a day that somebody has time for
NAMED_WITHIN = 900.0  # s after an alarm in which its cause may still be named


def unusable(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of rows handed in that cannot be read as predictions."""
    rows = bad = 0
    evidence = []
    for trial in trials:
        claims = trial.claims[solution]
        handed = claims.handed_in.get("predictions", 0)
        rows, bad = rows + handed, bad + handed - claims.table("predictions").height
        evidence += [
            {"seed": trial.seed, "column": c.column, "what": c.what, "rows": c.rows}
            for c in claims.complaints
            if c.table == "predictions"
        ]
    if not rows:
        return NotJudged(_("no predictions were handed in"))
    return Measured.census(bad / rows, rows, evidence)


def strangers(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of predictions about assets that the line does not have."""
    rows = wrong = 0
    for trial in trials:
        table = trial.claims[solution].table("predictions")
        names = [station.id for station in trial.line.stations]
        rows += table.height
        wrong += table.height - table.filter(pl.col("asset").is_in(names)).height
    return Measured.census(wrong / rows, rows) if rows else NotJudged(_("no predictions"))


def recall(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of faults that had an alarm at an asset that shows them, before they ended."""
    pairs = [(view, d) for view in views(trials, solution) for d in view.detections]
    if not pairs:
        return NotJudged(_("no fault showed in these trials"))
    missed = [view.row(d) for view, d in pairs if not d.found]
    return Measured.share(len(pairs) - len(missed), len(pairs), missed)


def _late(view: View, d: Detection) -> float:
    """Delay, s; that of a missed fault lasts at least until its end."""
    return (d.at if d.found else d.episode.end) - d.episode.observable


def _delays(trials: Sequence[Trial], solution: str) -> tuple[list[float], list[dict[str, object]]]:
    pairs = [(view, d) for view in views(trials, solution) for d in view.detections]
    pairs.sort(key=lambda pair: -_late(*pair))
    return [_late(*pair) for pair in pairs], [
        {**view.row(d), "delay": _late(view, d)} for view, d in pairs
    ]


def _delay(trials: Sequence[Trial], solution: str, q: float) -> Measured | NotJudged:
    delays, rows = _delays(trials, solution)
    if not delays:
        return NotJudged(_("no fault showed in these trials"))
    note = _("missed faults count with the time until their end")
    return Measured.quantile(delays, q, rows, note)


def delay_median(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Median time from first-observable to the alarm."""
    return _delay(trials, solution, 0.5)


def delay_p90(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """The time within which nine faults in ten were told."""
    return _delay(trials, solution, 0.9)


def delay_parts(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Median of the parts the station worked on between first-observable and the alarm."""
    parts = []
    for view in views(trials, solution):
        output = Output(view.trial.trace)
        for d in view.detections:
            e = d.episode
            parts.append(float(output.between(e.station, e.observable, min(d.at, e.end))))
    if not parts:
        return NotJudged(_("no fault showed in these trials"))
    return Measured.quantile(parts, 0.5)


def early(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the faults that spoilt something whose alarm came before that."""
    pairs = [
        (view, d)
        for view in views(trials, solution)
        for d in view.detections
        if d.episode.observable + 60.0 < d.episode.failure < d.episode.end
    ]
    if not pairs:
        return NotJudged(_("no fault came to a functional failure after it showed"))
    late = [view.row(d) for view, d in pairs if not d.at < d.episode.failure]
    return Measured.share(len(pairs) - len(late), len(pairs), late)


def false_alarms(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """False alarms for each day and machine on which no fault was at work."""
    seen = views(trials, solution, ("fresh", "quiet"))
    days = sum(view.machine_days for view in seen)
    if not days > 0.0:
        return NotJudged(_("a fault was at work all the time"))
    rows = [row for view in seen for row in view.false_rows()]
    return rate(len(rows), days, rows)


def at_shift_change(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """False alarms an hour, over the whole line, in the first 45 min of each shift."""
    hours, rows = 0.0, []
    for view in views(trials, solution, ("fresh", "quiet")):
        spans = starts_of_work(view.trial)
        hours += sum(min(stop, view.trial.now) - start for start, stop in spans) / 3600.0
        rows += [
            row
            for row in view.false_rows()
            if any(start <= float(str(row["start"])) < stop for start, stop in spans)
        ]
    return rate(len(rows), hours, rows) if hours else NotJudged(_("no shift begins in the run"))


def precision(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Of the five highest alarms of a day, the share that was about a fault there."""
    right = shown = 0
    rows: list[dict[str, object]] = []
    for view in views(trials, solution):
        most = BUDGET * ceil((view.trial.now - view.trial.begin) / DAY)
        best = view.matching.alarms.sort("peak", descending=True, maintain_order=True).head(most)
        hits = best.filter(pl.col("what") == "hit").height
        right, shown = right + hits, shown + best.height
        rows += [
            {"seed": view.trial.seed, **row}
            for row in best.filter(pl.col("what") != "hit").to_dicts()
        ]
    return Measured.share(right, shown, rows) if shown else NotJudged(_("there was no alarm"))


def _named(trials: Sequence[Trial], solution: str, ranks: int) -> Measured | NotJudged:
    right, rows = 0, []
    told = 0
    for view in views(trials, solution):
        causes = view.trial.claims[solution].table("causes").sort("t", "rank")
        for d in view.detections:
            if not d.found:
                continue
            told += 1
            named = causes.filter(
                pl.col("t").is_between(d.at - 1.0, d.at + NAMED_WITHIN)
                & pl.col("asset").is_in(d.episode.assets)
            )
            latest = named.filter(pl.col("t") == named["t"].max()) if named.height else named
            tags = latest.sort("rank")["tag"].unique(maintain_order=True).head(ranks).to_list()
            if set(tags) & set(d.episode.tags):
                right += 1
            else:
                rows.append({**view.row(d), "named": ", ".join(tags)})
    return Measured.share(right, told, rows) if told else NotJudged(_("no fault was found"))


def cause_first(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Share of the faults found whose first-named tag shows the fault, by the catalogue."""
    return _named(trials, solution, 1)


def cause_third(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """The same for the three tags named first."""
    return _named(trials, solution, 3)


def gaps(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Longest time without any word from the solution, as a share of the trial, s / s."""
    worst, n, rows = 0.0, 0, []
    for trial in trials:
        view = View(trial, solution)
        if view.role == "cut":
            continue
        t = np.sort(view.predictions["t"].to_numpy())
        edges = np.concatenate([[trial.begin], t, [trial.now]])
        steps = np.diff(edges)
        longest = int(np.argmax(steps))
        share = float(steps[longest]) / (trial.now - trial.begin)
        rows.append({"seed": trial.seed, "start": float(edges[longest]), "share": share})
        worst, n = max(worst, share), n + len(t)
    return Measured.census(worst, n, sorted(rows, key=lambda r: -float(r["share"])))


def _check(
    test: str, part: str, en: str, ko: str, unit: str, threshold: float, better: Better,
    run: Measure, needs: tuple[str, ...] = ("predictions",),
) -> Check:  # fmt: skip
    scored = only_with("score", run) if test != "AI-01" or part == "silence" else run
    return Check(test, part, "ai", Text(en, ko), unit, threshold, better, needs, scored)


CHECKS = (
    _check("AI-01", "usable", "Predictions that cannot be read", "읽을 수 없는 예측", "1",
           0.0, "low", unusable, ()),
    _check("AI-01", "assets", "Predictions about unknown assets", "없는 설비에 대한 예측", "1",
           0.0, "low", strangers),
    _check("AI-01", "silence", "Longest silence, share of the trial", "최장 무응답 비율", "1",
           0.5, "low", gaps),
    _check("AI-02", "recall", "Faults found", "검출한 고장의 비율", "1", 0.8, "high", recall),
    _check("AI-02", "delay-median", "Delay from first-observable, median",
           "최초 관측 가능 시점부터의 지연, 중앙값", "s", 900.0, "low", delay_median),
    _check("AI-02", "delay-p90", "Delay from first-observable, 90 %",
           "최초 관측 가능 시점부터의 지연, 90 %", "s", 3600.0, "low", delay_p90),
    _check("AI-02", "delay-parts", "Parts made meanwhile, median", "그동안 생산한 수량, 중앙값",
           "parts", 30.0, "low", delay_parts),
    _check("AI-02", "early", "Warned before the functional failure", "기능 고장 전 경고 비율", "1",
           0.3, "high", early),
    _check("AI-03", "false-alarms", "False alarms a machine and day", "설비·일당 오경보", "1/d",
           0.2, "low", false_alarms),
    _check("AI-03", "shift-change", "False alarms an hour at shift change",
           "교대 직후 시간당 오경보", "1/h", 0.5, "low", at_shift_change),
    _check("AI-03", "precision", "Of the five highest alarms of a day, about a fault",
           "하루 상위 5개 경보의 정밀도", "1", 0.6, "high", precision),
    _check("AI-04", "cause-1", "First-named tag shows the fault", "1순위 원인 태그 적중률", "1",
           0.5, "high", cause_first, ("predictions", "causes")),
    _check("AI-04", "cause-3", "One of three named tags shows the fault",
           "상위 3개 원인 태그 적중률", "1", 0.6, "high", cause_third, ("predictions", "causes")),
)  # fmt: skip

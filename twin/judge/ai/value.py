"""AI-05: money. What the alarms were worth, against no model at all and against simple methods."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.baselines import CHANCE, EVERY, others
from twin.judge.ai.evidence import DAY, View, only_with, views
from twin.judge.ai.match import Detection, Matching, match
from twin.judge.ai.money import Money, bill, money_of, unaided, upkeep
from twin.judge.ai.published import (
    NAB_FALSE,
    NAB_MISSED,
    NAB_TRUE,
    adjusted_f1,
    affiliation,
    nab,
    normalised,
    random_adjusted_f1,
)
from twin.judge.checks import Check, Exhibit
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged
from twin.trace.trace import Trace

IN_TURN = 8 * 3600.0  # s between two inspections of every station, in the baseline "in turn"
Marks = NDArray[np.bool_]


def _money(trials: Sequence[Trial]) -> Money | None:
    """Prices of the line, with the figures of the plan in place of assumed ones."""
    given = [one.detail for one in trials[0].incidents if one.kind == "money"] if trials else []
    return money_of(trials[0].line, given[0] if given else None) if trials else None


def _days(view: View) -> float:
    return (view.trial.now - view.trial.begin) / DAY


def gain(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Money saved a day against the same line without any model."""
    money, seen = _money(trials), views(trials, solution)
    if money is None:
        return NotJudged(_("the scenario says nothing of costs"))
    saved = [
        (unaided(v.episodes, v.trial.trace, money) - bill(v.matching, v.trial.trace, money).total)
        / _days(v)
        for v in seen
    ]
    if not saved:
        return NotJudged(_("no fault showed in these trials"))
    rows = [{"seed": v.trial.seed, "saved": s} for v, s in zip(seen, saved, strict=True)]
    return Measured.mean(saved, sorted(rows, key=lambda r: float(r["saved"])), money.currency)


_met: WeakKeyDictionary[Trace, dict[str, Matching]] = WeakKeyDictionary()


def _matchings(seen: Sequence[View], quiet: Sequence[View]) -> dict[str, list[Matching]]:
    """How the alarms of each baseline meet the faults; those of charts are the same for all."""
    found: dict[str, list[Matching]] = {}
    for name, tables in others(seen, quiet).items():
        found[name] = []
        for view, table in zip(seen, tables, strict=True):
            known = _met.setdefault(view.trial.trace, {})
            if name == CHANCE or name not in known:
                known[name] = match(table, view.episodes)
            found[name].append(known[name])
    return found


def _costs(seen: Sequence[View], quiet: Sequence[View], money: Money) -> dict[str, list[float]]:
    """Cost a day of each baseline on each trial."""
    costs = {
        name: [
            bill(m, v.trial.trace, money).total / _days(v) for v, m in zip(seen, found, strict=True)
        ]
        for name, found in _matchings(seen, quiet).items()
    }
    costs["in turn"] = [
        upkeep(v.episodes, v.trial.trace, money, IN_TURN).total / _days(v) for v in seen
    ]
    costs["no model"] = [unaided(v.episodes, v.trial.trace, money) / _days(v) for v in seen]
    return costs


def beats(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Money saved a day against the cheapest of the simple methods."""
    money, seen = _money(trials), views(trials, solution)
    quiet = views(trials, solution, ("quiet",))
    if money is None:
        return NotJudged(_("the scenario says nothing of costs"))
    if not seen:
        return NotJudged(_("no fault showed in these trials"))
    costs = _costs(seen, quiet, money)
    best = min(costs, key=lambda name: sum(costs[name]))
    mine = [bill(v.matching, v.trial.trace, money).total / _days(v) for v in seen]
    saved = [theirs - own for theirs, own in zip(costs[best], mine, strict=True)]
    return Measured.mean(saved, note=f"{best}, {money.currency}")


CHECKS = (
    Check("AI-05", "gain", "ai", Text("Money saved a day", "하루 절감액"), "money/d", 0.0, "high",
          ("predictions",), only_with("score", gain)),
    Check("AI-05", "beats", "ai", Text("Money saved a day against the best simple method",
                                       "최선의 단순 기법 대비 하루 절감액"),
          "money/d", 0.0, "high", ("predictions",), only_with("score", beats)),
)  # fmt: skip


def exhibits(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """The same measures of simple methods, money's assumptions, and scores of the literature."""
    seen, quiet = views(trials, solution), views(trials, solution, ("quiet",))
    if not any(view.predictions["score"].count() for view in seen):
        return []
    all_ = {solution: [v.matching for v in seen], **_matchings(seen, quiet)}
    shown = [
        Exhibit(Text("Faults found", "검출한 고장의 비율"), "1",
                {name: _recall(seen, ms) for name, ms in all_.items()}, tests=("AI-02.recall",)),
        Exhibit(Text("Delay from first-observable, median",
                     "최초 관측 가능 시점부터의 지연, 중앙값"), "s",
                {name: _delay(seen, ms) for name, ms in all_.items()},
                tests=("AI-02.delay-median",)),
        Exhibit(Text("False alarms a machine and day", "설비·일당 오경보"), "1/d",
                {name: _false(seen, ms) for name, ms in all_.items()},
                tests=("AI-03.false-alarms",)),
    ]  # fmt: skip
    money = _money(trials)
    if money is not None:
        mine = [bill(v.matching, v.trial.trace, money).total / _days(v) for v in seen]
        costs = {solution: mine, **_costs(seen, quiet, money)}
        shown.append(
            Exhibit(Text("Cost a day", "하루 비용"), f"{money.currency}/d",
                    {name: float(np.mean(values)) for name, values in costs.items()},
                    tests=("AI-05.gain", "AI-05.beats"),
                    note=", ".join(f"{k} {v:g}" for k, v in money.assumptions().items()))
        )  # fmt: skip
    return [*shown, *_literature(seen, all_, solution)]


def _literature(
    seen: Sequence[View], all_: dict[str, list[Matching]], solution: str
) -> list[Exhibit]:
    scores = {name: _nab(seen, matchings) for name, matchings in all_.items()}
    grids = [_grid(view, matching) for view, matching in zip(seen, all_[solution], strict=True)]
    said = np.concatenate([one for one, _ in grids])
    true = np.concatenate([one for _, one in grids])
    precision, found = affiliation(said, true)
    return [
        Exhibit(Text("NAB, standard profile", "NAB 표준 프로파일"), "1", scores,
                note=f"weights: true {NAB_TRUE:g}, false {NAB_FALSE:g}, missed {NAB_MISSED:g}"),
        Exhibit(Text("Affiliation", "Affiliation 지표"), "1",
                {"precision": precision, "recall": found}),
        Exhibit(Text("Point-adjusted F1 (rates random numbers like a detector)",
                     "점 보정 F1 (난수도 높은 점수를 받음)"), "1",
                {solution: adjusted_f1(said, true), "random score": random_adjusted_f1(true)},
                struck=True),
    ]  # fmt: skip


def _recall(seen: Sequence[View], matchings: Sequence[Matching]) -> float:
    found = [d.found for v, m in zip(seen, matchings, strict=True) for d in _counted(v, m)]
    return float(np.mean(found)) if found else nan


def _delay(seen: Sequence[View], matchings: Sequence[Matching]) -> float:
    late = [
        (d.at if d.found else d.episode.end) - d.episode.observable
        for v, m in zip(seen, matchings, strict=True)
        for d in _counted(v, m)
    ]
    return float(np.median(late)) if late else nan


def _false(seen: Sequence[View], matchings: Sequence[Matching]) -> float:
    days = sum(v.machine_days for v in seen)
    return sum(m.false.height for m in matchings) / days if days else nan


def _counted(view: View, matching: Matching) -> list[Detection]:
    numbers = {d.episode.number for d in view.detections}
    return [d for d in matching.detections if d.episode.number in numbers]


def _nab(seen: Sequence[View], matchings: Sequence[Matching]) -> float:
    total = np.zeros(3)
    for view, matching in zip(seen, matchings, strict=True):
        for station in view.trial.line.stations:
            at = matching.alarms.filter(pl.col("asset") == station.id)["start"].to_numpy()
            windows = [
                (d.episode.onset, d.episode.end)
                for d in view.detections
                if d.episode.station == station.id
            ]
            total += nab(at, windows)
    return normalised(*total.tolist())


def _grid(view: View, matching: Matching) -> tuple[Marks, Marks]:
    """For every station one after the other, each minute: whether an alarm stood, and a fault."""
    t = np.arange(view.trial.begin, view.trial.now, EVERY)
    said, true = [], []
    for station in view.trial.line.stations:
        marked, truth = np.zeros(len(t), dtype=bool), np.zeros(len(t), dtype=bool)
        mine = matching.alarms.filter(pl.col("asset") == station.id)
        for start, stop in mine.select("start", "stop").iter_rows():
            marked |= (t >= start - EVERY) & (t <= stop)
        for one in view.episodes:
            if one.station == station.id and not one.trap:
                truth |= (t >= one.onset) & (t < one.end)
        said.append(marked)
        true.append(truth)
    return np.concatenate(said), np.concatenate(true)

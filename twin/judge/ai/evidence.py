"""What checks share: for each trial its episodes, its alarms and how they meet, made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import polars as pl

from twin.i18n import _
from twin.judge.ai.alarms import alarms
from twin.judge.ai.batch import detail, role
from twin.judge.ai.episodes import Episode, episodes_of, quiet, wanted
from twin.judge.ai.match import Detection, Matching, match
from twin.judge.checks import Measure
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged
from twin.trace.trace import Trace

DAY = 86400.0
_lives: WeakKeyDictionary[Trace, list[Episode]] = WeakKeyDictionary()


@dataclass(frozen=True)
class View:
    """One trial as the checks of detection look at it."""

    trial: Trial
    solution: str

    @cached_property
    def episodes(self) -> list[Episode]:
        """Every life of every fault that shows after solutions could first look."""
        trace = self.trial.trace
        if trace not in _lives:
            _lives[trace] = episodes_of(trace)
        return [e for e in _lives[trace] if e.end > self.trial.begin]

    @cached_property
    def predictions(self) -> pl.DataFrame:
        """What the solution said."""
        return self.trial.claims[self.solution].table("predictions")

    @cached_property
    def matching(self) -> Matching:
        """Alarms and episodes, matched."""
        return match(alarms(self.predictions), self.episodes)

    @cached_property
    def role(self) -> str:
        """Part the trial plays: fresh, published, quiet, cut or slice."""
        return role(self.trial)

    def say(self, what: str) -> str:
        """The trial's name, slice or original."""
        return detail(self.trial, what)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of fault the script of the trial let begin."""
        ids = {c.target for c in self.trial.trace.journal if c.kind == "fault"}
        return tuple({f.kind.id for f in self.trial.line.faults if f.id in ids})

    @cached_property
    def detections(self) -> list[Detection]:
        """Of the scripted kinds of fault: when each was found, if it was."""
        counted = {e.number for e in wanted(self.episodes, self.kinds)}
        return [d for d in self.matching.detections if d.episode.number in counted]

    @cached_property
    def machine_days(self) -> float:
        """Time without faults at work, times stations, in days."""
        quiet_s = quiet(self.episodes, self.trial.now) - self.trial.begin
        return max(quiet_s, 0.0) * len(self.trial.line.stations) / DAY

    def row(self, d: Detection) -> dict[str, object]:
        """Evidence about one fault."""
        e = d.episode
        return {
            "seed": self.trial.seed, "fault": e.fault, "station": e.station, "start": e.onset,
            "observable": e.observable, "stop": e.end, "alarm": d.at if d.found else "none",
        }  # fmt: skip

    def false_rows(self) -> list[dict[str, object]]:
        """Evidence about false alarms."""
        rows = self.matching.false.select("asset", "start", "stop", "peak").to_dicts()
        return [{"seed": self.trial.seed, **row} for row in rows]


SAYS: Mapping[str, Callable[[], str]] = {
    "score": lambda: _("the solution gives no anomaly scores"),
    "rul": lambda: _("the solution predicts no remaining life"),
    "setpoint": lambda: _("the solution asks for no set points"),
}


def only_with(column: str, measure: Measure) -> Measure:
    """The measure, for solutions that fill a column of `predictions`; others are not judged."""

    def run(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
        if column not in _all(trials, solution).filled:
            return NotJudged(SAYS[column]())
        return measure(trials, solution)

    return run


@dataclass(frozen=True)
class Seen:
    """All trials of one solution, and the columns of `predictions` it fills."""

    trials: Sequence[Trial]
    solution: str
    views: list[View]

    @cached_property
    def filled(self) -> frozenset[str]:
        """Columns that have a value somewhere."""
        tables = [view.predictions for view in self.views]
        return frozenset(name for name in SAYS if any(table[name].count() for table in tables))


_latest: list[Seen] = []  # at most one: checks ask for one solution after the other


def _all(trials: Sequence[Trial], solution: str) -> Seen:
    if not _latest or _latest[0].trials is not trials or _latest[0].solution != solution:
        _latest[:] = [Seen(trials, solution, [View(trial, solution) for trial in trials])]
    return _latest[0]


def views(trials: Sequence[Trial], solution: str, roles: Iterable[str] = ("fresh",)) -> list[View]:
    """The trials of some roles; every check of one solution gets the same views."""
    wanted_roles = tuple(roles)
    return [view for view in _all(trials, solution).views if view.role in wanted_roles]

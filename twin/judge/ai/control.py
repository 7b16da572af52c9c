"""AI-40: set points that a solution asks for. The line is run again with them, and with none.

In a data set the trial ran without them and is run again with every one that the line accepts, at
its time; live, the solution wrote them itself, and the line is run again without. Seeds are the
same, so the difference is what the set points did.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.evidence import DAY, only_with
from twin.judge.ai.money import Money, money_of
from twin.judge.checks import Check, Measure
from twin.judge.trial import Trial
from twin.judge.verdict import Better, Measured, NotJudged
from twin.kernel.run import Run
from twin.metrics import kpi
from twin.serve.agenda import Agenda
from twin.trace.journal import Command
from twin.trace.trace import Trace

_nets: WeakKeyDictionary[Trace, dict[Money, float]] = WeakKeyDictionary()


def asked(trial: Trial, solution: str) -> pl.DataFrame:
    """Set points asked for, by time: t, tag, setpoint."""
    table = trial.claims[solution].table("predictions")
    return table.filter(pl.col("setpoint").is_not_null()).select("t", "tag", "setpoint").sort("t")


def refused(trial: Trial, solution: str) -> list[dict[str, object]]:
    """What the line cannot accept: unknown set points, and values beyond their limits."""
    rows = []
    for t, tag, value in asked(trial, solution).iter_rows():
        limits = trial.line.settings.get(tag or "")
        if limits is None or not limits.low <= value <= limits.high:
            allowed = "unknown" if limits is None else f"{limits.low:g} to {limits.high:g}"
            rows.append({"seed": trial.seed, "t": t, "tag": tag, "value": value, "limits": allowed})
    return rows


def violations(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """How many set points were beyond their limits or do not exist."""
    rows = [row for trial in trials for row in refused(trial, solution)]
    total = sum(asked(trial, solution).height for trial in trials)
    return Measured.census(len(rows), total, rows)


def travel(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Way of the actuators a day: changes as shares of their range, added over set points."""
    days = [
        _way(trial, solution) / ((trial.now - trial.begin) / DAY)
        for trial in trials
        if trial.now > trial.begin
    ]
    return Measured.mean(days) if days else NotJudged(_("no time to judge"))


def _way(trial: Trial, solution: str) -> float:
    way = 0.0
    at = {name: limits.default for name, limits in trial.line.settings.items()}
    for _t, tag, value in asked(trial, solution).iter_rows():
        limits = trial.line.settings.get(tag or "")
        if limits is not None and limits.high > limits.low:
            way += abs(value - at[tag]) / (limits.high - limits.low)
            at[tag] = value
    return way


def other(trial: Trial, solution: str) -> tuple[Trace, Trace]:
    """The same seeds without and with the solution's set points."""
    trace = trial.trace
    if trial.clock != "batch":
        rest = [c for c in trace.journal if not (c.kind == "set" and c.by == solution)]
        return _again(trace, rest), trace
    good = asked(trial, solution).filter(pl.col("tag").is_in(list(trial.line.settings)))
    more = [
        Command("set", tag, value, t=t, by=solution)
        for t, tag, value in good.iter_rows()
        if trial.line.settings[tag].low <= value <= trial.line.settings[tag].high
    ]
    return trace, _again(trace, [*trace.journal, *more])


def _again(trace: Trace, commands: Sequence[Command]) -> Trace:
    run, agenda = Run(trace.line, trace.seed), Agenda()
    agenda.plan([command for command in commands if (command.t or 0.0) < trace.now])
    agenda.advance(run, trace.now)
    return run.trace


def net(trace: Trace, money: Money) -> float:
    """Value of the parts that left the line good, less all costs."""
    known = _nets.setdefault(trace, {})
    if money not in known:
        found = kpi(trace)
        if not hasattr(found, "line"):
            raise TypeError("the figures of a whole trace are wanted")
        good = float(found.line["finished"] or 0.0)
        known[money] = money.price * good - float(found.line["cost"] or 0.0)
    return known[money]


def gain(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Money gained a day by the set points, trial by trial on the same seeds."""
    given = [one.detail for one in trials[0].incidents if one.kind == "money"]
    money = money_of(trials[0].line, given[0] if given else None)
    if money is None:
        return NotJudged(_("the scenario says nothing of costs"))
    pairs = [other(trial, solution) for trial in trials]
    saved = [
        (net(after, money) - net(before, money)) / (before.now / DAY) for before, after in pairs
    ]
    return Measured.mean(saved, note=money.currency)


def _check(
    part: str, en: str, ko: str, unit: str, threshold: float, better: Better, run: Measure
) -> Check:
    return Check(
        "AI-40", part, "ai", Text(en, ko), unit, threshold, better, ("predictions",),
        only_with("setpoint", run),
    )  # fmt: skip


CHECKS = (
    _check("violations", "Set points beyond their limits", "한계를 벗어난 설정값 횟수", "1",
           0.0, "low", violations),
    _check("travel", "Way of the actuators a day, in ranges", "하루 조작량 (범위 대비)", "1/d",
           20.0, "low", travel),
    _check("gain", "Money gained a day by the set points", "설정값에 의한 하루 이익", "money/d",
           1.0, "high", gain),
)  # fmt: skip

"""AI-11: what a forecast of lives is worth: the line is run again with the decisions it leads to.

Up to the first decision a trial is what it was, so it is run there once and frozen; each policy
goes on from the snapshot as a branch with the same seeds, so that branches differ by what was
decided and not by luck. A *planned repair* stops the station, ends its faults, and starts it again.

The policy of a solution: repair when the life it predicts is below `ACT`, not again within
`PAUSE`. Beside it: run to failure, a fixed interval, and one that knows the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from weakref import WeakKeyDictionary

import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.ai.evidence import View, views
from twin.judge.ai.money import Money, money_of
from twin.judge.ai.rul import HOUR, check
from twin.judge.checks import Exhibit
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, NotJudged
from twin.kernel.run import Run
from twin.kernel.snapshot import resume, snapshot
from twin.metrics import kpi
from twin.serve.agenda import Agenda
from twin.trace.journal import Command
from twin.trace.tables import State
from twin.trace.trace import Trace

ACT = 4 * HOUR  # predicted life below which somebody repairs, s
PAUSE = 12 * HOUR  # s between two planned repairs of a station at least
INTERVAL = 24 * HOUR  # s between repairs of the fixed interval
LOST = (State.DOWN, State.HELD, State.STOPPED, State.MAINTENANCE)
POLICIES = ("solution", "run to failure", "fixed interval", "knows the truth")


@dataclass(frozen=True)
class Outcome:
    """What one branch came to: s in which the station could not work, and money spent in net."""

    downtime: float
    cost: float
    repairs: int


def scripted(trace: Trace) -> list[Command]:
    """Commands of the trial's script, without what it ends by itself."""
    return [command for command in trace.journal if command.kind != "repair"]


def decisions(view: View, station: str, act: float = ACT, pause: float = PAUSE) -> list[float]:
    """When the solution's predictions ask for a repair of a station, s."""
    said = view.predictions.filter(
        (pl.col("asset") == station) & pl.col("rul").is_not_null() & (pl.col("rul") <= act)
    )
    chosen: list[float] = []
    for t in said["t"].sort().to_list():
        if not chosen or t >= chosen[-1] + pause:
            chosen.append(float(t))
    return chosen


def branch(start: Run, trace: Trace, station: str, at: Sequence[float], planned: float) -> Trace:
    """The trial run on from `start` with planned repairs of `planned` s at the instants `at`."""
    faults = [f.id for f in trace.line.faults if f.station == station]
    agenda = Agenda()
    late = [command for command in scripted(trace) if (command.t or 0.0) > start.now]
    for t in at:
        late += [Command("stop", station, t=t)]
        late += [Command("repair", f, role="instructor", t=t + planned) for f in faults]
        late += [Command("start", station, t=t + planned)]
    agenda.plan([command for command in late if (command.t or 0.0) < trace.now])
    agenda.advance(start, trace.now)
    return start.trace


def outcome(trace: Trace, station: str, repairs: int, money: Money) -> Outcome:
    """Downtime of the station, and cost less the value of parts not scrapped and of repairs."""
    found = kpi(trace)
    if not hasattr(found, "line"):
        raise TypeError("the figures of a whole trace are wanted")
    shares = found.states[station]
    lost = sum(shares[state.name] for state in LOST) * trace.now
    good = len(trace.parts.t) - float(found.line["scrapped"] or 0.0)
    spent = float(found.line["cost"] or 0.0) + repairs * (
        money.spares + money.call * money.planned / HOUR
    )
    return Outcome(lost, spent - money.price * good, repairs)


def outcomes(view: View, money: Money) -> dict[str, Outcome] | None:
    """Outcome of each policy on one trial; None where no fault came to a failure."""
    failing = [d.episode for d in view.detections if d.episode.failure < inf]
    if not failing:
        return None
    trace, station = view.trial.trace, failing[0].station
    plans = {
        "solution": [t for t in decisions(view, station) if t + money.planned < trace.now],
        "run to failure": [],
        "fixed interval": [
            INTERVAL * k
            for k in range(1, int(trace.now // INTERVAL) + 1)
            if INTERVAL * k + money.planned < trace.now
        ],
        "knows the truth": [max(failing[0].failure - money.planned - HOUR, failing[0].onset + 1.0)],
    }
    known = _made.setdefault(trace, {})
    wanted = {name: (money, station, *at) for name, at in plans.items()}
    todo = {key: plans[name] for name, key in wanted.items() if key not in known}
    run, agenda = Run(trace.line, trace.seed), Agenda()
    agenda.plan(scripted(trace))
    for key, at in sorted(todo.items(), key=lambda item: min(item[1], default=trace.now)):
        agenda.advance(run, max(min(at, default=trace.now), run.now))
        after = branch(resume(snapshot(run)), trace, station, at, money.planned)
        known[key] = outcome(after, station, len(at), money)
    return {name: known[wanted[name]] for name in POLICIES}


_made: WeakKeyDictionary[Trace, dict[tuple[object, ...], Outcome]] = WeakKeyDictionary()
_latest: list[tuple[Sequence[Trial], str, list[dict[str, Outcome]], list[int]]] = []


def all_outcomes(
    trials: Sequence[Trial], solution: str
) -> tuple[list[dict[str, Outcome]], list[int]] | None:
    """Outcomes by trial, and the seeds; None without money. Made once for one solution."""
    if not _latest or _latest[0][0] is not trials or _latest[0][1] != solution:
        given = [one.detail for one in trials[0].incidents if one.kind == "money"]
        money = money_of(trials[0].line, given[0] if given else None)
        if money is None:
            return None
        found = [(outcomes(view, money), view.trial.seed) for view in views(trials, solution)]
        kept = [(one, seed) for one, seed in found if one is not None]
        _latest[:] = [(trials, solution, [one for one, _ in kept], [seed for _, seed in kept])]
    return _latest[0][2], _latest[0][3]


def _saved(trials: Sequence[Trial], solution: str, what: str, against: str) -> Measured | NotJudged:
    found = all_outcomes(trials, solution)
    if found is None:
        return NotJudged(_("the scenario says nothing of costs"))
    done, seeds = found
    if not done:
        return NotJudged(_("no fault came to a functional failure after it showed"))
    saved = [getattr(one[against], what) - getattr(one["solution"], what) for one in done]
    scale = HOUR if what == "downtime" else 1.0
    rows = [
        {"seed": seed, "saved": value / scale, "repairs": one["solution"].repairs}
        for seed, value, one in zip(seeds, saved, done, strict=True)
    ]
    rows.sort(key=lambda row: float(row["saved"]))
    return Measured.mean([value / scale for value in saved], rows)


def downtime(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Downtime saved a trial against run to failure, h."""
    return _saved(trials, solution, "downtime", "run to failure")


def money_failure(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Money saved a trial against run to failure."""
    return _saved(trials, solution, "cost", "run to failure")


def money_interval(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Money saved a trial against a fixed interval."""
    return _saved(trials, solution, "cost", "fixed interval")


CHECKS = (
    check("AI-11", "downtime", "Downtime saved a trial against run to failure",
          "사후 보전 대비 시험당 절감한 정지 시간", "h", 0.1, "high", downtime),
    check("AI-11", "cost-failure", "Money saved a trial against run to failure",
          "사후 보전 대비 시험당 절감액", "money", 1.0, "high", money_failure),
    check("AI-11", "cost-interval", "Money saved a trial against a fixed interval",
          "정기 보전 대비 시험당 절감액", "money", 1.0, "high", money_interval),
)  # fmt: skip


def exhibits(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """Mean downtime and cost of each policy, where lives were predicted."""
    if not any(t.claims[solution].table("predictions")["rul"].count() for t in trials):
        return []
    found = all_outcomes(trials, solution)
    if not found or not found[0]:
        return []
    done = found[0]
    currency = trials[0].line.scenario.costs.currency  # type: ignore[union-attr]

    def mean(what: str, scale: float) -> dict[str, float]:
        return {n: sum(getattr(one[n], what) for one in done) / len(done) / scale for n in POLICIES}

    note = _("planned repair below {act:g} h of predicted life; fixed interval {every:g} h").format(
        act=ACT / HOUR, every=INTERVAL / HOUR
    )
    return [
        Exhibit(Text("Downtime of the station by policy", "정책별 설비 정지 시간"), "h",
                mean("downtime", HOUR), tests=("AI-11.downtime",), note=note),
        Exhibit(Text("Cost less the value of parts, by policy",
                     "정책별 비용에서 생산 가치를 뺀 값"), currency, mean("cost", 1.0),
                tests=("AI-11.cost-failure", "AI-11.cost-interval")),
    ]  # fmt: skip

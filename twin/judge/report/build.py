"""From trials to the report object."""

from __future__ import annotations

import math
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.attribution import attribute
from twin.judge.checks import Check, Finding, judge
from twin.judge.plan import Plan
from twin.judge.registry import checks_of, exhibits_of
from twin.judge.report.model import (
    Complained,
    Happened,
    Judged,
    Report,
    Scenario,
    Shown,
    Test,
    Tried,
    Words,
)
from twin.judge.trial import Trial
from twin.judge.verdict import NotJudged, Verdict, overall
from twin.version import __version__


def build(
    plan: Plan, written: Mapping[str, Any], trials: Sequence[Trial], records: Sequence[Tried],
    truth_sha256: str,
) -> Report:  # fmt: skip
    """Judge every solution of a plan, and say so in one object; `written` is the plan's file."""
    findings: list[Finding] = []
    shown: list[Shown] = []
    for one in plan.solutions:
        checks = [
            check
            for check in checks_of(one.kind)
            if check.id not in plan.skip and check.test not in plan.skip
            and plan.clock in check.clocks and _asked(plan, check)
        ]  # fmt: skip
        findings += judge(checks, trials, one.name, plan.thresholds)
        for exhibitor in exhibits_of(one.kind):
            shown += [
                Shown(
                    solution=one.name, title=_words(show.title), unit=show.unit,
                    values={key: _number(value) for key, value in show.values.items()},
                    struck=show.struck, note=show.note, tests=list(show.tests),
                )
                for show in exhibitor(trials, one.name)
            ]  # fmt: skip
    findings = attribute(findings, trials, plan)
    line = trials[0].line
    return Report(
        title=plan.title or line.title.en,
        stage=plan.stage,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        twin={"version": __version__},
        environment={"python": platform.python_version(), "system": sys.platform},
        plan=dict(written),
        scenario=Scenario(id=line.id, title=_words(line.title), sha256=line.digest),
        seeds=[one.seed for one in trials],
        level=plan.level,
        dirt=plan.dirt,
        clock=plan.clock,
        solutions=[
            Judged(
                name=one.name, kind=one.kind, command=one.command, feeds=one.feeds,
                verdict=overall([f.verdict for f in findings if f.solution == one.name]).value,
                handed_in=_handed_in(trials, one.name),
            )
            for one in plan.solutions
        ],
        tests=[_test(one, plan) for one in findings],
        exhibits=shown,
        complaints=[
            Complained(
                solution=name, seed=trial.seed, table=one.table, column=one.column,
                what=one.what, rows=one.rows, first=one.first, found=one.found,
            )
            for trial in trials
            for name, claims in trial.claims.items()
            for one in claims.complaints
        ],
        incidents=[
            Happened(
                seed=trial.seed, kind=one.kind, start=one.start, stop=one.stop,
                detail=dict(one.detail),
            )
            for trial in trials
            for one in trial.incidents
        ],
        limits=_limits(plan, findings),
        trials=list(records),
        verdict=overall([one.verdict for one in findings]).value,
        truth_sha256=truth_sha256,
    ).signed()  # fmt: skip


def _words(text: Text) -> Words:
    return Words(en=text.en, ko=text.ko)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _test(finding: Finding, plan: Plan) -> Test:
    check, measured = finding.check, finding.measured
    known = not isinstance(measured, NotJudged) and finding.verdict is not Verdict.NOT_JUDGED
    note = measured.reason if isinstance(measured, NotJudged) else measured.note
    value, interval, n = None, None, 0
    if known and not isinstance(measured, NotJudged):
        value, n = _number(measured.value), measured.n
        interval = measured.interval if all(map(math.isfinite, measured.interval)) else None
    return Test(
        id=check.id, test=check.test, part=check.part, solution=finding.solution,
        title=_words(check.title), standard_ref=check.standard, unit=check.unit, value=value,
        ci95=interval, n=n, threshold=finding.threshold, better=check.better,
        basis="P" if check.id in plan.thresholds else check.basis,
        verdict=finding.verdict.value, cause=finding.cause, note=note,
        evidence=[_row(one) for one in measured.evidence],
    )  # fmt: skip


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of evidence as JSON has it: what JSON cannot say, as text."""
    plain: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, float) and not math.isfinite(value):
            plain[key] = str(value)
        elif value is None or isinstance(value, bool | int | float | str):
            plain[key] = value
        elif hasattr(value, "item"):
            plain[key] = value.item()
        else:
            plain[key] = str(value)
    return plain


def _handed_in(trials: Sequence[Trial], name: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for trial in trials:
        for table, rows in trial.claims[name].handed_in.items():
            total[table] = total.get(table, 0) + rows
    return total


def _asked(plan: Plan, check: Check) -> bool:
    """Whether a plan has what a check is about."""
    return not check.asked_by or bool(getattr(plan, check.asked_by))


def _limits(plan: Plan, findings: Sequence[Finding]) -> list[str]:
    """What this report does not say."""
    limits = [
        _("The line is simulated: {line}. Its figures carry their sources in its scenario.").format(
            line=plan.line
        )
    ]
    if plan.clock != "paced":
        limits.append(_("Time was moved by the judge: nothing is said about latency."))
    if len(plan.seeds) < 3:
        limits.append(
            _("{count} trials: what differs from trial to trial is hardly seen.").format(
                count=len(plan.seeds)
            )
        )
    if plan.skip:
        limits.append(_("Left out by the plan: {tests}.").format(tests=", ".join(plan.skip)))
    left = sorted(
        {
            check.id
            for one in plan.solutions
            for check in checks_of(one.kind)
            if plan.clock not in check.clocks
        }
    )
    if left:
        limits.append(
            _("Not measured on the {clock} clock: {tests}.").format(
                clock=plan.clock, tests=", ".join(left)
            )
        )
    unasked = sorted(
        {
            check.test
            for one in plan.solutions
            for check in checks_of(one.kind)
            if not _asked(plan, check)
        }
    )
    if unasked:
        limits.append(_("Not asked by the plan: {tests}.").format(tests=", ".join(unasked)))
    if any(one.check.basis == "A" and one.check.id not in plan.thresholds for one in findings):
        limits.append(
            _("Thresholds marked A are assumed defaults of this product; a plan sets its own.")
        )
    return limits

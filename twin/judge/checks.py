"""What is tested: rows of a table, each with an id, a measure, a threshold and its clause."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.trial import JudgeClock, Trial
from twin.judge.verdict import Better, Measured, NotJudged, Verdict, decide

log = logging.getLogger("twin.judge")

Kind = Literal["gateway", "mes", "ai"]
Measure = Callable[[Sequence[Trial], str], Measured | NotJudged]


@dataclass(frozen=True)
class Check:
    """One measure of one test.

    `test` is the id of the test as the domain knows it ("MES-03"), `part` what of it is measured
    ("oee"); `unit` is that of the value and the threshold. `needs` names the claim tables without
    which there is nothing to judge. `run` measures one solution (by its name) over all trials.
    `standard` says which clause the measure implements, and is empty where none exists.
    `basis` marks how well the default threshold is founded: A assumed, V from a public document.
    On other clocks than `clocks` the measure says nothing, and is left out; so it is where the
    plan has nothing in `asked_by`.
    """

    test: str
    part: str
    kind: Kind
    title: Text
    unit: str
    threshold: float
    better: Better
    needs: tuple[str, ...]
    run: Measure
    standard: str = ""
    basis: Literal["A", "V"] = "A"
    clocks: tuple[JudgeClock, ...] = ("lockstep", "paced", "batch")
    asked_by: str = ""

    @property
    def id(self) -> str:
        """As thresholds of a plan name it: "MES-03.oee"."""
        return f"{self.test}.{self.part}"


@dataclass(frozen=True)
class Finding:
    """A check's result for one solution."""

    check: Check
    solution: str
    threshold: float
    measured: Measured | NotJudged
    verdict: Verdict
    cause: str = ""  # solution that caused a failure, where another one did


@dataclass(frozen=True)
class Exhibit:
    """A figure shown beside the verdicts without one of its own: a baseline, a warning."""

    title: Text
    unit: str
    values: Mapping[str, float]  # column -> value
    struck: bool = False  # printed struck through: not to be relied upon
    note: str = ""
    tests: tuple[str, ...] = field(default=())


def judge(
    checks: Sequence[Check],
    trials: Sequence[Trial],
    solution: str,
    thresholds: Mapping[str, float],
) -> list[Finding]:
    """Findings of every check for one solution, in the order of the checks."""
    findings = []
    for check in checks:
        threshold = thresholds.get(check.id, check.threshold)
        measured = measure(check, trials, solution)
        verdict = decide(measured, threshold, check.better)
        findings.append(Finding(check, solution, threshold, measured, verdict))
    return findings


def measure(check: Check, trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """What a check finds; why it cannot be made, when its claims are missing."""
    for table in check.needs:
        if not any(trial.claims[solution].handed_in.get(table, 0) for trial in trials):
            return NotJudged(
                _("the solution handed in nothing in the table {table!r}").format(table=table)
            )
    try:
        return check.run(trials, solution)
    except Exception as error:  # one check that stumbles over a claim must not cost the others
        log.exception("%s of %s", check.id, solution)
        return NotJudged(
            _("the check stumbled over the claims: {why}").format(why=repr(error)[:200])
        )

"""The judge of remaining lives: the reference passes, each broken one fails exactly its own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import twin
from examples.mutants.rul import RUL_MUTANTS, run
from examples.solutions.rul import files
from twin.judge.ai import policy, rul
from twin.judge.ai.batch import BatchPlan, collect, hand_out, prepare
from twin.judge.ai.honesty import withheld
from twin.judge.checks import Finding, judge
from twin.judge.trial import Trial
from twin.judge.verdict import Measured, Verdict

REFERENCE = "reference"
CHECKS = (*rul.CHECKS, *policy.CHECKS)


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> list[Trial]:
    plan = BatchPlan(
        twin.load("machine-parts/shaft-v1"), ("M-BEAR:VMC",), 60 * 3600.0, every=120.0,
        per_trial=1, hold=48 * 3600.0, train=6, healthy=0, fresh=6, published=0, quiet=0,
        slices=(), tags=("VMC.VibRms",), severities=(3.0, 4.0, 5.0),
    )  # fmt: skip
    root = tmp_path_factory.mktemp("rul")
    batch = prepare(plan)
    hand_out(batch, root / "data")
    files.run(root / "data", root / REFERENCE)
    for name, mutant in RUL_MUTANTS.items():
        run(mutant, root / REFERENCE, root / name)
    return collect(batch, {name: root / name for name in (REFERENCE, *RUL_MUTANTS)})


@pytest.fixture(scope="module")
def findings(trials: list[Trial]) -> Mapping[str, list[Finding]]:
    return {name: judge(CHECKS, trials, name, {}) for name in (REFERENCE, *RUL_MUTANTS)}


def test_the_reference_passes_every_test(findings: Mapping[str, list[Finding]]) -> None:
    open_ = {f.check.id: f.measured for f in findings[REFERENCE] if f.verdict is not Verdict.PASS}
    assert open_ == {}


def test_its_predictions_do_not_know_what_comes(trials: list[Trial]) -> None:
    found = withheld(trials, REFERENCE)
    assert isinstance(found, Measured)
    assert (found.value, found.n > 3) == (0.0, True)


@pytest.mark.parametrize("name", RUL_MUTANTS)
def test_a_mutant_fails_exactly_its_tests(name: str, findings: Mapping[str, list[Finding]]) -> None:
    failed = {one.check.id for one in findings[name] if one.verdict is Verdict.FAIL}
    assert failed == RUL_MUTANTS[name].fails


def test_a_branch_without_decisions_is_the_trial_itself(trials: list[Trial]) -> None:
    """Law 7: until the first different command a branch is what happened anyway."""
    trace = trials[0].trace
    start = twin.Run(trace.line, trace.seed)
    again = policy.branch(start, trace, "VMC", [], 7200.0)
    before = again.log.t < trace.now
    assert again.log.t[before].tolist() == trace.log.t.tolist()

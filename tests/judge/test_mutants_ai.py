"""The judge of AI: the reference passes every test, each broken one fails exactly its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import twin
from examples.mutants.ai import MUTANTS, Bench
from examples.solutions.detector import files
from twin.judge.ai.batch import BatchPlan, collect, hand_out, prepare
from twin.judge.ai.decoy import watched
from twin.judge.checks import Finding, judge
from twin.judge.registry import checks_of
from twin.judge.verdict import Verdict

REFERENCE = "reference"


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Finding]]:
    plan = BatchPlan(
        twin.load("electronics/smt-v1"), ("E-Z8", "E-O2", "E-WARP", "E-NOZ"), 18 * 3600.0,
        per_trial=6, quiet=4, tags=("PRN.*", "SPI.*", "PNP1.*", "PNP2.*", "RFL.*", "AOI.*"),
    )  # fmt: skip
    root = tmp_path_factory.mktemp("ai")
    batch = prepare(plan)
    hand_out(batch, root / "data")
    audit = []
    with watched(root, REFERENCE) as told:
        files.run(root / "data", root / REFERENCE)
    audit += told
    bench = Bench(root / "data")
    for name, mutant in MUTANTS.items():
        with watched(root, name) as told:
            bench.run(mutant, root / name)
        audit += told
    claims: dict[str, Path] = {name: root / name for name in (REFERENCE, *MUTANTS)}
    trials = collect(batch, claims, audit)
    checks = [check for check in checks_of("ai") if check.test in TESTS]
    return {name: judge(checks, trials, name, {}) for name in claims}


TESTS = ("AI-01", "AI-02", "AI-03", "AI-04", "AI-05", "AI-06", "AI-20")


def failed(found: list[Finding]) -> set[str]:
    return {one.check.id for one in found if one.verdict is Verdict.FAIL}


def test_the_reference_passes_every_test(findings: Mapping[str, list[Finding]]) -> None:
    open_ = {f.check.id: f.measured for f in findings[REFERENCE] if f.verdict is not Verdict.PASS}
    assert open_ == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_fails_exactly_its_tests(name: str, findings: Mapping[str, list[Finding]]) -> None:
    assert failed(findings[name]) == MUTANTS[name].fails


def test_no_mutant_survives_and_every_test_catches_one() -> None:
    assert all(mutant.fails for mutant in MUTANTS.values())
    caught = set().union(*(mutant.fails for mutant in MUTANTS.values()))
    checks = {check.id for check in checks_of("ai") if check.test in TESTS}
    assert checks == caught

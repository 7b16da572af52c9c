"""The judge of AI: the reference passes every test, each broken one fails exactly its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import twin
from examples.mutants.ai import MUTANTS, Bench
from examples.solutions.detector import files
from twin.judge.ai.batch import Batch, BatchPlan, collect, hand_out, prepare
from twin.judge.ai.decoy import watched
from twin.judge.checks import Finding, judge
from twin.judge.registry import checks_of
from twin.judge.run import run_plan
from twin.judge.verdict import Verdict

REFERENCE = "reference"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ai")


@pytest.fixture(scope="module")
def batch(root: Path) -> Batch:
    """A data set in the folder data."""
    plan = BatchPlan(
        twin.load("electronics/smt-v1"), ("E-Z8", "E-O2", "E-WARP", "E-NOZ"), 18 * 3600.0,
        per_trial=6, per_slice=2, tags=("PRN.*", "SPI.*", "PNP1.*", "PNP2.*", "RFL.*", "AOI.*"),
    )  # fmt: skip
    batch = prepare(plan)
    hand_out(batch, root / "data")
    return batch


@pytest.fixture(scope="module")
def findings(batch: Batch, root: Path) -> Mapping[str, list[Finding]]:
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


LIVE = """
judge: 1
line: electronics/smt-v1
seeds: [77]
duration: 15min
head_start: 60min
clock: lockstep
step: 10s
faults: [{{fault: E-Z8, at: 4min}}]
solutions:
  - name: live
    kind: ai
    command: env TWIN_DATA_DIR={data} PYTHONPATH={here} {python} -m examples.solutions.detector
    claims:
      - {{table: predictions, file: predictions.csv}}
      - {{table: causes, file: causes.csv}}
"""


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.usefixtures("batch")
def test_live_over_opcua_it_finds_a_fault_and_names_the_tag(root: Path) -> None:
    plan = root / "live.yaml"
    here = Path(__file__).parents[2]
    plan.write_text(LIVE.format(data=root / "data", here=here, python=sys.executable), "utf-8")
    report = run_plan(plan, root / "live", lambda text: None)
    values = {one.id: one.value for one in report.tests}
    assert values["AI-01.usable"] == 0.0
    assert values["AI-02.recall"] == 1.0
    assert values["AI-02.delay-median"] is not None
    assert values["AI-02.delay-median"] < 600.0
    assert values["AI-04.cause-1"] == 1.0
    assert values["AI-20.probes"] == 0.0

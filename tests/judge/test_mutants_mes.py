"""The judge of MES is judged: the reference passes, every mutant fails on its own tests."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.mes import MUTANTS, REPORTERS
from twin.judge.report.model import Report
from twin.judge.run import replay, run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
HERE = Path(__file__).parents[2]
DATABASE = "sqlite:///{folder}/mes.db"
TABLES = {"counts": "counts", "states": "spells", "kpis": "kpis", "stops": "stops"}


def solution(name: str, command: str) -> dict:
    claims = [
        {"table": table, "sql": f"select * from {source}", "database": DATABASE}
        for table, source in TABLES.items()
    ]
    return {"name": name, "kind": "mes", "command": command, "claims": claims}


def command(name: str) -> str:
    """Those that only report wrongly are written by one process, the first of them."""
    if name == REPORTERS[0]:
        return "python -m examples.mutants mes reports"
    return "true" if name in REPORTERS else f"python -m examples.mutants mes {name}"


PLAN = {
    "judge": 1,
    "line": "machine-parts/shaft-v1",
    "seeds": [1],
    "skip": ["MES-05", "MES-06", "MES-07", "MES-09"],  # they have a test of their own
    "duration": "2h2min",  # 12:59:30 to 15:01:30, with a change of shifts
    "head_start": "6h59min30s",
    "commands": [
        {"at": "57min", "do": "stop", "target": "RWK"},  # no planned time in the last hour
        {"at": "80min", "do": "stop", "target": "LTH1"},
        {"at": "95min", "do": "start", "target": "LTH1"},
    ],
    "solutions": [
        solution("reference", "python -m examples.solutions.mes"),
        *(solution(name, command(name)) for name in MUTANTS),
    ],
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("mes")
    (folder / "examples").symlink_to(HERE / "examples")
    with (folder / "plan.yaml").open("w") as file:
        YAML(typ="safe").dump(PLAN, file)
    return run_plan(folder / "plan.yaml", folder / "out", lambda text: None), folder / "out"


def test_the_reference_passes(judged: tuple[Report, Path]) -> None:
    report, _folder = judged
    other = [
        (one.id, one.value, one.note, one.evidence[:3])
        for one in report.tests
        if one.solution == "reference" and one.verdict != "PASS"
    ]
    assert other == []
    assert len([one for one in report.tests if one.solution == "reference"]) >= 9


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_fails_exactly_on_its_tests(judged: tuple[Report, Path], name: str) -> None:
    report, _folder = judged
    failed = {one.id for one in report.tests if one.solution == name and one.verdict == "FAIL"}
    wrong = {
        one.id: (one.value, one.note, one.evidence[:2])
        for one in report.tests
        if one.solution == name and one.id in failed ^ MUTANTS[name].fails
    }
    assert failed - MUTANTS[name].luck == MUTANTS[name].fails, wrong


def test_every_number_comes_out_again(judged: tuple[Report, Path]) -> None:
    _report, folder = judged
    assert replay(folder / "report.json")[1] == []

"""The judge of gateways is judged: the reference passes, every mutant fails on its own tests."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.gateway import MUTANTS, QUERY
from twin.judge.report.model import Report
from twin.judge.run import read_report, replay, run_plan

pytestmark = pytest.mark.e2e
HERE = Path(__file__).parents[2]


def solution(name: str, command: str, query: str = QUERY) -> dict:
    database = "sqlite:///{folder}/gateway.db"
    model = "select * from model"
    return {
        "name": name,
        "kind": "gateway",
        "command": command,
        "claims": [
            {"table": "samples", "sql": query, "database": database},
            {"table": "model", "sql": model, "database": database},
            {"table": "settings", "sql": "select * from settings", "database": database},
        ],
    }


PLAN = {
    "judge": 1,
    "line": "chemical/cstr-v1",
    "seeds": [1],
    "clock": "paced",
    "speed": 5,
    "duration": "160 s",
    "head_start": "7 d",
    "disturbances": [
        {"at": "20 s", "do": "bad-values", "to": "R1.Temp", "for": "15 s"},
        {"at": "45 s", "do": "close-connections"},
        {"at": "80 s", "do": "change-certificate", "for": "1 s"},
        {"at": "125 s", "do": "drop-subscriptions"},
    ],
    "thresholds": {
        "GW-05.median": 10.0,
        "GW-05.p99": 60.0,
        "GW-07.recovery": 15.0,
        "GW-09.error": 50.0,
    },
    "solutions": [
        solution("reference", "python -m examples.solutions.gateway"),
        *(
            solution(name, f"python -m examples.mutants gateway {name}", one.query)
            for name, one in MUTANTS.items()
        ),
    ],
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("gateways")
    (folder / "examples").symlink_to(HERE / "examples")
    with (folder / "plan.yaml").open("w") as file:
        YAML(typ="safe").dump(PLAN, file)
    return run_plan(folder / "plan.yaml", folder / "out", lambda text: None), folder / "out"


def judged_as(report: Report, name: str, *verdicts: str) -> set[str]:
    return {one.id for one in report.tests if one.solution == name and one.verdict in verdicts}


@pytest.mark.timeout(300)
def test_the_reference_passes(judged: tuple[Report, Path]) -> None:
    report, _folder = judged
    other = [
        (one.id, one.value, one.note, one.evidence[:3])
        for one in report.tests
        if one.solution == "reference" and one.verdict != "PASS"
    ]
    assert other == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_fails_exactly_on_its_tests(judged: tuple[Report, Path], name: str) -> None:
    report, _folder = judged
    wrong = {
        one.id: (one.value, one.note, one.evidence[:2])
        for one in report.tests
        if one.solution == name and (one.verdict == "FAIL") != (one.id in MUTANTS[name].fails)
    }
    assert judged_as(report, name, "FAIL") - MUTANTS[name].luck == MUTANTS[name].fails, wrong


def test_every_number_comes_out_again(judged: tuple[Report, Path]) -> None:
    _report, folder = judged
    again, differences = replay(folder / "report.json")
    assert differences == []
    assert again.truth_sha256 == read_report(folder / "report.json").truth_sha256

"""A restart of the server: the reference misses nothing, two others lose or invent."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.mes_outage import MUTANTS
from twin.judge.report.model import Report
from twin.judge.run import run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
HERE = Path(__file__).parents[2]
DATABASE = "sqlite:///{folder}/mes.db"
COMMANDS = {
    "reference": "python -m examples.solutions.mes",
    **{name: f"python -m examples.mutants mes_outage {name}" for name in MUTANTS},
}
PLAN = {
    "judge": 1,
    "line": "machine-parts/shaft-v1",
    "seeds": [1],
    "duration": "2h5min",
    "head_start": "3h58min",
    "disturbances": [{"at": "20min", "do": "restart", "for": "1 s"}],
    "skip": ["MES-03", "MES-04", "MES-05", "MES-06", "MES-07"],
    "solutions": [
        {
            "name": name, "kind": "mes", "command": command,
            "claims": [
                {"table": "counts", "sql": "select * from counts", "database": DATABASE},
                {"table": "states", "sql": "select * from spells", "database": DATABASE},
            ],
        }
        for name, command in COMMANDS.items()
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("outage")
    (folder / "examples").symlink_to(HERE / "examples")
    with (folder / "plan.yaml").open("w") as file:
        YAML(typ="safe").dump(PLAN, file)
    return run_plan(folder / "plan.yaml", folder / "out", lambda text: None)


def test_the_reference_misses_nothing(report: Report) -> None:
    mine = [one for one in report.tests if one.solution == "reference"]
    wrong = [(one.id, one.value, one.note, one.evidence[:3]) for one in mine
             if one.verdict != "PASS" and one.test != "MES-01"]  # fmt: skip
    assert wrong == []
    assert any(one.kind == "restart" for one in report.incidents)


@pytest.mark.parametrize("name", MUTANTS)
def test_who_does_not_survive_it_is_found(report: Report, name: str) -> None:
    meant = MUTANTS[name]
    found = {one.id for one in report.tests if one.solution == name and one.verdict == "FAIL"}
    values = {one.id: (one.value, one.evidence[:2]) for one in report.tests if one.solution == name}
    assert found - meant.luck == meant.fails, values

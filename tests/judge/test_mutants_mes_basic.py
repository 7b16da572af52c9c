"""At level 1 an MES must say what it cannot know: the reference does, four others do not."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.mes_basic import MUTANTS
from twin.judge.report.model import Report
from twin.judge.run import run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]
HERE = Path(__file__).parents[2]
REFERENCE = HERE / "examples" / "solutions" / "mes" / "basic.yaml"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("basic")
    plan = YAML(typ="safe").load(REFERENCE)
    claims = plan["solutions"][0]["claims"]
    commands = {"reference": "python -m examples.mutants mes_basic reports"}
    commands |= dict.fromkeys(MUTANTS, "true")
    plan["seeds"] = [1]
    plan["solutions"] = [
        {"name": name, "kind": "mes", "command": command, "claims": claims}
        for name, command in commands.items()
    ]
    (folder / "examples").symlink_to(HERE / "examples")
    with (folder / "plan.yaml").open("w") as file:
        YAML(typ="safe").dump(plan, file)
    return run_plan(folder / "plan.yaml", folder / "out", lambda text: None)


def failed(report: Report, name: str) -> set[str]:
    return {one.id for one in report.tests if one.solution == name and one.verdict == "FAIL"}


def test_the_reference_says_what_it_cannot_know(report: Report) -> None:
    mine = [one for one in report.tests if one.solution == "reference"]
    assert [(one.id, one.evidence) for one in mine if one.verdict != "PASS"] == []
    judged = next(one for one in report.solutions if one.name == "reference")
    assert judged.handed_in["missing"] == 6  # state, parts, alarms, history, process, control
    assert judged.handed_in["states"] == judged.handed_in["kpis"] == 0


@pytest.mark.parametrize("name", MUTANTS)
def test_who_makes_something_up_is_found(report: Report, name: str) -> None:
    assert failed(report, name) == MUTANTS[name].fails

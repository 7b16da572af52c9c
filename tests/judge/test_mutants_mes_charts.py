"""Control charts: the reference signals what the rules give, six others do not."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.mes_charts import MUTANTS
from twin.judge.report.model import Report
from twin.judge.run import run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
HERE = Path(__file__).parents[2]
REFERENCE = HERE / "examples" / "solutions" / "mes" / "charts.yaml"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("charts")
    plan = YAML(typ="safe").load(REFERENCE)
    claims = plan["solutions"][0]["claims"]
    commands = {"reference": "python -m examples.mutants mes_charts reports"}
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


def test_the_reference_signals_what_the_rules_give(report: Report) -> None:
    mine = [one for one in report.tests if one.solution == "reference"]
    assert [(one.id, one.evidence) for one in mine if one.verdict != "PASS"] == []
    assert {"MES-08.missed", "MES-08.invented", "MES-08.delay", "MES-08.false"} <= {
        one.id for one in mine
    }


@pytest.mark.parametrize("name", MUTANTS)
def test_who_keeps_a_chart_wrongly_is_found(report: Report, name: str) -> None:
    found = {one.id for one in report.tests if one.solution == name and one.verdict == "FAIL"}
    assert found == MUTANTS[name].fails

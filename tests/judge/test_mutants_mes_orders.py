"""Genealogy, recalls and orders: the reference passes, every mutant fails on its own tests."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from examples.mutants.mes_orders import AT_THE_LINE, MUTANTS, WRITERS
from twin.judge.report.model import Report
from twin.judge.run import replay, run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
HERE = Path(__file__).parents[2]
PLANS = HERE / "examples" / "solutions" / "mes"
RECIPES = "loads-nothing"  # needs a line with recipes
LATE = "looks-once-a-minute"  # only time by the clock on the wall can tell
SKIPPED = ("MES-01", "MES-02", "MES-03", "MES-04")  # they have a test of their own


def plan(commands: dict[str, str], name: str = "orders.yaml", **changes: object) -> dict:
    """A plan of the reference's with other solutions, at one seed."""
    made = YAML(typ="safe").load(PLANS / name)
    sound = made["solutions"][0]
    solutions = [{**sound, "name": name, "command": command} for name, command in commands.items()]
    return (
        made | {"seeds": [1], "solutions": solutions, "skip": [*made["skip"], *SKIPPED]} | changes
    )


def judge(folder: Path, made: dict) -> Report:
    (folder / "examples").symlink_to(HERE / "examples")
    with (folder / "plan.yaml").open("w") as file:
        YAML(typ="safe").dump(made, file)
    return run_plan(folder / "plan.yaml", folder / "out", lambda text: None)


def failed(report: Report, name: str) -> set[str]:
    return {one.id for one in report.tests if one.solution == name and one.verdict == "FAIL"}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("orders")
    commands = {"reference": "python -m examples.mutants mes_orders reports"}
    commands |= dict.fromkeys([one for one in WRITERS if one != LATE], "true")
    return judge(folder, plan(commands)), folder / "out"


def test_the_reference_passes(judged: tuple[Report, Path]) -> None:
    report, _folder = judged
    mine = [one for one in report.tests if one.solution == "reference"]
    assert [(one.id, one.value, one.note) for one in mine if one.verdict != "PASS"] == []
    assert len(mine) >= 12


@pytest.mark.parametrize("name", [one for one in WRITERS if one != LATE])
def test_what_is_written_wrongly_is_found(judged: tuple[Report, Path], name: str) -> None:
    report, _folder = judged
    found, meant = failed(report, name), MUTANTS[name]
    wrong = {
        one.id: (one.value, one.note, one.evidence[:2])
        for one in report.tests
        if one.solution == name and one.id in found ^ meant.fails
    }
    assert found - meant.luck == meant.fails, wrong


@pytest.mark.parametrize("name", [one for one in AT_THE_LINE if one != RECIPES])
def test_what_is_done_wrongly_at_the_line_is_found(name: str, tmp_path: Path) -> None:
    command = f"python -m examples.mutants mes_orders {name}"
    report = judge(tmp_path, plan({name: command}, duration="40min", drills=[]))
    assert failed(report, name) == MUTANTS[name].fails


def test_recipes_are_loaded_or_it_is_found(tmp_path: Path) -> None:
    """The reference loads what an order asks for and refuses what is out of range."""
    for name, meant in (("reference", set()), (RECIPES, MUTANTS[RECIPES].fails)):
        (tmp_path / name).mkdir()
        command = "python -m examples.solutions.mes"
        command = command if not meant else f"python -m examples.mutants mes_orders {name}"
        report = judge(tmp_path / name, plan({name: command}, "recipes.yaml"))
        assert failed(report, name) == meant
        assert meant or report.verdict == "PASS"


def test_who_looks_late_is_found(tmp_path: Path) -> None:
    """By the wall clock, half a minute for a quarter of an hour."""
    commands = {"reference": "python -m examples.mutants mes_orders reports", LATE: "true"}
    changes = {"clock": "paced", "speed": 30, "duration": "15min", "drills": []}
    report = judge(tmp_path, plan(commands, **changes))
    assert failed(report, "reference") == set()
    assert failed(report, LATE) == {"MES-07.latency"}


def test_every_number_comes_out_again(judged: tuple[Report, Path]) -> None:
    _report, folder = judged
    assert replay(folder / "report.json")[1] == []

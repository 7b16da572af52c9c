"""Bad claims and bad solutions: each is told, its verdict is the truth, nobody else loses by it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from twin.judge.report.junit import junit
from twin.judge.report.model import Report, exit_status
from twin.judge.run import PAGE, replay, run_plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
SCRIPT = Path(__file__).with_name("bad_solution.py")
TESTS = ("MES-01.reported", "MES-01.good")


@dataclass(frozen=True)
class Case:
    """A solution: how its claims come in, verdicts of TESTS, what the report says of it."""

    verdicts: tuple[str, str]
    said: tuple[str, ...] = ()
    incident: str = ""
    claim: str = "file"  # or "rest"
    zone: str = "UTC"
    epoch: str = "simulated"


PASS, BOTH_OPEN = ("PASS", "PASS"), ("NOT JUDGED", "NOT JUDGED")
CASES = {
    "good": Case(PASS),
    "posted": Case(PASS, claim="rest"),
    "crashes": Case(BOTH_OPEN, ("nothing was handed in",), "solution-failed"),
    "late": Case(BOTH_OPEN, ("nothing was handed in",), "solution-late"),
    "silent": Case(BOTH_OPEN, ("nothing was handed in",)),
    "broken": Case(BOTH_OPEN, ("cannot be read",)),
    "twice": Case(("FAIL", "PASS")),
    "seoul": Case(PASS, zone="Asia/Seoul", epoch="s"),
    "offset": Case(PASS, epoch="s"),
    "utc-for-seoul": Case(("FAIL", "NOT JUDGED"), ("earlier than the start",),
                          zone="Asia/Seoul", epoch="s"),
    "nonsense": Case(PASS, (
        "not a finite number", "not of the type number", "not a row", "empty",
        "not of the type time",
    ), claim="rest"),
    "million": Case(PASS, claim="rest"),
}  # fmt: skip


def solution(name: str, case: Case) -> dict[str, Any]:
    door = {"file": "counts.jsonl"} if case.claim == "file" else {"rest": True}
    return {
        "name": name, "kind": "mes", "command": f"python {SCRIPT} {name}",
        "claims": [{"table": "counts", "zone": case.zone, "epoch": case.epoch, **door}],
    }  # fmt: skip


def plan(folder: Path, **changes: Any) -> Path:
    """A plan of one hour with every case beside the others."""
    written = {
        "judge": 1, "line": "examples/three-stations-v1", "duration": "1h", "step": "60s",
        "slice": "60s", "grace": "45s", "skip": ["MES-02", "MES-03", "MES-12", "MES-01.scrap"],
        "solutions": [solution(name, case) for name, case in CASES.items()],
    } | changes  # fmt: skip
    path = folder / "plan.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump(written, file)
    return path


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("bad")
    return run_plan(plan(folder), folder / "out", lambda text: None), folder / "out"


@pytest.mark.parametrize("name", CASES)
def test_a_bad_solution_is_told_and_judged_for_what_it_is(
    judged: tuple[Report, Path], name: str
) -> None:
    report, _folder = judged
    case = CASES[name]
    found = {one.id: (one.verdict, one.note) for one in report.tests if one.solution == name}
    complaints = [one.what for one in report.complaints if one.solution == name]
    assert tuple(found[test][0] for test in TESTS) == case.verdicts, (found, complaints)
    assert all(note for verdict, note in found.values() if verdict == "NOT JUDGED")
    for words in case.said:
        assert any(words in one for one in complaints), complaints
    if not case.said:
        assert complaints == []
    incidents = [one.kind for one in report.incidents if one.detail["solution"] == name]
    assert incidents == ([case.incident] if case.incident else [])


def test_a_crash_is_told_with_its_time_and_last_words(judged: tuple[Report, Path]) -> None:
    (crash,) = (one for one in judged[0].incidents if one.kind == "solution-failed")
    assert 600.0 <= crash.start < 3600.0
    assert (crash.detail["status"], crash.detail["said"]) == (1, "out of disk space")


def test_a_million_rows_are_counted(judged: tuple[Report, Path]) -> None:
    (one,) = (one for one in judged[0].solutions if one.name == "million")
    assert one.handed_in["counts"] > 1_000_000


def test_the_report_is_whole_and_comes_out_again(judged: tuple[Report, Path]) -> None:
    report, folder = judged
    assert exit_status(report) == 1  # somebody failed
    page = (folder / PAGE).read_text()
    assert all(name in page for name in CASES)
    assert junit(report).count(b"<testsuite ") == len(CASES)
    assert replay(folder / "report.json")[1] == []


def test_nothing_judged_ends_with_2(tmp_path: Path) -> None:
    only = [solution("silent", CASES["silent"])]
    path = plan(tmp_path, solutions=only)
    done = judge(path, tmp_path / "out")
    assert done.returncode == 2
    assert "nothing was handed in" in done.stderr
    assert (tmp_path / "out" / "report.json").is_file()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"faults": [{"fault": "X-99", "at": "5min"}]}, "plan.yaml:1: faults[0].fault: expected"),
        ({"line": "no/such-line"}, "line: expected"),
        ({"solutions": [solution("good", Case(PASS, zone="Mars/Olympus"))]}, "time zone"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_before_anything_starts(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    done = judge(plan(tmp_path, **changes), tmp_path / "out")
    assert done.returncode == 2
    assert said.removeprefix("plan.yaml:1: ") in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def judge(path: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", "judge", "run", str(path), "--out", str(out)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

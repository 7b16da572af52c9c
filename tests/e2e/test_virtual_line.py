"""The stand-in of a line in somebody else's tests."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from twin.serve.virtual import VirtualLine

pytestmark = pytest.mark.e2e
LINE = "examples/three-stations-v1"


def test_a_client_sees_what_the_truth_says(virtual_line) -> None:
    line = virtual_line(LINE, seed=1, clock="stepped", head_start="5min")
    assert line.advance("10min") == 900.0
    with urllib.request.urlopen(f"{line.rest_url}/api/state") as answer:
        assert json.load(answer)["t"] == pytest.approx(900.0)
    line.assert_count("mill", passed=round(line.truth.value("mill.Passed")))
    line.assert_state("saw", line.truth.state("saw").lower())
    line.assert_kpi("mill", "oee", line.truth.kpi("mill", "oee"))


def test_a_false_claim_is_told_with_what_differs(virtual_line) -> None:
    line = virtual_line(LINE, seed=1)
    line.advance("10min")
    true = round(line.truth.value("mill.Passed"))
    said = rf"mill.Passed at 00:10:00 \(600 s\): claimed {true + 1} .*in truth {true} .*seed 1"
    with pytest.raises(AssertionError, match=said):
        line.assert_count("mill", passed=true + 1)
    with pytest.raises(AssertionError, match="state of saw"):
        line.assert_state("saw", "on holiday")
    with pytest.raises(AssertionError, match="oee of mill"):
        line.assert_kpi("mill", "oee", 1.01)


def test_a_fault_that_is_not_on_the_line_is_said_before_anything_starts() -> None:
    with pytest.raises(Exception, match="no fault 'X-1' on examples/three-stations-v1"):
        VirtualLine(LINE, faults=["X-1"])


OTHERS = """
import pytest

@pytest.mark.parametrize("seed", range(2))
def test_one(virtual_line, seed):
    line = virtual_line("examples/three-stations-v1", seed=seed)
    line.advance("1h")
    assert line.truth.value("Line.Finished") > 0
"""


def test_it_comes_with_the_installation_and_runs_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(OTHERS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr

"""The trace of the beverage line grows with its stops, not with its bottles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import twin

FILE = Path(__file__).parents[2] / "scenarios/food/beverage-v1.yaml"
DAYS = 3 * 86_400.0  # of one day, one clean more or less is a sixth of the rows


def faster(text: str) -> str:
    """Everything at twice the rate, with as much more room, on orders and pallets twice as big."""
    return re.sub(
        r"\b(rate|capacity|quantity|pack): (\d+)", lambda m: f"{m[1]}: {2 * int(m[2])}", text
    )


def oftener(text: str) -> str:
    """Every failure mode of the stations after a quarter of the time."""
    return re.sub(
        r"(after: \{kind: \w+, mean: )(\d+) min", lambda m: f"{m[1]}{int(m[2]) / 4} min", text
    )


@pytest.fixture
def run(tmp_path):
    @cache
    def runs(change=str) -> twin.Trace:
        path = tmp_path / "beverage-v1.yaml"
        path.write_text(change(FILE.read_text(encoding="utf-8")), encoding="utf-8")
        return twin.run(twin.load(path), DAYS, 1)

    return runs


def rows(trace: twin.Trace) -> int:
    return len(trace.log) + len(trace.tracks) + len(trace.events)


def filled(trace: twin.Trace) -> float:
    return float(twin.kpi(trace).stations["FILL"]["produced"])


def test_twice_the_bottles_are_as_many_rows(run):
    assert filled(run(faster)) > 1.8 * filled(run())
    assert rows(run(faster)) < 1.25 * rows(run())


def test_more_stops_are_more_rows(run):
    assert filled(run(oftener)) < filled(run())
    assert len(run(oftener).log) > 1.3 * len(run().log)
    assert len(run(oftener).events) > 1.8 * len(run().events)

"""Courses and phases: integrated physics that a station plays, and cycles that follow from it."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

import twin
from tests.unit.kernel.kettle import KEEP, TARGET, TAU, kettle
from twin.equipment.model import Course
from twin.kernel.player import first_apart, pieces
from twin.physics.laws import Law
from twin.trace import EventKind, State

__all__ = ["kettle"]
HEAT = TAU * np.log((120.0 - 20.0) / (120.0 - TARGET))


def _phases(trace: twin.Trace) -> list[tuple[float, float]]:
    rows = trace.events.kind == EventKind.PHASE
    return list(zip(trace.events.t[rows].tolist(), trace.events.value[rows].tolist(), strict=True))


def test_a_cycle_lasts_as_long_as_its_phases(kettle):
    trace = twin.run(kettle, "200s")
    assert _phases(trace)[:3] == [
        (0.0, 0.0), (pytest.approx(HEAT), 1.0), (pytest.approx(HEAT + KEEP), 0.0),
    ]  # fmt: skip


def test_the_laws_follow_the_physics_within_the_tolerance(kettle):
    trace = twin.run(kettle, "80s")
    t = np.arange(1.0, 80.0)
    measured = twin.sample(trace, "K.Temp", t)[0]
    assert np.abs(measured - (120.0 - 100.0 * np.exp(-t / TAU))).max() < 0.05 + 5 * 0.2


def test_a_failure_interrupts_a_phase_that_goes_on_from_where_the_physics_stands(kettle):
    trace = twin.run(kettle, "900s")
    down = trace.log.t[trace.log.state == State.DOWN][0]
    temp = [twin.sample(trace, "K.Temp", [down + dt])[0, 0] for dt in (-1.0, 49.0)]
    assert temp[1] < temp[0] - 5.0  # it cooled while it stood


def test_a_set_point_in_mid_phase_changes_its_end(kettle):
    hotter = twin.Command("set", "K.Steam", 150.0, t=20.0)
    changed, plain = twin.run(kettle, "300s", journal=[hotter]), twin.run(kettle, "300s")
    assert _phases(changed)[1][0] < _phases(plain)[1][0] - 10.0


def test_a_fault_is_observable_when_the_course_has_left_the_one_without_it(kettle):
    fault = twin.Command("fault", "T-FOUL", role="instructor", t=10.0)
    trace = twin.run(kettle, "300s", journal=[fault])
    seen = trace.events.t[trace.events.kind == EventKind.FAULT_OBSERVABLE]
    assert len(seen) == 1
    x = 20.0 * (1 - np.exp(-(seen[0] - 10.0) / TAU))  # two lags with targets 20 K apart
    assert x == pytest.approx(3 * 0.2, abs=0.05 * 3)
    assert _phases(trace)[1][0] > HEAT + 5.0


def test_cuts_do_not_change_a_course(kettle):
    run = twin.Run(kettle, 3)
    for second in (0.5, 11.0, 91.6, 92.0, 300.0, 300.0, 901.0, 2000.0):
        run.advance(second)
    assert run.trace.digest == twin.run(kettle, "2000s", 3).digest


def test_a_snapshot_in_mid_course_goes_on_alike(kettle):
    run = twin.Run(kettle, 3)
    run.advance(30.0)
    run.apply(twin.Command("fault", "T-FOUL", role="instructor"))
    run.advance(47.0)
    branch = twin.resume(twin.snapshot(run))
    run.advance(3000.0)
    branch.advance(3000.0)
    assert run.trace.digest == branch.trace.digest


def test_pieces_that_stand_still_are_one():
    course = Course((0.0, 1.0, 2.0, 3.0), {"x": (5.0, 5.0, 5.0, 8.0), "y": (1.0, 2.0, 2.0, 2.0)})
    assert [(t, name) for t, name, _ in pieces(course)] == [
        (0.0, "x"), (0.0, "y"), (1.0, "y"), (2.0, "x"),
    ]  # fmt: skip


def test_a_line_goes_on_where_a_quantity_has_no_knot():
    course = Course((0.0, 1.0, 2.0), {"x": (5.0, nan, 7.0), "y": (0.0, 1.0, 5.0)})
    assert [(t, law) for t, name, law in pieces(course) if name == "x"] == [
        (0.0, Law(5.0, 7.0, -2.0))
    ]


def test_lines_are_apart_where_they_cross_the_limit():
    assert first_apart([(0.0, 0.0), (10.0, 10.0)], [(0.0, 0.0), (5.0, 0.0)], 3.0) == 3.0
    assert first_apart([(0.0, 0.0)], [(0.0, 1.0)], 3.0) is None

"""Fast material: what a run costs grows with its stops, not with its bottles.

No bench asserts a time; the numbers of events and rows are asserted.
"""

from __future__ import annotations

import time

import pytest

import twin
from tests.theory.test_flow import packaging
from tests.unit.equipment.packaging import packaging as equipped

WEEK = 7 * 86_400.0


def rows(trace: twin.Trace) -> int:
    """Rows of what happened."""
    return len(trace.log) + len(trace.tracks) + len(trace.events)


def test_a_week_of_bottles(benchmark, figure):
    line = packaging(6.0)
    begin = time.process_time()
    trace = twin.run(line, WEEK, 1)
    seconds = time.process_time() - begin
    benchmark.pedantic(twin.run, (line, WEEK, 1), rounds=3)
    bottles = twin.kpi(trace).stations["FILL"]["produced"]
    figure(
        f"packaging line, plain machines: a week, {bottles:,.0f} bottles and "
        f"{len(trace.events):,} events, in {seconds:.1f} s; {rows(trace):,} rows"
    )
    assert rows(trace) < bottles / 20


def test_a_week_of_bottles_with_equipment(figure):
    line = equipped()
    begin = time.process_time()
    trace = twin.run(line, WEEK, 1)
    seconds = time.process_time() - begin
    figure(
        f"packaging line, with its equipment: a week in {seconds:.1f} s; {rows(trace):,} rows, "
        f"{len(trace.readings):,} readings"
    )
    assert rows(trace) < twin.kpi(trace).stations["FILL"]["produced"] / 20


@pytest.mark.parametrize("faster", [10.0, 100.0])
def test_rows_do_not_grow_with_the_bottles(faster, figure):
    """The same stops at many times the speed, with as much more room: the same rows."""
    slow, fast = (packaging(6.0, scale=scale) for scale in (1.0, faster))
    counts = [rows(twin.run(line, WEEK / 7, 1)) for line in (slow, fast)]
    figure(f"a day at {faster:g} times the speed: {counts[1]:,} rows instead of {counts[0]:,}")
    assert counts[1] < 1.05 * counts[0]


def test_rows_grow_with_the_stops(figure):
    few, many = packaging(6.0), packaging(6.0, LABEL=(0.1, 0.1), PACK=(0.1, 0.1))
    counts = [rows(twin.run(line, WEEK / 7, 1)) for line in (few, many)]
    figure(f"a day with ten times the stops of two machines: {counts[1]:,} rows, not {counts[0]:,}")
    assert counts[1] > 2 * counts[0]

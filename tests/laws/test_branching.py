"""Law 7: a snapshot that goes on is the run that never stopped; branches share only the past."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.lines import Day, days, make, smt
from twin.trace import Command, Trace

NAMES = ("log", "parts", "events", "readings", "tracks")


def at(day: Day, cut: float) -> twin.Run:
    """A day's run, up to a moment."""
    run = twin.Run(day.line, day.seed)
    go_on(run, day, cut)
    return run


def go_on(run: twin.Run, day: Day, until: float) -> None:
    for command in day.journal[len(run.trace.journal) :]:
        if command.t > until or command.t >= day.end:
            break
        run.advance(max(command.t, run.now))
        run.apply(command)
    run.advance(until)


@settings(max_examples=40)
@given(days(), st.floats(0.0, 1.0))
def test_a_resumed_run_is_the_run_that_never_stopped(day: Day, share: float):
    run = at(day, share * day.end)
    branch = twin.resume(twin.snapshot(run))
    go_on(branch, day, day.end)
    assert branch.trace.digest == day.run().digest
    go_on(run, day, day.end)
    assert run.trace.digest == branch.trace.digest


@settings(max_examples=15)
@given(days(), st.lists(st.floats(0.0, 1.0), min_size=2, max_size=5))
def test_a_run_resumed_again_and_again_is_the_run_that_never_stopped(day: Day, shares):
    run = twin.Run(day.line, day.seed)
    for share in sorted(shares):
        go_on(run, day, share * day.end)
        run = twin.resume(twin.snapshot(run))
    go_on(run, day, day.end)
    assert run.trace.digest == day.run().digest


@settings(max_examples=15)
@given(days(most=3, ovens=False), st.floats(0.1, 0.9), st.data())
def test_branches_differ_only_from_their_first_different_command_on(day: Day, share, data):
    cut = share * day.end
    snapshot = twin.snapshot(at(day, cut))
    left, right = twin.resume(snapshot), twin.resume(snapshot)
    stop = data.draw(st.floats(cut, day.end))
    station = data.draw(st.sampled_from([station.id for station in day.line.stations]))
    left.advance(stop)
    left.apply(Command("stop", station))
    left.advance(day.end)
    right.advance(day.end)
    before = np.nextafter(stop, 0.0)
    for name in NAMES:
        a, b = left.trace.table(name), right.trace.table(name)
        n, m = (int(np.searchsorted(table.t, before, side="right")) for table in (a, b))
        assert n == m
        for column in a.as_dict():
            assert np.array_equal(a.as_dict()[column][:n], b.as_dict()[column][:n])


def test_branches_do_not_touch_each_other_nor_their_trunk():
    trunk = twin.Run(smt(), 2)
    trunk.advance(3600.0)
    digest, snapshot = trunk.trace.digest, twin.snapshot(trunk)
    first, second = twin.resume(snapshot), twin.resume(snapshot)
    first.apply(Command("fault", "E-Z8", 1.0, "instructor"))
    first.advance(7200.0)
    assert trunk.trace.digest == digest
    assert second.trace.digest == digest
    second.advance(7200.0)
    assert second.trace.digest == twin.run(smt(), "2h", 2).digest
    assert first.trace.digest != second.trace.digest
    third = twin.resume(snapshot)  # the snapshot itself is untouched too
    third.advance(7200.0)
    assert third.trace.digest == second.trace.digest


def test_a_counterfactual_without_the_fault_differs_only_in_what_the_fault_did():
    """From the minute before: the zone's set point is the same, its temperature is not."""
    run = twin.Run(smt(), 2)
    run.advance(1800.0)
    snapshot = twin.snapshot(run)
    faulty, sound = twin.resume(snapshot), twin.resume(snapshot)
    faulty.apply(Command("fault", "E-Z8", 1.0, "instructor"))
    for branch in (faulty, sound):
        branch.advance(3600.0)
    ticks = np.arange(1800.0, 3600.0)
    a, b = (
        twin.sample(r.trace, ["RFL.Zone7Temp", "RFL.Zone8Temp"], ticks) for r in (faulty, sound)
    )
    assert np.array_equal(a[0], b[0])
    assert (b[1] - a[1])[-600:].mean() == pytest.approx(20.0, abs=0.05)


def test_a_long_line_can_be_frozen():
    stations = {
        f"s{i}": {"cycle": {"kind": "exponential", "mean": "1 s"}, "buffer": i % 2,
                  **({"to": f"s{i + 1}"} if i < 399 else {})}
        for i in range(400)
    }  # fmt: skip
    stations["s0"].pop("buffer")
    run = twin.Run(make(stations), 1)
    run.advance(2000.0)
    branch = twin.resume(twin.snapshot(run))
    run.advance(2100.0)
    branch.advance(2100.0)
    assert run.trace.digest == branch.trace.digest


def test_a_trace_branches_without_copying():
    trace = twin.run(smt(), "1h", 1)
    branch: Trace = trace.branch()
    assert branch.digest == trace.digest
    assert np.shares_memory(branch.log.t, trace.log.t)

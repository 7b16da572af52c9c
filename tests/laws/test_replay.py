"""Laws 1 and 2: the same line, seed and journal give the same trace, however time was cut."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.lines import Day, days, smt
from twin.errors import UsageError
from twin.trace import Command
from twin.trace.journal import from_lines, to_lines

JOURNAL = (
    Command("stop", "PNP1", role="operator", source="test", t=1200.0),
    Command("start", "PNP1", role="operator", source="test", t=1500.5),
    Command("set", "RFL.BeltSpeed", 72.0, role="engineer", source="test", t=2000.25),
    Command("fault", "E-Z8", 1.0, role="instructor", source="test", t=2500.0),
)


@settings(max_examples=30)
@given(days())
def test_the_same_day_twice_is_the_same_trace(day: Day):
    assert day.run().digest == day.run().digest


@settings(max_examples=20)
@given(days(), st.integers(1, 2**32))
def test_another_seed_is_another_trace(day: Day, more: int):
    other = Day(day.line, day.seed + more, day.journal, day.end)
    assert day.run().digest != other.run().digest


def test_a_fresh_process_makes_the_same_trace():
    trace = twin.run(smt(), "1h", 7, JOURNAL)
    code = (
        "import sys, twin; from twin.trace.journal import from_lines;"
        "line = twin.load('electronics/smt-v1');"
        "print(twin.run(line, '1h', 7, from_lines(sys.stdin.read())).digest)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=to_lines(JOURNAL), capture_output=True, text=True,
        check=True, env={"PYTHONHASHSEED": "12345", "PYTHONPATH": "."},
    )  # fmt: skip
    assert done.stdout.strip() == trace.digest


def test_a_journal_survives_its_file():
    assert from_lines(to_lines(JOURNAL)) == JOURNAL


@settings(max_examples=30)
@given(days(), st.lists(st.floats(0.0, 1.0, allow_nan=False), max_size=12))
def test_time_may_be_cut_anywhere(day: Day, shares: list[float]):
    run = twin.Run(day.line, day.seed)
    cuts = sorted({share * day.end for share in shares} | {day.end})
    waiting = list(day.journal)
    for cut in cuts:
        while waiting and waiting[0].t <= cut and waiting[0].t < day.end:
            run.advance(waiting[0].t)
            run.apply(waiting.pop(0))
        run.advance(cut)
    assert run.trace.digest == day.run().digest


def test_a_tick_a_second_is_one_run():
    run = twin.Run(smt(), 3)
    for second in range(1, 1201):
        run.advance(float(second))
    assert run.trace.digest == twin.run(smt(), 1200.0, 3).digest


def test_progress_reports_change_nothing():
    told = []
    trace = twin.run(smt(), 5000.0, 3, progress=lambda now, end: told.append((now, end)))
    assert trace.digest == twin.run(smt(), 5000.0, 3).digest
    assert len(told) >= 100
    assert told[-1] == (5000.0, 5000.0)


def test_rows_handed_to_a_consumer_are_the_rows_of_the_trace():
    chunks: list[tuple[int, float]] = []
    whole = twin.run(smt(), "4h", 5)
    fed = twin.Trace(smt(), 5)

    def consume(chunk, now):
        chunks.append((len(chunk["log"]["t"]), now))
        fed.absorb(chunk, now)

    kept = twin.run(smt(), "4h", 5, consume=consume)
    assert fed.digest == whole.digest
    assert len(kept.log) == 0
    assert kept.now == whole.now


def test_an_event_at_the_end_is_still_to_come():
    line = twin.load("examples/three-stations-v1")
    whole = twin.run(line, 3600.0, 1)
    instant = float(whole.log.t[100])
    before = twin.run(line, instant, 1)
    assert (before.log.t < instant).all()
    assert len(before.log) == int((whole.log.t < instant).sum())


def test_a_command_at_the_very_end_of_a_journal_replays():
    run = twin.Run(smt(), 1)
    run.advance(600.0)
    run.apply(Command("stop", "", role="operator"))
    again = twin.run(smt(), 600.0, 1, run.trace.journal)
    assert again.digest == run.trace.digest


@pytest.mark.parametrize("until", [-1.0, 59.0, float("inf"), float("nan")])
def test_time_never_goes_back_nor_on_for_ever(until: float):
    run = twin.Run(smt(), 1)
    run.advance(60.0)
    with pytest.raises(UsageError):
        run.advance(until)
    assert run.now == 60.0


@pytest.mark.parametrize("duration", [0, -5, float("inf"), "0 s"])
def test_a_run_needs_a_length(duration):
    with pytest.raises(UsageError):
        twin.run(smt(), duration)


def test_commands_at_one_instant_keep_their_order():
    both = (
        Command("set", "RFL.BeltSpeed", 60.0, t=100.0),
        Command("set", "RFL.BeltSpeed", 90.0, t=100.0),
    )
    trace = twin.run(smt(), "10min", 1, both)
    assert twin.sample(trace, ["RFL.BeltSpeed"], [599.0])[0, 0] == 90.0
    trace = twin.run(smt(), "10min", 1, both[::-1])
    assert twin.sample(trace, ["RFL.BeltSpeed"], [599.0])[0, 0] == 60.0

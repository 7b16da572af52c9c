"""Level 0: what the shift sheet says, against what happened."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from twin.errors import UsageError
from twin.field import sheet as paper
from twin.field.shifts import ended
from twin.trace import State


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load("electronics/smt-v1"), "1w", seed=4)


@pytest.fixture(scope="module")
def sheet(trace: twin.Trace) -> paper.Sheet:
    return paper.sheet(trace)


def test_counts_are_off_by_two_percent_at_most_and_nearly_never_right(sheet):
    counts = [(written, true) for written, true in sheet.rows if true.what != "stop"]
    off = np.array([written.amount - true.amount for written, true in counts])
    size = np.array([true.amount for _written, true in counts])
    assert (np.abs(off) <= 0.02 * size + 0.5).all()
    assert (off > 0).any()
    assert (off < 0).any()


def test_good_parts_of_the_truth_are_those_that_left_in_the_shifts(trace, sheet):
    good = sum(true.amount for _written, true in sheet.rows if true.what == "good")
    left = trace.log.t[trace.log.place == trace.line.place("out")]
    shifts = ended(trace.line, trace.now)
    assert good == sum(((left >= s.begin) & (left < s.end)).sum() for s in shifts)


def test_short_stops_are_missing_and_the_others_are_there(sheet):
    stops = [(written, true) for written, true in sheet.rows if true.what == "stop"]
    assert all((written is None) == (true.end - true.begin < 300.0) for written, true in stops)
    assert {written is None for written, _true in stops} == {True, False}


def test_times_are_rounded_to_ten_minutes(trace, sheet):
    stops = [(written, true) for written, true in sheet.rows
             if true.what == "stop" and written is not None]  # fmt: skip
    for written, true in stops:
        assert written.begin % 600.0 == written.end % 600.0 == 0.0
        assert abs(written.begin - true.begin) <= 300.0
        assert written.end > written.begin


def test_four_reasons_in_ten_are_other():
    vague = []
    for seed in range(3):
        trace = twin.run(twin.load("electronics/smt-v1"), "1w", seed)
        stops = [entry for entry in paper.sheet(trace).written if entry.what == "stop"]
        vague += [entry.reason == "other" for entry in stops]
    assert np.mean(vague) == pytest.approx(0.4, abs=4 * np.sqrt(0.24 / len(vague)))


def test_the_truth_of_stops_is_the_time_the_stations_stood(trace, sheet):
    told = sum(true.amount * 60 for _written, true in sheet.rows if true.what == "stop")
    stood = 0.0
    for shift in ended(trace.line, trace.now):
        for place in range(len(trace.line.stations)):
            rows = trace.index.states(place)
            ends = np.append(rows.t[1:], trace.now)
            inside = np.minimum(ends, shift.end) - np.maximum(rows.t, shift.begin)
            still = np.isin(rows.state, [State.DOWN, State.SETUP, State.STOPPED, State.MAINTENANCE])
            stood += inside[still].clip(0.0).sum()
    assert told == pytest.approx(stood)


def test_a_run_without_an_ended_shift_has_no_sheet():
    trace = twin.run(twin.load("examples/three-stations-v1"), "1h", seed=1)
    with pytest.raises(UsageError, match="no shift has ended"):
        paper.sheet(trace)


def test_a_line_without_a_calendar_has_shifts_of_eight_hours():
    line = twin.load("examples/three-stations-v1")
    assert line.calendar is None
    assert [tuple(s) for s in ended(line, 17 * 3600.0)] == [
        ("shift-1", 0.0, 28800.0), ("shift-2", 28800.0, 57600.0)
    ]  # fmt: skip

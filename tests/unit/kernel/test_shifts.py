"""Shifts, breaks and planned maintenance as the trace shows them: soft, and nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.lines import make
from twin.trace import EventKind, State

MINUTE = {"start": "2026-03-02T06:00", "shifts": [{"id": "s", "from": "06:00", "to": "06:01"}]}
PAUSE = {
    "start": "2026-03-02T06:00",
    "shifts": [
        {"id": "s", "from": "06:00", "to": "14:00", "breaks": [{"at": "06:01", "for": "30 s"}]}
    ],
}


def rows(trace: twin.Trace, station: str) -> list[tuple[float, str, int]]:
    """(t, state, part) of a station, the last at each instant."""
    series = trace.index.states(trace.line.place(station))
    found = {}
    for t, state, part in zip(series.t, series.state, series.part, strict=True):
        found[float(t)] = (State(state).name, int(part))
    return [(t, *row) for t, row in found.items()]


def test_a_station_rests_after_the_part_in_work():
    line = make({"A": {"cycle": "25 s"}}, calendar=MINUTE)
    trace = twin.run(line, "2h")
    assert rows(trace, "A")[-2:] == [(50.0, "WORKING", 2), (75.0, "IDLE", -1)]


def test_it_goes_on_after_the_break_where_it_stopped():
    line = make({"A": {"cycle": "25 s"}}, calendar=PAUSE)
    assert rows(twin.run(line, 130.0), "A")[-4:] == [
        (50.0, "WORKING", 2), (75.0, "IDLE", -1), (90.0, "WORKING", 3), (115.0, "WORKING", 4),
    ]  # fmt: skip


def test_before_the_first_shift_everything_rests():
    late = MINUTE | {"start": "2026-03-02T05:59"}
    line = make({"A": {"cycle": "25 s", "to": "B"}, "B": {"cycle": "25 s"}}, calendar=late)
    trace = twin.run(line, 100.0)
    assert rows(trace, "A")[:2] == [(0.0, "IDLE", -1), (60.0, "WORKING", 0)]
    assert rows(trace, "B")[:2] == [(0.0, "IDLE", -1), (60.0, "STARVED", -1)]


def test_a_station_that_cannot_hand_on_rests_with_its_part_and_is_blocked_again_afterwards():
    stations = {"A": {"cycle": "20 s", "to": "B"}, "B": {"cycle": "1000 s"}}
    trace = twin.run(make(stations, calendar=PAUSE), 200.0)
    assert rows(trace, "A")[2:] == [
        (40.0, "BLOCKED", 1), (60.0, "IDLE", 1), (90.0, "BLOCKED", 1)]  # fmt: skip
    assert rows(trace, "B") == [(0.0, "STARVED", -1), (20.0, "WORKING", 0)]  # it is at work


def test_an_unattended_station_goes_on():
    stations = {
        "A": {"cycle": "10 s", "to": "B"},
        "B": {"cycle": "50 s", "buffer": "unlimited", "unattended": True},
    }
    trace = twin.run(make(stations, calendar=MINUTE), "2h")
    assert rows(trace, "A")[-1] == (60.0, "IDLE", -1)
    assert len(trace.index.departures(1)) == 6
    assert rows(trace, "B")[-1] == (310.0, "STARVED", -1)


def test_people_outside_their_shift_are_waited_for_and_a_repair_under_way_is_finished():
    failing = {"id": "jam", "after": "20 s", "repair": "30 s", "crew": "fitters"}
    stations = {"A": {"cycle": "1000 s", "failures": [failing]}}
    people = {"fitters": {"count": 1}}
    trace = twin.run(make(stations, calendar=PAUSE, crews=people), 200.0)
    # down from 20 s to 50 s and from 70 s: nobody until the break ends at 90 s
    repaired = trace.index.events(EventKind.REPAIRED, 0).t
    assert repaired.tolist() == [50.0, 120.0, 170.0]
    late = {"A": {"cycle": "1000 s", "failures": [failing | {"after": "50 s"}]}}
    trace = twin.run(make(late, calendar=PAUSE, crews=people), 100.0)
    assert trace.index.events(EventKind.REPAIRED, 0).t.tolist() == [80.0]


def test_people_on_call_come_at_any_time():
    failing = {"id": "jam", "after": "65 s", "repair": "5 s", "crew": "fitters"}
    stations = {"A": {"cycle": "1000 s", "failures": [failing]}}
    people = {"fitters": {"count": 1, "on_call": True}}
    trace = twin.run(make(stations, calendar=MINUTE, crews=people), 100.0)
    assert trace.index.events(EventKind.REPAIRED, 0).t.tolist() == [70.0]


def test_who_waits_for_people_over_the_break_is_idle_and_his_work_is_not_begun_anew():
    failing = {"id": "jam", "after": "50 s", "repair": "15 s"}
    stations = {"A": {"cycle": "60 s", "crew": "operators", "failures": [failing]}}
    line = make(stations, calendar=PAUSE, crews={"operators": {"count": 1}})
    trace = twin.run(line, 120.0)
    assert rows(trace, "A") == [
        (0.0, "WORKING", 0), (50.0, "DOWN", 0), (65.0, "IDLE", 0), (90.0, "WORKING", 0),
        (100.0, "WORKING", 1),
    ]  # fmt: skip
    assert trace.index.starts(0).tolist() == [0.0, 100.0]


def test_a_kit_keeps_its_parts_over_the_break():
    stations = {
        "S": {"cycle": "25 s", "to": "screws"},
        "C": {"cycle": "40 s", "to": "caps"},
        "A": {"cycle": "1 s", "from": {"screws": 1, "caps": 2}},
    }
    line = make(stations, calendar=PAUSE, buffers={"screws": 1, "caps": 1})
    trace = twin.run(line, 140.0)
    # the second cap comes at 80 s, while all rest; the kit is whole when the break ends
    assert ("WORKING", 90.0) in {(state, t) for t, state, _ in rows(trace, "A")}


def test_maintenance_comes_when_due_and_after_the_part_in_work():
    care = {"id": "oil", "every": "60 s", "time": "15 s"}
    trace = twin.run(make({"A": {"cycle": "25 s", "maintenance": [care]}}), 170.0)
    found = [(t, state) for t, state, _ in rows(trace, "A") if state == "MAINTENANCE"]
    assert found == [(75.0, "MAINTENANCE"), (140.0, "MAINTENANCE")]
    assert (90.0, "WORKING", 3) in rows(trace, "A")


def test_the_first_maintenance_may_come_at_another_time():
    care = {"id": "oil", "every": "60 s", "first": "5 s", "time": "15 s"}
    trace = twin.run(make({"A": {"cycle": "25 s", "maintenance": [care]}}), 100.0)
    assert [t for t, state, _ in rows(trace, "A") if state == "MAINTENANCE"] == [25.0, 65.0]


def test_maintenance_waits_for_its_people_and_they_for_their_shift():
    care = {"id": "oil", "every": "70 s", "time": "15 s", "crew": "fitters"}
    stations = {"A": {"cycle": "25 s", "maintenance": [care]}}
    people = {"fitters": {"count": 1}}
    trace = twin.run(make(stations, calendar=PAUSE, crews=people), 110.0)
    assert rows(trace, "A")[-3:] == [
        (75.0, "IDLE", -1), (90.0, "MAINTENANCE", -1), (105.0, "WORKING", 3)]  # fmt: skip
    busy = {"B": {"cycle": "1000 s", "crew": "fitters"}}
    trace = twin.run(make(stations | busy, crews=people), 110.0)
    assert rows(trace, "A")[-1] == (75.0, "HELD", -1)


def test_two_maintenances_that_fall_due_together_are_done_one_after_the_other():
    plans = [{"id": f"m{i}", "every": "60 s", "time": "15 s"} for i in range(2)]
    trace = twin.run(make({"A": {"cycle": "25 s", "maintenance": plans}}), 106.0)
    assert [t for t, state, _ in rows(trace, "A") if state == "MAINTENANCE"] == [75.0, 90.0]
    assert (105.0, "WORKING", 3) in rows(trace, "A")


def test_a_stop_by_command_during_maintenance_does_not_prolong_it():
    care = {"id": "oil", "every": "60 s", "time": "15 s"}
    line = make({"A": {"cycle": "25 s", "maintenance": [care]}})
    journal = [twin.Command("stop", "A", t=80.0), twin.Command("start", "A", t=85.0)]
    trace = twin.run(line, 91.0, journal=journal)
    assert rows(trace, "A")[-4:] == [
        (75.0, "MAINTENANCE", -1), (80.0, "STOPPED", -1), (85.0, "MAINTENANCE", -1),
        (90.0, "WORKING", 3),
    ]  # fmt: skip


def test_an_order_is_an_event_with_its_first_part():
    line = make(
        {"A": {"cycle": "10 s"}},
        products={"p": {}, "q": {}},
        orders=[{"product": "p", "quantity": 3}, {"product": "q", "quantity": 2}],
    )
    events = twin.run(line, 71.0).events
    mine = events.kind == EventKind.ORDER
    assert events.t[mine].tolist() == [0.0, 30.0, 50.0]
    assert events.part[mine].tolist() == [0, 3, 5]
    assert events.value[mine].tolist() == [0, 1, 2]


def test_a_calendar_leaves_what_happens_within_the_first_shift_alone():
    stations = {
        "A": {"cycle": {"kind": "exponential", "mean": "1 s"}, "to": "B"},
        "B": {"cycle": {"kind": "exponential", "mean": "1 s"}, "buffer": 3},
    }
    free, kept = (twin.run(make(stations, **more), 60.0, 4) for more in ({}, {"calendar": MINUTE}))
    assert np.array_equal(free.log.t, kept.log.t)
    assert np.array_equal(free.log.part, kept.log.part)


@pytest.mark.parametrize("cut", [59.0, 60.0, 75.0, 89.999, 90.0])
def test_a_snapshot_at_rest_goes_on_as_if_never_taken(cut: float):
    care = {"id": "oil", "every": "70 s", "time": "15 s"}
    stations = {"A": {"cycle": "25 s", "to": "B", "maintenance": [care]}, "B": {"cycle": "40 s"}}
    line = make(stations, calendar=PAUSE)
    run = twin.Run(line, 1)
    run.advance(cut)
    branch = twin.resume(twin.snapshot(run))
    branch.advance(400.0)
    assert branch.trace.digest == twin.run(line, 400.0, 1).digest


def test_a_line_that_empties_during_a_break_is_set_up_and_goes_on_after_it():
    """The first station asks, clears the line and is itself told of the next product."""
    setup = {"time": "10 s"}
    stations = {
        "A": {"cycle": "20 s", "setup": setup, "to": "B"},
        "B": {"cycle": "25 s", "setup": setup, "buffer": 2},
    }
    line = make(
        stations,
        calendar=PAUSE,
        products={"p": {}, "q": {}},
        orders=[{"product": "p", "quantity": 2}, {"product": "q", "quantity": 2}],
        line_clearance=True,
    )
    trace = twin.run(line, "10min")
    # A ends the last p at 40 s, B at 70 s, in the break; both are set up from 90 s on
    assert [row for row in rows(trace, "A") if 40.0 <= row[0] <= 100.0] == [
        (40.0, "STARVED", -1), (60.0, "IDLE", -1), (90.0, "SETUP", 2), (100.0, "WORKING", 2),
    ]  # fmt: skip
    assert [row for row in rows(trace, "B") if 45.0 <= row[0] <= 100.0] == [
        (45.0, "WORKING", 1), (70.0, "IDLE", -1), (90.0, "SETUP", -1), (100.0, "STARVED", -1),
    ]  # fmt: skip
    assert twin.kpi(trace).line["finished"] > 10

"""Batches, loading and systematic sampling in small lines, instant by instant."""

from __future__ import annotations

import pytest

import twin
from tests.laws.audit import audit, check_work
from tests.laws.lines import make
from twin.trace import Command, State


def states(trace: twin.Trace, station: str) -> list[tuple[float, str, int]]:
    series = trace.index.states(trace.line.place(station))
    rows = zip(series.t.tolist(), series.state.tolist(), series.part.tolist(), strict=True)
    return [(t, State(s).name, p) for t, s, p in rows]


def furnace(batch: dict, **rest: object) -> twin.Line:
    return make(
        {
            "saw": {"cycle": "10 s", "to": "oven"},
            "oven": {"cycle": "60 s", "buffer": "unlimited", "batch": batch, **rest},
        }
    )


def test_a_batch_begins_when_it_is_full_and_every_part_of_it_begins_then():
    trace = twin.run(furnace({"size": 3}), 100.0)
    working = [(t, p) for t, s, p in states(trace, "oven") if s == "WORKING"]
    assert sorted(working) == [(30.0, 0), (30.0, 1), (30.0, 2), (90.0, 3), (90.0, 4), (90.0, 5)]
    check_work(trace, audit(trace))


def test_a_batch_begins_with_fewer_parts_when_the_first_has_waited_long_enough():
    trace = twin.run(furnace({"size": 30, "least": 2, "wait": "25 s"}), 80.0)
    working = [(t, p) for t, s, p in states(trace, "oven") if s == "WORKING"]
    assert sorted(working) == [(35.0, 0), (35.0, 1), (35.0, 2)]


def test_it_waits_for_the_fewest_parts_even_when_the_time_is_over():
    trace = twin.run(furnace({"size": 30, "least": 4, "wait": "5 s"}), 80.0)
    working = [(t, p) for t, s, p in states(trace, "oven") if s == "WORKING"]
    assert sorted(working) == [(40.0, 0), (40.0, 1), (40.0, 2), (40.0, 3)]


def test_parts_of_a_batch_leave_one_by_one_as_room_comes():
    line = make(
        {
            "saw": {"cycle": "10 s", "to": "oven"},
            "oven": {"cycle": "60 s", "batch": {"size": 3}, "to": "pack"},
            "pack": {"cycle": "8 s", "buffer": 1},
        }
    )
    trace = twin.run(line, 150.0)
    audit(trace)
    pack = [(t, p) for t, s, p in states(trace, "pack") if s == "WORKING"]
    assert pack[:3] == [(90.0, 0), (98.0, 1), (106.0, 2)]
    assert ("BLOCKED", 2) in [(s, p) for _, s, p in states(trace, "oven")]


def test_planned_time_and_counts_of_a_batch_are_in_parts():
    values = twin.kpi(twin.run(furnace({"size": 3}), 95.0)).stations["oven"]
    assert values["produced"] == 3.0, "the second batch is still at work"
    trace = twin.run(furnace({"size": 3}), 89.0)
    assert twin.kpi(trace).stations["oven"]["effectiveness"] == pytest.approx(1.0)


def test_a_stop_while_a_batch_is_gathered_keeps_its_parts():
    line = furnace({"size": 3})
    journal = [Command("stop", "oven", t=15.0), Command("start", "oven", t=45.0)]
    trace = twin.run(line, 60.0, journal=journal)
    audit(trace)
    assert (45.0, "WORKING", 0) in states(trace, "oven")


def loaded(count: int) -> twin.Line:
    station = {"cycle": "10 s", "load": {"time": "4 s", "crew": "robot"}}
    return make({"a": station, "b": dict(station)}, crews={"robot": {"count": count}})


def test_a_robot_loads_one_machine_after_the_other_and_is_free_while_they_cut():
    trace = twin.run(loaded(1), 25.0)
    assert states(trace, "a")[:3] == [
        (0.0, "LOADING", 0),
        (4.0, "WORKING", 0),
        (14.0, "LOADING", 2),
    ]
    assert states(trace, "b")[:3] == [(0.0, "HELD", 1), (4.0, "LOADING", 1), (8.0, "WORKING", 1)]


def test_two_robots_load_side_by_side():
    trace = twin.run(loaded(2), 25.0)
    assert states(trace, "b")[:2] == [(0.0, "LOADING", 1), (4.0, "WORKING", 1)]


def test_a_stop_while_loading_frees_the_robot_and_the_rest_is_done_later():
    journal = [Command("stop", "a", t=1.0), Command("start", "a", t=30.0)]
    trace = twin.run(loaded(1), 40.0, journal=journal)
    audit(trace)
    assert (1.0, "LOADING", 1) in states(trace, "b")
    assert states(trace, "a")[:5] == [  # the robot is at b until 33 s, and 3 s are left to do
        (0.0, "LOADING", 0), (1.0, "STOPPED", 0), (30.0, "HELD", 0), (33.0, "LOADING", 0),
        (36.0, "WORKING", 0),
    ]  # fmt: skip


def test_every_nth_part_goes_to_the_sample():
    line = make(
        {
            "a": {"cycle": "10 s", "to": [{"to": "check", "every": 3}, {"to": "out"}]},
            "check": {"cycle": "1 s", "buffer": 5},
        }
    )
    trace = twin.run(line, 101.0)
    audit(trace)
    assert [p for _, s, p in states(trace, "check") if s == "WORKING"] == [2, 5, 8]


def test_a_batch_resumed_from_a_snapshot_goes_on_as_if_it_had_never_stopped():
    line = furnace({"size": 4, "least": 2, "wait": "35 s"}, load={"time": "3 s"})
    whole = twin.run(line, 300.0)
    for at in (5.0, 36.0, 37.0, 70.0, 98.0):
        run = twin.Run(line)
        run.advance(at)
        branch = twin.resume(twin.snapshot(run))
        branch.advance(300.0)
        assert branch.trace.digest == whole.digest


BAD = """schema: 1
id: tests/line
title: A line
line_clearance: {clearance}
products: {{red: {{}}, blue: {{}}}}
orders: [{{product: red, quantity: 3}}, {{product: blue, quantity: 3}}]
stations:
  oven:
    cycle: 10 s
    {extra}
"""


@pytest.mark.parametrize(
    ("extra", "line", "word", "clearance"),
    [
        ("batch: {size: 3, least: 5, wait: 2 h}", 10, "at most the size", "false"),
        ("batch: {size: 3, least: 2}", 10, "`wait`", "false"),
        ("batch: {size: 3}\n    setup: {time: 2 min}", 11, "one time for all", "false"),
        ("batch: {size: 3}", 10, "cleared between products", "true"),
        ("to: [{to: out, share: 0.5, every: 3}]", 10, "either `share` or `every`", "false"),
        ("load: {time: 2 s, crew: robt}", 10, "crews", "false"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_with_its_line(tmp_path, extra, line, word, clearance):
    path = tmp_path / "line.yaml"
    path.write_text(BAD.format(extra=extra, clearance=clearance))
    found = twin.check(path)
    assert [problem.line for problem in found] == [line]
    assert word in str(found[0])

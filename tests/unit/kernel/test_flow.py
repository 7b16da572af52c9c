"""Buffers, belts, crews, kits and routes at work in small lines, instant by instant."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.audit import audit
from tests.laws.lines import make
from twin.errors import CommandError
from twin.trace import Command, EventKind, State

SLOW = {"kind": "exponential", "mean": "1 s"}
SHORT = {"zones": [150, 200, 248], "cooling": [50]}  # an oven of four zones


def out_times(trace: twin.Trace, place: str = "out") -> list[float]:
    return trace.index.arrivals(trace.line.place(place)).tolist()


def states(trace: twin.Trace, station: str) -> list[tuple[float, str, int]]:
    series = trace.index.states(trace.line.place(station))
    return [
        (t, State(s).name, p)
        for t, s, p in zip(
            series.t.tolist(), series.state.tolist(), series.part.tolist(), strict=True
        )
    ]


@pytest.mark.parametrize("capacity", [0, 1])
def test_a_place_that_comes_free_at_the_end_frees_a_very_long_line(capacity: int):
    """300 stations stand blocked; when the last hands on, all move at one instant."""
    stations = {"s0": {"cycle": "1 s", "to": "s1"}}
    for i in range(1, 300):
        stations[f"s{i}"] = {"cycle": "1 s", "buffer": capacity, "to": f"s{i + 1}"}
    stations["s300"] = {"cycle": "700 s", "buffer": capacity}
    line = make(stations)
    trace = twin.run(line, 1003.0)
    audit(trace)
    assert out_times(trace) == [1000.0]
    assert trace.state_at(999.0)["s0"] == State.BLOCKED
    assert trace.state_at(1000.0)["s0"] == State.WORKING
    assert trace.state_at(1001.5)["s0"] == State.BLOCKED


def test_waiting_for_a_part_is_first_come_first_served():
    line = make(
        {
            "feed": {"cycle": "2 s", "to": "room"},
            **{name: {"cycle": "3 s", "from": "room"} for name in ("a", "b", "c")},
        },
        buffers={"room": {"capacity": 1}},
    )
    trace = twin.run(line, 13.0)
    first = {name: states(trace, name)[1] for name in ("a", "b", "c")}
    assert first == {"a": (2.0, "WORKING", 0), "b": (4.0, "WORKING", 1), "c": (6.0, "WORKING", 2)}


def test_waiting_for_room_is_first_come_first_served():
    line = make(
        {
            "a": {"cycle": "1 s", "to": "room"},
            "b": {"cycle": "1.5 s", "to": "room"},
            "m": {"cycle": "10 s", "from": "room"},
        },
        buffers={"room": {"capacity": 0}},
    )
    trace = twin.run(line, 35.0)
    series = trace.index.states(line.place("m"))
    working = series.part[series.state == State.WORKING].tolist()
    # parts 0 (a) and 1 (b) are born at 0; a hands on at 1 s, then b waits from 1.5 s, a from 2 s
    assert working == [0, 1, 2, 3]


def test_a_crew_serves_in_order_and_one_at_a_time():
    failure = {"id": "f", "repair": "10 s", "crew": "fitters"}
    line = make(
        {
            "a": {"cycle": "100 s", "failures": [{**failure, "after": "5 s"}]},
            "b": {"cycle": "100 s", "failures": [{**failure, "after": "6 s"}]},
            "c": {"cycle": "100 s", "failures": [{**failure, "after": "7 s"}]},
        },
        crews={"fitters": {"count": 1}},
    )
    trace = twin.run(line, 36.0)
    repaired = [trace.index.events(EventKind.REPAIRED, p).t.tolist() for p in range(3)]
    assert repaired == [[15.0], [25.0], [35.0]]


def test_an_operator_who_is_also_the_fitter_repairs_his_own_station():
    """He would otherwise wait for himself for ever."""
    line = make(
        {"m": {"cycle": "4 s", "crew": "people", "failures": [
            {"id": "f", "after": "6 s", "repair": "2 s", "crew": "people"}]}},
        crews={"people": {"count": 1}},
    )  # fmt: skip
    trace = twin.run(line, 30.0)
    audit(trace)
    # work 0-4, 4-6, repair until 8, work 8-10; 10-14, repair ... every 6 s of work
    assert out_times(trace) == [4.0, 10.0, 16.0, 20.0, 26.0]


def test_two_stations_that_need_each_others_people_do_not_wait_for_ever():
    line = make(
        {
            "x": {"cycle": SLOW, "crew": "red", "failures": [
                {"id": "f", "after": SLOW, "repair": "1 s", "crew": "blue"}]},
            "y": {"cycle": SLOW, "crew": "blue", "failures": [
                {"id": "f", "after": SLOW, "repair": "1 s", "crew": "red"}]},
        },
        crews={"red": {"count": 1}, "blue": {"count": 1}},
    )  # fmt: skip
    trace = twin.run(line, 1000.0)
    assert max(np.diff(out_times(trace))) < 60.0
    audit(trace)


def test_an_operator_leaves_a_stopped_station():
    line = make(
        {"x": {"cycle": "10 s", "crew": "one"}, "y": {"cycle": "10 s", "crew": "one"}},
        crews={"one": {"count": 1}},
    )
    trace = twin.run(line, 60.0, 0, [Command("stop", "x", t=4.0), Command("start", "x", t=30.0)])
    # x works 0-4; y 4-14 and, as nobody else asks, again and again until x asks at 30
    assert (4.0, "WORKING", 1) in states(trace, "y")
    assert (30.0, "HELD", 0) in states(trace, "x")
    assert (34.0, "WORKING", 0) in states(trace, "x")
    assert 40.0 in out_times(trace)
    audit(trace)


def test_a_kit_takes_its_parts_as_they_come_and_makes_one_of_them():
    line = make(
        {
            "frame": {"cycle": "10 s", "to": "frames"},
            "wheel": {"cycle": "2 s", "to": "wheels"},
            "join": {"cycle": "1 s", "from": {"frames": 1, "wheels": 2}},
        },
        buffers={"frames": {"capacity": 1}, "wheels": {"capacity": 1}},
    )
    trace = twin.run(line, 35.0)
    books = audit(trace)
    assert out_times(trace) == [11.0, 21.0, 31.0]
    assert books.ended["merged"] == 6
    merged = trace.index.events(EventKind.MERGED, line.place("join"))
    assert len(set(merged.value.tolist())) == 3
    finished = trace.log.part[trace.log.place == line.place("out")].tolist()
    assert sorted(finished) == sorted(set(merged.value.astype(int).tolist()))


def test_a_tunnel_lets_nothing_in_that_could_not_come_out():
    """One place behind: a board enters only when the one before has left that place."""
    oven = {"kind": "reflow", "cycle": "10 s", "to": "slow",
            "parameters": {**SHORT, "belt_speed": 120}}  # fmt: skip
    line = make({"oven": oven, "slow": {"cycle": "200 s", "buffer": 1}})
    trace = twin.run(line, 1500.0)
    books = audit(trace)
    assert trace.state_at(1000.0)["slow"] == State.WORKING
    assert len(out_times(trace)) >= 5
    assert books.inside <= 4


def test_a_taker_behind_a_tunnel_is_not_forgotten():
    """It comes while the only place is reserved for a board on its way."""
    oven = {"kind": "reflow", "cycle": "1 s", "to": "fast",
            "parameters": {**SHORT, "belt_speed": 120}}  # fmt: skip
    line = make({"oven": oven, "fast": {"cycle": "1 s", "buffer": 1}})
    trace = twin.run(line, 3600.0)
    # 4 zones of 0.3 m at 120 cm/min are 60 s; with one place there is one board a way
    assert len(out_times(trace)) == pytest.approx(3600.0 / 60.0, abs=3)


def test_a_belt_that_changes_speed_keeps_positions():
    oven = {"kind": "reflow", "cycle": "20 s",
            "parameters": {**SHORT, "belt_speed": 60}}  # fmt: skip
    line = make({"oven": oven})
    slow = twin.run(line, 400.0)
    # 120 s from the inlet to the outlet, one board every 20 s
    assert out_times(slow)[:3] == pytest.approx([120.0, 140.0, 160.0])
    fast = twin.run(line, 400.0, 0, [Command("set", "oven.BeltSpeed", 120.0, t=100.0)])
    # at 100 s the first has 20 s to go: 10 s at double speed; the second 40 s: 20 s
    assert out_times(fast)[:3] == pytest.approx([110.0, 120.0, 130.0])
    stopped = twin.run(line, 400.0, 0, [Command("stop", "oven", t=100.0)])
    assert len(out_times(stopped)) == 4  # those inside come out; nothing new goes in


def test_shares_are_of_all_parts():
    line = make(
        {"m": {"cycle": "1 s", "to": [{"to": "a", "share": 0.2}, {"to": "b", "share": 0.5},
                                      {"to": "out"}]},
         "a": {"cycle": "0 s", "buffer": "unlimited"}, "b": {"cycle": "0 s", "buffer": "unlimited"}}
    )  # fmt: skip
    trace = twin.run(line, 10_000.0)
    counts = {name: (trace.log.place == line.place(name)).sum() for name in ("a.queue", "b.queue")}
    started = {name: len(trace.index.arrivals(line.place(name))) for name in ("a", "b")}
    total = len(trace.parts)
    assert started["a"] / total == pytest.approx(0.2, abs=4 * (0.16 / total) ** 0.5)
    assert started["b"] / total == pytest.approx(0.5, abs=4 * (0.25 / total) ** 0.5)
    assert sum(counts.values()) <= total


def test_a_changeover_waits_for_people_then_sets_up_then_works():
    line = make(
        {"m": {"cycle": {"red": "1 s", "blue": "3 s"}, "setup": {"time": "5 s", "crew": "one"}}},
        crews={"one": {"count": 1}},
        products={"red": {}, "blue": {}},
        orders=[{"product": "red", "quantity": 2}, {"product": "blue", "quantity": 1}],
    )
    trace = twin.run(line, 20.0)
    assert out_times(trace) == [1.0, 2.0, 10.0, 16.0, 17.0]
    assert twin.sample(trace, ["m.Product"], [0.0, 6.0, 7.0, 16.0])[0].tolist() == [1, 1, 2, 1]


@pytest.mark.parametrize("clearance", [False, True])
def test_a_cleared_line_never_holds_two_products(clearance: bool):
    line = make(
        {
            "a": {"cycle": SLOW, "to": "b", "setup": {"time": "2 s"}},
            "b": {"cycle": SLOW, "buffer": 3, "to": "c", "setup": {"time": "4 s"}},
            "c": {"cycle": SLOW, "buffer": 2},
        },
        line_clearance=clearance,
        products={"red": {}, "blue": {}},
        orders=[{"product": "red", "quantity": 5}, {"product": "blue", "quantity": 3}],
    )
    trace = twin.run(line, 400.0, 2)
    audit(trace)
    mixed = 0
    for t in np.arange(0.5, 400.0):
        mixed += len({row.product for row in trace.parts_at(t)}) > 1
    assert (mixed == 0) == clearance
    assert len(out_times(trace)) > 50


def test_a_station_that_never_had_a_part_can_be_stopped_while_it_sets_up():
    line = make(
        {
            "a": {"cycle": "1 s", "to": [{"to": "b", "share": 0.000001}, {"to": "out"}]},
            "b": {"cycle": "1 s", "buffer": 1, "setup": {"time": "30 s"}},
        },
        line_clearance=True,
        products={"red": {}, "blue": {}},
        orders=[{"product": "red", "quantity": 3}, {"product": "blue", "quantity": 300}],
    )
    trace = twin.run(line, 60.0, 1, [Command("stop", "", t=10.0), Command("start", "", t=20.0)])
    assert (3.0, "SETUP", -1) in states(trace, "b")
    assert (10.0, "STOPPED", -1) in states(trace, "b")
    assert (43.0, "STARVED", -1) in states(trace, "b")


def test_stopping_twice_and_starting_once_is_started():
    line = make({"m": {"cycle": "4 s"}})
    journal = [Command(k, "m", t=t) for k, t in (("stop", 1.0), ("stop", 2.0), ("start", 3.0))]
    assert out_times(twin.run(line, 10.0, 0, journal)) == [6.0]


def test_work_that_is_stopped_goes_on_where_it_was():
    line = make({"m": {"cycle": "4 s"}})
    journal = [Command("stop", "", t=3.0), Command("start", "", t=100.0)]
    trace = twin.run(line, 110.0, 0, journal)
    assert out_times(trace) == [101.0, 105.0, 109.0]
    assert states(trace, "m")[:3] == [
        (0.0, "WORKING", 0),
        (3.0, "STOPPED", 0),
        (100.0, "WORKING", 0),
    ]


def test_a_failure_at_the_instant_of_the_end_comes_first():
    line = make({"m": {"cycle": "5 s", "failures": [{"id": "f", "after": "5 s", "repair": "2 s"}]}})
    assert out_times(twin.run(line, 22.0)) == [7.0, 14.0, 21.0]


def test_of_several_failure_modes_the_first_due_strikes():
    modes = [
        {"id": "a", "after": "7 s", "repair": "1 s"},
        {"id": "b", "after": "3 s", "repair": "2 s"},
    ]
    line = make({"m": {"cycle": "100 s", "failures": modes}})
    trace = twin.run(line, 25.0)
    events = trace.index.events(EventKind.FAILURE, 0)
    # b after 3, 6, 9, 12 s of work, a after 7 and 14
    assert events.value.tolist()[:6] == [1, 1, 0, 1, 1, 0]
    assert events.t.tolist()[:6] == [3.0, 8.0, 11.0, 14.0, 19.0, 23.0]


@pytest.mark.parametrize(
    "command",
    [
        Command("stop", "nobody"),
        Command("set", "m.Nothing", 1.0),
        Command("fault", "E-Z8", role="instructor"),
        Command("fault", "E-Z8", role="operator"),
        Command("explode"),
    ],
)
def test_a_wrong_command_is_refused_with_a_reason_and_leaves_no_trace(command):
    run = twin.Run(make({"m": {"cycle": "4 s"}}), 1)
    run.advance(10.0)
    with pytest.raises(CommandError) as refusal:
        run.apply(command)
    assert refusal.value.message
    assert run.trace.journal == ()
    run.advance(20.0)
    assert run.trace.digest == twin.run(run.line, 20.0, 1).digest


def test_very_long_and_very_short_times():
    long = make({"m": {"cycle": "800000 h"}})
    trace = twin.run(long, 3.2e9)
    assert out_times(trace) == [2.88e9]
    short = make({"m": {"cycle": "1 ms", "to": "n"}, "n": {"cycle": "0 s", "buffer": 0}})
    assert len(out_times(twin.run(short, 1.0005))) == pytest.approx(1000, abs=1)

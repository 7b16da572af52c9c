"""Queueing results: M/M/1, Little's law, machine repair, and lines without chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import twin
from tests.laws.lines import Day, days
from tests.theory.markov import machine_repair
from tests.theory.replications import assert_mean, exponential, make, replicate, shares
from twin.trace import State, Trace


def single(cycle, every, capacity="unlimited"):
    """One machine with parts that arrive by themselves."""
    return make({"m": {"cycle": cycle, "arrivals": {"every": every}, "buffer": capacity}})


def stays(trace: Trace, warm_up: float) -> np.ndarray:
    """Arrival, begin of work and end of each part that came after the warm-up and is gone."""
    log, line = trace.log, trace.line
    out = log.place == line.place("out")
    work = (log.place == line.place("m")) & (log.state == State.WORKING)
    begun = dict(zip(log.part[work][::-1].tolist(), log.t[work][::-1].tolist(), strict=True))
    rows = [
        (trace.parts.t[part], begun[part], end)
        for part, end in zip(log.part[out].tolist(), log.t[out].tolist(), strict=True)
    ]
    table = np.array(rows)
    return table[table[:, 0] >= warm_up]


@pytest.mark.parametrize(("rho", "most"), [(0.5, 0.05), (0.8, 0.12)])
def test_waiting_in_a_queue_with_random_arrivals(rho: float, most: float):
    """M/M/1: W_q = rho / (mu - lambda), W = 1 / (mu - lambda), L_q = rho^2 / (1 - rho)."""
    line = single(exponential(1.0), exponential(1.0 / rho))

    def measure(trace):
        table = stays(trace, 1000.0)
        working = shares(trace, "m", 1000.0)[State.WORKING]
        grid = np.arange(1000.0, trace.now, 2.5)
        queue = twin.sample(trace, ["m.Queue"], grid).mean()
        return (
            (table[:, 1] - table[:, 0]).mean(), (table[:, 2] - table[:, 0]).mean(), working, queue
        )  # fmt: skip

    exact = [rho / (1 - rho), 1 / (1 - rho), rho, rho**2 / (1 - rho)]
    for values, value in zip(replicate(line, 40_000, measure, 12).T, exact, strict=True):
        assert_mean(values, value, most)


def test_waiting_with_fixed_work_is_half_of_that_with_random_work():
    """M/D/1 (Pollaczek-Khinchine): W_q = rho / (2 (1 - rho))."""
    line = single("1 s", exponential(1 / 0.7))
    values = replicate(line, 40_000, lambda t: np.diff(stays(t, 500.0)[:, :2]).mean(), 12)
    assert_mean(values, 0.7 / (2 * 0.3), 0.08)


@settings(max_examples=40)
@given(days())
def test_littles_law_holds_on_any_line_to_the_last_part(day: Day):
    """The area under the number in the line is the sum of the parts' times in it, exactly."""
    trace = day.run()
    gone = {}
    for sink in trace.sinks:
        here = trace.log.place == sink
        gone |= dict(zip(trace.log.part[here].tolist(), trace.log.t[here].tolist(), strict=True))
    times = [gone.get(part, trace.now) - t for part, t in enumerate(trace.parts.t.tolist())]
    steps = np.r_[trace.parts.t, list(gone.values()), trace.now]
    change = np.r_[np.ones(len(trace.parts)), -np.ones(len(gone)), 0.0]
    order = np.argsort(steps, kind="stable")
    level = np.cumsum(change[order])
    area = (level[:-1] * np.diff(steps[order])).sum()
    assert area == pytest.approx(sum(times), rel=1e-9, abs=1e-6)
    assert level[-1] == twin.sample(trace, ["Line.Wip"], [np.nextafter(trace.now, 0.0)])[0, 0] or (
        (steps > np.floor(np.nextafter(trace.now, 0.0))).sum() > 1
    )


@pytest.mark.parametrize(("machines", "repairers"), [(3, 1), (6, 2), (4, 4)])
def test_machines_that_share_repairers(machines: int, repairers: int):
    """The machine-repair model: N machines that always have work, R repairers."""
    stations = {
        f"m{i}": {"cycle": exponential(0.7), "failures": [
            {"id": "f", "after": exponential(10.0), "repair": exponential(4.0), "crew": "fitters"}]}
        for i in range(machines)
    }  # fmt: skip
    line = make(stations, crews={"fitters": {"count": repairers}})
    exact = machine_repair(machines, repairers, 0.1, 0.25)

    def measure(trace):
        rows = [shares(trace, name, 200.0) for name in stations]
        return [np.mean([row[state] for row in rows]) for state in (State.WORKING, State.DOWN)]

    working, down = replicate(line, 6_000, measure).T
    assert_mean(working, exact["working"], 0.03)
    assert_mean(down, exact["down"], 0.06)


def test_a_queue_without_chance_never_waits():
    """D/D/1: arrivals every 2 s, work of 1.5 s: part k leaves at 2 (k + 1) + 1.5, exactly."""
    trace = twin.run(single("1.5 s", "2 s"), 1001.0)
    out = trace.index.arrivals(trace.line.place("out"))
    assert np.array_equal(out, 2.0 * np.arange(1, len(out) + 1) + 1.5)
    assert len(out) == 499
    assert shares(trace, "m", 0.0)[State.WORKING] == pytest.approx((499 * 1.5 + 1.0) / 1001.0)


def test_an_overloaded_queue_grows_at_the_difference_of_the_rates():
    trace = twin.run(single("2 s", "1 s"), 1000.5)
    out = trace.index.arrivals(trace.line.place("out"))
    assert np.array_equal(out, 1.0 + 2.0 * np.arange(1, 500))
    assert twin.sample(trace, ["m.Queue"], [1000.0])[0, 0] == 1000 - 500


def fixed_line(cycles: list[str], capacities: list[int]) -> twin.Line:
    """Machines with fixed times in a row."""
    stations = {}
    for i, cycle in enumerate(cycles):
        spec = {"cycle": cycle}
        if i:
            spec["buffer"] = capacities[i - 1]
        if i < len(cycles) - 1:
            spec["to"] = f"m{i + 1}"
        stations[f"m{i}"] = spec
    return make(stations)


def departures(cycles: list[float], capacities: list[int], parts: int) -> np.ndarray:
    """Exact departure times by the max-plus recursion of blocking after service.

    D[i, n]: part n leaves machine i once it is worked on and part n - b - 1 has left machine i + 1,
    b being the buffer behind (the machine itself holds one part).
    """
    d = np.zeros((len(cycles), parts))
    for n in range(parts):
        for i, cycle in enumerate(cycles):
            arrived = d[i - 1, n] if i else 0.0
            begun = max(arrived, d[i, n - 1] if n else 0.0)
            free = 0.0
            if i < len(cycles) - 1 and n > capacities[i]:
                free = d[i + 1, n - capacities[i] - 1]
            d[i, n] = max(begun + cycle, free)
    return d


@pytest.mark.parametrize(
    ("cycles", "capacities"),
    [
        ([1.0, 2.0, 1.0], [0, 0]),
        ([1.0, 2.0, 1.0], [3, 0]),
        ([1.0, 0.5, 4.0, 0.25], [0, 2, 1]),
        ([0.75, 0.75], [1]),
    ],
)
def test_a_line_without_chance_follows_the_max_plus_recursion(cycles, capacities):
    trace = twin.run(fixed_line([f"{c} s" for c in cycles], capacities), 200.0)
    out = trace.index.arrivals(trace.line.place("out"))
    assert np.array_equal(out, departures(cycles, capacities, len(out))[-1])
    assert len(out) > 40


def test_random_lines_follow_the_max_plus_recursion_part_by_part():
    """The kernel's own draws put through the recursion give the kernel's own departures."""
    from twin.kernel.draws import Draws

    line = make({
        "m0": {"cycle": exponential(1.0), "to": "m1"},
        "m1": {"cycle": exponential(1.1), "buffer": 2, "to": "m2"},
        "m2": {"cycle": {"kind": "erlang", "mean": "1 s", "phases": 2}, "buffer": 0},
    })  # fmt: skip
    trace = twin.run(line, 2000.0, seed=5)
    out = trace.index.arrivals(line.place("out"))
    streams = [Draws(5, s.id, "cycle", s.spec.cycle) for s in line.stations]
    capacities, count = [2, 0], len(out)
    d = np.zeros((3, count))
    for n in range(count):
        for i, stream in enumerate(streams):
            arrived = d[i - 1, n] if i else 0.0
            begun = max(arrived, d[i, n - 1] if n else 0.0)
            free = d[i + 1, n - capacities[i] - 1] if i < 2 and n > capacities[i] else 0.0
            d[i, n] = max(begun + stream.pop(), free)
    assert np.abs(out - d[-1]).max() < 1e-9


def test_a_station_blocks_after_service_and_keeps_its_part():
    """m0 is done at 1 s; m1 works until 11 s, so m0 stands blocked with its part from 2 s."""
    trace = twin.run(fixed_line(["1 s", "10 s"], [0]), 20.0)
    series = trace.index.states(0)
    rows = list(zip(series.t.tolist(), series.state.tolist(), series.part.tolist(), strict=True))
    assert (0.0, State.WORKING, 0) in rows
    assert (1.0, State.WORKING, 1) in rows
    assert (2.0, State.BLOCKED, 1) in rows
    assert (11.0, State.WORKING, 2) in rows


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_buffer_takes_as_many_parts_as_it_has_room(capacity: int):
    """Behind it nothing moves: m0 finishes one part for m1, `capacity` for the buffer, one more."""
    trace = twin.run(fixed_line(["1 s", "1000 s"], [capacity]), 100.0)
    assert len(trace.parts) == 2 + capacity
    assert twin.sample(trace, ["m1.Queue"], [99.0])[0, 0] == capacity
    assert trace.state_at(99.0) == {"m0": State.BLOCKED, "m1": State.WORKING}


def test_transport_takes_its_time_and_needs_room():
    way = {"capacity": 2, "transport": "5 s"}
    line = make({"m0": {"cycle": "1 s", "to": "m1"}, "m1": {"cycle": "1 s", "buffer": way}})
    out = twin.run(line, 60.0).index.arrivals(line.place("out"))
    # two places, 5 s each: parts 1 and 2 come 6 and 7 s after the start, then two every 5 s
    assert out[:6].tolist() == [7.0, 8.0, 12.0, 13.0, 17.0, 18.0]

"""Throughput and state shares of exponential lines against exact values, within 99 % intervals."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.markov import stationary, two_unreliable_machines
from tests.theory.replications import (
    assert_mean,
    exponential,
    finished,
    make,
    replicate,
    series_line,
    shares,
)
from twin.trace import State

WARM_UP = 500.0
FAILURES = [{"id": "stop", "after": exponential(100.0), "repair": exponential(5.0)}]


def test_two_machines_without_a_buffer_make_two_thirds():
    line = series_line(2, 0)
    assert_mean(replicate(line, 20_000, lambda t: finished(t, WARM_UP)), 2 / 3, 0.01)


def test_three_machines_without_buffers_make_22_39ths():
    line = series_line(3, 0)
    assert_mean(replicate(line, 20_000, lambda t: finished(t, WARM_UP)), 22 / 39, 0.01)


def test_the_markov_chain_gives_the_two_known_values():
    """The solver itself, against the closed form (n + 2) / (n + 3) with n places between."""
    for places in range(5):
        never = two_unreliable_machines((1.0, 1.0), (1e-12, 1e-12), (1.0, 1.0), places)
        assert never["throughput"] == pytest.approx((places + 2) / (places + 3), abs=1e-9)


@pytest.mark.parametrize("places", [1, 4])
def test_two_machines_with_a_buffer(places: int):
    line = series_line(2, places)
    exact = (places + 2) / (places + 3)
    assert_mean(replicate(line, 15_000, lambda t: finished(t, WARM_UP)), exact, 0.01)


def test_five_machines_with_buffers_of_five():
    """Benchmark line A: exact 0.7933674 (Markov chain of the whole line)."""
    line = series_line(5, 5)
    assert_mean(replicate(line, 20_000, lambda t: finished(t, 1000.0)), 0.7933674, 0.01)


def test_five_unreliable_machines_with_buffers_of_five():
    """Benchmark line B: exact 0.7124073, and the state shares of the first and third machine."""
    line = series_line(5, 5, failures=FAILURES)

    def measure(trace):
        first, third = shares(trace, "m1", 1000.0), shares(trace, "m3", 1000.0)
        return (
            finished(trace, 1000.0), first[State.WORKING], first[State.BLOCKED], first[State.DOWN],
            third[State.STARVED], third[State.BLOCKED],
        )  # fmt: skip

    exact = [0.7124073, 0.712407, 0.251972, 0.035620, 0.123209, 0.128763]
    for values, value in zip(replicate(line, 25_000, measure, 12).T, exact, strict=True):
        assert_mean(values, value, 0.12)


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_two_unreliable_machines_against_their_markov_chain(capacity: int):
    stations = {
        "m1": {"cycle": exponential(1.0), "to": "m2",
               "failures": [{"id": "a", "after": exponential(20.0), "repair": exponential(8.0)}]},
        "m2": {"cycle": exponential(0.8), "buffer": capacity,
               "failures": [{"id": "b", "after": exponential(10.0), "repair": exponential(3.0)}]},
    }  # fmt: skip
    exact = two_unreliable_machines((1.0, 1.25), (0.05, 0.1), (0.125, 1 / 3), capacity)

    def measure(trace):
        first, second = shares(trace, "m1", WARM_UP), shares(trace, "m2", WARM_UP)
        return (
            finished(trace, WARM_UP), first[State.WORKING], first[State.BLOCKED],
            first[State.DOWN], second[State.STARVED], second[State.DOWN],
        )  # fmt: skip

    keys = ["throughput", "first W", "first B", "first D", "second S", "second D"]
    for values, key in zip(replicate(make(stations), 15_000, measure).T, keys, strict=True):
        assert_mean(values, exact[key], 0.08)


def test_weibull_failures_count_working_time():
    """Renewal reward: with no blocking, a machine is down repair / (life + repair) of the time it
    could work, whatever the distributions; a clock that ran while it starves would show less."""
    stations = {
        "feed": {"cycle": exponential(2.0), "to": "m"},
        "m": {"cycle": exponential(1.0), "buffer": "unlimited", "failures": [
            {"id": "w", "after": {"kind": "weibull", "mean": "30 s", "shape": 2.0},
             "repair": {"kind": "lognormal", "mean": "6 s", "sigma": 0.8}}]},
    }  # fmt: skip
    # half of the time there is work, so m works 0.5 of the time and fails every 30 s of that
    values = replicate(make(stations), 30_000, lambda t: shares(t, "m", 1000.0)[State.DOWN])
    assert_mean(values, 0.5 * 6.0 / 30.0, 0.05)


def test_rework_loops_visit_as_often_as_the_shares_say():
    """A share r sent back is worked on 1 / (1 - r) times on average."""
    stations = {
        "m1": {"cycle": exponential(1.0), "to": "m2"},
        "m2": {"cycle": exponential(0.2), "buffer": "unlimited",
               "to": [{"to": "m2", "share": 0.25}, {"to": "out"}]},
    }  # fmt: skip

    def visits(trace):
        out = len(trace.index.arrivals(trace.line.place("out")))
        place = trace.line.place("m2")
        queue = trace.line.place("m2.queue")
        log = trace.log
        back = ((log.place == queue).sum() + 0.0) / out
        started = (log.state[log.place == place] == State.WORKING).sum() / out
        assert back <= started
        return started

    assert_mean(replicate(make(stations), 8_000, visits), 1 / 0.75, 0.01)


def test_machines_side_by_side_share_their_queue():
    """M/M/2: mean number in the system 2 rho / (1 - rho^2)."""
    stations = {
        "a": {"cycle": exponential(1.0), "from": "room"},
        "b": {"cycle": exponential(1.0), "from": "room"},
        "gate": {"cycle": "0 s", "arrivals": {"every": exponential(1 / 1.2)},
                 "buffer": "unlimited", "to": "room"},
    }  # fmt: skip
    line = make(stations, buffers={"room": {"capacity": "unlimited"}})
    rho = 0.6

    def in_system(trace):
        born = trace.parts.t
        gone = trace.index.arrivals(line.place("out"))
        return (np.clip(trace.now - born, 0, None).sum() - (trace.now - gone).sum()) / trace.now

    assert_mean(replicate(line, 12_000, in_system), 2 * rho / (1 - rho**2), 0.08)


def test_stationary_of_a_birth_and_death_chain():
    """The solver against the M/M/1/3 queue's geometric distribution."""
    p = stationary(0, lambda n: [(1.0, n + 1)] * (n < 3) + [(2.0, n - 1)] * (n > 0))
    weights = np.array([0.5**n for n in range(4)])
    assert [p[n] for n in range(4)] == pytest.approx(list(weights / weights.sum()))

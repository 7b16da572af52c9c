"""The one law with memory: lag, jump and ramp, forwards and backwards."""

from __future__ import annotations

from math import exp, inf, isclose

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.physics.laws import Law, evaluate

VALUES = st.floats(-1e6, 1e6, allow_nan=False)
TAUS = st.one_of(st.just(0.0), st.floats(1e-3, 1e6), st.floats(-1e6, -1e-3))


@given(VALUES, VALUES, TAUS, st.floats(1e-6, 1.0 - 1e-6))
def test_time_to_reach_is_the_inverse_of_at(value, target, tau, share):
    law = Law(value, target, tau)
    x = value + share * (target - value)
    assume(abs(target - value) > 1e-3)
    t = law.time_to_reach(x)
    if tau == 0.0:
        assert t == 0.0
        return
    assert 0.0 < t < inf
    assert isclose(law.at(t), x, rel_tol=1e-7, abs_tol=1e-7 * abs(target - value))


@given(VALUES, VALUES, TAUS, VALUES)
def test_what_is_off_the_way_is_never_reached(value, target, tau, x):
    off = max(min(value, target) - x, x - max(value, target))
    assume(off > 1e-9 * (abs(value) + abs(target) + abs(x)))  # more than rounding
    assert Law(value, target, tau).time_to_reach(x) == inf


@given(VALUES, VALUES, TAUS)
def test_what_is_here_is_reached_now(value, target, tau):
    assert Law(value, target, tau).time_to_reach(value) == 0.0


def test_a_lag_never_quite_arrives_and_a_ramp_does():
    assert Law(0.0, 10.0, 5.0).time_to_reach(10.0) == inf
    assert Law(0.0, 10.0, -5.0).time_to_reach(10.0) == 5.0
    assert Law(0.0, 10.0, 0.0).time_to_reach(10.0) == 0.0


def test_the_three_shapes():
    assert Law(0.0, 10.0, 5.0).at(5.0) == pytest.approx(10.0 * (1.0 - exp(-1.0)))
    assert [Law(0.0, 10.0, -5.0).at(t) for t in (0.0, 2.5, 5.0, 9.0)] == [0.0, 5.0, 10.0, 10.0]
    assert Law(0.0, 10.0, 0.0).at(0.0) == 10.0
    assert Law.hold(3.0).at(1e9) == 3.0


@given(VALUES, VALUES, TAUS, st.floats(0.0, 1e6))
def test_a_law_stays_between_where_it_was_and_where_it_heads(value, target, tau, t):
    low, high = min(value, target), max(value, target)
    slack = 1e-9 * (1.0 + max(abs(low), abs(high)))
    assert low - slack <= Law(value, target, tau).at(t) <= high + slack


@given(st.lists(st.tuples(VALUES, VALUES, TAUS, st.floats(0.0, 1e5)), max_size=20))
def test_arrays_give_what_single_laws_give(rows):
    value, target, tau, dt = (np.array([row[i] for row in rows], dtype=float) for i in range(4))
    found = evaluate(dt, value, target, tau)
    for row, x in zip(rows, found, strict=True):
        exact = Law(*row[:3]).at(row[3])
        assert isclose(x, exact, rel_tol=1e-9, abs_tol=1e-9 * (abs(row[0]) + abs(row[1]) + 1.0))


@given(st.lists(st.tuples(VALUES, VALUES, TAUS, st.floats(0.0, 1e5)), min_size=1, max_size=20))
def test_a_value_does_not_depend_on_its_neighbours_in_the_array(rows):
    value, target, tau, dt = (np.array([row[i] for row in rows], dtype=float) for i in range(4))
    whole = evaluate(dt, value, target, tau)
    alone = [evaluate(*(a[[i]] for a in (dt, value, target, tau)))[0] for i in range(len(rows))]
    assert np.array_equal(whole, alone)

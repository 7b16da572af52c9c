"""Thinning of integrated curves: few knots, and never farther off than allowed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.physics.knots import thin


@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=60), st.floats(0.1, 20.0))
def test_straight_lines_between_the_knots_stay_within_the_tolerance(curve, tolerance):
    t = np.arange(len(curve), dtype=float)
    knots, values = thin(t, {"x": np.array(curve)}, {"x": tolerance})
    assert knots[0] == 0.0
    assert knots[-1] == t[-1]
    assert np.abs(np.interp(t, knots, values["x"]) - curve).max() <= tolerance * (1 + 1e-9)


def test_a_lag_needs_few_knots():
    t = np.arange(0.0, 601.0)
    knots, _ = thin(t, {"T": 20.0 + 60.0 * np.exp(-t / 100.0)}, {"T": 0.1})
    assert len(knots) < 40


def test_a_straight_curve_has_no_knot_where_another_bends():
    t = np.arange(0.0, 10.0)
    knots, values = thin(t, {"a": np.abs(t - 4.0), "b": t}, {})
    assert knots == (0.0, 4.0, 9.0)
    assert values["a"] == (4.0, 0.0, 5.0)
    assert values["b"] == pytest.approx((0.0, np.nan, 9.0), nan_ok=True)


def test_every_curve_of_several_stays_within_its_own_tolerance():
    t = np.arange(0.0, 601.0)
    curves = {"lag": 60.0 * np.exp(-t / 100.0), "wave": np.sin(t / 20.0), "flat": 0.0 * t}
    allowed = {"lag": 0.1, "wave": 0.3, "flat": 0.1}
    knots, values = thin(t, curves, allowed)
    for name, curve in curves.items():
        own = [(at, x) for at, x in zip(knots, values[name], strict=True) if not np.isnan(x)]
        line = np.interp(t, *np.array(own).T)
        assert np.abs(line - curve).max() <= allowed[name] * (1 + 1e-9), name
    assert sum(not np.isnan(x) for x in values["flat"]) == 2

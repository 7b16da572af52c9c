"""Measures of remaining life, with values from their papers or worked by hand."""

from __future__ import annotations

from math import e

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judge.ai.rul import horizon, phm08, within


def test_phm08_is_dearer_for_late_than_for_early() -> None:
    assert phm08([-13.0, 0.0, 10.0]) == pytest.approx(2.0 * (e - 1.0))
    assert phm08([-13.0, 0.0, 10.0]) == pytest.approx(3.4366, abs=5e-5)
    assert phm08([10.0]) > phm08([-10.0]) > phm08([0.0]) == 0.0


@given(st.lists(st.floats(-100, 100), max_size=20))
def test_phm08_is_never_below_perfect(errors: list[float]) -> None:
    assert phm08(errors) >= 0.0


def test_the_alpha_cone_narrows_with_the_life_that_is_left() -> None:
    assert within([120, 81, 79, 2.5], [100, 100, 100, 2]).tolist() == [True, True, False, False]


def test_the_horizon_begins_where_predictions_stay_good() -> None:
    t = np.array([0.0, 20.0, 40.0, 60.0, 80.0])
    true = 100.0 - t
    assert horizon(t, true, 100.0) == 100.0
    said = true.copy()
    said[2] += 21.0  # beyond 20 % of the first life
    assert horizon(t, said, 100.0) == 40.0
    said[4] += 21.0
    assert horizon(t, said, 100.0) == 0.0
    assert horizon([], [], 100.0) == 0.0

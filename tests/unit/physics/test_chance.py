"""Counts from one uniform number: the right distribution, and monotone in cause and chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twin.physics.chance import poisson


@given(st.floats(0.0, 1.0, exclude_max=True), st.floats(0.0, 200.0))
def test_the_quantile_is_that_of_the_distribution(u: float, mean: float):
    count = poisson(u, mean)
    assert stats.poisson.cdf(count, mean) >= u - 1e-9
    assert count == 0 or stats.poisson.cdf(count - 1, mean) <= u + 1e-9


@given(st.floats(0.0, 0.999), st.floats(0.0, 100.0), st.floats(0.0, 10.0))
def test_a_stronger_cause_never_means_fewer(u: float, mean: float, more: float):
    assert poisson(u, mean + more) >= poisson(u, mean)


@pytest.mark.parametrize("mean", [0.05, 1.0, 30.0])
def test_mean_and_variance_are_the_mean(mean: float):
    counts = np.array([poisson(u, mean) for u in (np.arange(20_000) + 0.5) / 20_000])
    assert counts.mean() == pytest.approx(mean, rel=0.01)
    assert counts.var() == pytest.approx(mean, rel=0.02)


def test_a_mean_too_large_to_add_up_still_ends():
    assert poisson(0.5, 800.0) >= 0

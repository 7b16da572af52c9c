"""Sensor noise: standard normal, white, different for every tag and seed, had at any tick."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twin.signals.noise import quantiles, standard_normal, tag_key

TICKS = np.arange(200_000, dtype=np.int64)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return standard_normal(tag_key(1, "RFL.Zone8Temp"), TICKS)


def test_moments_are_those_of_the_standard_normal(noise):
    n = len(noise)
    assert abs(noise.mean()) < 4.0 / np.sqrt(n)
    assert abs(noise.std() - 1.0) < 4.0 / np.sqrt(2 * n)
    assert abs(stats.skew(noise)) < 4.0 * np.sqrt(6 / n)
    assert abs(stats.kurtosis(noise)) < 5.0 * np.sqrt(24 / n)
    assert stats.kstest(noise, "norm").pvalue > 1e-4


def test_it_is_white(noise):
    n = len(noise)
    for lag in (1, 2, 3, 7, 60, 3600, 65_536):
        a, b = noise[:-lag], noise[lag:]
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.5 / np.sqrt(n - lag)
        assert abs(np.corrcoef(a**2, b**2)[0, 1]) < 4.5 / np.sqrt(n - lag)


def test_tags_and_seeds_are_independent(noise):
    others = [
        standard_normal(tag_key(seed, tag), TICKS)
        for seed, tag in [(1, "RFL.Zone7Temp"), (2, "RFL.Zone8Temp"), (1, "RFL.Zone8Tem"), (0, "")]
    ]
    for other in others:
        for lag in (0, 1, 2, 1000):
            a, b = noise[: len(noise) - lag], other[lag:]
            assert abs(np.corrcoef(a, b)[0, 1]) < 4.5 / np.sqrt(len(a))


@given(st.integers(0, 2**64), st.lists(st.integers(0, 2**53), min_size=1, max_size=30))
def test_any_tick_can_be_had_alone(seed: int, ticks: list[int]):
    key = tag_key(seed, "A.B")
    together = standard_normal(key, np.array(ticks, dtype=np.int64))
    alone = [standard_normal(key, np.array([tick], dtype=np.int64))[0] for tick in ticks]
    assert np.array_equal(together, alone)


def test_the_ticks_asked_for_are_left_alone():
    ticks = np.arange(5, dtype=np.int64)
    standard_normal(tag_key(1, "A"), ticks)
    assert ticks.tolist() == [0, 1, 2, 3, 4]


def test_the_table_is_symmetric_and_has_unit_variance():
    table = quantiles()
    assert len(table) == 65_536
    assert np.allclose(table, -table[::-1])
    assert table.std() == pytest.approx(1.0)
    assert (np.diff(table) > 0.0).all()
    assert 4.0 < table[-1] < 4.5

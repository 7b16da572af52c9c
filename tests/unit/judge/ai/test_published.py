"""Scores of the literature against values from their papers or worked by hand."""

from __future__ import annotations

from math import e, isnan

import numpy as np
import pytest

from twin.judge.ai.published import (
    adjusted_f1,
    affiliation,
    nab,
    normalised,
    point_f1,
    random_adjusted_f1,
    sigmoid,
)


def test_an_alarm_at_the_start_of_its_window_is_nearly_perfect() -> None:
    raw, nothing, best = nab([100.0], [(100.0, 200.0)])
    assert raw == best == pytest.approx(2 / (1 + e**-5) - 1)
    assert normalised(raw, nothing, best) == pytest.approx(100.0)


def test_silence_is_zero_and_false_alarms_cost_their_weight() -> None:
    assert normalised(*nab([], [(0.0, 10.0)])) == 0.0
    early = nab([1.0], [(100.0, 200.0)])[0]
    assert early == pytest.approx(-1.0 - 0.11)  # missed, and false before any window
    far = nab([100.0, 900.0], [(100.0, 200.0)])[0]
    assert far == pytest.approx(float(sigmoid(-1.0)) - 0.11)  # three windows away: in full
    near = nab([100.0, 210.0], [(100.0, 200.0)])[0]
    assert near == pytest.approx(float(sigmoid(-1.0)) + 0.11 * (2 / (1 + e**0.5) - 1))


def test_the_second_alarm_in_a_window_changes_nothing() -> None:
    assert nab([100.0, 150.0], [(100.0, 200.0)]) == nab([100.0], [(100.0, 200.0)])


def test_affiliation_rates_nearness_within_the_zone_of_a_fault() -> None:
    true = np.zeros(100, dtype=bool)
    true[40:60] = True
    near, far = true.copy() & False, true.copy() & False
    near[62], far[99] = True, True
    assert affiliation(true, true) == (1.0, 1.0)
    # of 100 instants, those at least 3 away are 0..37 and 62..99: 76 of them
    assert affiliation(near, true)[0] == pytest.approx(0.76)
    assert affiliation(near, true)[0] > affiliation(far, true)[0]
    precision, recall = affiliation(true & False, true)
    assert isnan(precision)
    assert recall == 0.0


def test_point_adjustment_flatters_random_numbers() -> None:
    """Kim et al. 2022: with long faults a random score is as good as a detector."""
    true = np.zeros(20_000, dtype=bool)
    for start in range(500, 20_000, 2000):
        true[start : start + 600] = True
    score = np.random.default_rng(1).random(20_000)
    assert random_adjusted_f1(true) > 0.9
    assert max(point_f1(score > q, true) for q in (0.0, 0.5, 0.9, 0.99)) < 0.5
    assert adjusted_f1(true, true) == 1.0

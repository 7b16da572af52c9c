import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judge.verdict import Measured, NotJudged, Verdict, decide, overall


def test_wilsons_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998, table I: 81 of 263 -> 0.2553 to 0.3662; 0 of 20 -> 0 to 0.1611
    some, none = Measured.share(81, 263), Measured.share(0, 20)
    assert (round(some.low, 4), round(some.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)


@pytest.mark.parametrize(
    ("low", "value", "high", "better", "verdict"),
    [
        (0.0, 0.5, 0.9, "low", Verdict.PASS),
        (0.0, 0.5, 1.0, "low", Verdict.PASS),
        (0.0, 0.5, 1.1, "low", Verdict.NOT_SEPARABLE),
        (1.1, 1.5, 2.0, "low", Verdict.FAIL),
        (1.1, 1.5, 2.0, "high", Verdict.PASS),
        (0.9, 1.5, 2.0, "high", Verdict.NOT_SEPARABLE),
        (0.2, 0.5, 0.9, "high", Verdict.FAIL),
    ],
)
def test_an_interval_across_the_threshold_decides_nothing(low, value, high, better, verdict):
    assert decide(Measured(value, low, high, 10), 1.0, better) is verdict


def test_what_could_not_be_measured_is_not_judged() -> None:
    assert decide(NotJudged("nothing came"), 1.0, "low") is Verdict.NOT_JUDGED
    assert decide(Measured.census(math.nan, 0), 1.0, "low") is Verdict.NOT_JUDGED


def test_a_census_has_no_interval_and_endless_is_a_failure() -> None:
    assert Measured.census(3.0, 9).interval == (3.0, 3.0)
    assert decide(Measured.census(math.inf, 1), 10.0, "low") is Verdict.FAIL


def test_one_verdict_for_several() -> None:
    assert overall([]) is Verdict.NOT_JUDGED
    assert overall([Verdict.PASS, Verdict.NOT_JUDGED]) is Verdict.NOT_JUDGED
    assert overall([Verdict.FAIL, Verdict.NOT_SEPARABLE]) is Verdict.FAIL


def test_the_bootstrap_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(100):
        one = Measured.mean(rng.exponential(2.0, 60))
        hits += one.low <= 2.0 <= one.high
    assert 85 <= hits <= 100  # 95 expected; the percentile interval is a little short here


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(0.0, 1.0))
def test_a_quantile_lies_within_its_interval_and_the_samples(
    samples: list[float], q: float
) -> None:
    one = Measured.quantile(samples, q)
    assert min(samples) <= one.low <= one.high <= max(samples)
    assert one == Measured.quantile(samples, q)  # the same every time

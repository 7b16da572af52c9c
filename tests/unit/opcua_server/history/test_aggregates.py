"""Aggregates against results worked out by hand, and against a slow second way to get them."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

import numpy as np
import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from opcua_server.history.aggregates import AGGREGATES
from opcua_server.history.at_time import at_times
from opcua_server.history.points import (
    CALCULATED,
    HISTORIAN,
    INTERPOLATED,
    MULTIPLE,
    NO_DATA,
    PARTIAL,
    SUBNORMAL,
    Point,
    Rules,
    Series,
)
from opcua_server.history.processed import planned, processed
from tests.unit.opcua_server.standin import tag

S = 10_000_000  # ticks
BAD = 0x8000_0000
nan = math.nan
MADE = HISTORIAN | CALCULATED


@dataclass
class Past:
    """A session whose one tag showed `values`, one each `period` s."""

    values: list[float]
    now: float
    period: float = 10.0

    def sample(self, tags: list[str], ticks: np.ndarray) -> np.ndarray:
        numbers = np.rint(np.asarray(ticks) / self.period).astype(int)
        assert numbers.size == 0 or numbers.max() * self.period < self.now
        return np.array([self.values])[:, numbers]


def series(values: list[float], kind: str = "float", now: float | None = None) -> Series:
    now = 10.0 * len(values) if now is None else now
    past = Past(values + [values[-1]] * 9, now)
    return Series(past, tag("RFL", "Zone8Temp", "°C", kind=kind, period=10.0))


def ask(
    source: Series,
    name: str,
    start: float,
    end: float,
    step: float = 0.0,
    rules: Rules | None = None,
) -> list[Point]:
    plan = planned(round(start * S), round(end * S), step * 1000.0)
    made = processed(source, AGGREGATES[name], plan, rules or Rules(), 0, 10_000)
    return asyncio.run(made)


def shown(points: list[Point]) -> list[tuple[float, float, int]]:
    return [(point.tick / S, point.value, point.code) for point in points]


# samples at 0, 10, 20 … s: 10 20 30 bad 50 60
RISE = [10.0, 20.0, 30.0, nan, 50.0, 60.0]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Average", 20.0, MADE),
        ("Minimum", 10.0, 0),
        ("Maximum", 30.0, MADE),
        ("Range", 20.0, MADE),
        ("Count", 3, MADE),
        ("Delta", 20.0, MADE),
        ("StandardDeviationSample", 10.0, MADE),
        ("VariancePopulation", 200.0 / 3.0, MADE),
        # 10→20→30 over 20 s, then the line from 30 (at 20 s) to 50 (at 40 s) as far as 30 s: 40
        ("TimeAverage", (15.0 * 10 + 25.0 * 10 + 35.0 * 10) / 30.0, MADE | SUBNORMAL),
        ("Total", 750.0, MADE | SUBNORMAL),
        ("NumberOfTransitions", 2, MADE),
        ("PercentGood", 100.0, MADE),
        ("DurationGood", 30_000.0, MADE),
        ("DurationBad", 0.0, MADE),
    ],
)
def test_half_a_minute_of_a_rising_value(name: str, value: float, code: int) -> None:
    (found,) = ask(series(RISE), name, 0.0, 30.0)
    assert found.tick == 0
    assert found.value == pytest.approx(value)
    assert found.code == code


def test_simple_bounds_do_not_look_beyond_a_bad_neighbour() -> None:
    # to 30 s: the sample there is bad, so the last ten seconds hold 30 and are uncertain
    (found,) = ask(series(RISE), "TimeAverage2", 0.0, 30.0)
    assert found.value == pytest.approx((15.0 * 10 + 25.0 * 10 + 30.0 * 10) / 30.0)
    assert found.code == SUBNORMAL | MADE
    (found,) = ask(series(RISE), "PercentBad", 20.0, 40.0)
    assert found.value == pytest.approx(50.0)


def test_as_much_bad_as_is_allowed_makes_it_bad_and_takes_the_value() -> None:
    half = Rules(percent_bad=50, percent_good=60)
    (found,) = ask(series(RISE), "Average", 20.0, 40.0, rules=half)
    assert found.code & BAD
    assert math.isnan(found.value)
    lenient = Rules(percent_bad=50, percent_good=50)
    (found,) = ask(series(RISE), "Average", 20.0, 40.0, rules=lenient)
    assert (found.value, found.code) == (30.0, MADE)


def test_intervals_follow_each_other_and_the_last_may_be_short() -> None:
    found = shown(ask(series(RISE), "Count", 0.0, 50.0, 20.0))
    uncertain = SUBNORMAL | MADE
    assert found == [(0.0, 2, MADE), (20.0, 1, uncertain), (40.0, 1, MADE | PARTIAL)]


def test_backwards_an_interval_stands_at_its_late_end_and_owns_it() -> None:
    found = shown(ask(series(RISE), "Count", 50.0, 0.0, 20.0))
    # (30, 50] holds two good ones; (10, 30] one good, one bad; (0, 10] is short
    assert found == [
        (50.0, 2, MADE),
        (30.0, 1, SUBNORMAL | MADE),
        (10.0, 1, MADE | PARTIAL),
    ]


def test_there_is_nothing_before_the_start_and_after_the_end() -> None:
    found = ask(series(RISE), "Average", -60.0, 120.0, 60.0)
    assert [point.code for point in found] == [NO_DATA, SUBNORMAL | MADE | PARTIAL, NO_DATA]
    assert found[1].value == pytest.approx((10 + 20 + 30 + 50 + 60) / 5)


def test_an_extreme_tells_when_it_was_and_that_there_were_several() -> None:
    wave = [5.0, 1.0, 7.0, 1.0, 7.0, 3.0, 3.0]
    (found,) = ask(series(wave), "MinimumActualTime", 0.0, 60.0)
    assert shown([found]) == [(10.0, 1.0, HISTORIAN | MULTIPLE)]
    (found,) = ask(series(wave), "Maximum", 0.0, 60.0)
    assert shown([found]) == [(0.0, 7.0, MADE | MULTIPLE)]


def test_a_bound_can_be_the_extreme_and_is_told_just_inside() -> None:
    climb = [0.0, 10.0, 20.0, 30.0]
    (found,) = ask(series(climb), "MaximumActualTime2", 0.0, 15.0)
    assert found.value == pytest.approx(15.0)
    assert found.tick == 15 * S - 10_000
    assert found.code == HISTORIAN | INTERPOLATED
    (found,) = ask(series(climb), "Minimum2", 5.0, 25.0)
    assert (found.value, found.code) == (pytest.approx(5.0), HISTORIAN | INTERPOLATED)


def test_states_hold_until_the_next_sample() -> None:
    state = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    (zero,) = ask(series(state, "bool"), "DurationInStateZero", 0.0, 60.0)
    (other,) = ask(series(state, "bool"), "DurationInStateNonZero", 0.0, 60.0)
    assert (zero.value, other.value) == (40_000.0, 20_000.0)
    (found,) = ask(series(state, "bool"), "NumberOfTransitions", 20.0, 50.0)
    assert found.value == 2  # the one at 20 s itself, and back at 40 s


def test_the_worst_quality_is_told_as_a_status() -> None:
    (found,) = ask(series(RISE), "WorstQuality", 0.0, 60.0)
    assert ua.StatusCode(int(found.value)).name == "BadSensorFailure"
    (found,) = ask(series(RISE), "WorstQuality", 0.0, 30.0)
    assert (found.value, found.code) == (0, MADE)


def test_first_and_last_samples_keep_their_times() -> None:
    assert shown(ask(series(RISE), "Start", 5.0, 30.0)) == [(10.0, 20.0, 0)]
    assert shown(ask(series(RISE), "End", 5.0, 30.0)) == [(20.0, 30.0, 0)]
    (found,) = ask(series(RISE), "DeltaBounds", 5.0, 25.0)
    assert math.isnan(found.value)  # 25 s lies between a good and a bad sample: 30 held, uncertain


def test_interpolation_uses_good_samples_only_and_says_so() -> None:
    found = ask(series(RISE), "Interpolative", 5.0, 45.0, 10.0)
    assert [point.value for point in found] == pytest.approx([15.0, 25.0, 35.0, 45.0])
    line = HISTORIAN | INTERPOLATED
    assert [point.code for point in found] == [line, line, line | SUBNORMAL, line | SUBNORMAL]


def test_values_at_times_are_raw_where_a_sample_lies() -> None:
    ticks = [20 * S, 25 * S, -S, 15 * S, 20 * S]
    simple = at_times(series(RISE), ticks, simple=True)
    assert [point.value for point in simple] == pytest.approx(
        [30.0, 30.0, nan, 25.0, 30.0], nan_ok=True
    )
    line = HISTORIAN | INTERPOLATED
    assert [point.code for point in simple] == [0, line | SUBNORMAL, NO_DATA, line, 0]
    (found,) = at_times(series(RISE), [25 * S], simple=False)
    assert (found.value, found.code) == (35.0, line | SUBNORMAL)


def test_after_the_last_sample_a_value_is_held_and_doubted_until_now() -> None:
    source = series(RISE, now=58.0)
    held, beyond = at_times(source, [57 * S, 58 * S], simple=False)
    assert (held.value, held.code) == (60.0, SUBNORMAL | HISTORIAN | INTERPOLATED)
    assert beyond.code == NO_DATA
    sloped = Rules(sloped_extrapolation=True)
    (found,) = ask(source, "Interpolative", 55.0, 56.0, rules=sloped)
    assert found.value == pytest.approx(65.0)


@st.composite
def pasts(draw: st.DrawFn) -> list[float]:
    one = st.one_of(st.just(nan), st.integers(-5, 5).map(float))
    return draw(st.lists(one, min_size=1, max_size=40))


@given(pasts(), st.integers(-50, 450), st.integers(1, 300), st.booleans())
def test_a_slow_second_way_gives_the_same(
    values: list[float], start: int, length: int, backward: bool
) -> None:
    """Mean, extremes, count and integral by plain loops over the samples and each tenth second."""
    source = series(values)
    low, high = start, start + length
    ends = (high, low) if backward else (low, high)
    inside = [
        value
        for k, value in enumerate(values)
        if (low < 10 * k <= high if backward else low <= 10 * k < high)
    ]
    good = [value for value in inside if not math.isnan(value)]
    in_range = high >= 0 and low <= 10 * (len(values) - 1)
    by_name = {name: ask(source, name, *ends)[0] for name in ("Average", "Minimum", "Count")}
    if not in_range or not good:
        assert math.isnan(by_name["Average"].value)
        assert math.isnan(by_name["Minimum"].value)
    if in_range and good:
        lost = len(good) < len(inside)
        assert by_name["Minimum"].value == min(good)
        average = by_name["Average"]
        assert average.value == pytest.approx(sum(good) / len(good))
        assert (average.code >> 30 == 1) == lost
    if in_range and (good or not inside):
        assert by_name["Count"].value == len(good)


@given(st.lists(st.integers(-5, 5).map(float), min_size=3, max_size=30), st.data())
def test_time_averages_are_the_area_under_the_line(
    values: list[float], data: st.DataObject
) -> None:
    last = 10 * (len(values) - 1)
    low = data.draw(st.integers(0, last - 1))
    high = data.draw(st.integers(low + 1, last))
    times = np.linspace(low, high, 20_001)
    line = np.interp(times, 10.0 * np.arange(len(values)), values)
    area = np.trapezoid(line, times)
    source = series(values)
    for name in ("TimeAverage", "TimeAverage2"):
        (found,) = ask(source, name, low, high)
        assert found.value == pytest.approx(area / (high - low), abs=1e-5)
        assert found.code & ~PARTIAL == MADE
    (found,) = ask(source, "Total2", low, high)
    assert found.value == pytest.approx(area, abs=1e-3)


def test_a_long_interval_is_read_in_pieces_and_gives_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = [float(k * 7 % 13) for k in range(200)]
    whole = ask(series(values), "TimeAverage", 3.0, 1993.0)
    monkeypatch.setattr("opcua_server.history.processed.AT_ONCE", 7)
    assert ask(series(values), "TimeAverage", 3.0, 1993.0) == whole


def test_an_interval_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opcua_server.history.processed.MOST_SAMPLES", 100)
    with pytest.raises(Exception, match="Service"):
        ask(series([1.0] * 200), "Average", 0.0, 2000.0)


def test_every_aggregate_answers_for_every_kind_of_past() -> None:
    for name, row in AGGREGATES.items():
        for values in (RISE, [nan] * 4, [1.0]):
            for ends in ((0.0, 60.0), (60.0, 0.0), (-100.0, -50.0), (500.0, 600.0)):
                (found,) = ask(series(values), name, *ends)
                assert isinstance(found, Point), name
                assert row.gives in ("own", "double", "int", "status")

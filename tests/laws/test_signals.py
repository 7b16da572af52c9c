"""Laws 3 and 4: a signal does not depend on the window it is asked in, nor on what comes later."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.lines import Day, days, smt
from twin.errors import FutureError, UsageError
from twin.signals.sampling import looked
from twin.trace import Command

DAY = Day(
    smt(), 11,
    (
        Command("set", "RFL.Zone3Set", 171.0, t=700.0),
        Command("fault", "E-Z8", 1.0, "instructor", t=900.0),
        Command("fault", "E-NOZ", 1.0, "instructor", t=950.5),
        Command("reset", "SPI", t=1500.0),
        Command("set", "RFL.BeltSpeed", 95.0, t=1501.3),
        Command("set", "RFL.Zone3Set", 155.0, t=2500.0),
    ),
    5400.0,
)  # fmt: skip
TICKS = np.arange(0.0, 5400.0)


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return DAY.run()


@pytest.fixture(scope="module")
def whole(trace: twin.Trace) -> np.ndarray:
    return twin.sample(trace, "*", TICKS)


@settings(max_examples=40)
@given(begin=st.integers(0, 5399), length=st.integers(0, 400))
def test_any_window_is_bit_equal_to_the_same_window_of_the_whole(trace, whole, begin, length):
    window = slice(begin, begin + length)
    assert np.array_equal(twin.sample(trace, "*", TICKS[window]), whole[:, window])


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5399), min_size=1, max_size=60))
def test_instants_may_come_in_any_order_and_twice(trace, whole, rows):
    assert np.array_equal(twin.sample(trace, "*", TICKS[rows]), whole[:, rows])


def test_single_instants_are_bit_equal(trace, whole):
    for row in [0, 1, 699, 700, 701, 900, 901, 1500, 2499, 2500, 2777, 5399]:
        assert np.array_equal(twin.sample(trace, "*", [TICKS[row]])[:, 0], whole[:, row])


def test_shuffled_instants_are_bit_equal(trace, whole):
    order = np.random.default_rng(1).permutation(len(TICKS))
    assert np.array_equal(twin.sample(trace, "*", TICKS[order]), whole[:, order])


@pytest.mark.parametrize("step", [600, 1000, 2500])
def test_instants_far_apart_are_bit_equal(trace, whole, step):
    assert np.array_equal(twin.sample(trace, "*", TICKS[7::step]), whole[:, 7::step])


@settings(max_examples=20)
@given(
    chunk=st.integers(1, 7000), start=st.integers(0, 5000), step=st.sampled_from([1.0, 2.0, 7.5])
)
def test_a_stream_may_be_cut_into_any_chunks(trace, chunk, start, step):
    tags = ["RFL.Zone*Temp", "SPI.*", "Line.*", "PNP1.Energy"]
    pieces = list(twin.stream(trace, tags, start, 5400.0, step, chunk=max(chunk, 40)))
    ticks = np.concatenate([ticks for ticks, _ in pieces])
    values = np.concatenate([values for _, values in pieces], axis=1)
    assert np.array_equal(ticks, np.arange(np.ceil(start / step), np.ceil(5400.0 / step)) * step)
    assert np.array_equal(values, twin.sample(trace, tags, ticks))


def test_tags_do_not_depend_on_which_others_are_asked_for(trace, whole):
    alone = np.vstack([twin.sample(trace, [key], TICKS[:600]) for key in DAY.line.tags])
    assert np.array_equal(alone, whole[:, :600])


@settings(max_examples=25)
@given(day=days(), share=st.floats(0.05, 1.0), grid=st.sampled_from([1.0, 0.25]))
def test_what_comes_later_changes_no_signal(day: Day, share: float, grid: float):
    cut = day.end * share
    ticks = np.arange(0, np.ceil(cut / grid)) * grid
    ticks = ticks[ticks < cut]
    until_then = twin.sample(day.run(cut), "*", ticks)
    assert np.array_equal(until_then, twin.sample(day.run(), "*", ticks))


@settings(max_examples=15)
@given(days(ovens=False), st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5))
def test_a_trace_that_grows_is_asked_as_a_finished_one(day: Day, shares: list[float]):
    """The index follows a live trace row by row; a finished one is indexed at once."""
    run, finished = twin.Run(day.line, day.seed), Day(day.line, day.seed, (), day.end).run()
    for cut in sorted(share * day.end for share in shares):
        run.advance(cut)
        ticks = np.arange(0.0, np.ceil(cut))
        ticks = ticks[ticks < cut]
        assert np.array_equal(twin.sample(run.trace, "*", ticks), twin.sample(finished, "*", ticks))


def test_a_block_of_a_live_line_shows_nothing_of_now():
    """An event at now is still to come, so the instant just before now must not look at now."""
    line = twin.load("examples/three-stations-v1")
    for now in (600.0, 1200.0, 86400.0 * 3):
        short, far = twin.run(line, now, 4), twin.run(line, now + 60.0, 4)
        before = [np.nextafter(now, 0.0)]
        assert np.array_equal(twin.sample(short, "*", before), twin.sample(far, "*", before))


@settings(max_examples=200)
@given(st.floats(0.0, 1e9), st.sampled_from([1.0, 0.1, 0.25, 0.001, 60.0]))
def test_a_sensor_looks_at_its_last_instant_and_never_ahead(t: float, period: float):
    k = looked(np.array([t]), period)[0]
    assert k * period <= t < (k + 1.0) * period
    assert looked(np.array([k * period]), period)[0] == k


@pytest.mark.parametrize("t", [5400.0, 5400.5, 1e12, float("inf")])
def test_reading_the_future_is_an_error(trace, t):
    with pytest.raises(FutureError):
        twin.sample(trace, ["RFL.Zone1Temp"], [0.0, t])


@pytest.mark.parametrize("ticks", [[-1.0], [float("nan")], [[0.0, 1.0]]])
def test_instants_that_are_none_are_errors(trace, ticks):
    with pytest.raises((UsageError, FutureError)):
        twin.sample(trace, ["RFL.Zone1Temp"], ticks)


def test_no_instants_give_no_values(trace):
    assert twin.sample(trace, "*", []).shape == (len(DAY.line.tags), 0)

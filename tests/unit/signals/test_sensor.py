"""Instruments: noise of the stated size and memory, holds, lag, and what tags share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from tests.laws.lines import make, smt
from twin.equipment.instruments import TEXTURES
from twin.equipment.tag import Tag, Text, Track
from twin.equipment.texture import Shifts, Shocks, Texture, Wander
from twin.signals.disturbance import BLOCK, SHARED, disturbance
from twin.signals.lattice import levels, looks, shocks, wander
from twin.signals.noise import correlated, fading, quantiles, tag_key
from twin.signals.sensor import measured, noise, reported

KEY = tag_key(3, "A.B")
N = 1 << 17
RUN = np.arange(N)
TAG = Tag("T", Text("t", "t"), "°C", -1e6, 1e6, Track("T"), noise=1.0, station="S")


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(smt(), "3h", 5)


def lag_one(x: np.ndarray) -> float:
    return float(np.corrcoef(x[:-1], x[1:])[0, 1])


@pytest.mark.parametrize("memory", [0.0, 0.3, 0.7, 0.85])
def test_fast_noise_has_unit_size_and_the_memory_asked_for(memory):
    x = correlated(KEY, RUN, fading(memory), quantiles(), True)
    assert x.std() == pytest.approx(1.0, abs=0.03)
    assert lag_one(x) == pytest.approx(memory, abs=0.03)


@given(
    rows=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    bits=st.integers(1, 13),
)
def test_slow_parts_are_the_same_alone_and_in_a_run(rows, bits):
    apart = np.array(rows)
    parts = [
        lambda k, run: wander(KEY, k, bits, run=run),
        lambda k, run: levels(KEY, k, bits, 0.7, quantiles(), run),
        lambda k, run: shocks(KEY, k, bits, 0.5, 3.0, run),
        lambda k, run: correlated(KEY, k, fading(0.6), quantiles(), run),
    ]
    for part in parts:
        alone = part(apart, False)
        for row, value in zip(rows, alone, strict=True):
            assert part(np.arange(row - 9, row + 300), True)[9] == value


@given(
    rows=st.lists(st.integers(0, 10**7), min_size=1, max_size=30),
    missed=st.sampled_from([0.02, 0.1, 0.7]),
)
def test_a_held_look_is_an_earlier_one_however_it_is_asked(rows, missed):
    k = np.array(rows)
    held = looks(KEY, k, missed)
    assert (held <= k).all()
    assert (k - held < 16).all()
    alone = [looks(KEY, np.array([row]), missed)[0] for row in rows]
    assert held.tolist() == alone


def test_missed_looks_hold_their_share():
    held = looks(KEY, RUN, 0.3)
    assert np.mean(held != RUN) == pytest.approx(0.3, abs=0.02)


def test_shocks_stay_where_they_begin_and_fade():
    x = shocks(KEY, RUN, 8, 0.5, 6.0, True)
    jumps = np.flatnonzero(np.abs(np.diff(x)) > 0.5)
    assert len(jumps) > 50
    assert np.mean(np.abs(x) == 0.0) > 0.8


def test_levels_hold_between_their_shifts():
    x = levels(KEY, RUN, 9, 0.6, quantiles(), True)
    assert np.mean(np.diff(x) == 0.0) > 0.99
    assert len(np.unique(x)) > 100


def test_a_report_by_exception_never_strays_by_more_than_its_band():
    values = np.cumsum(quantiles(0.0, 0.1)[:4096].reshape(64, 64) * 0.3, axis=1)
    table = reported(values, 1.0).T
    assert np.abs(table - values).max() <= 1.0
    assert np.array_equal(table[:, 0], values[:, 0])
    assert np.mean(np.diff(table, axis=1) == 0.0) > 0.3


@pytest.mark.parametrize("name", SHARED)
def test_a_disturbance_is_one_function_of_the_second(name):
    whole = disturbance(1, "A", name, np.arange(3 * BLOCK))
    assert np.array_equal(disturbance(1, "A", name, np.arange(99, 9999)), whole[99:9999])
    some = np.array([9000, 4, 4095, 4096, 4])
    assert np.array_equal(disturbance(1, "A", name, some), whole[some])
    assert 0.3 < disturbance(1, "A", name, np.arange(40 * BLOCK)).std() < 3.0


def test_what_a_line_shares_is_felt_at_every_station_and_what_a_machine_has_only_there():
    seconds = np.arange(5000)
    for name, (own, _function) in SHARED.items():
        same = np.array_equal(
            disturbance(1, "A", name, seconds), disturbance(1, "B", name, seconds)
        )
        assert same != own


@pytest.mark.parametrize("sensor", TEXTURES)
def test_every_instrument_has_heavy_steps_and_a_fast_part_near_its_noise(trace, sensor):
    texture = TEXTURES[sensor]
    x = noise(trace, TAG, texture, KEY, np.arange(200_000), True)
    steps = np.diff(x)
    fast = np.median(np.abs(steps - np.median(steps))) / 0.6745
    white = np.sqrt(2.0 * (1.0 - texture.memory))
    assert 0.4 * white < fast < 2.2 * white + 0.4
    kurtosis = np.mean(steps**4) / np.mean(steps**2) ** 2 - 3.0
    assert kurtosis > 1.0


def test_an_instrument_lags_and_reaches_the_true_value():
    line = make({"a": {"cycle": "50 s", "power": {"working": "10 kW", "standby": "0 kW"}}})
    trace = twin.run(line, 400.0, 1, [twin.Command("stop", "a", t=200.0)])
    tag = replace(line.tags["a.Power"], noise=1e-9, resolution=0.0)
    shown = measured(trace, tag, Texture(lag=6.0), np.arange(400))
    at = int(np.flatnonzero(np.abs(np.diff(shown)) > 0.1)[0]) + 1
    assert shown[at - 1] == pytest.approx(10.0, abs=1e-6)
    assert 0.0 < shown[at + 4] < 9.0
    assert shown[at + 60] == pytest.approx(0.0, abs=1e-6)


def test_a_machine_at_rest_is_quiet(trace):
    texture = Texture(quiet=0.0, wander=(Wander(3, 1.0),), shifts=Shifts(4, 0.9, 3.0),
                      shocks=Shocks(4, 0.9, 3.0, 2.0))  # fmt: skip
    stopped = twin.run(smt(), 600.0, 1, [twin.Command("stop", "", t=0.0)])
    shown = measured(stopped, smt().tags["LDR.Power"], texture, np.arange(300, 600))
    assert np.ptp(shown) == 0.0


def test_tags_that_share_the_mains_move_together(trace):
    ticks = np.arange(0.0, 10_000.0)
    tags = [k for k, t in smt().tags.items() if t.sensor == "thermocouple"]
    steps = np.diff(twin.sample(trace, tags, ticks), axis=1)
    together = np.corrcoef(steps)[np.triu_indices(len(tags), 1)]
    assert together.mean() > 0.04


def test_parts_differ_in_load_and_the_meter_agrees_with_the_energy(trace):
    ticks = np.arange(3600.0, 10_000.0)
    power, energy = twin.sample(trace, ["PNP1.Power", "PNP1.Energy"], ticks)
    assert power.mean() * (ticks[-1] - ticks[0]) / 3600.0 == pytest.approx(
        energy[-1] - energy[0], rel=0.04
    )

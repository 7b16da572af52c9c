"""Signals and durations of the shipped lines look like a plant's, not like a simulator's.

The figures are those of real plants (docs/explanation/realism.md); a tag that falls back to white
noise of full precision, a cycle or a stop that is exponential, fails here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import twin
from scripts import realism
from twin.equipment.instruments import TEXTURES
from twin.line.values import Automatic
from twin.signals.sampling import shown

LOOKS = np.arange(36_000.0, 50_000.0)


@pytest.fixture(scope="module", params=realism.SHIPPED)
def shift(request) -> twin.Trace:
    """Fourteen hours of a shipped line."""
    return twin.run(twin.load(request.param), "14 h", seed=1)


def measured(trace: twin.Trace) -> list:
    return [tag for tag in trace.line.tags.values() if tag.sensor and tag.noise > 0.0]


def looks(tag) -> np.ndarray:
    """As often as the tag itself looks, in the fourteen hours."""
    return np.arange(LOOKS[0], LOOKS[-1], max(tag.period, 1.0))


def naive(trace: twin.Trace, tag) -> np.ndarray:
    """The tag as it would be with white noise and all its digits."""
    bare = replace(tag, texture=None, resolution=0.0, low=-np.inf, high=np.inf)
    return shown(trace, bare, looks(tag))


def looks_real(x: np.ndarray) -> bool:
    """Stands still at times, has few values, and its steps have heavy tails."""
    seen = realism.texture(x)
    return seen["hold"] > 0.03 and seen["distinct"] < 0.6 and seen["step kurtosis"] > 0.5


def test_every_measured_tag_has_an_instrument_and_a_last_digit(shift):
    for tag in measured(shift):
        assert tag.sensor in TEXTURES
        assert tag.texture is not None, tag.key
        assert tag.resolution > 0.0, tag.key


def test_nearly_all_measured_tags_hold_and_have_heavy_steps(shift):
    values = [shown(shift, tag, looks(tag)) for tag in measured(shift)]
    moving = [x for x in values if np.ptp(x) > 0.0]
    assert np.mean([looks_real(x) for x in moving]) > 0.85


def test_naive_tags_would_be_found_out(shift):
    values = [naive(shift, tag) for tag in measured(shift)]
    assert np.mean([looks_real(x) for x in values]) < 0.15


def test_no_value_leaves_the_range_of_its_tag(shift):
    tags = measured(shift)
    values = twin.sample(shift, [tag.key for tag in tags], np.arange(0.0, 50_000.0, 3.0))
    for tag, x in zip(tags, values, strict=True):
        assert tag.low - tag.resolution <= x.min() <= x.max() <= tag.high + tag.resolution, tag.key


def test_tags_of_a_station_make_their_sudden_moves_together(shift):
    found = []
    for station in shift.line.stations:
        keys = [tag.key for tag in station.tags if tag.texture is not None]
        if len(keys) > 1:
            found.append(realism.together(np.diff(twin.sample(shift, keys, LOOKS), axis=1)))
    assert np.nanmean(found) > 0.04


@pytest.fixture(scope="module", params=[name for name in realism.SHIPPED if "cstr" not in name])
def month(request) -> twin.Trace:
    """Four weeks of a shipped line."""
    return twin.run(twin.load(request.param), "672 h", seed=1)


@pytest.mark.slow
def test_automatic_cycles_are_tight_with_a_rare_long_tail(month):
    spreads, skews = [], []
    for station in month.line.stations:
        if isinstance(station.spec.cycle, Automatic):
            found = realism.cycles(month, station.id)
            if len(found) >= 1000:
                row = realism.wildness(found)
                spreads.append(row["cv"])
                skews.append(row["skew"])
    if spreads:
        assert 0.003 < np.median(spreads) < 0.008
        assert np.median(skews) > 5.0


@pytest.mark.slow
def test_stops_are_wild_and_remember_the_one_before(month):
    rows = [realism.wildness(x) for x in (realism.stops(month, s.id) for s in month.line.stations)
            if len(x) >= 80]  # fmt: skip
    if rows:
        assert np.median([row["cv"] for row in rows]) > 1.5
        assert np.median([row["worst fifth"] for row in rows]) > 0.6
        assert 0.1 < np.median([row["log memory"] for row in rows]) < 0.5


@pytest.mark.slow
def test_rejects_come_in_runs(month):
    """A reject is likelier after a reject, as causes last; a coin would give 1."""
    found = [realism.verdicts(month, station.id) for station in month.line.stations]
    runs = [realism.streaks(x) for x in found if x.sum() >= 100]
    if runs:
        assert np.median(runs) > 1.3

"""A record's texture: fitted, written, played; the same value however a look is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from scripts import realism
from tests.laws.lines import make
from twin.calibrate.texture import FEWEST, fit, resolution
from twin.equipment.texture import Recorded, Rough, Slow, Stands
from twin.signals.noise import tag_key
from twin.signals.recorded import emulated, spans

KEY = tag_key(7, "A.B", "record")
STANDS = Stands((20.0, 50.0, 400.0), (10.0, 30.0, 60.0), (0.0, 0.0, 5.0))
ROUGH = (Rough(0.2, 0.6, 0.2), Rough(1.0, -0.5, 0.0)), (Rough(3.0, 0.0, 0.0),)
RECORD = Recorded(tuple(range(20)), (Slow(5, 0.6), Slow(8, 0.4, True)), ROUGH, 5, 0.1, None, STANDS)
WHOLE = emulated(RECORD, KEY, np.arange(20_000))


@given(rows=st.lists(st.integers(0, 19_999), min_size=1, max_size=40))
def test_a_look_is_the_same_alone_in_any_order_and_in_the_whole(rows):
    assert np.array_equal(emulated(RECORD, KEY, np.array(rows)), WHOLE[rows])


@given(begin=st.integers(0, 19_000), length=st.integers(1, 900))
def test_a_window_is_the_same_as_in_the_whole(begin, length):
    k = np.arange(begin, begin + length)
    assert np.array_equal(emulated(RECORD, KEY, k), WHOLE[k])


def test_spans_stand_still_at_their_levels():
    still, begin = spans(STANDS, KEY, np.arange(20_000))
    assert 0.6 < still.mean() < 0.95
    assert (begin <= np.arange(20_000)).all()
    same = np.diff(begin) == 0
    assert (np.diff(still.astype(int))[same] == 0).all()


def machine(n: int) -> np.ndarray:
    """A signal with two levels, codes of 0.5, holds, and noise with heavy tails."""
    dice = np.random.default_rng(5)
    level = np.repeat(dice.choice([10.0, 30.0], n // 100), 100)
    noise = dice.standard_t(4, n) * 0.8
    x = np.round((level + noise) * 2.0) / 2.0
    for i in np.flatnonzero(dice.random(n) < 0.3):
        x[i] = x[i - 1]
    return x


def test_a_fit_finds_resolution_levels_and_holds():
    x = machine(20_000)
    found = fit(np.arange(len(x)) * 5.0, x)
    assert found.n == len(x)
    assert found.period == 5.0
    assert found.resolution == 0.5
    assert 8.0 < found.record.levels[0] < 12.0
    assert 28.0 < found.record.levels[-1] < 32.0
    assert 0.1 < found.hold < 0.4


def test_what_a_fit_plays_is_told_from_the_signal_far_less_than_white_noise():
    x = machine(40_000)
    first, second = x[:20_000], x[20_000:]
    ours = realism.told([second], realism.played([first], [second]))
    white = realism.told([second], [realism.white(second, np.random.default_rng(1))])
    assert ours < 0.95 < 0.99 < white


def test_resolution_of_floats_is_none():
    assert resolution(np.random.default_rng(1).random(1000)) == 0.0
    assert resolution(np.array([1.0, 1.0])) == 0.0


def test_too_short_a_record_is_refused():
    with pytest.raises(ValueError, match=str(FEWEST)):
        fit(np.arange(10.0), np.arange(10.0))


def test_a_scenario_with_a_record_plays_it_and_follows_the_model():
    x = 5.0 + 0.1 * machine(20_000)
    station = {"cycle": "50 s", "power": {"working": "10 kW", "standby": "0 kW"}}
    station["textures"] = {"Power": fit(np.arange(len(x)), x).scenario(about=10.0)}
    trace = twin.run(make({"a": station}), 6000.0, 1, [twin.Command("stop", "a", t=4000.0)])
    shown = twin.sample(trace, ["a.Power"], np.arange(0.0, 6000.0))[0]
    assert np.median(shown[:4000]) == pytest.approx(np.median(x), abs=1.2)
    assert shown[4100:].max() == 0.0
    assert resolution(shown[:4000]) == pytest.approx(0.05)


def test_a_texture_by_hand_changes_only_what_it_names():
    hand = {
        "cycle": "28 s",
        "kind": "reflow",
        "textures": {"Zone8Temp": {"resolution": 1, "hold": 0.5}},
    }
    line, plain = make({"a": hand}), make({"a": {"cycle": "28 s", "kind": "reflow"}})
    tag, before = line.tags["a.Zone8Temp"], plain.tags["a.Zone8Temp"]
    assert (tag.resolution, tag.texture.missed) == (1.0, 0.5)
    assert tag.texture.wander == before.texture.wander
    trace = twin.run(line, 3600.0, 1)
    assert np.mean(np.diff(twin.sample(trace, ["a.Zone8Temp"], np.arange(3600.0))[0]) == 0.0) > 0.5

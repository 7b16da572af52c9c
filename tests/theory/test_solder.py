"""Solder paste and reflow against the published figures of the line's description."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from twin.physics import solder
from twin.physics.chance import poisson

HOT = (110, 130, 150, 165, 180, 200, 228, 248, 256, 248)
COOL = (165, 95, 50)
SPEED = 80 / 6000  # 80 cm/min in m/s


def profile(tau: float = 30.0, **changed: float) -> solder.Profile:
    """The default profile for a part of time constant `tau`; `zone8=228` changes a zone."""
    zones = [float(changed.get(f"zone{i}", t)) for i, t in enumerate(HOT, 1)]
    return solder.reflow((*zones, *COOL), SPEED, tau)


def test_a_board_on_the_default_profile():
    board = profile()
    assert board.peak == pytest.approx(244.8, abs=0.05)
    assert board.above_liquidus == pytest.approx(72.2, abs=0.1)
    assert board.soak == pytest.approx(56.7, abs=0.1)
    heating, cooling = board.slopes
    assert heating == pytest.approx(2.41, abs=0.1)
    assert cooling == pytest.approx(-2.72, abs=0.1)
    assert board.t[-1] == pytest.approx(13 * 0.3 / SPEED, abs=0.2)


@pytest.mark.parametrize(
    ("tau", "changed", "peak", "tal"),
    [
        (24.0, {}, 247.6, 75.6),  # a small part
        (36.0, {}, 241.6, 67.3),  # a ball grid array
        (30.0, {"zone8": 228.0}, 241.9, 61.1),
        (30.0, {"zone9": 236.0}, 238.7, 70.3),
    ],
)
def test_other_parts_and_failing_zones(tau, changed, peak, tal):
    found = profile(tau, **changed)
    assert found.peak == pytest.approx(peak, abs=0.05)
    assert found.above_liquidus == pytest.approx(tal, abs=0.1)


def test_the_closed_sum_is_the_explicit_euler_integration():
    board, dt, tau = profile(), solder.GRID, 30.0
    x = SPEED * board.t
    air = np.full_like(x, HOT[0])
    zones = (*HOT, *COOL)
    for i in range(1, len(zones)):
        air += (zones[i] - zones[i - 1]) / (1.0 + np.exp(-(x - i * 0.30) / 0.03))
    t = 25.0
    for i in range(1, len(x)):
        t += dt * (air[i - 1] - t) / tau
    assert board.temperature[-1] == pytest.approx(t, abs=1e-6)


def test_peak_and_time_above_liquidus_tell_zone_8_from_zone_9():
    sound, eight, nine = profile(), profile(zone8=228.0), profile(zone9=236.0)
    assert sound.peak - eight.peak < sound.peak - nine.peak
    assert sound.above_liquidus - eight.above_liquidus > 5 * (
        sound.above_liquidus - nine.above_liquidus
    )


def test_a_faster_belt_heats_less():
    slow, fast = solder.reflow((*HOT, *COOL), SPEED), solder.reflow((*HOT, *COOL), SPEED * 1.25)
    assert fast.peak < slow.peak
    assert fast.above_liquidus < slow.above_liquidus


@pytest.mark.parametrize(
    ("area_ratio", "share"), [(0.50, 0.64), (0.55, 0.78), (0.60, 0.88), (0.66, 0.95), (0.80, 0.99)]
)
def test_paste_transfer(area_ratio: float, share: float):
    assert solder.transfer_efficiency(area_ratio) == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(("area_ratio", "ppm"), [(0.50, 50_879), (0.55, 198), (0.60, 0)])
def test_pads_with_less_than_half_their_paste(area_ratio: float, ppm: float):
    mean, sd = solder.transfer_efficiency(area_ratio), solder.transfer_spread(area_ratio)
    assert 1e6 * solder.share_below(0.5, mean, sd) == pytest.approx(ppm, rel=0.01, abs=0.5)


@pytest.mark.parametrize(("dpmo", "yields"), [(20, 0.949), (50, 0.878)])
def test_first_pass_yield_of_2600_pads(dpmo: float, yields: float):
    """A board is good when its count of defects is 0: a share exp(-2600 DPMO 1e-6) of boards."""
    mean = 2600 * dpmo * 1e-6
    good = np.mean([poisson(u, mean) == 0 for u in (np.arange(10_000) + 0.5) / 10_000])
    assert good == pytest.approx(yields, abs=0.001)
    assert good == pytest.approx(exp(-mean), abs=1e-4)

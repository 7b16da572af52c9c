"""Solder paste and reflow: what a stencil lets through and what an oven does to a board.

Paste transfer is a logistic function of the aperture's area ratio (form and coefficients assumed,
anchored on IPC-7525B, which recommends an area ratio of at least 0.66). The oven is a row of air
zones with mixing at their borders; a board follows the air with one time constant (first-order
lag, explicit Euler on a fixed grid, summed in closed form).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erf, exp, sqrt

import numpy as np

from twin.physics.laws import Floats

ZONE_LENGTH = 0.30  # m, assumed: 13 zones make a 3.9 m oven
MIXING = 0.03  # m, width of the logistic mixing between two zones, assumed
GRID = 0.1  # s, integration step
LIQUIDUS = 217.0  # °C, SAC305 (supplier data sheets)
SOAK = (150.0, 200.0)  # °C, soak window, common engineering knowledge
AMBIENT = 25.0  # °C


def transfer_efficiency(area_ratio: float) -> float:
    """Mean share (0-1) of an aperture's volume that reaches the pad."""
    return 1.0 / (1.0 + exp(-(area_ratio - 0.46) / 0.07))


def transfer_spread(area_ratio: float) -> float:
    """Standard deviation (0-1) of the transferred share, pad by pad."""
    return 0.06 + 0.10 * max(0.0, 0.75 - area_ratio)


def normal_cdf(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def share_below(limit: float, mean: float, sd: float) -> float:
    """Share of a normal population under `limit`."""
    return normal_cdf((limit - mean) / sd)


@dataclass(frozen=True)
class Profile:
    """A reflow profile: `t` (s since entry) and `temperature` (°C), both of shape (n,)."""

    t: Floats
    temperature: Floats

    @property
    def peak(self) -> float:
        """Highest temperature, °C."""
        return float(self.temperature.max())

    @property
    def above_liquidus(self) -> float:
        """Time above liquidus (TAL) of SAC305, s."""
        return float(np.count_nonzero(self.temperature >= LIQUIDUS) * GRID)

    @property
    def soak(self) -> float:
        """Time between 150 and 200 °C before the peak, s."""
        rise = self.temperature[: int(self.temperature.argmax()) + 1]
        return float(np.count_nonzero((rise >= SOAK[0]) & (rise <= SOAK[1])) * GRID)

    @property
    def slopes(self) -> tuple[float, float]:
        """Steepest heating and cooling over 10 s, K/s (cooling is negative)."""
        lag = round(10.0 / GRID)
        slope = (self.temperature[lag:] - self.temperature[:-lag]) / 10.0
        return float(slope.max()), float(slope.min())


def residence(zones: int, belt_speed: float) -> float:
    """Seconds a board stays in an oven of `zones` zones at `belt_speed` m/s."""
    return zones * ZONE_LENGTH / belt_speed


def reflow(zones: Sequence[float], belt_speed: float, tau: float = 30.0) -> Profile:
    """Profile of a part with time constant `tau` (s) through `zones` (°C) at `belt_speed` (m/s).

    Time constants: 24 s small part, 30 s board, 36 s ball grid array (assumed).
    """
    length = ZONE_LENGTH
    t = np.arange(0.0, residence(len(zones), belt_speed), GRID)
    x = belt_speed * t
    air = np.full_like(x, zones[0])
    for i in range(1, len(zones)):
        air += (zones[i] - zones[i - 1]) / (1.0 + np.exp(-(x - i * length) / MIXING))
    keep = 1.0 - GRID / tau  # T[i] = keep T[i-1] + (1 - keep) air[i-1], summed in closed form
    powers = keep ** np.arange(1, len(t))
    temperature = np.empty_like(t)
    temperature[0] = AMBIENT
    temperature[1:] = powers * (AMBIENT + (1.0 - keep) * np.cumsum(air[:-1] / powers))
    return Profile(t, temperature)


@lru_cache(maxsize=512)
def reflow_summary(zones: tuple[float, ...], belt_speed: float, tau: float) -> tuple[float, float]:
    """(peak °C, time above liquidus s) of `reflow`; remembered: most boards meet one profile."""
    profile = reflow(zones, belt_speed, tau)
    return profile.peak, profile.above_liquidus

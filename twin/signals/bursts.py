"""Raw acceleration at 12.8 kHz on demand: what a condition monitor records of a bearing.

Far too much to keep, so nothing is kept: a burst is a pure function of seed, tag, instant and the
machine's laws at that instant, and any burst can be had again without the ones before it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.physics import bearing
from twin.signals import noise
from twin.signals.sources import law_at
from twin.trace.trace import Trace


def acceleration(
    seed: int, tag: str, t: float, severity: float, speed: float, length: float = 1.0
) -> NDArray[np.float64]:
    """Acceleration, g, of `length` s from `t` s on; `speed` in rev/min, `severity` 0-1."""
    count = round(length * bearing.RATE)
    first = round(t * bearing.RATE)
    ticks = np.arange(first, first + count, dtype=np.int64)
    return bearing.burst(noise.standard_normal(noise.tag_key(seed, tag), ticks), speed, severity)


def burst(trace: Trace, station: str, t: float, length: float = 1.0) -> NDArray[np.float64]:
    """Acceleration, g, at a station's spindle from `t` s on, under its laws at `t`.

    For stations whose kind has the laws `Srpm` and `BearingDamage`.
    """
    at = np.array([t])
    speed = float(law_at(trace, f"{station}.Srpm", at)[0])
    damage = float(law_at(trace, f"{station}.BearingDamage", at)[0])
    return acceleration(trace.seed, f"{station}.Burst", t, damage, speed, length)

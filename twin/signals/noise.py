"""Sensor noise as a pure function of (seed, tag, tick): random access, equal in any window.

A 64-bit mix of key and tick number (the finaliser of SplitMix64, Steele et al., OOPSLA 2014) picks
one of 65,536 equally likely quantiles of the standard normal distribution, so a value costs a few
array operations and no state. The largest value is 4.3 standard deviations.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from twin import seeds

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
LEVELS = 1 << 16


@cache
def quantiles() -> NDArray[np.float64]:
    """Midpoint quantiles of the standard normal, scaled to unit variance, shape (65536,)."""
    normal = NormalDist()
    half = [normal.inv_cdf((i + 0.5) / LEVELS) for i in range(LEVELS // 2, LEVELS)]
    table = np.array([-z for z in reversed(half)] + half)
    table /= table.std()
    table.flags.writeable = False
    return table


@cache
def tag_key(seed: int, tag: str) -> np.uint64:
    """64-bit noise key of a tag."""
    return np.uint64(seeds.key(seed, tag, "noise") & seeds.MASK64)


def standard_normal(key: np.uint64, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """One standard normal value a tick number; shape as `ticks`."""
    z = ticks.astype(np.uint64)
    z *= GOLDEN
    z += key
    scratch = z >> np.uint64(30)
    z ^= scratch
    z *= FIRST
    np.right_shift(z, np.uint64(27), out=scratch)
    z ^= scratch
    z *= SECOND
    z >>= np.uint64(48)
    return quantiles().take(z.view(np.int64))

"""Sensor noise as a pure function of (seed, tag, tick): random access, equal in any window.

A 64-bit mix of key and tick number (the finaliser of SplitMix64, Steele et al., OOPSLA 2014) picks
one of 65,536 equally likely quantiles of a distribution, so a value costs a few array operations
and no state. The largest value of the standard normal is 4.3 standard deviations.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from twin import seeds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
LEVELS = 1 << 16
DENSE = 4  # numbers asked for within a range this many times as long are computed as a range


@cache
def quantiles(skew: float = 0.0, tails: float = 0.0) -> Floats:
    """Midpoint quantiles of unit variance and mean 0, shape (65536,): Tukey's g-and-h family.

    `skew` is g (0 is symmetric), `tails` is h (0 is normal; 0.2 has an excess kurtosis of tens).
    Tukey, "Modern techniques in data analysis", 1977.
    """
    normal = NormalDist()
    half = [normal.inv_cdf((i + 0.5) / LEVELS) for i in range(LEVELS // 2, LEVELS)]
    table = np.array([-z for z in reversed(half)] + half)
    if skew:
        table = np.expm1(skew * table) / skew * np.exp(tails * table * table / 2.0)
    elif tails:
        table = table * np.exp(tails * table * table / 2.0)
    if skew:
        table -= table.mean()
    table /= table.std()
    table.flags.writeable = False
    return table


@cache
def tag_key(seed: int, tag: str, purpose: str = "noise") -> np.uint64:
    """64-bit noise key of a tag (or of what tags share) and a purpose."""
    return np.uint64(seeds.key(seed, tag, purpose) & seeds.MASK64)


@cache
def fork(key: np.uint64, number: int) -> np.uint64:
    """Another key of the same owner: for the next thing that is drawn for it."""
    return np.uint64((int(key) ^ (number * 0xD1B54A32D192ED03)) & seeds.MASK64)


def mixed(key: np.uint64, ticks: Ints) -> Ints:
    """A number from 0 to 65,535 for each tick number; shape as `ticks`."""
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
    return z.view(np.int64)


def standard_normal(key: np.uint64, ticks: Ints) -> Floats:
    """One standard normal value a tick number; shape as `ticks`."""
    return quantiles().take(mixed(key, ticks))


def drawn(key: np.uint64, cells: Ints, table: Floats) -> Floats:
    """One value of a quantile table for each cell number: by range where they lie close."""
    if len(cells) < 8:
        return table.take(mixed(key, cells))
    low, high = int(cells.min()), int(cells.max())
    if high - low > DENSE * len(cells):
        return table.take(mixed(key, cells))
    whole = table.take(mixed(key, np.arange(low, high + 1)))
    return whole.take(cells - low)


def correlated(
    key: np.uint64, ticks: Ints, weights: tuple[float, ...], table: Floats, run: bool = False
) -> Floats:
    """Noise with a memory: a weighted sum of this tick's white value and those before it.

    Sums go in the same order in every window, so that equal ticks give equal bits. A `run` is a
    row of successive ticks.
    """
    if not run:
        out = weights[0] * table.take(mixed(key, ticks))
        for back, weight in enumerate(weights[1:], 1):
            out += weight * table.take(mixed(key, ticks - back))
        return out
    n, past = len(ticks), len(weights) - 1
    white = table.take(mixed(key, np.arange(int(ticks[0]) - past, int(ticks[-1]) + 1)))
    out = weights[0] * white[past:]
    scratch = np.empty(n)
    for back, weight in enumerate(weights[1:], 1):
        np.multiply(white[past - back : past - back + n], weight, out=scratch)
        out += scratch
    return out


@cache
def fading(memory: float, most: int = 12) -> tuple[float, ...]:
    """Weights of noise whose correlation falls by `memory` a tick, cut after `most`; unit power."""
    if memory <= 0.0:
        return (1.0,)
    weights = [memory**i for i in range(most) if memory**i > 0.02]
    power = sum(w * w for w in weights) ** 0.5
    return tuple(w / power for w in weights)

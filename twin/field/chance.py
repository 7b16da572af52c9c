"""Chance with random access: a draw is a function of (key, number), never of a stream's position.

So any stretch of a dirty data set equals the same stretch of the whole, and what comes later
never decides what came before. Mixing: the finaliser of SplitMix64 (Steele et al., OOPSLA 2014);
normals by Box and Muller (1958).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin import seeds

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
BLOCK = 256  # spells drawn at once


@lru_cache(maxsize=1 << 16)
def key(seed: int, owner: str, purpose: str) -> int:
    """64-bit key of the draws named (seed, owner, purpose)."""
    return seeds.key(seed, owner, "field", purpose) & seeds.MASK64


def uniform(of: int, numbers: Counts) -> Floats:
    """One draw in (0, 1) a number; shape as `numbers`."""
    z = numbers.astype(np.uint64) * GOLDEN + np.uint64(of)
    z = (z ^ (z >> SHIFTS[0])) * FIRST
    z = (z ^ (z >> SHIFTS[1])) * SECOND
    z ^= z >> SHIFTS[2]
    return np.asarray(((z >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def normal(of: int, numbers: Counts) -> Floats:
    """One standard normal draw a number."""
    radius = np.sqrt(-2.0 * np.log(uniform(of, 2 * numbers)))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform(of, 2 * numbers + 1)))


@dataclass(frozen=True, slots=True)
class Lognormal:
    """One part of a mixture: its share, median (s), sd of the logarithm; `floor` s are added."""

    share: float
    median: float
    sigma: float
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Mixture:
    """A law of durations (s): lognormal parts whose shares add up to 1."""

    parts: tuple[Lognormal, ...]

    def draw(self, of: int, numbers: Counts) -> Floats:
        """One duration a number."""
        which = uniform(of, 3 * numbers + 2)
        z = normal(of ^ 1, numbers)
        out, below = np.zeros(len(numbers)), 0.0
        for part in self.parts:
            mine = (which >= below) & (which < below + part.share)
            out[mine] = part.floor + part.median * np.exp(part.sigma * z[mine])
            below += part.share
        return out

    @property
    def mean(self) -> float:
        """Mean duration, s."""
        return sum(
            part.share * (part.floor + part.median * float(np.exp(part.sigma**2 / 2.0)))
            for part in self.parts
        )


class Spells:
    """Two things by turns from time 0 on: `on` lasts one law, `off` the other; by number.

    >>> on, off = (Mixture((Lognormal(1.0, s, 0.0),)) for s in (10.0, 5.0))
    >>> spells = Spells(1, on, off)
    >>> begin, end = spells.until(31.0)
    >>> np.allclose(np.diff(begin), 15.0), np.allclose(end - begin, 10.0)
    (True, True)
    """

    def __init__(self, of: int, on: Mixture, off: Mixture, on_first: bool = True) -> None:
        self._of, self._on, self._off, self._on_first = of, on, off, on_first
        self._begin = self._end = np.empty(0)
        self._next = 0.0

    def until(self, t: float) -> tuple[Floats, Floats]:
        """Begins and ends of the spells of `on`, s, at least all those that begin before `t`."""
        while not len(self._begin) or self._begin[-1] < t:
            self._grow()
        return self._begin, self._end

    def at(self, t: Floats) -> Counts:
        """Number of the spell of `on` each instant lies in; -1 where it lies in none."""
        if not len(t):
            return np.empty(0, dtype=np.int64)
        begin, end = self.until(float(t.max()) + 1.0)
        rows = np.searchsorted(begin, t, side="right") - 1
        return np.where((rows >= 0) & (t < end[np.maximum(rows, 0)]), rows, -1)

    def _grow(self) -> None:
        done = len(self._begin)
        numbers = np.arange(done, done + BLOCK)
        on, off = self._on.draw(self._of, numbers), self._off.draw(self._of ^ 2, numbers)
        if not done:  # time 0 lies somewhere in the first spell
            first = uniform(self._of ^ 4, numbers[:1])[0]
            origin = -on[0] * first if self._on_first else off[0] * first
        else:
            origin = self._next
        begin = origin + np.concatenate([[0.0], np.cumsum(on + off)])
        self._next = float(begin[-1])
        self._begin = np.concatenate([self._begin, begin[:-1]])
        self._end = np.concatenate([self._end, begin[:-1] + on])

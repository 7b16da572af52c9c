"""Variates in blocks: named, keyed streams of times, normals and uniforms.

Block b of a stream is a pure function of (seed, owner, purpose, b), so the n-th draw can be had
without the others, and no machine's draws depend on another's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gamma, sqrt
from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin import seeds
from twin.line.values import (
    Automatic,
    Bursts,
    Erlang,
    Exponential,
    Fixed,
    Lognormal,
    Measured,
    Normal,
    Record,
    Triangular,
    Uniform,
    Weibull,
)

BLOCK = 1024
NORMAL = NormalDist()


def _automatic(d: Automatic, g: Generator, n: int) -> NDArray[np.float64]:
    jitter = 0.002 * g.standard_normal(n)
    tail = np.where(g.random(n) < 0.005, 0.04 * g.standard_exponential(n), 0.0)
    return np.asarray(d.mean * (1.0 + jitter + tail))


def _scores(memory: float, g: Generator, n: int) -> NDArray[np.float64]:
    """Normal scores, each correlated with the one before."""
    z = g.standard_normal(n)
    if memory:  # stationary from its first draw on, as each block must stand for itself
        last, fresh = float(z[0]), sqrt(1.0 - memory * memory)
        for i in range(1, n):
            z[i] = last = memory * last + fresh * float(z[i])
    return z


def _measured(d: Measured, g: Generator, n: int) -> NDArray[np.float64]:
    share = np.array([NORMAL.cdf(z) for z in _scores(d.memory, g, n).tolist()])
    at = np.linspace(0.0, 1.0, len(d.times))
    return np.asarray(np.exp(np.interp(share, at, np.log(d.times))))


def _lognormal(d: Lognormal, g: Generator, n: int) -> NDArray[np.float64]:
    z = _scores(d.memory, g, n)
    return np.asarray(d.mean * np.exp(d.sigma * z - d.sigma * d.sigma / 2.0))


def _bursts(d: Bursts, g: Generator, n: int) -> NDArray[np.float64]:
    means = np.where(g.random(n) < d.share, d.close, d.wide)
    return np.asarray(means * g.standard_exponential(n))


SAMPLERS: Mapping[type[Record], Callable[..., NDArray[np.float64]]] = {
    Fixed: lambda d, g, n: np.full(n, d.mean),
    Exponential: lambda d, g, n: d.mean * g.standard_exponential(n),
    Uniform: lambda d, g, n: g.uniform(d.low, d.high, n),
    Triangular: lambda d, g, n: (
        g.triangular(d.low, d.mode, d.high, n) if d.low < d.high else np.full(n, d.low)
    ),
    Normal: lambda d, g, n: np.maximum(g.normal(d.mean, d.sd, n), 0.0),
    Lognormal: _lognormal,
    Weibull: lambda d, g, n: d.mean / gamma(1.0 + 1.0 / d.shape) * g.weibull(d.shape, n),
    Erlang: lambda d, g, n: d.mean / d.phases * g.standard_gamma(d.phases, n),
    Automatic: _automatic,
    Bursts: _bursts,
    Measured: _measured,
}


class Draws:
    """A stream of variates: `pop()` gives the next. `values` is the rest of the block, reversed."""

    def __init__(self, seed: int, owner: str, purpose: str, law: Record | str) -> None:
        self.seed, self.owner, self.purpose, self.law = seed, owner, purpose, law
        self.block = 0
        self.values: list[float] = []

    def refill(self) -> None:
        """Draw the next block into `values` (the same list object)."""
        generator = seeds.stream(self.seed, self.owner, self.purpose, self.block)
        self.values[:] = self._sample(generator)[::-1].tolist()
        self.block += 1

    def _sample(self, generator: Generator) -> NDArray[np.float64]:
        if self.law == "normal":
            return generator.standard_normal(BLOCK)
        if self.law == "uniform":
            return generator.random(BLOCK)
        assert isinstance(self.law, Record)
        return SAMPLERS[type(self.law)](self.law, generator, BLOCK)

    def pop(self) -> float:
        """The next variate."""
        if not self.values:
            self.refill()
        return self.values.pop()

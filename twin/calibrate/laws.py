"""Distributions a scenario knows, fitted to times: maximum likelihood, the best by AIC.

A time recorded to a second or a minute is one of an interval: likelihoods are of intervals, so
that coarse records are not taken for repeated values. Akaike (1974); Kolmogorov's distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import exp, gamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from twin.line.values import (
    Automatic,
    Bursts,
    Drawn,
    Erlang,
    Exponential,
    Fixed,
    Lognormal,
    Measured,
    Normal,
    Uniform,
    Weibull,
)

Floats = NDArray[np.float64]
Distribution = Callable[[Floats], Floats]

FEWEST = 20  # times from which a distribution is fitted; fewer tell none from another
LEAST = 1e-300  # probability that stands for none
TIGHT = 1e-4  # coefficient of variation below which a time is fixed
REMEMBERED = 1.96  # standard errors above which a correlation counts
MOST_MEMORY = 0.9
SAMPLES = 200  # bootstrap
MANY = 400  # times that may stand for themselves where no law is close to them, assumed
KNOTS = 41


@dataclass(frozen=True)
class Fitted:
    """The best law for a sample of times (s), how good it is, and what it was chosen from."""

    law: Drawn
    n: int
    distance: float  # Kolmogorov's, between sample and law
    mean: float
    interval: tuple[float, float]  # of the mean, 95 %, by bootstrap
    memory: float  # correlation of the logarithm of a time with that of the one before
    aic: Mapping[str, float]  # by kind of law, smallest first
    resolution: float  # s, the grid of the records; 0 when there is none

    @property
    def close(self) -> bool:
        """Whether the sample could well be of this law: 5 % critical distance (Massey 1951)."""
        return self.distance < 1.36 / sqrt(self.n) + 0.5 * self.step

    @property
    def step(self) -> float:
        """Probability that one step of the records' grid holds at most."""
        if self.resolution <= 0.0:
            return 0.0
        cdf = distribution(self.law)
        grid = self.mean + self.resolution * np.arange(-20.5, 21.0)
        return float(np.diff(cdf(np.maximum(grid, 0.0))).max())


def _made(kind: type[Drawn], **values: Any) -> Drawn:
    """A law of numbers: times in s, everything else as it is."""
    return kind.model_construct(kind=kind.__name__.lower(), **values)


def distribution(law: Drawn) -> Distribution:
    """Its cumulative distribution function, of times in s."""
    if isinstance(law, Lognormal):
        scale = law.mean * exp(-(law.sigma**2) / 2.0)
        return lambda x: stats.lognorm.cdf(x, law.sigma, scale=scale)
    if isinstance(law, Weibull):
        scale = law.mean / gamma(1.0 + 1.0 / law.shape)
        return lambda x: stats.weibull_min.cdf(x, law.shape, scale=scale)
    if isinstance(law, Erlang):
        return lambda x: stats.gamma.cdf(x, law.phases, scale=law.mean / law.phases)
    if isinstance(law, Normal):
        return lambda x: stats.norm.cdf(x, law.mean, max(law.sd, 1e-12))
    if isinstance(law, Uniform):
        return lambda x: stats.uniform.cdf(x, law.low, max(law.high - law.low, 1e-12))
    if isinstance(law, Automatic):
        sd, tail = 0.002 * law.mean, 0.04 * law.mean
        return lambda x: (
            0.995 * stats.norm.cdf(x, law.mean, sd)
            + 0.005 * stats.exponnorm.cdf(x, tail / sd, loc=law.mean, scale=sd)
        )
    if isinstance(law, Bursts):
        return lambda x: (
            law.share * -np.expm1(-x / law.close) + (1.0 - law.share) * -np.expm1(-x / law.wide)
        )
    if isinstance(law, Exponential):
        return lambda x: -np.expm1(-x / law.mean)
    if isinstance(law, Measured):
        logs, shares = np.log(law.times), np.linspace(0.0, 1.0, len(law.times))
        return lambda x: np.interp(np.log(np.maximum(x, LEAST)), logs, shares, 0.0, 1.0)
    mean = law.mean if isinstance(law, Fixed) else (law.low + law.mode + law.high) / 3.0
    return lambda x: (x >= mean).astype(np.float64)


def grid_of(x: Floats) -> float:
    """Step of the grid that all times stand on, s; 0 when they stand on none."""
    steps = np.unique(np.round(np.diff(np.unique(x)), 9))
    steps = steps[steps > 0.0]
    if not len(steps):
        return 0.0
    step = float(steps[0])
    on_grid = np.abs(steps / step - np.round(steps / step)).max() < 1e-3
    return step if on_grid and step > 1e-4 * float(np.median(x)) else 0.0


def measured(x: Floats) -> Measured:
    """The sample itself as a law: equally likely times, and the memory of their logarithms."""
    times = np.quantile(np.maximum(x, 1e-6), np.linspace(0.0, 1.0, KNOTS))
    memory = min(max(memory_of(x), 0.0), MOST_MEMORY)
    return Measured.model_construct(kind="measured", times=times.tolist(), memory=memory)


# ---- one function a law: parameters from a sample, or None when it cannot be of this law


def _lognormal(x: Floats) -> Drawn | None:
    logs = np.log(x)
    sigma = min(max(float(logs.std(ddof=1)), 1e-4), 5.0)
    return _made(Lognormal, mean=exp(float(logs.mean()) + sigma**2 / 2.0), sigma=sigma, memory=0.0)


def _weibull(x: Floats) -> Drawn | None:
    shape, _, scale = stats.weibull_min.fit(x, floc=0.0)
    shape = min(max(float(shape), 0.1), 100.0)
    return _made(Weibull, mean=float(scale) * gamma(1.0 + 1.0 / shape), shape=shape)


def _erlang(x: Floats) -> Drawn | None:
    variance = float(x.var(ddof=1))
    if variance <= 0.0:
        return None
    phases = min(max(round(float(x.mean()) ** 2 / variance), 1), 1000)
    return _made(Erlang, mean=float(x.mean()), phases=phases) if phases > 1 else None


def _normal(x: Floats) -> Drawn | None:
    mean, sd = float(x.mean()), float(x.std(ddof=1))
    return _made(Normal, mean=mean, sd=sd) if mean > 3.0 * sd else None


def _uniform(x: Floats) -> Drawn | None:
    room = float(x.max() - x.min()) / (len(x) - 1)
    return _made(Uniform, low=max(float(x.min()) - room, 0.0), high=float(x.max()) + room)


def _automatic(x: Floats) -> Drawn | None:
    return _made(Automatic, mean=float(np.median(x)))


def _exponential(x: Floats) -> Drawn | None:
    return _made(Exponential, mean=float(x.mean()))


def _bursts(x: Floats) -> Drawn | None:
    """Two exponentials: the likelihood has one maximum worth having, found from the quartiles."""

    def law(v: Floats) -> tuple[float, float, float]:
        share = 0.95 / (1.0 + exp(-float(v[0])))
        close = exp(float(v[1]))
        return share, close, close * (1.0 + exp(float(v[2])))

    def against(v: Floats) -> float:
        share, close, wide = law(v)
        density = share / close * np.exp(-x / close) + (1 - share) / wide * np.exp(-x / wide)
        return -float(np.log(np.maximum(density, LEAST)).sum())

    low, mean = max(float(np.quantile(x, 0.25)), 1e-3), float(x.mean())
    begin = [0.0, log(low), log(max(mean / low - 1.0, 1e-2))]
    found = optimize.minimize(against, begin, method="Nelder-Mead", options={"maxiter": 2000})
    share, close, wide = law(found.x)
    if share < 0.02 or wide < 3.0 * close:
        return None
    return _made(Bursts, mean=share * close + (1.0 - share) * wide, share=share, close=close)


Candidate = tuple[Callable[[Floats], Drawn | None], int]  # and how many parameters it has
LAWS: Mapping[str, Candidate] = {
    "automatic": (_automatic, 1),
    "exponential": (_exponential, 1),
    "lognormal": (_lognormal, 2),
    "weibull": (_weibull, 2),
    "erlang": (_erlang, 2),
    "normal": (_normal, 2),
    "uniform": (_uniform, 2),
    "bursts": (_bursts, 3),
}
CYCLES = ("automatic", "normal", "lognormal", "erlang", "weibull", "uniform")
GAPS = ("exponential", "weibull", "lognormal", "bursts")
REPAIRS = ("lognormal", "exponential", "weibull", "erlang", "normal", "uniform")


def fit(x: Floats, among: tuple[str, ...]) -> Fitted:
    """The best law for times (s, positive, in the order they came) among kinds of laws.

    Raises ValueError with fewer than `FEWEST` times.
    """
    if len(x) < FEWEST:
        raise ValueError(f"{len(x)} times")
    x = np.asarray(x, dtype=np.float64)
    memory = memory_of(x)
    resolution = grid_of(x)
    if float(x.std()) < TIGHT * float(x.mean()):
        law, aic = _made(Fixed, mean=float(np.median(x))), {"fixed": 0.0}
    else:
        found = {name: LAWS[name][0](np.maximum(x, 1e-6)) for name in among}
        scores = {
            name: 2.0 * LAWS[name][1] - 2.0 * likelihood(made, x, resolution)
            for name, made in found.items()
            if made is not None
        }
        aic = dict(sorted(scores.items(), key=lambda row: row[1]))
        best = found[next(iter(aic))]
        assert best is not None
        law = best
        if isinstance(law, Lognormal) and memory > REMEMBERED / sqrt(len(x)):
            law = law.model_copy(update={"memory": min(memory, MOST_MEMORY)})
    fitted = Fitted(
        law, len(x), distance(law, x, resolution), float(x.mean()), interval(x), memory, aic,
        resolution,
    )  # fmt: skip
    if fitted.close or len(x) < MANY:
        return fitted
    law = measured(x)
    return replace(fitted, law=law, distance=distance(law, x, resolution))


def likelihood(law: Drawn, x: Floats, resolution: float) -> float:
    """Logarithm of the probability of the sample, each time within its step of the grid."""
    step = max(resolution, 1e-5 * float(np.median(x)))
    cdf = distribution(law)
    inside = cdf(x + 0.5 * step) - cdf(np.maximum(x - 0.5 * step, 0.0))
    return float(np.log(np.maximum(inside, LEAST)).sum()) - len(x) * log(step)


def distance(law: Drawn, x: Floats, resolution: float) -> float:
    """Kolmogorov's distance between a sample and a law, at the middles of the grid's steps."""
    if isinstance(law, Fixed):
        return float(np.mean(np.abs(x - law.mean) > 3.0 * TIGHT * law.mean))
    cdf, ordered = distribution(law), np.sort(x)
    if resolution > 0.0:
        values, counts = np.unique(ordered, return_counts=True)
        seen = np.cumsum(counts) / len(x)
        return float(np.abs(cdf(values + 0.5 * resolution) - seen).max())
    expected = cdf(ordered)
    n = len(x)
    above, below = np.arange(1, n + 1) / n - expected, expected - np.arange(n) / n
    return float(max(above.max(), below.max()))


def memory_of(x: Floats, lag: int = 1) -> float:
    """Correlation of the logarithm of a time with that `lag` times before; 0 when all are one."""
    logs = np.log(np.maximum(x, 1e-6))
    logs = logs - logs.mean()
    whole = float(logs @ logs)
    return float(logs[lag:] @ logs[:-lag]) / whole if whole > 0.0 else 0.0


def interval(x: Floats) -> tuple[float, float]:
    """95 % interval of the mean by bootstrap; the same sample gives the same interval."""
    generator = np.random.default_rng(len(x))
    means = generator.choice(x, (SAMPLES, len(x))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def without_memory(fitted: Fitted) -> Fitted:
    """The same, as independent times."""
    if not isinstance(fitted.law, Lognormal):
        return fitted
    return replace(fitted, law=fitted.law.model_copy(update={"memory": 0.0}))

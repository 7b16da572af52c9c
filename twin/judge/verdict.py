"""A measured value, its interval, and what follows: PASS, FAIL or NOT SEPARABLE.

A *census* compares everything there was to compare: what it says of this run is exact, so it has
no interval. Everything else is an estimate from a sample and carries a 95 % interval; when the
interval crosses the threshold, the run was too short to tell, and the verdict says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2000
Z95 = 1.959963984540054  # standard normal quantile of 0.975
MOST_EVIDENCE = 20  # rows kept with a finding

Better = Literal["low", "high"]
Row = Mapping[str, Any]


class Verdict(StrEnum):
    """What is known after a test, from best to worst."""

    PASS = "PASS"
    NOT_SEPARABLE = "NOT SEPARABLE"
    NOT_JUDGED = "NOT JUDGED"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Measured:
    """A value in the unit of its check, its 95 % interval, and on how much it rests.

    `n` counts what was compared: rows, events, seconds. `evidence` are rows that show what was
    wrong (the worst first), at most MOST_EVIDENCE of them.

    >>> Measured.census(0.0, 1200).interval
    (0.0, 0.0)
    """

    value: float
    low: float
    high: float
    n: int
    evidence: tuple[Row, ...] = ()
    note: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval; both ends are the value in a census."""
        return self.low, self.high

    @classmethod
    def census(cls, value: float, n: int, evidence: Sequence[Row] = (), note: str = "") -> Measured:
        """Everything there was to compare was compared."""
        return cls(float(value), float(value), float(value), n, _kept(evidence), note)

    @classmethod
    def share(cls, k: int, n: int, evidence: Sequence[Row] = (), note: str = "") -> Measured:
        """`k` of `n` independent cases, with Wilson's score interval (Wilson 1927).

        Raises ValueError without cases.

        >>> one = Measured.share(0, 30)
        >>> one.value, round(one.high, 4)
        (0.0, 0.1135)
        """
        if not 0 <= k <= n or n == 0:
            raise ValueError(f"{k} of {n} is no share")
        p, z2 = k / n, Z95 * Z95
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        low = 0.0 if k == 0 else centre - half
        high = 1.0 if k == n else centre + half
        return cls(p, low, high, n, _kept(evidence), note)

    @classmethod
    def bootstrap(
        cls,
        samples: ArrayLike,
        statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        evidence: Sequence[Row] = (),
        note: str = "",
        seed: int = 0,
    ) -> Measured:
        """A statistic of independent samples with its percentile interval (Efron 1979).

        `statistic` reduces the last axis of an array. Raises ValueError without samples.
        """
        values = np.asarray(samples, dtype=np.float64)
        if not values.size:
            raise ValueError("no samples")
        draws = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
        low, high = np.quantile(statistic(values[draws]), (0.025, 0.975))
        value = float(statistic(values[None, :])[0])
        return cls(value, float(low), float(high), len(values), _kept(evidence), note)

    @classmethod
    def mean(cls, samples: ArrayLike, evidence: Sequence[Row] = (), note: str = "") -> Measured:
        """The mean of independent samples.

        >>> Measured.mean([1.0, 1.0, 1.0]).interval
        (1.0, 1.0)
        """
        return cls.bootstrap(samples, lambda a: a.mean(axis=-1), evidence, note)

    @classmethod
    def quantile(
        cls, samples: ArrayLike, q: float, evidence: Sequence[Row] = (), note: str = ""
    ) -> Measured:
        """A quantile of independent samples; 0.5 is the median."""
        return cls.bootstrap(samples, lambda a: np.quantile(a, q, axis=-1), evidence, note)

    def saying(self, note: str) -> Measured:
        """The same, with a remark."""
        return replace(self, note=note)


def _kept(evidence: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(evidence[:MOST_EVIDENCE])


@dataclass(frozen=True)
class NotJudged:
    """A test that could not be made, and why (a sentence for people)."""

    reason: str
    evidence: tuple[Row, ...] = field(default=())


def decide(measured: Measured | NotJudged, threshold: float, better: Better) -> Verdict:
    """The verdict on a value against its threshold; on the threshold itself it passes.

    >>> decide(Measured(0.5, 0.3, 0.9, 40), 1.0, "low")
    <Verdict.PASS: 'PASS'>
    >>> decide(Measured(0.5, 0.3, 1.2, 40), 1.0, "low")
    <Verdict.NOT_SEPARABLE: 'NOT SEPARABLE'>
    """
    if isinstance(measured, NotJudged) or math.isnan(measured.value):
        return Verdict.NOT_JUDGED
    sign = 1.0 if better == "low" else -1.0
    best, worst = sorted((sign * measured.low, sign * measured.high))
    if worst <= sign * threshold:
        return Verdict.PASS
    return Verdict.FAIL if best > sign * threshold else Verdict.NOT_SEPARABLE


RANK = {Verdict.PASS: 0, Verdict.NOT_JUDGED: 1, Verdict.NOT_SEPARABLE: 2, Verdict.FAIL: 3}


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for several: a FAIL decides, then what stays open; nothing judged is no PASS."""
    if not verdicts:
        return Verdict.NOT_JUDGED
    return max(verdicts, key=RANK.__getitem__)

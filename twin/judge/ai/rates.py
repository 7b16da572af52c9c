"""Intervals the verdict's own constructors do not have: a rate of events, a difference."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from twin.judge.verdict import Measured, Row


def rate(k: int, exposure: float, evidence: Sequence[Row] = (), note: str = "") -> Measured:
    """Events in `exposure` units of time, with Garwood's exact Poisson interval (Garwood 1936).

    Raises ValueError without exposure.

    >>> one = rate(0, 10.0)
    >>> one.value, round(one.high, 4)
    (0.0, 0.3689)
    """
    from scipy.stats import chi2

    if not exposure > 0.0:
        raise ValueError("no time to count events in")
    low = 0.0 if k == 0 else float(chi2.ppf(0.025, 2 * k)) / 2.0
    high = float(chi2.ppf(0.975, 2 * (k + 1))) / 2.0
    value = k / exposure
    return Measured(value, low / exposure, high / exposure, k, tuple(evidence[:20]), note)


def difference(a: Measured, b: Measured, note: str = "") -> Measured:
    """Share `a` less share `b`, with Newcombe's interval of hybrid scores (Newcombe 1998, no. 10).

    Newcombe's example, 56/70 - 48/80 = 0.2 from 0.0524 to 0.3339:

    >>> d = difference(Measured.share(56, 70), Measured.share(48, 80))
    >>> round(d.value, 4), round(d.low, 4), round(d.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    value = a.value - b.value
    low = value - sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    high = value + sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Measured(value, low, high, a.n + b.n, (*a.evidence, *b.evidence)[:20], note)

"""Counts from one uniform number, so that a cause only shifts a count and never redraws it."""

from __future__ import annotations

from math import exp


def poisson(u: float, mean: float) -> int:
    """Quantile `u` (in [0, 1)) of the Poisson distribution: grows with u and with the mean."""
    count, share = 0, exp(-mean)
    total = share
    while u >= total and share > 1e-300 and count < 100_000:
        count += 1
        share *= mean / count
        total += share
    return count

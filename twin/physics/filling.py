"""Filling, capping and labelling of bottles: shares out of limits, leaks."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

from twin.physics.solder import normal_cdf

# three points that stand for a normal population in a mean (Gauss-Hermite)
FAR = 8.0  # standard deviations beyond which the share is below 1e-15
NODES = ((0.0, 2.0 / 3.0), (sqrt(3.0), 1.0 / 6.0), (-sqrt(3.0), 1.0 / 6.0))


def share_under(limit: float, means: Sequence[float], sd: float) -> float:
    """Share of bottles under `limit`, filled by valves of these means in turn (mL)."""
    if min(means) - limit > FAR * sd:
        return 0.0
    return sum(normal_cdf((limit - mean) / sd) for mean in means) / len(means)


def share_over(limit: float, means: Sequence[float], sd: float) -> float:
    """Share of bottles over `limit` (mL)."""
    if limit - max(means) > FAR * sd:
        return 0.0
    return sum(normal_cdf((mean - limit) / sd) for mean in means) / len(means)


def given_away(nominal: float, means: Sequence[float], sd: float) -> float:
    """Mean volume over nominal of a bottle, mL: E(max(v - nominal, 0)) of a normal v."""
    total = 0.0
    for mean in means:
        z = (mean - nominal) / sd
        total += (mean - nominal) * normal_cdf(z) + sd * exp(-z * z / 2.0) * 0.3989422804014327
    return total / len(means)


def leak_share(torque: float, spread: float, limit: float = 1.3, width: float = 0.05) -> float:
    """Share of caps that leak, at a mean torque with a spread (N m, one standard deviation).

    One cap leaks with a logistic probability that is a half at `limit`; form and width assumed.
    """
    return sum(
        weight / (1.0 + exp(min((torque + node * spread - limit) / width, 500.0)))
        for node, weight in NODES
    )


def share_astray(limit: float, sd: float) -> float:
    """Share of labels further than `limit` from their place, on either side (mm)."""
    return 2.0 * normal_cdf(-limit / sd)

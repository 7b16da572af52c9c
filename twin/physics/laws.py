"""The one law with memory: a quantity on its way from a value to a target.

Three shapes share four numbers (t0, value, target, tau), so that a track of laws is a plain
table of floats and is evaluated for millions of instants at once:

    tau > 0   first-order lag, `target + (value - target) exp(-(t - t0) / tau)`
    tau = 0   jump: the target holds from t0 on
    tau < 0   ramp: straight to the target in -tau seconds, then it holds
"""

from __future__ import annotations

from math import exp, inf, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Law(NamedTuple):
    """A quantity's way from `value` (at time 0 of the law) to `target`; `tau` in seconds."""

    value: float
    target: float
    tau: float = 0.0

    @classmethod
    def hold(cls, value: float) -> Law:
        """The constant law."""
        return cls(value, value, 0.0)

    def at(self, dt: float) -> float:
        """Value `dt` seconds after the law began."""
        if self.tau > 0.0:
            return self.target + (self.value - self.target) * exp(-dt / self.tau)
        if self.tau < 0.0 and dt < -self.tau:
            return self.value + (self.target - self.value) * (dt / -self.tau)
        return self.target

    def time_to_reach(self, x: float) -> float:
        """Seconds until the value is `x`; 0 when it is there now, inf when it never will be."""
        gap, way = self.target - self.value, x - self.value
        if way == 0.0:
            return 0.0
        if gap == 0.0 or way / gap < 0.0 or way / gap > 1.0:
            return inf
        if self.tau > 0.0:
            return inf if way == gap else -self.tau * log(1.0 - way / gap)
        return way / gap * -self.tau if self.tau < 0.0 else 0.0


def evaluate(dt: Floats, value: Floats, target: Floats, tau: Floats) -> Floats:
    """`Law.at` for arrays of equal shape: dt, tau in s; value and target in the quantity's unit.

    Operation for operation what `twin.signals` does where one law covers a whole window, so that
    the cut into windows never shows in the last bit.
    """
    out = target.copy()
    lag = tau > 0.0
    if lag.all():
        out += (value - target) * np.exp(dt * (-1.0 / tau))
        return out
    if lag.any():
        out[lag] += (value[lag] - target[lag]) * np.exp(dt[lag] * (-1.0 / tau[lag]))
    ramp = (tau < 0.0) & (dt < -tau)
    if ramp.any():
        share = dt[ramp] / -tau[ramp]
        out[ramp] = value[ramp] + (target[ramp] - value[ramp]) * share
    return out


def area(dt: Floats, value: Floats, target: Floats, tau: Floats) -> Floats:
    """Time integral of `evaluate` from 0 to `dt`, unit of the quantity times s."""
    out = target * dt
    lag = tau > 0.0
    gap = value[lag] - target[lag]
    out[lag] -= gap * tau[lag] * np.expm1(-dt[lag] / tau[lag])
    ramp = tau < 0.0
    way = np.minimum(dt[ramp], -tau[ramp])  # s on the way to the target
    out[ramp] += (value[ramp] - target[ramp]) * way * (1.0 - way / (-2.0 * tau[ramp]))
    return out

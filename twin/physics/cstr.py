"""The exothermic stirred tank reactor of the control literature, with its ignition.

One first-order reaction A -> B in 100 l with a cooling jacket. Parameters: Seborg, Edgar,
Mellichamp, Process Dynamics and Control (2nd ed. 2004), ch. 2, as used in public repositories.
Temperatures in K, concentrations in mol/l, time in min.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from twin.physics.laws import Floats


@dataclass(frozen=True, slots=True)
class Tank:
    """Parameters: flow l/min, volume l, feed K and mol/l, the reaction, the jacket."""

    flow: float = 100.0
    volume: float = 100.0
    feed_temperature: float = 350.0  # K
    feed: float = 1.0  # mol/l
    density_heat: float = 1000.0 * 0.239  # J/l K
    heat: float = 5.0e4  # J/mol, given off
    activation: float = 8750.0  # E/R, K
    rate: float = 7.2e10  # 1/min
    transfer: float = 5.0e4  # J/min K


def change(tank: Tank, c: float, T: float, coolant: float) -> tuple[float, float]:
    """(dc/dt in mol/l min, dT/dt in K/min) at concentration `c`, temperature `T`."""
    speed = tank.rate * exp(-tank.activation / T) * c
    space = tank.flow / tank.volume
    heat = tank.heat * speed + tank.transfer / tank.volume * (coolant - T)
    return (
        space * (tank.feed - c) - speed,
        space * (tank.feed_temperature - T) + heat / tank.density_heat,
    )


def advance(tank: Tank, c: float, T: float, coolant: float, step: float) -> tuple[float, float]:
    """(c, T) after `step` min: one step of Runge-Kutta of fourth order."""
    a = change(tank, c, T, coolant)
    b = change(tank, c + step / 2 * a[0], T + step / 2 * a[1], coolant)
    d = change(tank, c + step / 2 * b[0], T + step / 2 * b[1], coolant)
    e = change(tank, c + step * d[0], T + step * d[1], coolant)
    return (
        c + step / 6 * (a[0] + 2 * b[0] + 2 * d[0] + e[0]),
        T + step / 6 * (a[1] + 2 * b[1] + 2 * d[1] + e[1]),
    )


def integrate(
    tank: Tank, c: float, T: float, coolant: float, minutes: float, step: float = 0.002
) -> tuple[Floats, Floats, Floats]:
    """(t in min, c, T), each of shape (n,), on a fixed grid."""
    n = max(round(minutes / step), 1)
    out = np.empty((n + 1, 2))
    out[0] = c, T
    for i in range(1, n + 1):
        out[i] = c, T = advance(tank, c, T, coolant, step)
    return np.arange(n + 1, dtype=np.float64) * step, out[:, 0], out[:, 1]

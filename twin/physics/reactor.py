"""Semi-batch reactor with a jacket: A is dosed into B, A + B -> P, exothermic.

Balances of amount and of heat, integrated by explicit Euler. The kettle: 2 m3, 1.5 t of solvent
with 2 kmol of B, 2 kmol of A in 500 kg dosed in an hour, 120 kJ/mol (figures assumed; they give an
adiabatic rise of 31.6 K). Form: Stoessel, Thermal Safety of Chemical Processes (2008), ch. 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from twin.physics.laws import Floats

GAS = 8.314  # J/mol K
KELVIN = 273.15
HEAT_CAPACITY = 3.8e3  # J/kg K
ACTIVATION = 80e3  # J/mol, assumed
REACTION_HEAT = 120e3  # J/mol, assumed
RATE_60 = 0.02  # l/mol s at 60 degC, assumed
HEEL = 1500.0  # kg charged before dosing
CHARGED = 2000.0  # mol of B in the heel
DOSE, DOSE_AMOUNT, DOSE_TIME = 500.0, 2000.0, 3600.0  # kg, mol of A, s
FEED_TEMPERATURE = 25.0  # degC
TRANSFER = 3.0e3  # W/K, jacket clean and cooling on
COLDEST, HOTTEST = 15.0, 60.0  # degC a jacket can be brought to while the reaction is controlled
GAIN, BIAS = 6.0, 8.0  # K of jacket for each K of error, and K below the set point at no error
MARGIN = 8.0  # K above the set point at which the interlock stops dosing


def jacket_time(
    mass: float, start: float, end: float, jacket: float, transfer: float = TRANSFER
) -> float:
    """Seconds to bring `mass` kg from `start` to `end` degC by a jacket of constant temperature.

    Raises ValueError when the jacket can never bring it there.
    """
    ratio = (jacket - start) / (jacket - end) if jacket != end else 0.0
    if ratio <= 0.0:
        raise ValueError(f"a jacket of {jacket:g} degC never brings {start:g} to {end:g} degC")
    return mass * HEAT_CAPACITY / transfer * log(ratio)


def rate_constant(temperature: float, rate_60: float = RATE_60) -> float:
    """Rate constant, m3/mol s, at `temperature` degC (Arrhenius, referred to 60 degC)."""
    kelvin = temperature + KELVIN
    return rate_60 * 1e-3 * exp(-ACTIVATION / GAS * (1.0 / kelvin - 1.0 / 333.15))


@dataclass(frozen=True, slots=True)
class Kettle:
    """Contents at an instant: temperature (degC), mol of A and of B, kg of feed dosed."""

    temperature: float
    a: float = 0.0
    b: float = CHARGED
    dosed: float = 0.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the kettle is run with: set point (degC), feed (kg/s), W/K, whether the interlock acts.

    `transfer` 0 is a jacket without cooling water.
    """

    target: float = 60.0
    feed: float = DOSE / DOSE_TIME
    transfer: float = TRANSFER
    rate_60: float = RATE_60
    interlock: bool = True


@dataclass(frozen=True)
class Course:
    """Contents over time: `t` in s, arrays of shape (n,); `jacket` in degC."""

    t: Floats
    temperature: Floats
    a: Floats
    b: Floats
    dosed: Floats
    jacket: Floats

    @property
    def end(self) -> Kettle:
        """Contents at the last instant."""
        return Kettle(*(float(x[-1]) for x in (self.temperature, self.a, self.b, self.dosed)))

    @property
    def accumulation(self) -> float:
        """Most A that ever lay unreacted, as a share of the whole dose."""
        return float(self.a.max()) / DOSE_AMOUNT


def semi_batch(start: Kettle, under: Conditions, seconds: float, step: float = 0.5) -> Course:
    """Contents from `start` on for `seconds`, every `step` s."""
    n = max(round(seconds / step), 1)
    rows = np.empty((n + 1, 5))
    temperature, a, b, dosed = start.temperature, start.a, start.b, start.dosed
    stopped = False
    for i in range(n + 1):
        jacket = under.target - GAIN * (temperature - under.target) - BIAS
        jacket = min(max(jacket, COLDEST), HOTTEST)
        rows[i] = temperature, a, b, dosed, jacket
        stopped = stopped or (under.interlock and temperature > under.target + MARGIN)
        feed = 0.0 if stopped or dosed >= DOSE else under.feed
        volume = (HEEL + dosed) / 1000.0
        speed = rate_constant(temperature, under.rate_60) * a * b / volume  # mol/s
        heat = under.transfer * (jacket - temperature) + REACTION_HEAT * speed
        heat -= feed * HEAT_CAPACITY * (temperature - FEED_TEMPERATURE)
        temperature += step * heat / ((HEEL + dosed) * HEAT_CAPACITY)
        a = max(a + step * (feed * DOSE_AMOUNT / DOSE - speed), 0.0)
        b = max(b - step * speed, 0.0)
        dosed += step * feed
    t = np.arange(n + 1, dtype=np.float64) * step
    return Course(t, *rows.T)

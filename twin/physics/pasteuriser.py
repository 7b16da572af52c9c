"""Pasteurising in a plate heat exchanger: heat, fouling, the holding tube, and what survives it.

Temperatures in degC, flows in L/h, heat in kW. Density and heat capacity are milk's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, log, pi

DENSITY = 1030.0  # kg/m3, milk
HEAT_CAPACITY = 3.93  # kJ/(kg K), milk
VISCOSITY = 1.1e-3  # Pa s, which gives the Reynolds number 41,800 of the usual tube
CLEAN = 3500.0  # W/(m2 K) of clean plates, assumed
FOULING = 2e-5  # m2 K/W an hour, milk; a quarter of it for juice; assumed

DECIMAL_72, DECIMAL_AT, Z_COXIELLA = 3.0, 72.0, 4.4  # s, degC, K: Coxiella burnetii
PU_BASE, PU_AT = 1.393, 60.0  # pasteurisation units of beer, 1/K and degC


def mass_flow(flow: float, density: float = DENSITY) -> float:
    """Mass flow in kg/s of a volume flow in L/h."""
    return density * flow / 3.6e6


def capacity_flow(flow: float) -> float:
    """Heat capacity of a flow of product, kW/K."""
    return mass_flow(flow) * HEAT_CAPACITY


def regenerated(inlet: float, pasteurised: float, share: float) -> float:
    """Product behind the regenerator, which gives back `share` of the heat, degC."""
    return inlet + share * (pasteurised - inlet)


def heat_needed(flow: float, inlet: float, pasteurised: float, share: float) -> float:
    """What the heater must add, kW."""
    return capacity_flow(flow) * (pasteurised - regenerated(inlet, pasteurised, share))


def log_mean(one: float, other: float) -> float:
    """Logarithmic mean of the temperature differences at the two ends, K."""
    if abs(one - other) < 1e-9 * abs(one):
        return one
    return (one - other) / log(one / other)


def effectiveness(transfer: float, cold: float, hot: float) -> float:
    """Share of (hot in - cold in) that the cold stream gains in counterflow, 1.

    `transfer` is U A, the others heat capacity flows, all in kW/K. It says the same as
    heat = U A times the logarithmic mean difference, without having to solve for the outlet.
    """
    least = min(cold, hot)
    units = transfer / least
    ratio = least / max(cold, hot)
    if ratio > 1.0 - 1e-9:
        share = units / (1.0 + units)
    else:
        share = -expm1(-units * (1.0 - ratio)) / (1.0 - ratio * exp(-units * (1.0 - ratio)))
    return share * least / cold


def fouled(resistance: float, clean: float = CLEAN) -> float:
    """Heat transfer coefficient under a deposit of so many m2 K/W, W/(m2 K)."""
    return clean / (1.0 + clean * resistance)


@dataclass(frozen=True, slots=True)
class Tube:
    """A holding tube: bore and length in m."""

    bore: float = 0.0475
    length: float = 14.1

    @property
    def section(self) -> float:
        """Area of flow, m2."""
        return pi * self.bore**2 / 4.0

    def velocity(self, flow: float) -> float:
        """Mean velocity, m/s, at a flow in L/h."""
        return flow / 3.6e6 / self.section

    def time(self, flow: float) -> float:
        """Mean time in the tube, s, at a flow in L/h."""
        return self.length / self.velocity(flow)

    def reynolds(self, flow: float, viscosity: float = VISCOSITY) -> float:
        """Reynolds number at a flow in L/h; above some 10,000 nobody runs far ahead."""
        return DENSITY * self.velocity(flow) * self.bore / viscosity


def decimal_time(
    temperature: float,
    reference: float = DECIMAL_72,
    at: float = DECIMAL_AT,
    z: float = Z_COXIELLA,
) -> float:
    """Time that kills nine in ten, s."""
    return float(reference * 10.0 ** ((at - temperature) / z))


def log_reduction(held: float, temperature: float) -> float:
    """Powers of ten by which `held` s at a temperature reduce Coxiella burnetii."""
    return held / decimal_time(temperature)


def pasteurisation_units(held: float, temperature: float) -> float:
    """Beer's pasteurisation units: minutes at 60 degC, from `held` s."""
    return float(held / 60.0 * PU_BASE ** (temperature - PU_AT))

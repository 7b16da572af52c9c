"""Case hardening: carbon diffusion, case depth, retained austenite, hardness.

Carbon goes into the surface as into a half-space of constant surface concentration. The case depth
is where the carbon is half way between core and surface.
"""

from __future__ import annotations

from math import exp, sqrt

GAS = 8.314  # J/(mol K)
ZERO = 273.15  # K
D0, ACTIVATION = 0.15e-4, 135_000.0  # m2/s and J/mol, carbon in austenite (matter.org.uk)
MIDDLE = 0.954  # 2 x 0.477, where the complementary error function is a half
QUENCHED, TEMPERED = 64.0, 4.0  # HRC as quenched and lost at 180 degC, assumed (58-62 after temper)
AUSTENITE = 6.0  # HRC lost if all were austenite beyond the usual 20 %, assumed
USUAL_AUSTENITE = 0.2


def diffusivity(temperature: float) -> float:
    """Diffusion coefficient of carbon in austenite, m2/s, at a temperature in degC."""
    return D0 * exp(-ACTIVATION / (GAS * (temperature + ZERO)))


def case_depth(diffused: float) -> float:
    """Case depth, mm, from the time integral of the diffusivity, m2."""
    return 1000.0 * MIDDLE * sqrt(max(diffused, 0.0))


def case_depth_after(temperature: float, time: float) -> float:
    """Case depth, mm, after `time` s at a constant temperature in degC."""
    return case_depth(diffusivity(temperature) * time)


def martensite_start(carbon: float) -> float:
    """Martensite start, degC, at a carbon content in % (Andrews 1965; 0.8 Mn, 1.1 Cr, 0.25 Mo)."""
    return 539.0 - 423.0 * carbon - 30.4 * 0.8 - 12.1 * 1.1 - 7.5 * 0.25


def retained_austenite(carbon: float, coldest: float = 20.0) -> float:
    """Share of austenite left at the surface (Koistinen and Marburger 1959)."""
    return exp(-0.011 * max(martensite_start(carbon) - coldest, 0.0))


def surface_hardness(carbon: float, slack: float = 0.0) -> float:
    """Hardness after tempering, HRC; `slack` (K) is how much warmer than usual the quench was."""
    soft = AUSTENITE * max(retained_austenite(carbon) - USUAL_AUSTENITE, 0.0)
    return QUENCHED - TEMPERED - soft - 0.05 * max(slack, 0.0)

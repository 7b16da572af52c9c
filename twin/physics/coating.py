"""Paint making: fineness of a dispersion, viscosity, colour, power of a stirrer.

Forms are those of the field; coefficients are assumed unless a source is named.
"""

from __future__ import annotations

from math import exp

import numpy as np

from twin.physics.laws import Floats

COARSE, FINEST = 80.0, 8.0  # um before and after endless dispersing
GRIND = 1.2 / 3600.0  # 1/s at 20 m/s and 80 % of beads, assumed
MICRON_A_HEGMAN = 12.7  # um a point of the Hegman gauge (ASTM D1210: 0 is 101.6 um, 8 is 0)
PACKING = 0.64  # random close packing of spheres
TEMPERING = 2500.0  # K, how fast viscosity falls with temperature, assumed


def grind_rate(tip_speed: float, fill: float = 0.8) -> float:
    """Rate of dispersing, 1/s, at `tip_speed` m/s and a chamber filled with beads to `fill`."""
    return float(GRIND * (tip_speed / 20.0) ** 1.5 * (fill / 0.8))


def fineness(seconds: float, rate: float, start: float = COARSE) -> float:
    """Largest particles, um, after dispersing from `start` um at `rate` 1/s."""
    return FINEST + (start - FINEST) * exp(-rate * seconds)


def hegman(micron: float) -> float:
    """Reading of the Hegman gauge for particles of `micron` um."""
    return 8.0 - micron / MICRON_A_HEGMAN


def viscosity(plain: float, solids: float, temperature: float) -> float:
    """Viscosity of a paint with a volume share `solids`, in the unit of `plain` (that at 25 degC).

    Krieger and Dougherty, Trans. Soc. Rheol. 3 (1959), intrinsic viscosity 2.5.
    """
    if not 0.0 <= solids < PACKING:
        raise ValueError(f"the volume share must lie from 0 to below {PACKING:g}, got {solids:g}")
    thick = (1.0 - solids / PACKING) ** (-2.5 * PACKING)
    return float(plain * thick * exp(TEMPERING * (1.0 / (temperature + 273.15) - 1.0 / 298.15)))


def mixing_power(number: float, density: float, speed: float, diameter: float) -> float:
    """Power of a stirrer, W: power number, kg/m3, 1/s, m (Rushton, Costich, Everett 1950)."""
    return number * density * speed**3 * diameter**5


# CIELAB differences (L*, a*, b*) for 1 % of each paste: white, black, yellow, red, green; assumed
TINT = np.array(
    [[1.6, -2.8, -0.3, -0.9, -1.2], [-0.1, 0.0, -0.4, 2.3, -2.1], [-0.6, -0.5, 3.1, 0.8, 0.4]]
)


def colour_error(pastes: Floats) -> float:
    """Colour difference dE (CIE 1976) of paste errors, % each, shape (5,)."""
    return float(np.linalg.norm(TINT @ pastes))


def correction(lab: Floats) -> Floats:
    """Pastes to add, % each, shape (5,), that take a measured difference `lab`, shape (3,), away.

    Least squares over pastes that may only be added.
    """
    from scipy.optimize import nnls

    return np.asarray(nnls(TINT, -lab)[0])

"""Metal cutting: force and power, tool life and flank wear, dimension, roughness, vibration.

Cutting force after Kienzle, tool life after Taylor, roughness from the geometry of the tool nose.
The coefficients of the steels were fitted to a tool maker's tables of specific cutting force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians, sqrt, tan
from types import MappingProxyType

WEAR_LIMIT = 0.3  # mm, flank wear at which an insert is worn out (ISO 3685)
CLEARANCE = 6.0  # degrees, clearance angle of the insert, assumed
EXPANSION = 11.5e-6  # 1/K, steel (known)
FRESH, SLOPE, END = 0.02, 0.16, 0.12  # mm: edge rounding, steady wear, last rise; assumed
CHIP_STEP = 0.15  # mm of flank wear that a chipped edge equals, assumed


@dataclass(frozen=True, slots=True)
class Steel:
    """Specific cutting force at 1 mm x 1 mm, N/mm2, and how it falls with the feed."""

    kc11: float
    mc: float


STEELS: Mapping[str, Steel] = MappingProxyType(
    {
        "mild": Steel(1988.0, 0.263),
        "medium": Steel(2113.0, 0.161),
        "crmo600": Steel(2244.0, 0.210),
        "crmo730": Steel(2497.0, 0.261),
        "hard": Steel(2379.0, 0.241),
        "grey-iron": Steel(1139.0, 0.271),
    }
)
"""Fits to Mitsubishi Materials' table of specific cutting force; largest error 1.3 to 4.3 %."""


def specific_force(steel: Steel, feed: float) -> float:
    """Specific cutting force kc, N/mm2, at a feed in mm a revolution (Kienzle)."""
    return float(steel.kc11 * feed**-steel.mc)


def cutting_force(steel: Steel, feed: float, depth: float) -> float:
    """Main cutting force, N, at a depth of cut in mm."""
    return specific_force(steel, feed) * feed * depth


def cutting_power(force: float, speed: float) -> float:
    """Power at the edge, kW, from the force in N and the cutting speed in m/min."""
    return force * speed / 60_000.0


def spindle_load(power: float, rated: float, wear: float = 0.0, efficiency: float = 0.8) -> float:
    """Spindle load, % of the rated power in kW; wear in mm raises it by 30 % at the limit."""
    return 100.0 * power / (efficiency * rated) * (1.0 + 0.3 * wear / WEAR_LIMIT)


def tool_life(speed: float, constant: float = 400.0, exponent: float = 0.25) -> float:
    """Tool life, minutes of cutting (Taylor); 400 m/min and 0.25 are carbide in steel."""
    return float((constant / speed) ** (1.0 / exponent))


def flank_wear(used: float) -> float:
    """Flank wear, mm, when the share `used` of the tool life is over; the limit at 1."""
    return FRESH + SLOPE * sqrt(max(used, 0.0)) + END * max(used, 0.0) ** 6


def diameter_growth(wear: float, warming: float, diameter: float) -> float:
    """How much larger a turned diameter comes out, mm, without compensation.

    `wear` in mm sets the edge back; `warming` is the part's temperature above reference, K.
    """
    return 2.0 * wear * tan(radians(CLEARANCE)) + EXPANSION * warming * diameter


def roughness(feed: float, nose: float, wear: float = 0.0) -> float:
    """Mean roughness Ra, um: the nose radius' track (mm), and 0.05 um for each 0.1 mm of wear."""
    return 31.25 * feed * feed / nose + 0.05 * wear / 0.1


def vibration(idle: float, load: float, per_load: float, bearing: float = 0.0) -> float:
    """Vibration velocity, mm/s RMS: idle running, cutting (load in %) and bearing add as power."""
    return sqrt(idle * idle + (per_load * load) ** 2 + bearing * bearing)


def vibration_zone(velocity: float, limits: tuple[float, float, float] = (1.12, 2.8, 7.1)) -> str:
    """Zone A to D of a vibration velocity, mm/s RMS; the limits are those of medium machines.

    Published tables disagree on the limits, so they are an argument.
    """
    return "ABCD"[sum(velocity > limit for limit in limits)]

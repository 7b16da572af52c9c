"""Steam and cooling water that heat asks for."""

from __future__ import annotations

STEAM = 2163.0  # kJ/kg, latent heat at 3 bar (steam tables)
WATER = 4.19  # kJ/kg K


def steam_for(heat: float = 1.0) -> float:
    """kg/h of saturated steam of 3 bar that gives so many kW when it condenses."""
    return heat * 3600.0 / STEAM


def water_for(heat: float, rise: float) -> float:
    """kg/h of cooling water that takes so many kW away and becomes `rise` K warmer."""
    return heat * 3600.0 / (WATER * rise)

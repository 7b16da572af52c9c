"""Stations that material flows through: what of a line is fluid, and how fast it may flow."""

from __future__ import annotations

from typing import Final

from twin.equipment.model import Quantity
from twin.line.schema import StationSpec

FLOW: Final = (Quantity("Speed", "1/h"), Quantity("Made", "1"), Quantity("Lost", "1"))
"""Laws of every such station: units treated an hour, good units so far, rejected units so far."""

PACK_BEGAN: Final = Quantity("PackBegan", "s")
"""Reading of a station that packs: when the first unit of the part just made flowed into it."""


def flows(spec: StationSpec) -> bool:
    """Whether material flows through a station instead of parts being worked on."""
    return spec.rate is not None


def rate_of(spec: StationSpec, product: str) -> float:
    """Nominal rate of a station for a product, units a second."""
    assert spec.rate is not None
    return spec.rate[product] if isinstance(spec.rate, dict) else spec.rate


def top_rate(spec: StationSpec) -> float:
    """Fastest nominal rate of a station, units a second."""
    assert spec.rate is not None
    return max(spec.rate.values()) if isinstance(spec.rate, dict) else spec.rate

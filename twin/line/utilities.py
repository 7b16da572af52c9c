"""Utilities besides electricity as a scenario file says them: what a station uses by its state.

Inside, gases are m³/h at 0 °C and 1,013 mbar, steam and water kg/h.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from twin.equipment.standard import levels
from twin.line.values import GasFlow, MassFlow, Record

UtilityName = Literal["air", "nitrogen", "steam", "water"]


class GasUse(Record):
    """Flow of a gas by kind of state; those left out are as on `standby`."""

    working: GasFlow = 0.0
    standby: GasFlow = 0.0
    setup: GasFlow | None = None
    loading: GasFlow | None = None
    maintenance: GasFlow | None = None
    off: GasFlow = 0.0


class MassUse(Record):
    """Flow of steam or water by kind of state; those left out are as on `standby`."""

    working: MassFlow = 0.0
    standby: MassFlow = 0.0
    setup: MassFlow | None = None
    loading: MassFlow | None = None
    maintenance: MassFlow | None = None
    off: MassFlow = 0.0


class UtilitiesSpec(Record):
    """What a station uses besides electricity."""

    air: GasUse | None = None
    nitrogen: GasUse | None = None
    steam: MassUse | None = None
    water: MassUse | None = None

    def by_state(self) -> Mapping[str, tuple[float, ...]]:
        """Units an hour for each state code, by utility."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: levels(use.model_dump()) for name, use in given.items() if use is not None}

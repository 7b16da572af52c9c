"""What things cost, as a scenario file says it: machine hours, labour, material, energy, scrap.

Amounts are numbers in the scenario's currency.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from twin.i18n import _
from twin.line.organisation import TimeOfDay
from twin.line.utilities import UtilityName
from twin.line.values import Name, Record, refusal

Amount = Annotated[float, Field(ge=-1e12, le=1e12)]
Price = Annotated[float, Field(ge=0, le=1e12)]
StateName = Literal[
    "stopped",
    "idle",
    "starved",
    "working",
    "blocked",
    "down",
    "setup",
    "held",
    "maintenance",
    "loading",
]


class TariffSpec(Record):
    """Another price of energy from one time of day to another, every day; it may pass midnight."""

    begin: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    price: Price


class EnergySpec(Record):
    """Price of a kWh, and hours in which it is another: the first of them that fits counts."""

    price: Price
    tariff: list[TariffSpec] = []

    def at(self, minute: int) -> float:
        """Price of a kWh at a minute of the day."""
        for row in self.tariff:
            if (minute - row.begin) % 1440 < (row.end - row.begin - 1) % 1440 + 1:
                return row.price
        return self.price


def _energy(value: object) -> object:
    if isinstance(value, dict | EnergySpec):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"price": value}
    raise refusal(_("a price of a kWh, or {{price: ..., tariff: [...]}}").format())


Rates = dict[StateName, Price]


class CostsSpec(Record):
    """What the line costs, in `currency` (ISO 4217).

    `machine` is the rate of a station's hour by its state, `stations` gives other rates for some;
    `labour` is that of one person of a crew for an hour of shift, breaks included; `material` is
    bought for each part that begins; `scrap` is what a scrapped part still brings. `utilities`
    are prices of a m³ of air or nitrogen, of a kg of steam or water.
    """

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    machine: Rates = {}
    stations: dict[Name, Rates] = {}
    labour: dict[Name, Price] = {}
    material: dict[Name, Price] = {}
    energy: Annotated[
        EnergySpec, BeforeValidator(_energy, json_schema_input_type=Price | EnergySpec)
    ] = EnergySpec(price=0.0)
    utilities: dict[UtilityName, Price] = {}
    scrap: dict[Name, Amount] = {}

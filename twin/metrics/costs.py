"""What a stretch of time cost: machine hours by state, energy, utilities, labour, material, scrap.

The cost of the line is the sum of its stations' machine hours, energy and utilities, of labour and
material, less what scrap still brought. Downtime, changeover and scrap are shares of that sum,
told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.line.line import Line
from twin.line.money import CostsSpec
from twin.trace.tables import State


@dataclass(frozen=True)
class StationMoney:
    """Costs of one station: machine hours by state, energy, utilities, parts it had scrapped."""

    machine: tuple[float, ...]
    energy: float
    utilities: float
    scrap: float

    @property
    def total(self) -> float:
        """Machine hours, energy and utilities."""
        return sum(self.machine) + self.energy + self.utilities

    @property
    def down(self) -> float:
        """Machine hours down."""
        return self.machine[State.DOWN]

    @property
    def setup(self) -> float:
        """Machine hours of changeover: set up, or held until people come for it."""
        return self.machine[State.SETUP] + self.machine[State.HELD]


@dataclass(frozen=True)
class LineMoney:
    """Costs of the line; `scrap` is the material of scrapped parts less what they brought."""

    stations: tuple[StationMoney, ...]
    labour: float
    material: float
    proceeds: float
    scrap: float

    @property
    def machine(self) -> float:
        """Machine hours of all stations."""
        return sum(sum(station.machine) for station in self.stations)

    @property
    def energy(self) -> float:
        """Energy of all stations."""
        return sum(station.energy for station in self.stations)

    @property
    def utilities(self) -> float:
        """Air, nitrogen, steam and water of all stations."""
        return sum(station.utilities for station in self.stations)

    @property
    def total(self) -> float:
        """Everything."""
        used = self.machine + self.energy + self.utilities
        return used + self.labour + self.material - self.proceeds


def station_money(
    line: Line,
    station: str,
    spent: Sequence[float],
    bill: float,
    used: Mapping[str, float],
    scrapped: Sequence[int],
) -> StationMoney | None:
    """Costs of a station: `spent` are its times by state (s), `bill` its energy in money.

    `used` is what it took of each utility; `scrapped` counts, by product, the scrapped parts that
    it rejected last. None without costs.
    """
    costs = line.scenario.costs
    if costs is None:
        return None
    own = costs.machine | costs.stations.get(station, {})
    rates: dict[str, float] = dict(own.items())
    machine = tuple(rates.get(state.name.lower(), 0.0) * spent[state] / 3600.0 for state in State)
    prices: dict[str, float] = dict(costs.utilities.items())
    utilities = sum(prices.get(name, 0.0) * amount for name, amount in used.items())
    return StationMoney(machine, bill, utilities, _lost(costs, line, scrapped))


def line_money(
    line: Line,
    stations: Sequence[StationMoney | None],
    attended: Mapping[str, float],
    born: Sequence[int],
    scrapped: Sequence[int],
) -> LineMoney | None:
    """Costs of the line: `attended` is the time (s) each crew was there, counts are by product."""
    costs = line.scenario.costs
    if costs is None:
        return None
    crews = line.scenario.crews
    labour = sum(
        rate * crews[crew].count * attended[crew] / 3600.0 for crew, rate in costs.labour.items()
    )
    return LineMoney(
        tuple(money for money in stations if money is not None),
        labour,
        _sum(costs.material, line, born),
        _sum(costs.scrap, line, scrapped),
        _lost(costs, line, scrapped),
    )


def _lost(costs: CostsSpec, line: Line, scrapped: Sequence[int]) -> float:
    return _sum(costs.material, line, scrapped) - _sum(costs.scrap, line, scrapped)


def _sum(amounts: Mapping[str, float], line: Line, counts: Sequence[int]) -> float:
    return sum(
        amounts.get(product, 0.0) * count
        for product, count in zip(line.products, counts, strict=True)
    )

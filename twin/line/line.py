"""The line as every other room sees it: stations, buffers, places, tags, set points, resolved.

Built once from a checked scenario; frozen. Everything is numbered in file order, and those
numbers are what the trace's columns hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from twin.equipment.alarm import Alarm
from twin.equipment.model import Equipment, FaultKind, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text
from twin.line.calendar import WorkCalendar
from twin.line.feeds import Feed
from twin.line.schema import FaultSpec, LayoutSpec, Scenario, StationSpec

OUT, SCRAP, MERGED = "out", "scrap", "merged"
SINKS = (OUT, SCRAP, MERGED)


@dataclass(frozen=True)
class Take:
    """An input of a station: how many parts of which buffer make one cycle.

    Where material flows: how many units of it make one unit of what the station counts.
    """

    buffer: str
    quantity: float = 1


@dataclass(frozen=True)
class Outlet:
    """A way out of a station: to a buffer or a sink, on a verdict, for a share, or one in many."""

    place: str
    when: str
    share: float | None = None
    every: int | None = None


@dataclass(frozen=True)
class Buffer:
    """Waiting room between stations; capacity -1 is unlimited. Fed by and taken by stations.

    In a `fluid` one material flows; its capacity counts units of it.
    """

    id: str
    capacity: int
    transport: float
    feeders: tuple[str, ...]
    takers: tuple[str, ...]
    fluid: bool = False


@dataclass(frozen=True)
class Station:
    """A station with its equipment, parameters, inputs, outlets, tags, set points and memory."""

    id: str
    spec: StationSpec
    equipment: Equipment
    parameters: Parameters
    takes: tuple[Take, ...]
    outlets: tuple[Outlet, ...]
    tags: tuple[Tag, ...]
    settings: tuple[Setting, ...]
    quantities: tuple[Quantity, ...]
    readings: tuple[Quantity, ...]
    alarms: tuple[Alarm, ...] = ()
    feeds: tuple[Feed, ...] = ()

    @property
    def kind(self) -> str:
        """Kind of machine: "printer", "reflow", "machine"."""
        return self.equipment.kind

    @property
    def title(self) -> Text:
        """Name for people: the scenario's, else the kind's."""
        return self.spec.title or self.equipment.title

    @property
    def fluid(self) -> bool:
        """Whether material flows through it, at a rate instead of in cycles."""
        return self.spec.rate is not None

    @property
    def layout(self) -> LayoutSpec | None:
        """Place on the floor when the scenario gives one."""
        return self.spec.layout

    @property
    def inputs(self) -> tuple[str, ...]:
        """Buffers it takes parts from."""
        return tuple(take.buffer for take in self.takes)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Buffers and sinks it sends parts to."""
        return tuple(dict.fromkeys(outlet.place for outlet in self.outlets))

    @property
    def residence(self) -> float | None:
        """Seconds a part travels through a tunnel at the default settings; None elsewhere."""
        if self.equipment.residence is None:
            return None
        return self.equipment.residence(
            self.parameters, {setting.name: setting.default for setting in self.settings}
        )


@dataclass(frozen=True)
class Fault:
    """A fault this line can suffer: the kind from the catalogue and the scenario's figures."""

    kind: FaultKind
    spec: FaultSpec

    @property
    def id(self) -> str:
        """Catalogue id, "E-Z8"; with the station when the line has several ("E-NOZ:PNP2")."""
        return self.spec.id

    @property
    def station(self) -> str:
        """Station that suffers it."""
        return self.spec.station


@dataclass(frozen=True)
class Line:
    """A loaded, checked, resolved scenario. Equal text gives an equal line.

    >>> import twin
    >>> line = twin.load("examples/three-stations-v1")
    >>> [station.id for station in line.stations], line.places[-3:]
    (['saw', 'mill', 'polish'], ('out', 'scrap', 'merged'))
    """

    scenario: Scenario
    text: str
    origin: str
    stations: tuple[Station, ...]
    buffers: tuple[Buffer, ...]
    faults: tuple[Fault, ...]
    line_tags: tuple[Tag, ...]
    _index: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {name: i for i, name in enumerate(self.places)})

    @property
    def id(self) -> str:
        """Versioned id, "electronics/smt-v1"."""
        return self.scenario.id

    @property
    def title(self) -> Text:
        """Name for people."""
        return self.scenario.title

    @property
    def version(self) -> str:
        """Version of the scenario file."""
        return self.scenario.version

    @cached_property
    def places(self) -> tuple[str, ...]:
        """All places a part can be at, in the order of the trace's `place` column."""
        return (
            *(station.id for station in self.stations),
            *(buffer.id for buffer in self.buffers),
            *SINKS,
        )

    @cached_property
    def calendar(self) -> WorkCalendar | None:
        """Shifts and breaks; None when all time is planned."""
        spec = self.scenario.calendar
        return None if spec is None else WorkCalendar(spec)

    def place(self, name: str) -> int:
        """Number of a place."""
        return self._index[name]

    @cached_property
    def products(self) -> tuple[str, ...]:
        """Names of the products; a line without any makes the one product "part"."""
        return tuple(self.scenario.products) or ("part",)

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """Every tag by its key, line-level tags first ("Line.Finished", "RFL.Zone8Temp")."""
        rows = (*self.line_tags, *(tag for station in self.stations for tag in station.tags))
        return {tag.key: tag for tag in rows}

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """Where stations take materials, by number."""
        return tuple(feed for station in self.stations for feed in station.feeds)

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """Every writable set point by its key ("RFL.BeltSpeed")."""
        return {
            f"{station.id}.{setting.name}": setting
            for station in self.stations
            for setting in station.settings
        }

    @cached_property
    def recipe_limits(self) -> dict[str, Setting]:
        """Every parameter and set point of every master recipe by "product/UNIT.Parameter"."""
        rows: dict[str, Setting] = {}
        for product in self.products:
            spec = self.scenario.recipes.get(product)
            for station in self.stations:
                given = {} if spec is None else spec.units.get(station.id, {})
                set_points = (row for row in station.settings if row.name in given)
                for row in (*station.equipment.recipe(station.parameters), *set_points):
                    if row.name in given:
                        amount = given[row.name]
                        row = replace(
                            row,
                            default=amount.value,
                            low=row.low if amount.low is None else amount.low,
                            high=row.high if amount.high is None else amount.high,
                        )
                    rows[f"{product}/{station.id}.{row.name}"] = row
        return rows

    @cached_property
    def units_a_part(self) -> dict[str, float]:
        """Units of each station that material flows through which become one part."""
        known: dict[str, float] = {}

        def of(station: Station) -> float:
            if station.id not in known:
                known[station.id] = station.spec.pack or next(
                    (
                        take.quantity * of(other)
                        for other in self.stations
                        if other.fluid
                        for take in other.takes
                        if take.buffer in station.outputs
                    ),
                    1.0,
                )
            return known[station.id]

        return {station.id: of(station) for station in self.stations if station.fluid}

    def recipes_of(self, station: str) -> list[dict[str, float]]:
        """A unit's parameters in the master recipe of every product, by the product's number."""
        found: list[dict[str, float]] = []
        for product in self.products:
            prefix = f"{product}/{station}."
            rows = self.recipe_limits.items()
            found.append(
                {k.removeprefix(prefix): r.default for k, r in rows if k.startswith(prefix)}
            )
        return found

    @cached_property
    def alarms(self) -> dict[str, Alarm]:
        """Alarms by key ("RFL.Zone8Deviation"); their order numbers them."""
        return {alarm.key: alarm for station in self.stations for alarm in station.alarms}

    def alarm(self, number: int) -> Alarm:
        """Alarm by its number."""
        return list(self.alarms.values())[number]

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """Laws and set points by key; their order numbers the `quantity` column of the tracks."""
        rows: dict[str, Quantity] = {}
        for station in self.stations:
            for setting in station.settings:
                rows[f"{station.id}.{setting.name}"] = Quantity(
                    setting.name, setting.unit, setting.default
                )
            for quantity in station.quantities:
                rows[f"{station.id}.{quantity.name}"] = quantity
        for buffer in self.buffers:
            if buffer.fluid:
                rows[f"{buffer.id}.Level"] = Quantity("Level", "1")
        return rows

    @cached_property
    def readings(self) -> dict[str, Quantity]:
        """Readings by key; their order numbers the `quantity` column of the readings."""
        return {
            f"{station.id}.{reading.name}": reading
            for station in self.stations
            for reading in station.readings
        }

    @cached_property
    def station_by_id(self) -> dict[str, Station]:
        """Stations by id."""
        return {station.id: station for station in self.stations}

    @cached_property
    def buffer_by_id(self) -> dict[str, Buffer]:
        """Buffers by id."""
        return {buffer.id: buffer for buffer in self.buffers}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the scenario text: results are comparable only when it is equal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

"""What a sensor shows, described as data: a tag and where its value comes from.

A tag is a frozen row; `twin.signals` holds the function for each kind of source. A source names
only things in the trace (a state, a law, a reading, a count), never who moves time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from twin.equipment.texture import Recorded, Texture


class Text(NamedTuple):
    """A text in both languages of the product."""

    en: str
    ko: str

    def in_language(self, language: str) -> str:
        """The Korean text for "ko", the English one otherwise."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class StateCode:
    """The station's state as its number."""


@dataclass(frozen=True, slots=True)
class PartInWork:
    """Number of the part in the station, as everywhere in the trace; -1 when empty."""


@dataclass(frozen=True, slots=True)
class ProductInWork:
    """Number of the product the station is set up for, from 1."""


@dataclass(frozen=True, slots=True)
class ByState:
    """One value a state: power draw, fan speed, lamp. `levels` has one entry a state code."""

    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A value that the machine shows only while it acts on a part.

    In state WORKING, from `begin` to `end` seconds after the state began, the tag shows the law
    `quantity` (or `active` when none is named); otherwise it shows `rest`.
    """

    rest: float
    begin: float
    end: float
    active: float = 0.0
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """A law shaped by the course of a cycle: roughing, finishing, air between them.

    In state WORKING, `t` seconds after the state began, the tag shows `offset + scale * law *
    factor`, the factor from straight lines between `knots` (t, factor), the last one held;
    otherwise it shows `rest`. Without a `quantity` the law is 1.
    """

    quantity: str
    knots: tuple[tuple[float, float], ...]
    scale: float = 1.0
    offset: float = 0.0
    rest: float = 0.0


@dataclass(frozen=True, slots=True)
class Track:
    """The law of a quantity of this station, `per` times: a value with memory, or a setting."""

    quantity: str
    per: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The latest reading of this name at this station, held until the next."""

    name: str
    initial: float = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened here since the last reset: "started", "passed", "rejected"."""

    what: Literal["started", "passed", "rejected", "failures"]


@dataclass(frozen=True, slots=True)
class Total:
    """Time integral of a per-state level, divided by 3600: kWh from kW."""

    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Integral:
    """Time integral of a law of this station, `per` times and divided by 3600: kg from kg/h."""

    quantity: str
    per: float = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """Parts waiting in front of the station (its input buffers together)."""


@dataclass(frozen=True, slots=True)
class FlowCount:
    """Whole units of material counted by the law `quantity` since the last reset."""

    quantity: Literal["Made", "Lost"]


@dataclass(frozen=True, slots=True)
class FluidLevel:
    """Units of material in a buffer."""

    buffer: str


@dataclass(frozen=True, slots=True)
class LineCount:
    """Parts of the whole line: "finished", "scrapped" or "wip"."""

    what: Literal["finished", "scrapped", "wip"]


Source = (
    StateCode
    | PartInWork
    | ProductInWork
    | ByState
    | Stroke
    | Pass
    | Track
    | Reading
    | Count
    | Total
    | Integral
    | Level
    | FlowCount
    | FluidLevel
    | LineCount
)


@dataclass(frozen=True, slots=True)
class Tag:
    """One measured or counted value of a station, as a client sees it.

    `low` and `high` are the engineering range in `unit`; `period` (s) is the sensor's own sampling
    grid, instants `k * period`; `noise` is one standard deviation and `resolution` the step of the
    last digit, both in `unit`. `sensor` is the kind of instrument ("rtd", "flow", "power"); the
    line gives the tag the `texture` of that kind, or the scenario's. `setting` names the set point
    a client may write through this tag.
    """

    name: str
    title: Text
    unit: str
    low: float
    high: float
    source: Source
    period: float = 1.0
    noise: float = 0.0
    resolution: float = 0.0
    sensor: str = ""
    kind: Literal["float", "int", "bool", "enum"] = "float"
    labels: tuple[str, ...] = ()
    setting: str = ""
    station: str = ""
    texture: Texture | Recorded | None = None

    @property
    def key(self) -> str:
        """Name in the line: "RFL.Zone8Temp"."""
        return f"{self.station}.{self.name}"

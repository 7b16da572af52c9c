"""The scenario file as types: what a line may be made of.

Shape only; whether names refer to something and whether the flow has an exit is meaning, and is
checked in `twin.line.meaning`. All times are seconds, all powers kW after loading.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from twin.equipment.model import Shape
from twin.i18n import _
from twin.line.materials import MaterialSpec, Using
from twin.line.money import CostsSpec
from twin.line.organisation import CalendarSpec, MaintenanceSpec
from twin.line.textures import TextureSpec
from twin.line.utilities import UtilitiesSpec
from twin.line.values import (
    NO_TIME,
    Capacity,
    Cycle,
    Name,
    NonNegativeKilowatts,
    NonNegativeSeconds,
    PositiveSeconds,
    Rate,
    Record,
    Time,
    Title,
    refusal,
)

SCHEMA_VERSION = 1
Share = Annotated[float, Field(gt=0, le=1)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000_000)]
Loss = Annotated[float, Field(ge=0, lt=1)]
Ratio = Annotated[float, Field(gt=0, le=1_000_000_000)]


class BufferSpec(Record):
    """Room for waiting parts; `transport` is the time from entering it to being ready to take."""

    capacity: Capacity = 0
    transport: NonNegativeSeconds = 0.0


class Route(Record):
    """Where a finished part goes: the first route whose condition holds is taken.

    `every` samples systematically: of so many parts that come by, the last goes this way.
    """

    to: str
    when: Literal["passed", "rejected", "always"] = "always"
    share: Share | None = None
    every: Annotated[int, Field(ge=2, le=1_000_000)] | None = None


class FailureSpec(Record):
    """A failure mode of a station, counted in working time, not clock time."""

    id: Name
    title: Title | None = None
    after: Time
    repair: Time
    crew: Name | None = None
    minor: bool = False


class SetupSpec(Record):
    """Changeover when the product changes; `matrix` gives times from one product to another."""

    time: Time
    matrix: dict[Name, dict[Name, Time]] = {}
    crew: Name | None = None


class BatchSpec(Record):
    """Parts treated together: `size` of them, or after `wait` since the first at least `least`.

    The cycle is that of the whole batch; each part has its share of it as planned time.
    """

    size: Annotated[int, Field(ge=2, le=10_000)]
    least: Annotated[int, Field(ge=1, le=10_000)] | None = None
    wait: PositiveSeconds | None = None

    @property
    def fewest(self) -> int:
        """Parts a batch begins with after `wait`; without `wait` it begins full."""
        if self.wait is None:
            return self.size
        return 1 if self.least is None else self.least


class LoadSpec(Record):
    """Putting a part in before its cycle: people or a robot are needed for this time only."""

    time: Time
    crew: Name | None = None


class PowerSpec(Record):
    """Electric power by kind of state."""

    working: NonNegativeKilowatts = 0.0
    standby: NonNegativeKilowatts = 0.0
    setup: NonNegativeKilowatts | None = None
    off: NonNegativeKilowatts = 0.0


class ArrivalSpec(Record):
    """Parts that come from outside by themselves instead of being always at hand."""

    every: Time


class LayoutSpec(Record):
    """Place of a station on the floor: metres along and across, degrees of turn."""

    x: float
    y: float
    turn: float = 0.0


def _buffer(value: object) -> object:
    if isinstance(value, dict | BufferSpec):
        return value
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return {"capacity": value}
    wanted = _("a capacity (a whole number or unlimited), or {{capacity: ..., transport: ...}}")
    raise refusal(wanted.format())


def _amount(value: object) -> object:
    if isinstance(value, dict | Record):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"value": value}
    raise refusal(_("a number, or {{value: ..., low: ..., high: ...}}").format())


def _form(value: object) -> str:
    return "<name>" if isinstance(value, str) else "<several>"


def _sources(value: object) -> object:
    if isinstance(value, str | dict):
        return value
    raise refusal(_("a buffer, or a mapping from buffers to quantities"))


def _targets(value: object) -> object:
    if isinstance(value, str | list):
        return value
    raise refusal(_("a station, a buffer, `out` or `scrap`, or a list of routes"))


Buffering = Annotated[
    BufferSpec, BeforeValidator(_buffer, json_schema_input_type=Capacity | BufferSpec)
]
# a discriminator picks the form before it is validated: one message a mistake, not one a form
Sources = Annotated[
    Annotated[str, Tag("<name>")]
    | Annotated[dict[str, Ratio], Field(min_length=1), Tag("<several>")],
    Discriminator(_form),
    BeforeValidator(_sources),
]
Targets = Annotated[
    Annotated[str, Tag("<name>")] | Annotated[list[Route], Field(min_length=1), Tag("<several>")],
    Discriminator(_form),
    BeforeValidator(_targets),
]


class StationSpec(Record):
    """A machine or work place: what it takes, how long it works, what stops it, where parts go.

    With a `rate` instead of a `cycle` material flows through it; every `pack` units of what flows
    out make one part.
    """

    kind: str = "machine"
    title: Title | None = None
    cycle: Cycle = Field(default_factory=lambda: NO_TIME)
    rate: Rate | None = None
    reject: Loss = 0.0
    pack: Quantity | None = None
    source: Sources | None = Field(None, alias="from")
    to: Targets = "out"
    buffer: Buffering = BufferSpec()
    arrivals: ArrivalSpec | None = None
    crew: Name | None = None
    setup: SetupSpec | None = None
    batch: BatchSpec | None = None
    load: LoadSpec | None = None
    uses: dict[Name, Using] = {}
    failures: list[FailureSpec] = []
    maintenance: list[MaintenanceSpec] = []
    unattended: bool = False
    power: PowerSpec = PowerSpec()
    utilities: UtilitiesSpec = UtilitiesSpec()
    parameters: dict[str, Any] = {}
    textures: dict[Name, TextureSpec] = {}
    layout: LayoutSpec | None = None


class ProductSpec(Record):
    """Something the line makes."""

    title: Title | None = None


class OrderSpec(Record):
    """A number of parts of one product; the list of orders is worked off and begun again."""

    product: Name
    quantity: Quantity


class FaultSpec(Record):
    """A fault of the line's library: which station may suffer which cause, how often, how ended.

    `after` draws the onset in clock time; without it the fault comes only when injected. `found`
    is the time from functional failure to the beginning of repair, `repair` the repair's length.
    """

    id: str
    station: Name
    size: float | None = None
    shape: Shape | None = None
    span: PositiveSeconds | None = None
    after: Time | None = None
    found: Time | None = None
    repair: Time | None = None


class CrewSpec(Record):
    """People who serve several stations, first come first served.

    They come and go with the shifts; people `on_call` are there at all times.
    """

    count: Annotated[int, Field(ge=1, le=10_000)]
    title: Title | None = None
    on_call: bool = False


class AmountSpec(Record):
    """A parameter of a recipe: its value, and from where to where an order may change it."""

    value: float
    low: float | None = None
    high: float | None = None


Amount = Annotated[AmountSpec, BeforeValidator(_amount, json_schema_input_type=float | AmountSpec)]


class RecipeSpec(Record):
    """How a product is made (a master recipe, ISA-88): parameters by unit.

    What is not given is as the kind of unit has it.
    """

    version: str = "1.0"
    units: dict[Name, dict[Name, Amount]] = {}


class Scenario(Record):
    """A whole scenario file."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$")]
    version: str = "1.0.0"
    title: Title
    description: Title | None = None
    licence: str = ""
    products: dict[Name, ProductSpec] = {}
    recipes: dict[Name, RecipeSpec] = {}
    orders: list[OrderSpec] = []
    line_clearance: bool = False
    calendar: CalendarSpec | None = None
    costs: CostsSpec | None = None
    crews: dict[Name, CrewSpec] = {}
    materials: dict[Name, MaterialSpec] = {}
    buffers: dict[Name, Buffering] = {}
    stations: Annotated[dict[Name, StationSpec], Field(min_length=1)]
    faults: list[FaultSpec] = []

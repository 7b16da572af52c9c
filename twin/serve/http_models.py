"""The JSON bodies of the REST interface, as pydantic models; OpenAPI describes them from here."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from twin.serve.session import LONGEST_STEP
from twin.trace import Role
from twin.trace.journal import CommandKind

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Body(BaseModel):
    """Base of every body: unknown keys in a request are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextBody(Body):
    """A text in both languages."""

    en: str
    ko: str


class Problem(Body):
    """Why a request was refused."""

    error: str = Field(description="What is wrong, in a sentence")
    expected: str = Field(description="What would have been accepted")
    found: str = Field(description="What the request held instead")
    code: str = Field("refused", description='The case, for programs: "token", "usage", "future"')


class StationBody(Body):
    """A station of the line."""

    id: str
    kind: str = Field(description='Kind of machine: "printer", "reflow", "machine"')
    title: TextBody
    x: float | None = Field(description="Place along the hall, m; null: laid out automatically")
    y: float | None = Field(description="Place across the hall, m")
    inputs: tuple[str, ...] = Field(description="Buffers it takes parts from")
    outputs: tuple[str, ...] = Field(description="Buffers and sinks it sends parts to")
    residence: float | None = Field(
        description="Seconds a part travels through it, for a tunnel such as an oven"
    )


class AlarmBody(Body):
    """An alarm of the line as it stands now."""

    alarm: str = Field(description='Station and alarm: "RFL.Zone8Deviation"')
    title: TextBody
    cause: TextBody
    severity: int = Field(description="1 to 1000, as in OPC UA")
    priority: str = Field(description='"low", "medium" or "high"')
    state: str = Field(
        description='State of ISA-18.2: "unacknowledged", "acknowledged", "returned", "shelved"'
    )
    since: float = Field(description="Simulated time of the last change of state, s")


class AlarmsBody(Body):
    """Alarms that are not in their normal state."""

    t: float
    alarms: tuple[AlarmBody, ...]


class BufferBody(Body):
    """Waiting room between stations."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid", frozen=True)
    id: str
    capacity: int = Field(description="Parts it holds; -1 is unlimited")
    transport: float = Field(description="Seconds from entering it to being ready to take")
    feeders: tuple[str, ...] = Field(alias="from", description="Stations that fill it")
    takers: tuple[str, ...] = Field(alias="to", description="Stations that empty it")


class TagBody(Body):
    """A measured or counted value."""

    name: str = Field(description='Name in the line: "RFL.Zone8Temp"')
    station: str
    title: TextBody
    unit: str
    low: float = Field(description="Lower end of the engineering range, in the unit")
    high: float
    period: float = Field(description="Sampling period of the sensor, s")
    resolution: float = Field(description="Step of the last digit, in the unit; 0: none")
    kind: str = Field(description="float, int, bool or enum")
    labels: tuple[str, ...] = Field(description="Texts of an enum's values, from 0")
    setting: str | None = Field(description="Set point a client writes through this tag")


class SettingBody(Body):
    """A set point a client may write."""

    title: TextBody
    unit: str
    low: float
    high: float
    default: float


class LineBody(Body):
    """What the line is; constant while the server runs."""

    id: str
    title: TextBody
    version: str
    stations: tuple[StationBody, ...]
    buffers: tuple[BufferBody, ...]
    places: tuple[str, ...] = Field(description="Names behind the place numbers of the stream")
    tags: tuple[TagBody, ...]
    settings: dict[str, SettingBody]
    states: tuple[str, ...] = Field(description="Names behind the state numbers")
    products: tuple[str, ...]
    dirt: str = Field(description='Dirt profile of the plant network; "clean": none')
    level: int | None = Field(description="Level of what is shown; null: everything")


class StationNow(Body):
    """A station at this moment."""

    state: str
    since: float = Field(description="Simulated time the state began, s")
    part: int | None = Field(description="Serial number of the part in work")
    product: str | None = Field(description="Product of that part")


class StateBody(Body):
    """The line at this moment."""

    t: float = Field(description="Simulated time, s")
    wall: str = Field(description="The same instant as a date, ISO 8601, UTC")
    clock: str = Field(description='"paced" runs by itself, "stepped" waits for POST /step')
    speed: float = Field(description="Simulated seconds a real second")
    running: bool
    stations: dict[str, StationNow]
    buffers: dict[str, int] = Field(description="Parts in each buffer")
    oee: float | None = Field(description="Overall equipment effectiveness so far, 0 to 1")
    finished: int
    scrapped: int
    wip: int = Field(description="Parts in the line")


class ValuesBody(Body):
    """Latest values of some tags."""

    t: float
    values: dict[str, float | None] = Field(description="null before the first sample")
    times: dict[str, float | None] | None = Field(
        default=None,
        description="Behind a plant network: timestamp each value carries, simulated s",
    )
    quality: dict[str, str] | None = Field(
        default=None, description="Behind a plant network: Good, Uncertain or Bad"
    )


class ReceivedBody(Body):
    """A value as a plant network brought it."""

    time: float = Field(description="Timestamp it carries, simulated s")
    arrival: float = Field(description="When it came, simulated s")
    name: str
    value: float | None
    quality: str = Field(description="Good, Uncertain or Bad")


class RecordsBody(Body):
    """Values in the order they came."""

    t: float = Field(description="What came before is in; ask again from here")
    records: list[ReceivedBody]


class HistoryBody(Body):
    """Values of a tag on a grid of times."""

    name: str
    unit: str
    step: float = Field(description="Distance of the grid, s; instants are whole multiples of it")
    t: list[float]
    values: list[float | None]


class StateHistoryBody(Body):
    """States of a station: each holds from its time to the next."""

    station: str
    start: float
    end: float
    t: list[float]
    state: list[int]
    part: list[int]


class EventBody(Body):
    """A rare happening."""

    t: float
    kind: str
    place: str
    part: int | None
    value: float | None
    detail: str = Field(description="Failure mode, product, verdict or command, as text")
    title: TextBody | None = Field(description="The detail in the scenario's words, if it has any")


class EventsBody(Body):
    """Events in the order they happened."""

    t: float
    events: list[EventBody]


class CommandBody(Body):
    """A command to the line."""

    kind: CommandKind
    target: str = Field(
        "", max_length=64,
        description='"" the whole line, a station, a set point "RFL.BeltSpeed", or a fault id',
    )  # fmt: skip
    value: Finite | None = Field(
        None, description="Set point in its unit, or severity factor of a fault (1: as catalogued)"
    )
    role: Role = Field("operator", description="fault and repair need the instructor")


class ReceiptBody(Body):
    """Whether a command took effect."""

    ok: bool
    reason: str


class ClockBody(Body):
    """How a paced clock shall run; what is left out stays as it is."""

    speed: Finite | None = Field(None, gt=0, le=1e6, description="Simulated seconds a real second")
    running: bool | None = Field(None, description="false: stand still")


class ClockReceipt(Body):
    """How the clock runs now."""

    speed: float
    running: bool


class StepBody(Body):
    """By how much to advance a stepped clock."""

    seconds: Finite = Field(gt=0, le=LONGEST_STEP, description="Simulated seconds")


class StepReceipt(Body):
    """Where the stepped clock stands now."""

    t: float


class HealthBody(Body):
    """The server is alive."""

    ok: bool
    line: str
    t: float
    viewers: int

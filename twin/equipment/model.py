"""What a kind of machine IS: its parameters, tags, set points, memory, work on a part, faults.

An `Equipment` is a frozen row of descriptions and pure functions. The functions meet the running
machine only through `Bench`: they read its set points and laws, draw from its streams, and write
readings. They know neither SimPy nor the wall clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from twin.equipment.alarm import Alarm
from twin.equipment.tag import Tag, Text
from twin.equipment.utility import Intake

Shape = Literal["step", "ramp", "exp", "intermittent", "stick"]


class Parameters(BaseModel):
    """Base of every kind's parameters: frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """A set point a client may write: range and unit of the value, and where it starts."""

    name: str
    title: Text
    unit: str
    low: float
    high: float
    default: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with memory (a law) or a reading; `hidden` ones are truth no server shows."""

    name: str
    unit: str
    initial: float = 0.0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TankRow:
    """A tank a station keeps for others: `name` is the quantity that is its contents, kg.

    A truck of `truck` kg is ordered when less than `reorder` is left, comes after `lead` s and
    empties in `unload` s; above `high` the interlock closes. `heel` kg cannot be drawn.
    """

    name: str
    truck: float
    reorder: float
    high: float
    heel: float
    lead: float
    unload: float


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A cause a machine of this kind can suffer.

    `size` is the full severity in `unit`; `shape` how it comes: at once (step), evenly or ever
    faster over `span` s (ramp, exp), in full and not at all in turn with the period `span`
    (intermittent), or so for drawn times of mean `span` (stick). `observable` names the tags that
    show it; `affects` the hidden part values it spoils; `source` says where the figures come from.
    """

    id: str
    title: Text
    size: float
    unit: str
    observable: tuple[str, ...]
    affects: tuple[str, ...]
    source: str
    shape: Shape = "step"
    span: float = 0.0
    quantity: str = ""  # the law whose deviation makes the fault observable, when there is one


@dataclass(frozen=True, slots=True)
class Course:
    """Where laws go from now on: knots joined by straight lines, integrated by the equipment.

    `t` are seconds from now, shape (n,), rising from 0; `values` has n numbers a quantity, nan
    where its line just goes on to its next knot. After the last knot values hold, and the
    equipment is asked `again`, or only when something changes.
    A kind with phases says how long the present one still takes (`left`, s), or that the cycle is
    `done`.
    """

    t: tuple[float, ...] = (0.0,)
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    left: float | None = None
    done: bool = False
    again: bool = True


class Item(Protocol):
    """A part as equipment sees it: hidden state `x`; defects with what caused each."""

    product: int
    x: dict[str, float]
    defects: dict[str, str]


class Bench(Protocol):
    """The running machine as equipment sees it."""

    @property
    def t(self) -> float:
        """Now, s."""

    @property
    def working(self) -> bool:
        """Whether a cycle is under way and nothing holds it up."""

    @property
    def product(self) -> int:
        """Number of the product in work, else of the one last worked on."""

    @property
    def step(self) -> int:
        """Number of the phase under way, from 0; -1 when there is none."""

    @property
    def into(self) -> float:
        """Seconds worked so far in the phase under way."""

    def setting(self, name: str) -> float:
        """Set point in its unit."""

    def value(self, quantity: str) -> float:
        """A law's value now."""

    def hidden(self, name: str) -> float:
        """Hidden value `x[name]` of the part in work; 0 where it has none."""

    @property
    def recipe(self) -> Mapping[str, float]:
        """The control recipe's parameters for this unit and the product in work."""

    def draw(self, tank: str, mass: float, seconds: float) -> bool:
        """Draw kg from a tank ("TF.Solvent") within s; False, and nothing, when too little is in.

        Without a tank ("") there is always enough.
        """

    def put(self, quantity: str, value: float) -> None:
        """Let a law jump to `value` and hold it."""

    def severity(self, fault: str) -> float:
        """Severity of a fault now; 0 when it is absent."""

    def normal(self, purpose: str) -> float:
        """A standard normal draw of this machine's stream `purpose`."""

    def uniform(self, purpose: str) -> float:
        """A uniform draw in [0, 1)."""

    def read(self, name: str, value: float) -> None:
        """Write a reading about the part in work."""

    @property
    def speed(self) -> float:
        """Units of material an hour that flow now; 0 at a machine that works on parts."""

    @property
    def treated(self) -> float:
        """Units of material treated so far, good and lost."""

    def arriving(self, name: str, otherwise: float = 0.0) -> float:
        """Property `name` of the material that flows in now, as a station before gave it."""

    def give(self, name: str, value: float) -> None:
        """Let the material that flows out from now on have this property."""

    @property
    def left(self) -> float | None:
        """Units left of the station's first material; None where no material is counted."""

    def lot(self, name: str, otherwise: float) -> float:
        """Hidden property `name` of the material lot in use; `otherwise` where none has it."""

    def exchange(self) -> None:
        """Put the next lot of the station's first material in, and the rest of this one away."""

    def note(self, kind: str, value: float = 0.0) -> None:
        """Write an event of this machine, such as a stencil wipe."""

    def stop(self, mode: str) -> None:
        """Stop with failure mode `mode` somewhere within the cycle that begins now."""

    def mark(self, fault: str) -> None:
        """Say that this machine's fault touched the part in work, wherever that will show."""

    def witness(self, fault: str) -> None:
        """Say that a measured value now shows the fault (3 sigma): its first-observable label.

        It is the fault the part in work is marked with, else this machine's own.
        """

    def astray(self, quantity: str) -> float:
        """How far a law now is from where it would be without faults."""

    def fail(self, fault: str) -> None:
        """Say that the fault now spoils a part: its functional-failure label.

        It is this machine's own fault, or that of another which marked the part in work.
        """

    def clear(self, fault: str) -> None:
        """Say that the fault is gone: its repair label."""


@dataclass(frozen=True)
class Equipment:
    """A kind of machine. Every function takes the kind's parameters first.

    `cycle` turns the nominal time of the cycle that begins now (s) into the actual one; `drive`
    gives the law target and tau each quantity heads for under present settings and faults, and
    is asked again when work or a phase begins, or work stands still; `course` does the same where
    no closed form exists, by integrating from the present values on. A kind with `phases` goes
    through them by number in every cycle: `course` says how long each takes, and when the cycle is
    done; `recipe` are the parameters a recipe may give it, within the unit's own limits. `tanks`
    it keeps for others to draw from; `utilities` are media it uses as its physics goes. Neither
    `drive` nor `course` may write readings of its own or draw more than once a phase; both are
    also asked what would be without faults. `work` treats the part whose cycle ends and returns a
    verdict (None: this kind judges nothing, and `judges` is False). `residence` (s, from parameters
    and set points) makes a kind a tunnel that parts travel through while the station's cycle is
    only the pitch between two of them.

    Where material flows, `pace` is the share of the station's rate that is possible now and
    `loss` the share of what it treats that it rejects now, from the share the scenario gives;
    both are asked again when `drive` and `course` are, when something the material has changes,
    and after each `look`. `look` takes samples of the flow, writes readings, and says in how many
    s it is due again; it runs on while the station stands still.
    """

    kind: str
    title: Text
    parameters: type[Parameters] = Parameters
    tags: Callable[[Any], tuple[Tag, ...]] = lambda p: ()
    settings: Callable[[Any], tuple[Setting, ...]] = lambda p: ()
    quantities: Callable[[Any], tuple[Quantity, ...]] = lambda p: ()
    readings: Callable[[Any], tuple[Quantity, ...]] = lambda p: ()
    cycle: Callable[[Any, Bench, float], float] | None = None
    drive: Callable[[Any, Bench], Mapping[str, tuple[float, float]]] | None = None
    course: Callable[[Any, Bench], Course] | None = None
    phases: Callable[[Any], tuple[Text, ...]] = lambda p: ()
    recipe: Callable[[Any], tuple[Setting, ...]] = lambda p: ()
    tanks: Callable[[Any], tuple[TankRow, ...]] = lambda p: ()
    utilities: Callable[[Any], tuple[Intake, ...]] = lambda p: ()
    work: Callable[[Any, Bench, Item], bool | None] | None = None
    judges: bool = False
    faults: tuple[FaultKind, ...] = field(default=())
    alarms: Callable[[Any], tuple[Alarm, ...]] = lambda p: ()
    residence: Callable[[Any, Mapping[str, float]], float] | None = None
    pace: Callable[[Any, Bench], float] | None = None
    loss: Callable[[Any, Bench, float], float] | None = None
    look: Callable[[Any, Bench], float] | None = None

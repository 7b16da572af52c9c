"""A plan: which line, what happens on it, who is judged, and how claims come in. A YAML file.

Everything wrong with a plan is said at once, with file and line, before anything starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError

from twin.equipment.tag import Reading
from twin.errors import Problem, ScenarioError, TwinError, UsageError
from twin.field.profiles import PROFILES
from twin.i18n import _
from twin.judge.asking import ChartStep, DrillStep, OrderStep, impossible
from twin.judge.claims import CLAIMS
from twin.judge.registry import all_checks
from twin.line import shape
from twin.line.line import Line
from twin.line.loading import load
from twin.line.source import Path as Place
from twin.line.source import Source, read
from twin.line.values import Name, NonNegativeSeconds, PositiveSeconds, Record
from twin.trace.journal import CommandKind, Role

DOORS = ("file", "sql", "mqtt", "rest", "opcua")
PLANNED: tuple[CommandKind, ...] = (
    "start", "stop", "reset", "set", "recipe", "fault", "repair", "job-store-and-start",
    "job-stop", "job-cancel", "job-abort",
)  # fmt: skip


class FaultStep(Record):
    """A fault that begins at a time; `severity` 1 is the size in the catalogue."""

    fault: str
    at: NonNegativeSeconds
    severity: Annotated[float, Field(gt=0, le=10)] = 1.0


class CommandStep(Record):
    """What somebody else does on the line: a set point, a stop."""

    at: NonNegativeSeconds
    do: CommandKind
    target: str = ""
    value: float | None = None


class ClaimSource(Record):
    """Where the rows of one claim table come from: exactly one of `file` (a pattern in the
    solution's folder), `sql` with `database` (a SQLAlchemy URL; {folder} is the solution's
    folder), `mqtt` (mqtt://host:port/topic), `rest: true`, `opcua: true`.

    `zone` is that of dates without one, `epoch` the unit of numbers. `columns` gives the
    solution's column for one of ours, `words` our word for one of the solution's, by column.
    """

    table: str
    file: str = ""
    sql: str = ""
    database: str = ""
    mqtt: str = ""
    rest: bool = False
    opcua: bool = False
    zone: str = "UTC"
    epoch: Literal["s", "ms", "us", "ns", "simulated"] = "s"
    columns: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}

    @property
    def door(self) -> str:
        """Which of DOORS it comes by; empty when none or several are named."""
        named = [one for one in DOORS if getattr(self, one)]
        return named[0] if len(named) == 1 else ""


class Solution(Record):
    """One solution: `command` is started by the judge, or somebody starts it by hand.

    `feeds` is where it gets its data: "line", or the name of another solution.
    """

    name: Name
    kind: Literal["gateway", "mes", "ai"]
    command: str = ""
    feeds: str = "line"
    claims: list[ClaimSource]
    role: Role | None = None  # its user's rights; by default those that its kind needs


class Plan(Record):
    """What `twin judge run` does."""

    judge: Literal[1]
    line: str
    title: str = ""
    stage: Literal["FAT", "SAT", "SIT", "regression"] = "FAT"
    seeds: Annotated[list[Annotated[int, Field(ge=0, lt=2**63)]], Field(min_length=1)] = [1]
    duration: PositiveSeconds = 3600.0
    head_start: NonNegativeSeconds = 0.0
    clock: Literal["lockstep", "paced", "batch"] = "lockstep"
    speed: Annotated[float, Field(gt=0, le=1e4)] = 1.0
    step: PositiveSeconds = 1.0
    slice: PositiveSeconds = 30.0
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    dirt: str = "clean"
    faults: list[FaultStep] = []
    commands: list[CommandStep] = []
    orders: list[OrderStep] = []
    drills: list[DrillStep] = []
    charts: list[ChartStep] = []
    chaos: str = ""
    disturbances: list[dict[str, Any]] = []
    solutions: Annotated[list[Solution], Field(min_length=1)]
    thresholds: dict[str, float] = {}
    skip: list[str] = []
    wait: PositiveSeconds = 60.0
    grace: PositiveSeconds = 30.0
    money: dict[str, float] = {}
    options: dict[str, Any] = {}


def read_plan(path: Path) -> tuple[Plan, Line, dict[str, Any]]:
    """The plan of a file, its line, and the plan as it is written.

    Raises UsageError when the file cannot be read, ScenarioError with everything wrong in it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
        ) from error
    source = read(raw, str(path))
    try:
        plan = Plan.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError([*source.problems, *shape.problems(error, source, Plan)]) from None
    problems = list(source.problems)
    try:
        line = load(_near(plan.line, path))
    except ScenarioError:
        raise
    except TwinError as error:
        expected = _("the id of a shipped scenario, or a file that ends in .yaml")
        raise ScenarioError(
            [source.problem(("line",), expected, repr(plan.line), error.fields.get("fix", ""))]  # type: ignore[arg-type]
        ) from None
    problems += list(_wrong(plan, line, source))
    if problems:
        raise ScenarioError(problems)
    return plan, line, source.data


def _near(name: str, plan: Path) -> str:
    """A line's file is looked for beside the plan."""
    beside = plan.parent / name
    return str(beside) if name.endswith((".yaml", ".yml")) and beside.is_file() else name


def _unknown(source: Source, at: Place, name: str, names: list[str]) -> Iterator[Problem]:
    if name not in names:
        expected = _("one of {choices}").format(choices=", ".join(names))
        yield source.problem(at, expected, repr(name), shape.suggestion(name, names))


def _wrong(plan: Plan, line: Line, source: Source) -> Iterator[Problem]:
    """What has the right shape and means nothing."""
    known = partial(_unknown, source)
    yield from _wrong_steps(plan, line, source)
    yield from known(("dirt",), plan.dirt, list(PROFILES))
    ids = sorted({one.id for one in all_checks()} | {one.test for one in all_checks()})
    for key in plan.thresholds:
        yield from known(("thresholds", key), key, [one.id for one in all_checks()])
    for i, test in enumerate(plan.skip):
        yield from known(("skip", i), test, ids)
    names = [one.name for one in plan.solutions]
    for i, solution in enumerate(plan.solutions):
        here: Place = ("solutions", i)
        if names.index(solution.name) != i:
            yield source.problem((*here, "name"), _("a name of its own"), repr(solution.name))
        others = [one for one in names if one != solution.name]
        yield from known((*here, "feeds"), solution.feeds, ["line", *others])
        for j, claim in enumerate(solution.claims):
            at: Place = (*here, "claims", j)
            yield from known((*at, "table"), claim.table, list(CLAIMS))
            yield from _wrong_claim(at, claim, source)


def _wrong_claim(at: Place, claim: ClaimSource, source: Source) -> Iterator[Problem]:
    if not claim.door:
        expected = _("exactly one of {choices}").format(choices=", ".join(DOORS))
        yield source.problem(at, expected, _("none or several"))
    if not _known_zone(claim.zone):
        expected = _("a time zone such as UTC or Asia/Seoul")
        yield source.problem((*at, "zone"), expected, repr(claim.zone))
    if claim.sql and not claim.database:
        yield source.problem((*at, "database"), _("a SQLAlchemy URL"), _("nothing"))


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _wrong_steps(plan: Plan, line: Line, source: Source) -> Iterator[Problem]:
    """What is to happen and cannot on this line."""
    known = partial(_unknown, source)
    for i, fault in enumerate(plan.faults):
        yield from known(("faults", i, "fault"), fault.fault, [one.id for one in line.faults])
    for i, step in enumerate(plan.commands):
        yield from known(("commands", i, "do"), step.do, list(PLANNED))
    for i, order in enumerate(plan.orders):
        yield from _wrong_order(("orders", i), order, plan, line, source)
    measured = [key for key, tag in line.tags.items() if isinstance(tag.source, Reading)]
    for i, chart in enumerate(plan.charts):
        yield from known(("charts", i, "tag"), chart.tag, measured)
    materials: dict[str, list[str]] = {}
    for feed in line.feeds:
        materials.setdefault(feed.station, []).append(feed.material)
    for i, drill in enumerate(plan.drills):
        yield from known(("drills", i, "station"), drill.station, list(materials))
        if drill.material:
            names = materials.get(drill.station, [])
            yield from known(("drills", i, "material"), drill.material, names)


def _wrong_order(
    at: Place, order: OrderStep, plan: Plan, line: Line, source: Source
) -> Iterator[Problem]:
    """Two of one id, one that cannot be made, or one that can and should be rejected."""
    if [one.order for one in plan.orders].index(order.order) != at[1]:
        yield source.problem((*at, "order"), _("an id of its own"), repr(order.order))
    wrong = list(impossible(order, line))
    if wrong and order.expect == "made":
        expected = _("an order that {line} can make, or expect: rejected").format(line=line.id)
        yield source.problem(at, expected, ", ".join(wrong))
    if not wrong and order.expect == "rejected":
        expected = _("an order that {line} cannot make").format(line=line.id)
        yield source.problem(at, expected, _("one that it can"))

"""A run: a line that moves. Advance it, give it commands, read its trace, snapshot it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf

from twin.equipment.model import Setting
from twin.errors import CommandError, UsageError
from twin.i18n import _
from twin.kernel.faults import FaultScript
from twin.kernel.jobs import DEEDS
from twin.kernel.plant import Plant
from twin.line.line import Line
from twin.trace.journal import MOST_SEVERITY, Command
from twin.trace.tables import Column, EventKind
from twin.trace.trace import Trace
from twin.units import clock, seconds

ROWS_AT_ONCE = 16_384  # rows kept as Python numbers before they become columns: fits a cache
Consumer = Callable[[Mapping[str, Mapping[str, Column]], float], None]


class Run:
    """A line under way. `trace` grows with it, unless `consume` takes the rows instead.

    >>> import twin
    >>> run = twin.Run(twin.load("electronics/smt-v1"), seed=1)
    >>> run.advance(600.0)
    >>> run.apply(twin.Command("set", "RFL.BeltSpeed", 75.0)).t
    600.0
    """

    def __init__(self, line: Line, seed: int = 0, consume: Consumer | None = None) -> None:
        self.plant = Plant(line, seed)
        self.trace = Trace(line, seed)
        self._consume = consume
        self._slice = 60.0
        self.plant.begin()

    @classmethod
    def restore(cls, plant: Plant, trace: Trace) -> Run:
        """A run that goes on with a plant under way and its past."""
        run = cls.__new__(cls)
        run.plant, run.trace, run._consume, run._slice = plant, trace, None, 60.0
        return run

    @property
    def line(self) -> Line:
        """The line that runs."""
        return self.plant.line

    @property
    def now(self) -> float:
        """Simulated time, s; everything before it has happened."""
        return self.plant.calendar._now

    def advance(self, until: float) -> None:
        """Run up to `until` (s); events at `until` are still to come. Cuts do not matter.

        Raises UsageError when `until` is before now or without end.
        """
        calendar, recorder = self.plant.calendar, self.plant.recorder
        if not calendar._now <= until < inf:
            raise UsageError(
                _("time goes on only: it is {now:g} s, so it cannot become {until:g} s").format(
                    now=calendar._now, until=until
                )
            )
        while True:
            stop = min(until, calendar._now + self._slice)
            calendar.advance(stop)
            rows = len(recorder.log) / 3
            if stop >= until:
                self._hand_over()
                return
            if rows > ROWS_AT_ONCE / 4:
                self._hand_over()
            self._slice = max(1e-3, min(self._slice * 2.0, self._slice * ROWS_AT_ONCE / (rows + 1)))

    def apply(self, command: Command) -> Command:
        """Apply a command now and journal it. Raises CommandError with the reason otherwise."""
        command = command.at(self.now)
        if command.kind not in APPLY:
            text = _("no command {kind!r}; commands are {known}")
            raise CommandError(text.format(kind=command.kind, known=", ".join(APPLY)))
        APPLY[command.kind](self.plant, command)
        events = self.plant.recorder.events
        events += (self.now, EventKind.COMMAND, -1, -1, len(self.trace.journal))
        self.trace.journal += (command,)
        if command.kind in DEEDS:  # whoever asks for the order next sees its new state
            self._hand_over()
        return command

    def _hand_over(self) -> None:
        chunk = self.plant.recorder.drain()
        if self._consume is not None:
            self._consume(chunk, self.now)
            self.trace.now = self.now
        else:
            self.trace.absorb(chunk, self.now)


def _stations(plant: Plant, target: str) -> list[str]:
    if target and target not in plant.machines:
        raise CommandError(
            _("no station {name!r}; stations are {known}").format(
                name=target, known=", ".join(plant.machines)
            )
        )
    return [target] if target else list(plant.machines)


def _start(plant: Plant, command: Command) -> None:
    for name in _stations(plant, command.target):
        plant.machines[name].release("stop")


def _stop(plant: Plant, command: Command) -> None:
    for name in _stations(plant, command.target):
        if "stop" not in plant.machines[name].holds:
            plant.machines[name].hold("stop")


def _reset(plant: Plant, command: Command) -> None:
    for name in _stations(plant, command.target):
        plant.machines[name].note(EventKind.RESET, 0.0)


def _within(limits: Setting, command: Command) -> float:
    """The command's value. Raises CommandError outside the limits."""
    value = command.value
    if value is None or not limits.low <= value <= limits.high:
        raise CommandError(
            _("{name} must be from {low:g} to {high:g} {unit}, got {value}").format(
                name=command.target,
                low=limits.low,
                high=limits.high,
                unit=limits.unit,
                value=value,
            )
        )
    return float(value)


def _set(plant: Plant, command: Command) -> None:
    setting = plant.line.settings.get(command.target)
    if setting is None:
        raise CommandError(
            _("no set point {name!r}; set points are {known}").format(
                name=command.target, known=", ".join(plant.line.settings) or _("none")
            )
        )
    value = _within(setting, command)
    station, name = command.target.split(".", 1)
    plant.rigs[station].set(name, value)


def _recipe(plant: Plant, command: Command) -> None:
    """A parameter of a product's control recipe, for the phases and changeovers from now on."""
    known = plant.line.recipe_limits
    limits = known.get(command.target)
    if limits is None:
        raise CommandError(
            _("no recipe parameter {name!r}; parameters are {known}").format(
                name=command.target, known=", ".join(known) or _("none")
            )
        )
    value = _within(limits, command)
    product, place = command.target.split("/", 1)
    station, name = place.split(".", 1)
    number = plant.line.products.index(product)
    plant.rigs[station].change_recipe(number, name, value)


def _fault(plant: Plant, command: Command) -> None:
    if command.role != "instructor":
        raise CommandError(
            _("only an instructor may inject a fault, not a {role}").format(role=command.role)
        )
    factor = 1.0 if command.value is None else command.value
    if not 0.0 < factor <= MOST_SEVERITY:
        raise CommandError(
            _("the severity factor must be above 0 and at most {most:g}, got {factor}").format(
                most=MOST_SEVERITY, factor=factor
            )
        )
    _script(plant, command.target).inject(factor)


def _repair(plant: Plant, command: Command) -> None:
    if command.role != "instructor":
        raise CommandError(
            _("only an instructor may end a fault, not a {role}").format(role=command.role)
        )
    _script(plant, command.target).end()


def _alarm(plant: Plant, command: Command) -> None:
    """People and alarms: the line goes on as it is, the journal remembers."""
    if command.target and command.target not in plant.line.alarms:
        raise CommandError(
            _("no alarm {name!r} on this line; alarms are {known}").format(
                name=command.target, known=", ".join(plant.line.alarms) or _("none")
            )
        )
    if command.value is not None and not 0.0 < command.value < inf:
        raise CommandError(
            _("an alarm is shelved for more than 0 s, got {value}").format(value=command.value)
        )


def _force(plant: Plant, command: Command) -> None:
    """An alarm made to stand or not, whatever its condition says; the line goes on as it is."""
    if command.role != "instructor":
        raise CommandError(
            _("only an instructor may force an alarm, not a {role}").format(role=command.role)
        )
    if command.kind == "force" and command.value not in (0.0, 1.0):
        raise CommandError(
            _("an alarm is forced to 1 (active) or 0 (not), got {value}").format(
                value=command.value
            )
        )
    _alarm(plant, replace(command, value=None))


def _job(plant: Plant, command: Command) -> None:
    plant.jobs.apply(command)


def _script(plant: Plant, target: str) -> FaultScript:
    if target not in plant.faults:
        raise CommandError(
            _("no fault {name!r} on this line; faults are {known}").format(
                name=target, known=", ".join(plant.faults) or _("none")
            )
        )
    return plant.faults[target]


APPLY: Mapping[str, Callable[[Plant, Command], None]] = {
    "start": _start,
    "stop": _stop,
    "reset": _reset,
    "set": _set,
    "recipe": _recipe,
    "fault": _fault,
    "repair": _repair,
    "acknowledge": _alarm,
    "confirm": _alarm,
    "comment": _alarm,
    "shelve": _alarm,
    "shelve-once": _alarm,
    "unshelve": _alarm,
    "enable": _alarm,
    "disable": _alarm,
    "force": _force,
    "release": _force,
    **dict.fromkeys(DEEDS, _job),
}


def run(
    line: Line,
    duration: str | float,
    seed: int = 0,
    journal: Iterable[Command] = (),
    progress: Callable[[float, float], None] | None = None,
    consume: Consumer | None = None,
) -> Trace:
    """Run a line from the start for `duration` ("8h" or seconds) and return its trace.

    `journal` holds commands with their times; they take effect exactly then. `progress` is called
    with (now, end) in s. The same line, seed and journal give the same trace to the last bit.

    >>> import twin
    >>> fault = twin.Command("fault", "E-Z8", role="instructor", t=3600.0)
    >>> trace = twin.run(twin.load("electronics/smt-v1"), "2h", seed=1, journal=[fault])
    >>> trace.now
    7200.0
    """
    end = seconds(duration)
    if not 0.0 < end < float("inf"):
        raise UsageError(
            _("the duration must be above 0 s, got {duration}").format(duration=duration)
        )
    running = Run(line, seed, consume)
    for command in sorted(journal, key=lambda c: c.t or 0.0):
        at = command.t or 0.0
        if at > end:
            raise UsageError(
                _("a command at {at} lies behind the end of the run, {end}").format(
                    at=clock(at), end=clock(end)
                )
            )
        _advance(running, at, end, progress)
        running.apply(command)
    _advance(running, end, end, progress)
    return running.trace


def _advance(
    running: Run, until: float, end: float, progress: Callable[[float, float], None] | None
) -> None:
    while running.now < until:
        step = until if progress is None else min(until, running.now + end / 200.0)
        running.advance(step)
        if progress is not None:
            progress(running.now, end)

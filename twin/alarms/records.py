"""What becomes of each alarm: a condition, and what people did about it, step by step.

A fold over what the line did (`Change`) and what people did (commands), in order of time. It never
looks ahead, so a record once made stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from heapq import merge

from twin.alarms.log import Change
from twin.line.line import Line
from twin.trace.journal import Command

SHELVED_FOR = 3600.0  # s, where the command names no time; assumed
PEOPLE = (
    "acknowledge", "confirm", "comment", "shelve", "shelve-once", "unshelve", "enable", "disable",
)  # fmt: skip
SCRIPTED = ("force", "release")


@dataclass(frozen=True, slots=True)
class Record:
    """An alarm from `t` (s) on, after its `number`-th change; `why` names what changed it.

    `shelved_until` (s) is inf for one that stays shelved until it has come and gone, 0 for one
    that is not shelved. `since` says when it came or went, `text` and `by` hold the last comment.
    """

    alarm: int
    t: float = 0.0
    number: int = 0
    why: str = ""
    active: bool = False
    acknowledged: bool = True
    confirmed: bool = True
    shelved_until: float = 0.0
    enabled: bool = True
    since: float = 0.0
    text: str = ""
    by: str = ""
    commented: float = 0.0

    @property
    def shelved(self) -> bool:
        """Whether somebody has put it aside for now."""
        return self.shelved_until > 0.0

    @property
    def retained(self) -> bool:
        """Whether somebody should still look at it (OPC 10000-9, 5.5.2: Retain)."""
        return self.enabled and (self.active or not self.acknowledged or not self.confirmed)


Step = Callable[[Record, Command], Record]


def _shelve(record: Record, command: Command) -> Record:
    seconds = SHELVED_FOR if command.value is None else command.value
    return replace(record, shelved_until=(command.t or 0.0) + seconds)


def _comment(record: Record, command: Command) -> Record:
    if not command.text:
        return record
    return replace(record, text=command.text, by=command.by, commented=command.t or 0.0)


def _acknowledge(record: Record, command: Command) -> Record:
    if record.acknowledged:
        return record
    return replace(_comment(record, command), acknowledged=True, confirmed=False)


def _confirm(record: Record, command: Command) -> Record:
    if record.confirmed:
        return record
    return replace(_comment(record, command), confirmed=True)


STEPS: dict[str, Step] = {
    "acknowledge": _acknowledge,
    "confirm": _confirm,
    "comment": _comment,
    "shelve": _shelve,
    "shelve-once": lambda record, _command: replace(record, shelved_until=math.inf),
    "unshelve": lambda record, _command: replace(record, shelved_until=0.0),
    "enable": lambda record, _command: replace(record, enabled=True),
    "disable": lambda record, _command: replace(record, enabled=False),
}


class Standing:
    """Every alarm of a line as it stands, fed in order of time.

    Without a key a command means all alarms; one that changes nothing makes no record, except of a
    comment. While an alarm is disabled its comings and goings are not noted. A forced alarm shows
    what it is forced to; released, it shows its condition again. `shown` are all comings and goings
    as they showed, noted or not.
    """

    def __init__(self, line: Line) -> None:
        self.numbers = {key: i for i, key in enumerate(line.alarms)}
        self.records = [Record(i) for i in range(len(self.numbers))]
        self._real = [False] * len(self.records)  # what the condition of each says
        self._forced: dict[int, bool] = {}
        self._showing = [False] * len(self.records)  # what a disabled alarm would show
        self.shown: list[Change] = []

    def change(self, change: Change) -> list[Record]:
        """An alarm came or went."""
        self._real[change.alarm] = change.active
        return self._show(change.alarm, change.t)

    def _show(self, number: int, t: float) -> list[Record]:
        """Let an alarm show its condition, or what it is forced to."""
        active = self._forced.get(number, self._real[number])
        if active != self._showing[number]:
            self._showing[number] = active
            self.shown.append(Change(t, number, active))
        record = self.records[number]
        if not record.enabled or record.active == active:
            return []
        return [self._turn(record, t, active)]

    def _turn(self, record: Record, t: float, active: bool) -> Record:
        if active:
            new = replace(record, active=True, acknowledged=False, confirmed=True, since=t)
            return self._note(new, t, "came")
        until = 0.0 if record.shelved_until == math.inf else record.shelved_until
        return self._note(replace(record, active=False, since=t, shelved_until=until), t, "went")

    def command(self, command: Command) -> list[Record]:
        """People or a script did something."""
        step = STEPS.get(command.kind)
        if step is None and command.kind not in SCRIPTED:
            return []
        target = command.target
        meant = self.records if not target else [self.records[self.numbers[target]]]
        made: list[Record] = []
        t = command.t or 0.0
        for record in list(meant):
            if step is None:
                made += self._force(record.alarm, command)
                continue
            new = step(record, command)
            if new != record:
                made.append(self._note(new, t, command.kind))
                if command.kind == "enable":
                    made += self._show(record.alarm, t)
        return made

    def _force(self, number: int, command: Command) -> list[Record]:
        if command.kind == "force":
            self._forced[number] = command.value == 1.0
        else:
            self._forced.pop(number, None)
        return self._show(number, command.t or 0.0)

    def until(self, t: float) -> list[Record]:
        """Shelving that ends by itself up to `t`."""
        over = [one for one in self.records if 0.0 < one.shelved_until <= t]
        over.sort(key=lambda one: (one.shelved_until, one.alarm))
        return [
            self._note(replace(one, shelved_until=0.0), one.shelved_until, "unshelve")
            for one in over
        ]

    def _note(self, record: Record, t: float, why: str) -> Record:
        new = replace(record, t=t, why=why, number=record.number + 1)
        self.records[record.alarm] = new
        return new

    def feed(
        self, changes: Iterable[Change], commands: Iterable[Command], now: float
    ) -> list[Record]:
        """All that came of these up to `now` (s).

        At one instant people come first: they act on what is known before it.
        """
        did = ((command.t or 0.0, 0, i, command) for i, command in enumerate(commands))
        came = ((change.t, 1, i, change) for i, change in enumerate(changes))
        made: list[Record] = []
        for t, _who, _i, what in merge(did, came, key=lambda row: row[:3]):
            if t > now:
                break
            made += self.until(t)
            if isinstance(what, Command):
                made += self.command(what)
            elif isinstance(what, Change):
                made += self.change(what)
        return made + self.until(now)


def shown(line: Line, changes: Iterable[Change], journal: Iterable[Command]) -> list[Change]:
    """Comings and goings as they showed: those of the conditions, and those a script forced."""
    standing = Standing(line)
    standing.feed(changes, journal, math.inf)
    return standing.shown

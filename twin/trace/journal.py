"""Commands: every input from outside, with the simulated time at which it took effect."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from twin.trace.job import JobOrder

CommandKind = Literal[
    "start",
    "stop",
    "reset",
    "set",
    "recipe",
    "fault",
    "repair",
    "acknowledge",
    "confirm",
    "comment",
    "shelve",
    "shelve-once",
    "unshelve",
    "enable",
    "disable",
    "force",
    "release",
    "job-store",
    "job-store-and-start",
    "job-update",
    "job-start",
    "job-revoke-start",
    "job-pause",
    "job-resume",
    "job-stop",
    "job-cancel",
    "job-abort",
    "job-clear",
]
Role = Literal["observer", "operator", "engineer", "instructor"]
MOST_SEVERITY = 10.0  # times the catalogue's size of a fault; assumed
ROLES: tuple[Role, ...] = ("observer", "operator", "engineer", "instructor")


@dataclass(frozen=True, slots=True)
class Command:
    """One input: `kind` to `target` ("" the whole line, a station, "RFL.BeltSpeed", a fault id,
    a recipe's parameter "white/R101.HoldTime", a job order's id).

    `t` (s) is when it took effect; None while it waits. `value` is the set point, or the severity
    factor of a fault (1 is the catalogue's size), or for how many seconds an alarm is shelved, or
    whether an alarm is forced to be active (1) or not (0) until its release.
    `source` names the door it came by, `by` the user, `text` is what people say to an alarm, `job`
    the order that is stored or updated.

    >>> Command("set", "RFL.BeltSpeed", 75.0).at(3600.0).t
    3600.0
    """

    kind: CommandKind
    target: str = ""
    value: float | None = None
    role: Role = "operator"
    source: str = ""
    t: float | None = None
    by: str = ""
    text: str = ""
    job: JobOrder | None = None

    def at(self, t: float) -> Command:
        """The same command, taking effect at `t`."""
        return replace(self, t=t)


def to_lines(journal: Iterable[Command]) -> str:
    """The journal as JSON lines; a command without a job order says nothing of one."""
    return "".join(json.dumps(_plain(command), sort_keys=True) + "\n" for command in journal)


def from_lines(text: str) -> tuple[Command, ...]:
    """The journal back from JSON lines."""
    return tuple(_command(json.loads(line)) for line in text.splitlines() if line.strip())


def _plain(command: Command) -> dict[str, Any]:
    row = asdict(command)
    if command.job is None:
        del row["job"]
    return row


def _command(row: dict[str, Any]) -> Command:
    job = row.pop("job", None)
    return Command(**row, job=None if job is None else JobOrder(**job))

"""Alarm scripts: a YAML file of which alarms are made to stand or not, and when.

alarms: 1
steps:
  - {at: 10 min, alarm: RFL.Zone8Deviation, for: 2 min}                # stands for two minutes
  - {at: 1 h, alarm: "PNP*.*", for: 5 s, every: 20 s, times: 6}       # a flood that chatters
  - {at: 2 h, alarm: AOI.*, do: inactive}                              # silent from now on
  - {at: 3 h, alarm: AOI.*, do: release}                               # as the line says again

What is forced are alarms only: the line itself goes on as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from twin.errors import Problem, ScenarioError, UsageError
from twin.i18n import _
from twin.line.line import Line
from twin.line.source import Source, read, shown
from twin.trace.journal import Command
from twin.units import seconds

KEYS = ("at", "alarm", "do", "for", "every", "times")
FORCED: Mapping[str, float | None] = {"active": 1.0, "inactive": 0.0, "release": None}
MOST_TIMES = 100_000  # commands of one step; assumed
LATEST = 1e9  # s


class _Wrong(Exception):
    """What was expected of a value."""


def read_script(path: Path, line: Line) -> list[Command]:
    """The commands of a script for a line, by time.

    Raises UsageError when the file cannot be read, ScenarioError with everything wrong in it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
        ) from error
    source = read(raw, str(path))
    data, problems = source.data, list(source.problems)
    problems += [
        source.problem((key,), "alarms, steps", repr(key))
        for key in data.keys() - {"alarms", "steps"}
    ]
    if data.get("alarms") != 1 or isinstance(data["alarms"], bool):
        problems.append(source.problem(("alarms",), "alarms: 1", shown(data.get("alarms"))))
    rows = data.get("steps")
    if not isinstance(rows, list) or not rows:
        problems.append(source.problem(("steps",), _("a list of steps"), shown(rows)))
        rows = []
    commands: list[Command] = []
    for number, row in enumerate(rows):
        commands += _step(source, number, row, line, problems)
    if problems:
        raise ScenarioError(problems)
    return sorted(commands, key=lambda one: one.t or 0.0)


def _step(
    source: Source, number: int, row: Any, line: Line, problems: list[Problem]
) -> list[Command]:
    """Commands of one step; what is wrong with it goes into `problems`."""
    here = ("steps", number)
    if not isinstance(row, Mapping):
        problems.append(source.problem(here, _("a mapping with at and alarm"), shown(row)))
        return []
    before = len(problems)
    problems += [
        source.problem((*here, key), ", ".join(KEYS), repr(key)) for key in row.keys() - set(KEYS)
    ]

    def take(key: str, make: Callable[[Any], Any], default: Any = None) -> Any:
        if key not in row and default is not None:
            return default
        try:
            return make(row.get(key))
        except _Wrong as wrong:
            problems.append(source.problem((*here, key), str(wrong), shown(row.get(key))))
            return default

    at = take("at", _instant)
    keys = take("alarm", lambda found: _alarms(found, line))
    do = take("do", _do, "active")
    lasts, every = take("for", _span, 0.0), take("every", _span, 0.0)
    times = take("times", _count, 1)
    if len(problems) == before:
        for key, wrong in (
            ("for", lasts and do == "release"),
            ("times", times > 1 and not every),
            ("every", every and times == 1),
            ("for", times > 1 and every and not 0.0 < lasts < every),
            ("alarm", times * len(keys) > MOST_TIMES),
        ):
            if wrong:
                problems.append(source.problem((*here, key), RULES[key](), shown(row.get(key))))
    if len(problems) > before:
        return []
    made = []
    for turn in range(times):
        begin = at + turn * every
        made += [_command(key, begin, FORCED[do]) for key in keys]
        if lasts:
            made += [_command(key, begin + lasts, None) for key in keys]
    return made


def _command(key: str, t: float, value: float | None) -> Command:
    return Command("release" if value is None else "force", key, value, "instructor", "script", t)


RULES: Mapping[str, Callable[[], str]] = {
    "for": lambda: _("with times, a time below that of every; with release, nothing"),
    "every": lambda: _("every only together with times"),
    "times": lambda: _("times only together with every"),
    "alarm": lambda: _("fewer alarms, or fewer times"),
}


def _span(found: Any) -> float:
    value = _instant(found)
    if value <= 0.0:
        raise _Wrong(_("a time above 0 s"))
    return value


def _instant(found: Any) -> float:
    wrong = _Wrong(_("a time such as 10 min"))
    if (not isinstance(found, str) and found != 0) or isinstance(found, bool):
        raise wrong
    try:
        value = seconds(found)
    except (ValueError, TypeError):
        raise wrong from None
    if not 0.0 <= value <= LATEST:
        raise wrong
    return value


def _alarms(found: Any, line: Line) -> list[str]:
    """Keys of the alarms a pattern means."""
    keys = [key for key in line.alarms if isinstance(found, str) and fnmatchcase(key, found)]
    if not keys:
        raise _Wrong(_("an alarm of the line, as `twin alarms {line}` lists").format(line=line.id))
    return keys


def _do(found: Any) -> str:
    if found not in tuple(FORCED):
        raise _Wrong(" | ".join(FORCED))
    return str(found)


def _count(found: Any) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= MOST_TIMES:
        raise _Wrong(_("a whole number from 1 to {most}").format(most=MOST_TIMES))
    return found

"""Chaos as a YAML file: what is to be done and when, by hand or as a log showed it.

chaos: 1
clock: wall            # or simulated; left out, as the session's clock is
steps:
  - {at: 10s, do: bad-values, to: RFL.Zone8Temp, for: 5s, value: BadSensorFailure}
  - {at: 1min, do: restart, for: 3s}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from asyncua import ua

from opcua_server.chaos.actions import ACTIONS, Action
from opcua_server.chaos.plan import Scripted, Step
from opcua_server.chaos.weather import SERVICES
from twin.errors import Problem, ScenarioError
from twin.i18n import _
from twin.line.source import Source, shown
from twin.line.steps import Wrong, read_steps
from twin.units import seconds

KEYS = {"at", "do", "to", "for", "value", "share", "pick"}
CLOCKS = ("wall", "simulated")


def read_script(path: Path, tags: Sequence[str]) -> Scripted:
    """The steps of a file, checked against the tags that are shown.

    Raises UsageError when it cannot be read, ScenarioError with everything that is wrong in it.
    """
    source, problems, rows = read_steps(path, "chaos", "clock")
    clock = source.data.get("clock")
    if clock is not None and clock not in CLOCKS:
        problems.append(source.problem(("clock",), " | ".join(CLOCKS), shown(clock)))
    steps = [_step(source, number, row, tags, problems) for number, row in enumerate(rows)]
    if problems:
        raise ScenarioError(problems)
    return Scripted(str(path), tuple(step for step in steps if step is not None), clock)


def checked(row: Mapping[str, Any], tags: Sequence[str]) -> Step:
    """One step from the fields it has in a file. Raises ValueError with all that is wrong."""
    problems: list[Problem] = []
    step = _step(Source("", {"steps": [row]}, {}), 0, row, tags, problems)
    if step is None:
        told = (
            f"{one.path.rpartition('.')[2]}: {one.expected}, not {one.found}" for one in problems
        )
        raise ValueError("; ".join(told))
    return step


def _step(
    source: Source, number: int, row: Any, tags: Sequence[str], problems: list[Problem]
) -> Step | None:
    here = ("steps", number)
    if not isinstance(row, Mapping):
        problems.append(source.problem(here, _("a mapping with at and do"), shown(row)))
        return None
    expected = ", ".join(sorted(KEYS))
    unknown = row.keys() - KEYS
    problems += [source.problem((*here, key), expected, repr(key)) for key in unknown]
    action = ACTIONS.get(str(row.get("do")))
    if action is None:
        expected = " | ".join(ACTIONS)
        problems.append(source.problem((*here, "do"), expected, shown(row.get("do"))))
        return None
    before = len(problems)

    def take(key: str, make: Callable[[Any], Any], default: Any) -> Any:
        if key not in row:
            return default
        try:
            return make(row[key])
        except Wrong as wrong:
            problems.append(source.problem((*here, key), str(wrong), shown(row[key])))
            return default

    if "at" not in row:
        problems.append(source.problem(here, _("at, such as 10s"), _("nothing")))
    step = Step(
        t=take("at", _time, 0.0),
        action=action.name,
        target=take("to", lambda found: _target(found, action, tags), ""),
        seconds=take("for", _time, 0.0),
        value=take("value", lambda found: _value(found, action), action.default),
        share=take("share", _ratio, 1.0),
        pick=take("pick", _ratio, 0.0),
    )
    return step if len(problems) == before else None


def _time(found: Any) -> float:
    try:
        value = seconds(found)
    except (ValueError, TypeError) as error:
        raise Wrong(str(error)) from None
    if not 0.0 <= value <= 1e9:
        raise Wrong(_("a time of 0 s or more"))
    return value


def _ratio(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0.0 <= found <= 1.0:
        raise Wrong(_("a number from 0 to 1"))
    return float(found)


def _target(found: Any, action: Action, tags: Sequence[str]) -> str:
    """A tag or station, a service, or a station whose server is meant."""
    stations = {key.partition(".")[0] for key in tags}
    if action.name == "service-faults":
        known: set[str] = set(SERVICES)
    elif action.aim == "tags":
        known = stations | set(tags)
    else:
        known = stations
    if str(found) not in known:
        raise Wrong(_("one of {known}").format(known=", ".join(sorted(known - set(tags)))))
    return str(found)


def _value(found: Any, action: Action) -> float | str:
    if action.value == "status":
        return status_name(found, action)
    if action.value == "s":
        numeric = isinstance(found, int | float) and not isinstance(found, bool)
        if isinstance(found, str) and found.startswith("-"):
            return -_time(found[1:])
        if numeric and abs(found) <= 1e9:
            return float(found)
        return _time(found)
    raise Wrong(_("nothing: {action} takes no value").format(action=action.name))


def status_name(found: Any, action: Action) -> str:
    """A StatusCode's name of the severity the action needs. Raises Wrong."""
    code = getattr(ua.StatusCodes, str(found), None)
    wanted = "Uncertain" if action.name == "uncertain-values" else "Bad"
    if not isinstance(code, int) or not str(found).startswith(wanted):
        raise Wrong(_("a StatusCode such as {example}").format(example=action.default))
    return str(found)

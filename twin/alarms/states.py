"""ISA-18.2 states: an alarm's condition together with what people did about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from heapq import merge
from typing import NamedTuple

from twin.alarms.log import Change
from twin.line.line import Line
from twin.trace.journal import Command

SHELVED_FOR = 3600.0  # s, where the command names no time; assumed


class AlarmState(Enum):
    """States of ANSI/ISA-18.2-2016, clause 5.2 (IEC 62682), by their letters."""

    NORMAL = "A"
    UNACKNOWLEDGED = "B"
    ACKNOWLEDGED = "C"
    RETURNED = "D"  # gone, but nobody has acknowledged it
    SHELVED = "G"


class Row(NamedTuple):
    """From `t` (s) on, alarm number `alarm` is in `state`."""

    t: float
    alarm: int
    state: AlarmState


class _Standing:
    """One alarm: whether it is active and acknowledged, and until when it is shelved."""

    def __init__(self) -> None:
        self.active = False
        self.acknowledged = True
        self.shelved = 0.0

    def state(self, t: float) -> AlarmState:
        if t < self.shelved:
            return AlarmState.SHELVED
        if self.active:
            return AlarmState.ACKNOWLEDGED if self.acknowledged else AlarmState.UNACKNOWLEDGED
        return AlarmState.NORMAL if self.acknowledged else AlarmState.RETURNED


def alarm_states(
    line: Line, changes: Iterable[Change], journal: Iterable[Command], now: float
) -> list[Row]:
    """Every change of state up to `now` (s): alarms come unacknowledged; people act on them.

    A command of kind "acknowledge", "shelve" (value: seconds) or "unshelve" names one alarm by its
    key, or all of them by "".
    """
    numbers = {key: i for i, key in enumerate(line.alarms)}
    standing = [_Standing() for _ in numbers]
    rows: list[Row] = []
    last = [AlarmState.NORMAL] * len(standing)

    def say(t: float, i: int) -> None:
        state = standing[i].state(t)
        if state is not last[i]:
            last[i] = state
            rows.append(Row(t, i, state))

    def ends(until: float) -> None:
        over = sorted((s.shelved, i) for i, s in enumerate(standing) if 0.0 < s.shelved <= until)
        for t, i in over:
            standing[i].shelved = 0.0
            say(t, i)

    for t, change, command in _in_order(changes, journal):
        if t > now:
            break
        ends(t)
        if change is not None:
            one = standing[change.alarm]
            one.active = change.active
            one.acknowledged = one.acknowledged and not change.active
            say(t, change.alarm)
        elif command is not None:
            for i in _meant(command, numbers):
                _do(command, t, standing[i])
                say(t, i)
    ends(now)
    return rows


def _in_order(
    changes: Iterable[Change], journal: Iterable[Command]
) -> Iterable[tuple[float, Change | None, Command | None]]:
    """Changes and commands by time; at one instant what the machine did comes first."""
    one = ((change.t, 0, i, change, None) for i, change in enumerate(changes))
    other = ((command.t or 0.0, 1, i, None, command) for i, command in enumerate(journal))
    for t, _, _, change, command in merge(one, other, key=lambda row: row[:3]):
        yield t, change, command


def _meant(command: Command, numbers: dict[str, int]) -> list[int]:
    if command.kind not in ("acknowledge", "shelve", "unshelve"):
        return []
    return list(numbers.values()) if not command.target else [numbers[command.target]]


def _do(command: Command, t: float, one: _Standing) -> None:
    if command.kind == "acknowledge":
        one.acknowledged = True
    elif command.kind == "shelve":
        one.shelved = t + (SHELVED_FOR if command.value is None else command.value)
    else:
        one.shelved = 0.0

"""ISA-18.2 states: an alarm's condition together with what people did about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from twin.alarms.log import Change
from twin.alarms.records import Record, Standing
from twin.line.line import Line
from twin.trace.journal import Command


class AlarmState(Enum):
    """States of ANSI/ISA-18.2-2016, clause 5.2 (IEC 62682), by their letters."""

    NORMAL = "A"
    UNACKNOWLEDGED = "B"
    ACKNOWLEDGED = "C"
    RETURNED = "D"  # gone, but nobody has acknowledged it
    SHELVED = "G"
    OUT_OF_SERVICE = "I"


class Row(NamedTuple):
    """From `t` (s) on, alarm number `alarm` is in `state`."""

    t: float
    alarm: int
    state: AlarmState


def state_of(record: Record) -> AlarmState:
    """The state an alarm is in after a record."""
    if not record.enabled:
        return AlarmState.OUT_OF_SERVICE
    if record.shelved:
        return AlarmState.SHELVED
    if record.active:
        return AlarmState.ACKNOWLEDGED if record.acknowledged else AlarmState.UNACKNOWLEDGED
    return AlarmState.NORMAL if record.acknowledged else AlarmState.RETURNED


def alarm_states(
    line: Line, changes: Iterable[Change], journal: Iterable[Command], now: float
) -> list[Row]:
    """Every change of state up to `now` (s): alarms come unacknowledged; people act on them.

    A command of kind "acknowledge", "shelve" (value: seconds), "unshelve" and so on names one
    alarm by its key, or all of them by "".
    """
    standing = Standing(line)
    last = [AlarmState.NORMAL] * len(standing.records)
    rows: list[Row] = []
    for record in standing.feed(changes, journal, now):
        state = state_of(record)
        if state is not last[record.alarm]:
            last[record.alarm] = state
            rows.append(Row(record.t, record.alarm, state))
    return rows

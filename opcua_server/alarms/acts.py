"""What people can do about a condition, as a table: OPC 10000-9, 5.5.4 to 5.8.10.4.

What they do enters the journal. Each act says when it cannot be done; adding one is adding a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asyncua import ua

from opcua_server.alarms.fields import LONGEST_SHELVED
from opcua_server.companion.calls import Call
from opcua_server.companion.instance import Instance
from opcua_server.companion.types import Types
from opcua_server.desk import Refused
from twin.alarms import Record
from twin.trace.journal import CommandKind, Role

Codes = ua.StatusCodes


@dataclass(frozen=True)
class Act:
    """A method of a condition: its path, least role, command, and why it may be refused.

    `names_event` takes an EventId and a comment; `refuse` gives a StatusCode or None.
    """

    path: str
    command: CommandKind
    refuse: Callable[[Record], int | None]
    role: Role = "operator"
    names_event: bool = False
    takes_time: bool = False


def _unless(good: Callable[[Record], bool], code: int) -> Callable[[Record], int | None]:
    return lambda record: None if good(record) else code


ACTS: tuple[Act, ...] = (
    Act(
        "Acknowledge", "acknowledge",
        _unless(lambda one: not one.acknowledged, Codes.BadConditionBranchAlreadyAcked),
        names_event=True,
    ),
    Act(
        "Confirm", "confirm",
        _unless(lambda one: not one.confirmed, Codes.BadConditionBranchAlreadyConfirmed),
        names_event=True,
    ),
    Act("AddComment", "comment", lambda _one: None, names_event=True),
    Act(
        "ShelvingState/TimedShelve", "shelve",
        _unless(lambda one: not one.shelved, Codes.BadConditionAlreadyShelved),
        takes_time=True,
    ),
    Act(
        "ShelvingState/OneShotShelve", "shelve-once",
        _unless(lambda one: one.shelved_until < math.inf, Codes.BadConditionAlreadyShelved),
    ),
    Act(
        "ShelvingState/Unshelve", "unshelve",
        _unless(lambda one: one.shelved, Codes.BadConditionNotShelved),
    ),
    Act(
        "Enable", "enable",
        _unless(lambda one: not one.enabled, Codes.BadConditionAlreadyEnabled),
        role="engineer",
    ),
    Act(
        "Disable", "disable",
        _unless(lambda one: one.enabled, Codes.BadConditionAlreadyDisabled),
        role="engineer",
    ),
)  # fmt: skip


def offer(types: Types, instance: Instance, bells: Any, number: int) -> None:
    """Let the methods of a condition be called."""
    for act in ACTS:
        station = bells.conditions[number].alarm.station
        types.method(instance, act.path, act.role, _handler(act, bells, number), station)


def _handler(act: Act, bells: Any, number: int) -> Callable[[Call], Any]:
    async def carry_out(call: Call) -> tuple[()]:
        record = bells.session.alarms.standing[number]
        code = act.refuse(record)
        if not record.enabled and act.command != "enable":
            code = Codes.BadConditionDisabled
        text = ""
        if act.names_event:
            event_id, comment = call.arguments
            text = (comment.Text or "") if comment is not None else ""
            if not _known(bells.conditions[number], bells.session.alarms, number, event_id):
                raise Refused(Codes.BadEventIdUnknown, "no such event of this condition")
        if code is not None:
            raise Refused(code, f"not now: {act.command}")
        seconds = call.arguments[0] / 1000.0 if act.takes_time else None
        if seconds is not None and not 0.0 < seconds <= LONGEST_SHELVED:
            raise Refused(Codes.BadShelvingTimeOutOfRange, "a time above 0, at most a year")
        key = bells.conditions[number].alarm.key
        await call.desk.submit(act.command, key, seconds, call.user, text=text)
        await bells.publish()
        return ()

    return carry_out


def _known(condition: Any, book: Any, number: int, event_id: bytes) -> bool:
    """Whether an EventId is one of the condition's since it last came."""
    present = book.standing[number]
    for record in reversed(book.records):
        if record.alarm == number:
            if condition.event_id(record.number) == event_id:
                return True
            if record.why == "came" and record.number < present.number:
                return condition.event_id(record.number) == event_id
    return condition.event_id(0) == event_id and present.number == 0

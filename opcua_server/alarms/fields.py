"""Fields of a condition after a record, by path: what an event carries and what its node shows.

OPC 10000-9: 5.5.2 ConditionType, 5.7.2 AcknowledgeableConditionType, 5.8.2 AlarmConditionType,
5.8.10 ShelvedStateMachineType, 5.8.12 limit alarms.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asyncua import ua

from opcua_server.alarms.kinds import Kind, limits_of
from twin.alarms import Record
from twin.equipment.alarm import Alarm, Beyond
from twin.equipment.tag import Text

IDS, T = ua.ObjectIds, ua.VariantType
LONGEST_SHELVED = 366 * 86400.0  # s
GOOD = ua.StatusCode(ua.StatusCodes.Good)
WHY: dict[str, Text] = {
    "": Text("Normal", "정상"),
    "came": Text("Active", "발생"),
    "went": Text("Back to normal", "복귀"),
    "acknowledge": Text("Acknowledged", "인지됨"),
    "confirm": Text("Confirmed", "확인됨"),
    "comment": Text("Comment added", "의견 추가"),
    "shelve": Text("Shelved", "보류됨"),
    "shelve-once": Text("Shelved until it has gone", "복귀 시까지 보류됨"),
    "unshelve": Text("Unshelved", "보류 해제"),
    "enable": Text("Enabled", "사용"),
    "disable": Text("Disabled", "사용 안 함"),
}


@dataclass(frozen=True)
class Condition:
    """An alarm as a condition: its node, the node of its station, and what watches it."""

    alarm: Alarm
    kind: Kind
    node: ua.NodeId
    source: ua.NodeId
    input: ua.NodeId
    setpoint: ua.NodeId
    line: str
    seed: int
    started_at: datetime
    high_at: Callable[[float], bool]

    def moment(self, t: float) -> datetime:
        """Date of a simulated second."""
        return self.started_at + timedelta(seconds=t)

    def event_id(self, number: int) -> bytes:
        """EventId of the condition's `number`-th record: the same in every run of the seed."""
        text = f"{self.line} {self.seed} {self.alarm.key} {number}"
        return hashlib.blake2b(text.encode(), digest_size=16).digest()


def two_state(on: bool, yes: str, no: str) -> tuple[ua.LocalizedText, bool]:
    """A TwoStateVariable: its text and its Id."""
    return ua.LocalizedText(yes if on else no, "en"), on


def fields(condition: Condition, record: Record) -> Mapping[str, ua.Variant]:
    """All fields by path, such as "ActiveState/Id"."""
    alarm, moment = condition.alarm, condition.moment(record.t)
    found: dict[str, tuple[Any, ua.VariantType]] = {
        "EventId": (condition.event_id(record.number), T.ByteString),
        "EventType": (ua.NodeId(condition.kind.type), T.NodeId),
        "SourceNode": (condition.source, T.NodeId),
        "SourceName": (alarm.station, T.String),
        "Time": (moment, T.DateTime),
        "ReceiveTime": (moment, T.DateTime),
        "Message": (_message(alarm, record), T.LocalizedText),
        "Severity": (alarm.severity, T.UInt16),
        "ConditionClassId": (ua.NodeId(IDS.ProcessConditionClassType), T.NodeId),
        "ConditionClassName": (ua.LocalizedText("Process", "en"), T.LocalizedText),
        "ConditionName": (alarm.id, T.String),
        "BranchId": (ua.NodeId(), T.NodeId),
        "Retain": (record.retained, T.Boolean),
        "Quality": (GOOD, T.StatusCode),
        "Quality/SourceTimestamp": (moment, T.DateTime),
        "LastSeverity": (alarm.severity, T.UInt16),
        "LastSeverity/SourceTimestamp": (condition.started_at, T.DateTime),
        "Comment": (ua.LocalizedText(record.text), T.LocalizedText),
        "Comment/SourceTimestamp": (condition.moment(record.commented), T.DateTime),
        "ClientUserId": (record.by, T.String),
        "InputNode": (condition.input, T.NodeId),
        "SuppressedOrShelved": (record.shelved, T.Boolean),
        "MaxTimeShelved": (LONGEST_SHELVED * 1000.0, T.Double),
        **_states(record),
        **_shelving(record),
    }
    if condition.kind.normal_state:
        found["NormalState"] = (ua.NodeId(), T.NodeId)
    if condition.kind.setpoint:
        found["SetpointNode"] = (condition.setpoint, T.NodeId)
    if condition.kind.limits:
        found |= _limit(condition, record)
    found |= {name: (limit, T.Double) for name, limit in limits_of(alarm)}
    return {path: ua.Variant(value, kind) for path, (value, kind) in found.items()}


def _message(alarm: Alarm, record: Record) -> ua.LocalizedText:
    return ua.LocalizedText(f"{alarm.title.en}: {WHY[record.why].en.lower()}", "en")


def _states(record: Record) -> dict[str, tuple[Any, ua.VariantType]]:
    states = {
        "EnabledState": two_state(record.enabled, "Enabled", "Disabled"),
        "ActiveState": two_state(record.active, "Active", "Inactive"),
        "AckedState": two_state(record.acknowledged, "Acknowledged", "Unacknowledged"),
        "ConfirmedState": two_state(record.confirmed, "Confirmed", "Unconfirmed"),
    }
    found: dict[str, tuple[Any, ua.VariantType]] = {}
    for name, (text, on) in states.items():
        found[name] = (text, T.LocalizedText)
        found[f"{name}/Id"] = (on, T.Boolean)
    return found


def _shelving(record: Record) -> dict[str, tuple[Any, ua.VariantType]]:
    once = record.shelved_until == math.inf
    name = "OneShotShelved" if once else "TimedShelved" if record.shelved else "Unshelved"
    state = getattr(IDS, f"ShelvedStateMachineType_{name}")
    left = LONGEST_SHELVED if once else max(record.shelved_until - record.t, 0.0)
    return {
        "ShelvingState/CurrentState": (ua.LocalizedText(name, "en"), T.LocalizedText),
        "ShelvingState/CurrentState/Id": (ua.NodeId(state), T.NodeId),
        "ShelvingState/UnshelveTime": (left * 1000.0, T.Double),
    }


def _limit(condition: Condition, record: Record) -> dict[str, tuple[Any, ua.VariantType]]:
    when = condition.alarm.when
    assert isinstance(when, Beyond)
    if not record.active:  # then the machine is in none of its states
        return {
            "LimitState/CurrentState": (None, T.Null),
            "LimitState/CurrentState/Id": (None, T.Null),
        }
    both = when.high is not None and when.low is not None
    high = condition.high_at(record.since) if both else when.high is not None
    name = "High" if high else "Low"
    state = ua.NodeId(getattr(IDS, f"ExclusiveLimitStateMachineType_{name}"))
    return {
        "LimitState/CurrentState": (ua.LocalizedText(name, "en"), T.LocalizedText),
        "LimitState/CurrentState/Id": (state, T.NodeId),
    }

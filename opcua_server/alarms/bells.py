"""Alarms of a live line for OPC UA clients: conditions, events, what people do, refresh."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from asyncua import ua

from opcua_server.alarms import acts
from opcua_server.alarms.build import SERVER, build, conditions_of, notify
from opcua_server.alarms.fields import Condition, fields
from opcua_server.bulk import SpaceBuilder
from opcua_server.companion.derived import Derivations
from opcua_server.companion.values import View
from opcua_server.events.happening import Happening
from opcua_server.events.telling import tell
from opcua_server.nodes import Space
from opcua_server.store import LiveStore
from twin.alarms import Record

IDS, T = ua.ObjectIds, ua.VariantType
CONDITION_TYPE = ua.NodeId(IDS.ConditionType)
REFRESH = ua.NodeId(IDS.ConditionType_ConditionRefresh)
REFRESH2 = ua.NodeId(IDS.ConditionType_ConditionRefresh2)
MARKS = {"start": IDS.RefreshStartEventType, "end": IDS.RefreshEndEventType}
Codes = ua.StatusCodes


class Bells:
    """The conditions of one server."""

    def __init__(self, session: Any, builder: SpaceBuilder, space: Space, store: LiveStore) -> None:
        self.session = session
        self.line = space.line
        self.space = builder.space
        self.conditions: dict[int, Condition] = conditions_of(session, builder)
        self.derivations = Derivations()
        self.subscriptions: Callable[[], Iterable[Any]] = tuple
        self._told = 0
        self._refreshes = 0
        if self.conditions:
            session.alarms.follow()
            self._told = len(session.alarms.records)
            rows = {key: row for row, key in enumerate(session.shown.tags)}
            view = View(session, store, rows)
            types, instances = build(builder, space, session, view, self.conditions)
            self.derivations = types.variables.derivations
            stations = [builder.node_id(one.id) for one in session.line.stations]
            notify(builder, types, space, stations)
            for number, instance in instances.items():
                acts.offer(types, instance, self, number)

    def chain(self, condition: Condition) -> tuple[ua.NodeId, ...]:
        """Nodes that tell a condition's events."""
        return condition.source, self.line, SERVER

    def happening(self, record: Record) -> Happening:
        """The event of a record."""
        condition = self.conditions[record.alarm]
        kind = ua.NodeId(condition.kind.type)
        return Happening(kind, fields(condition, record), self.chain(condition), condition.node)

    def records(self, first: int = 0) -> Iterable[Record]:
        """Records of this server's conditions from the book's number `first` on."""
        return (one for one in self.session.alarms.records[first:] if one.alarm in self.conditions)

    async def publish(self) -> None:
        """Tell clients what became of the alarms since the last time."""
        if not self.conditions:
            return
        book = self.session.alarms
        book.follow()
        new, self._told = list(self.records(self._told)), len(book.records)
        subs = self.subscriptions()
        listening = [one for one in subs if one.monitored_item_srv._monitored_events]
        for record in new if listening else ():
            event = self.happening(record)
            for sub in listening:
                await tell(sub, event)
        await self.derivations.publish()

    async def refresh(self, client: Any, request: Any) -> ua.CallMethodResult:
        """ConditionRefresh and ConditionRefresh2 (OPC 10000-9, 5.5.7 and 5.5.8)."""
        arguments = [one.Value for one in request.InputArguments or []]
        wants_item = request.MethodId == REFRESH2
        if len(arguments) != 1 + wants_item:
            few = len(arguments) < 1 + wants_item
            code = Codes.BadArgumentsMissing if few else Codes.BadTooManyArguments
            return ua.CallMethodResult(StatusCode=ua.StatusCode(code))
        mine = {one.data.SubscriptionId: one for one in client.own_subscriptions()}
        sub = mine.get(arguments[0])
        if sub is None:
            return ua.CallMethodResult(StatusCode=ua.StatusCode(Codes.BadSubscriptionIdInvalid))
        only = arguments[1] if wants_item else None
        items = sub.monitored_item_srv._monitored_events.values()
        if only is not None and not any(only in held for held in items):
            return ua.CallMethodResult(StatusCode=ua.StatusCode(Codes.BadMonitoredItemIdInvalid))
        self._refreshes += 1
        await tell(sub, self._mark("start"), only)
        for record in self.session.alarms.standing if self.conditions else ():
            if record.alarm in self.conditions and record.retained:
                await tell(sub, self.happening(record), only)
        await tell(sub, self._mark("end"), only)
        return ua.CallMethodResult()

    def _mark(self, which: str) -> Happening:
        """The event before or after a refresh; every event item hears it."""
        kind, now = ua.NodeId(MARKS[which]), datetime.now(UTC)
        text = f"{which} {self._refreshes} {now}".encode()
        found = {
            "EventId": (hashlib.blake2b(text, digest_size=16).digest(), T.ByteString),
            "EventType": (kind, T.NodeId),
            "SourceNode": (SERVER, T.NodeId),
            "SourceName": ("Server", T.String),
            "Time": (now, T.DateTime),
            "ReceiveTime": (now, T.DateTime),
            "Message": (ua.LocalizedText(f"Refresh {which}", "en"), T.LocalizedText),
            "Severity": (100, T.UInt16),
        }
        stations = tuple({one.source for one in self.conditions.values()})
        chain = (*stations, self.line, SERVER)
        told = {key: ua.Variant(*pair) for key, pair in found.items()}
        return Happening(kind, told, chain, to_all=True)


def refreshes(request: Any) -> bool:
    """Whether a call asks for a refresh."""
    return request.MethodId in (REFRESH, REFRESH2)

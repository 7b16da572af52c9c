"""HistoryRead of events (ReadEventDetails, OPC 10000-11, 6.5.2): from simulated second 0.

Nothing is stored for it: every record of every alarm is in the session's book.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Any, NamedTuple

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.ua.ua_binary import struct_to_binary

from opcua_server.events.filters import Where
from opcua_server.events.happening import Happening
from opcua_server.history.raw import CHECK, check
from opcua_server.store import EPOCH
from twin.alarms import Record

PAGE = 1000  # events a page
HISTORY_EVENT = ua.NodeId(ua.ObjectIds.HistoryEvent_Encoding_DefaultBinary)
POINT = struct.Struct("<q?")  # the record to go on with, and the direction
Codes = ua.StatusCodes


class EventHistory:
    """The past events of a server's alarms."""

    def __init__(self, bells: Any) -> None:
        self.bells = bells

    def read(self, node: Any, details: Any) -> ua.HistoryReadResult:
        """Answer for one node. Raises ServiceError."""
        span = Span.of(details)
        try:
            where = Where(details.Filter.WhereClause, self.bells.space)
        except (ValueError, AttributeError):
            raise ServiceError(Codes.BadEventFilterInvalid) from None
        records = self.bells.session.alarms.records
        places = range(len(records))[:: -1 if span.backward else 1]
        if node.ContinuationPoint:
            places = places[places.index(_resumed(node.ContinuationPoint, span, len(records))) :]
        most = min(span.number or PAGE, PAGE)
        found: list[Happening] = []
        left: int | None = None
        for place in places:
            event = self._event(records[place], span, node.NodeId)
            if event is None or not where.eval(event):
                continue
            if len(found) == most:
                left = place
                break
            found.append(event)
        rows = [
            ua.HistoryEventFieldList(one.to_event_fields(details.Filter.SelectClauses))
            for one in found
        ]
        body = struct_to_binary(ua.HistoryEvent(rows))
        more = left is not None and not span.in_all
        return ua.HistoryReadResult(
            ua.StatusCode() if found else ua.StatusCode(Codes.GoodNoData),
            _continuation(left, span) if more and left is not None else None,
            ua.ExtensionObject(HISTORY_EVENT, Body=body),
        )

    def _event(self, record: Record, span: Span, listener: ua.NodeId) -> Happening | None:
        """The event of a record, if it lies in the span and is told at the node."""
        condition = self.bells.conditions.get(record.alarm)
        if condition is None or not span.holds(condition.moment(record.t)):
            return None
        return self.bells.happening(record) if listener in self.bells.chain(condition) else None


class Span(NamedTuple):
    """What a request asks for: from `start` to `end`, at most `number` (0: all).

    The first of them belongs to it, the second does not. One may be left out with a number given:
    then so many are wanted altogether, on from `start` or back from `end`.
    """

    start: datetime | None
    end: datetime | None
    number: int

    @classmethod
    def of(cls, details: Any) -> Span:
        """The span of a request. Raises ServiceError for one without enough of it."""
        span = cls(_given(details.StartTime), _given(details.EndTime), details.NumValuesPerNode)
        if (span.start is None or span.end is None) and (span.start is span.end or not span.number):
            raise ServiceError(Codes.BadHistoryOperationInvalid)
        return span

    @property
    def in_all(self) -> bool:
        """Whether `number` counts all events rather than those of a page."""
        return self.start is None or self.end is None

    @property
    def backward(self) -> bool:
        """Whether the latest comes first."""
        return self.start is None or (self.end is not None and self.end < self.start)

    def holds(self, moment: datetime) -> bool:
        """Whether a moment belongs to it."""
        if self.start is None or self.end is None:
            return (self.start is None or moment >= self.start) and (
                self.end is None or moment <= self.end
            )
        if self.backward:
            return self.end < moment <= self.start
        return self.start <= moment < self.end


def _given(moment: datetime | None) -> datetime | None:
    """A time that was given, as an aware one; None for one that was left out."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=EPOCH.tzinfo)
    return None if aware <= EPOCH else aware


def _continuation(place: int, span: Span) -> bytes:
    head = POINT.pack(place, span.backward)
    return head + check(head)


def _resumed(point: bytes, span: Span, known: int) -> int:
    head = point[: POINT.size]
    if len(point) != POINT.size + CHECK.size or point[POINT.size :] != check(head):
        raise ServiceError(Codes.BadContinuationPointInvalid)
    place, backward = POINT.unpack(head)
    if backward != span.backward or not 0 <= place < known:
        raise ServiceError(Codes.BadContinuationPointInvalid)
    return int(place)

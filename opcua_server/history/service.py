"""HistoryRead: who may read what, and which of the ways to read is meant (OPC 10000-11, 6.5).

History exists from simulated second 0: it is sampled from the trace when it is asked for.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import ServiceError

from opcua_server.history import raw
from opcua_server.history.answer import HISTORY_DATA, answer, nothing, pack
from opcua_server.history.at_time import at_times
from opcua_server.history.continuation import invalid, mark, read, written
from opcua_server.history.moments import aware, given
from opcua_server.history.points import Series
from opcua_server.history.processed import aggregate_for, planned, processed, rules_of
from opcua_server.nodes import Space
from opcua_server.store import to_filetime
from twin.equipment.tag import Tag

if TYPE_CHECKING:
    from opcua_server.alarms.history import EventHistory

PAGE = 10_000  # values a page
RESPONSE = 50_000  # values in one response, over all nodes; assumed
NODES = 100  # nodes a request
NEXT = struct.Struct("<Iq")  # of which tag, and the interval to go on with
Codes = ua.StatusCodes


class TraceHistory:
    """Takes the place of asyncua's history manager."""

    def __init__(self, session: Any, space: Space, events: EventHistory | None = None) -> None:
        self.events = events
        self.session = session
        self.space = space
        self.tags: tuple[Tag, ...] = tuple(session.shown.tags.values())
        self.base = to_filetime(session.started_at)
        self.ways = {
            ua.ReadRawModifiedDetails: self._raw,
            ua.ReadAtTimeDetails: self._at_time,
            ua.ReadProcessedDetails: self._processed,
        }

    async def init(self) -> None:
        """Nothing to set up; asyncua calls it."""

    async def stop(self) -> None:
        """Nothing to close; asyncua calls it."""

    def update_history(self, params: Any) -> list[ua.HistoryUpdateResult]:
        """What happened cannot be rewritten."""
        refused = ua.StatusCode(Codes.BadHistoryOperationUnsupported)
        return [ua.HistoryUpdateResult(StatusCode=refused) for _ in params.HistoryUpdateDetails]

    async def read_history(self, params: ua.HistoryReadParameters) -> list[ua.HistoryReadResult]:
        """Answer a HistoryRead request."""
        nodes = params.NodesToRead or []
        if len(nodes) > NODES:
            raise ServiceError(Codes.BadTooManyOperations)
        if params.TimestampsToReturn == ua.TimestampsToReturn.Neither:
            raise ServiceError(Codes.BadTimestampsToReturnInvalid)
        if params.ReleaseContinuationPoints:
            return [ua.HistoryReadResult() for _ in nodes]
        details = params.HistoryReadDetails
        asks_aggregates = isinstance(details, ua.ReadProcessedDetails)
        if asks_aggregates and len(details.AggregateType or []) != len(nodes):
            raise ServiceError(Codes.BadAggregateListMismatch)
        page = min(PAGE, max(1, RESPONSE // max(1, len(nodes))))
        return [
            await self._read(place, node, details, params.TimestampsToReturn, page)
            for place, node in enumerate(nodes)
        ]

    async def _read(
        self, place: int, node: Any, details: Any, stamps: Any, page: int
    ) -> ua.HistoryReadResult:
        if isinstance(details, ua.ReadEventDetails):
            return self._events(node, details)
        row = self.space.tags.get(node.NodeId)
        way = self.ways.get(type(details))
        try:
            if row is None or way is None or not self.session.keeps_history:
                raise ServiceError(Codes.BadHistoryOperationUnsupported)
            series = Series(self.session, self.tags[row])
            return await way(series, place, node.ContinuationPoint, details, stamps, page)
        except ServiceError as error:
            return ua.HistoryReadResult(StatusCode=ua.StatusCode(error.code))

    def _events(self, node: Any, details: ua.ReadEventDetails) -> ua.HistoryReadResult:
        try:
            if self.events is None:
                raise ServiceError(Codes.BadHistoryOperationUnsupported)
            return self.events.read(node, details)
        except ServiceError as error:
            return ua.HistoryReadResult(StatusCode=ua.StatusCode(error.code))

    async def _raw(
        self, series: Series, _place: int, point: bytes | None, details: Any, stamps: Any, page: int
    ) -> ua.HistoryReadResult:
        if details.IsReadModified:  # nothing is ever modified, and none is kept of it
            raise ServiceError(Codes.BadHistoryOperationUnsupported)
        if point:
            stretch: raw.Stretch | None = raw.resumed(point, series)
        else:
            start, end = self._ticks(details.StartTime), self._ticks(details.EndTime)
            number, bounds = int(details.NumValuesPerNode), bool(details.ReturnBounds)
            stretch = raw.asked(series, start, end, number, bounds)
        if stretch is None:
            return _no_data()
        count = min(stretch.size, page, stretch.limit or page)
        numbers = stretch.first + stretch.step * np.arange(count, dtype=np.int64)
        values = self.session.sample([series.tag.key], numbers * series.tag.period)[0]
        times = self.base + numbers * series.period
        body = pack(series.tag, values, times, stamps)
        left = stretch.after(count)
        return ua.HistoryReadResult(
            HistoryData=ua.ExtensionObject(HISTORY_DATA, Body=body),
            ContinuationPoint=None if left is None else raw.continuation(series, left),
        )

    async def _at_time(
        self, series: Series, _place: int, point: bytes | None, details: Any, stamps: Any, page: int
    ) -> ua.HistoryReadResult:
        moments = details.ReqTimes or []
        first = _resumed(point, series) if point else 0
        ticks = [to_filetime(aware(moment)) - self.base for moment in moments]
        if not ticks or first >= len(ticks):
            raise ServiceError(Codes.BadInvalidArgument)
        found = at_times(series, ticks[first : first + page], bool(details.UseSimpleBounds))
        left = first + page < len(ticks)
        return ua.HistoryReadResult(
            HistoryData=answer(series.tag, self.base, found, stamps, "own"),
            ContinuationPoint=_next(series, first + page) if left else None,
        )

    async def _processed(
        self, series: Series, place: int, point: bytes | None, details: Any, stamps: Any, page: int
    ) -> ua.HistoryReadResult:
        start, end = self._ticks(details.StartTime), self._ticks(details.EndTime)
        plan = planned(start, end, float(details.ProcessingInterval))
        aggregate = aggregate_for(details.AggregateType[place], series)
        rules = rules_of(details.AggregateConfiguration)
        first = _resumed(point, series) if point else 0
        if first >= plan.count:
            raise ServiceError(Codes.BadContinuationPointInvalid)
        found = await processed(series, aggregate, plan, rules, first, page)
        left = first + page < plan.count
        return ua.HistoryReadResult(
            HistoryData=answer(series.tag, self.base, found, stamps, aggregate.gives),
            ContinuationPoint=_next(series, first + page) if left else None,
        )

    def _ticks(self, moment: datetime | None) -> int | None:
        """Ticks since simulated second 0; None for a time that was left out."""
        found = given(moment)
        return None if found is None else to_filetime(found) - self.base


def _no_data() -> ua.HistoryReadResult:
    return ua.HistoryReadResult(ua.StatusCode(Codes.GoodNoData), HistoryData=nothing())


def _next(series: Series, number: int) -> bytes:
    return written(NEXT, mark(series.tag), number)


def _resumed(point: bytes, series: Series) -> int:
    of, number = read(NEXT, point)
    if of != mark(series.tag) or number < 0:
        raise invalid()
    return int(number)

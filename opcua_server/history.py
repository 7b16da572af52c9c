"""HistoryRead of raw values, answered from the signal functions: history begins at second 0.

A tag's history is its own sampling grid, the instants k * period that lie in [0, now); nothing is
stored. Pages are packed straight from numpy columns. A continuation point holds all that is
needed to go on, so the server keeps none and none need be released.
"""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from asyncua import ua
from asyncua.common.utils import ServiceError
from numpy.typing import NDArray

from opcua_server.nodes import Space
from opcua_server.store import EPOCH, TICKS_PER_S, WIRE, period_ticks, to_filetime
from twin.equipment.tag import Tag

PAGE = 10_000  # values a page
RESPONSE = 50_000  # values in one response, over all nodes; assumed
NODES = 100  # nodes a request
HISTORY_DATA = ua.NodeId(ua.ObjectIds.HistoryData_Encoding_DefaultBinary)
POINT = struct.Struct("<Iqqi?")  # of which tag, and the fields of what is left
CHECK = struct.Struct("<I")
Codes = ua.StatusCodes
DTYPES = {"float": "<f8", "int": "<i8", "bool": "?", "enum": "<u4"}


class Stretch(NamedTuple):
    """Grid instants to hand out in the direction of `last`, and how many at once.

    `limit` is the most values the client takes a page (0: any number), or, where `in_all` is set,
    the most it takes altogether: one time and a number were asked.
    """

    first: int
    last: int
    limit: int
    in_all: bool = False

    @property
    def step(self) -> int:
        """Direction of time."""
        return 1 if self.last >= self.first else -1

    @property
    def size(self) -> int:
        """Number of instants in it."""
        return abs(self.last - self.first) + 1

    def after(self, count: int) -> Stretch | None:
        """What is left when `count` instants were handed out."""
        if count >= self.size or (self.in_all and count >= self.limit):
            return None
        limit = self.limit - count if self.in_all else self.limit
        return self._replace(first=self.first + self.step * count, limit=limit)


class TraceHistory:
    """Takes the place of asyncua's history manager."""

    def __init__(self, session: Any, space: Space) -> None:
        self.session = session
        self.space = space
        self.tags: tuple[Tag, ...] = tuple(session.shown.tags.values())
        self.base = to_filetime(session.started_at)

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
        if not isinstance(details, ua.ReadRawModifiedDetails) or details.IsReadModified:
            unsupported = ua.StatusCode(Codes.BadHistoryOperationUnsupported)
            return [ua.HistoryReadResult(StatusCode=unsupported) for _ in nodes]
        page = min(PAGE, max(1, RESPONSE // max(1, len(nodes))))
        return [self._read(node, details, params.TimestampsToReturn, page) for node in nodes]

    def _read(self, node: Any, details: Any, stamps: Any, page: int) -> ua.HistoryReadResult:
        row = self.space.tags.get(node.NodeId)
        if row is None or not self.session.keeps_history:
            code = Codes.BadHistoryOperationUnsupported
            return ua.HistoryReadResult(StatusCode=ua.StatusCode(code))
        tag = self.tags[row]
        try:
            point = node.ContinuationPoint
            stretch = self._resume(point, tag) if point else self._asked(details, tag)
        except ServiceError as error:
            return ua.HistoryReadResult(StatusCode=ua.StatusCode(error.code))
        return self._page(tag, stretch, stamps, page)

    def _asked(self, details: Any, tag: Tag) -> Stretch | None:
        """Grid instants a request means (OPC 10000-11, 6.5.3.2). None where there are none."""
        start, end = self._ticks(details.StartTime), self._ticks(details.EndTime)
        number = int(details.NumValuesPerNode)
        period, newest = period_ticks(tag), self._newest(tag)
        bounds = bool(details.ReturnBounds)
        if (start is None or end is None) and (start is end or not number):
            raise ServiceError(Codes.BadHistoryOperationInvalid)
        if start is None:
            assert end is not None
            return backward(at_or_before(end, period, bounds), 0, newest, number, True)
        if end is None:
            return forward(at_or_after(start, period, bounds), newest, newest, number, True)
        if start == end:
            last = at_or_before(end, period, bounds)
            return forward(at_or_after(start, period, bounds), last, newest, number)
        if start < end:  # the end itself belongs to it only as a bound
            last = at_or_before(end, period, True) - (not bounds)
            return forward(at_or_after(start, period, bounds), last, newest, number)
        last = at_or_after(end, period, True) + (not bounds)
        return backward(at_or_before(start, period, bounds), last, newest, number)

    def _ticks(self, moment: datetime | None) -> int | None:
        """Ticks since simulated second 0; None for a time that was left out."""
        if moment is None:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=EPOCH.tzinfo)
        return None if aware <= EPOCH else to_filetime(aware) - self.base

    def _newest(self, tag: Tag) -> int:
        """Number of the last grid instant that is known; -1 when none is."""
        now = round(self.session.now * TICKS_PER_S)
        return -(-now // period_ticks(tag)) - 1

    def _resume(self, point: bytes, tag: Tag) -> Stretch:
        head = point[: POINT.size]
        if len(point) != POINT.size + CHECK.size or point[POINT.size :] != check(head):
            raise ServiceError(Codes.BadContinuationPointInvalid)
        of, first, last, limit, in_all = POINT.unpack(head)
        low, high = min(first, last), max(first, last)
        if of != zlib.crc32(tag.key.encode()) or limit < 0 or low < 0 or high > self._newest(tag):
            raise ServiceError(Codes.BadContinuationPointInvalid)
        return Stretch(first, last, limit, in_all)

    def _page(
        self, tag: Tag, stretch: Stretch | None, stamps: Any, page: int
    ) -> ua.HistoryReadResult:
        result = ua.HistoryReadResult()
        if stretch is None:
            result.StatusCode = ua.StatusCode(Codes.GoodNoData)
            result.HistoryData = ua.ExtensionObject(HISTORY_DATA, Body=struct.pack("<i", 0))
            return result
        count = min(stretch.size, page, stretch.limit or page)
        numbers = stretch.first + stretch.step * np.arange(count, dtype=np.int64)
        values = self.session.sample([tag.key], numbers * tag.period)[0]
        times = self.base + numbers * period_ticks(tag)
        result.HistoryData = ua.ExtensionObject(HISTORY_DATA, Body=pack(tag, values, times, stamps))
        left = stretch.after(count)
        if left is not None:
            head = POINT.pack(zlib.crc32(tag.key.encode()), *left)
            result.ContinuationPoint = head + check(head)
        return result


def check(head: bytes) -> bytes:
    """Checksum of a continuation point, against accidents; a forged one reads no more than any."""
    return CHECK.pack(zlib.crc32(head))


def forward(first: int, last: int, newest: int, limit: int, in_all: bool = False) -> Stretch | None:
    """The known part of a stretch up in time; None when nothing of it is known."""
    first, last = max(first, 0), min(last, newest)
    return Stretch(first, last, limit, in_all) if first <= last else None


def backward(
    first: int, last: int, newest: int, limit: int, in_all: bool = False
) -> Stretch | None:
    """The known part of a stretch down in time."""
    first, last = min(first, newest), max(last, 0)
    return Stretch(first, last, limit, in_all) if first >= last else None


def at_or_after(ticks: int, period: int, bound: bool) -> int:
    """First grid instant from `ticks` on, or the one before as the bound."""
    return ticks // period if bound else -(-ticks // period)


def at_or_before(ticks: int, period: int, bound: bool) -> int:
    """Last grid instant up to `ticks`, or the one after as the bound."""
    return -(-ticks // period) if bound else ticks // period


def pack(tag: Tag, values: NDArray[np.float64], times: NDArray[np.int64], stamps: Any) -> bytes:
    """A HistoryData body: for each value its encoding, variant and timestamps (OPC 10000-6)."""
    good = np.isfinite(values)
    if not good.all():
        return _pack_each(tag, values, times, stamps)
    server = stamps != ua.TimestampsToReturn.Source
    source = stamps != ua.TimestampsToReturn.Server
    fields: list[tuple[str, str]] = [("mask", "u1"), ("type", "u1"), ("value", DTYPES[tag.kind])]
    fields += [("source", "<i8")] * source + [("server", "<i8")] * server
    rows = np.empty(len(values), dtype=fields)
    rows["mask"] = 0x01 | 0x04 * source | 0x08 * server
    rows["type"] = WIRE[tag.kind][0].value
    rows["value"] = values if tag.kind == "float" else np.rint(values)
    for name in [name for name, _ in fields[3:]]:
        rows[name] = times
    return struct.pack("<i", len(rows)) + rows.tobytes()


def _pack_each(
    tag: Tag, values: NDArray[np.float64], times: NDArray[np.int64], stamps: Any
) -> bytes:
    """The same where some values are missing and carry a status in their place."""
    parts: list[bytes] = [struct.pack("<i", len(values))]
    empty = struct.pack("<BI", 0x02, int(Codes.BadSensorFailure))
    for value, time in zip(values, times, strict=True):
        one = pack(tag, np.array([value if np.isfinite(value) else 0.0]), np.array([time]), stamps)
        if np.isfinite(value):
            parts.append(one[4:])
        else:
            moments = one[4 + 2 + np.dtype(DTYPES[tag.kind]).itemsize :]
            mask = (one[4] & ~0x01) | 0x02
            parts.append(bytes([mask]) + empty[1:] + moments)
    return b"".join(parts)

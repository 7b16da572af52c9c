"""HistoryRead of raw values: a tag's own sampling grid, from simulated second 0 to now.

Nothing is stored: the instants k * period in [0, now) are sampled when they are asked for. A
continuation point holds all that is needed to go on, so the server keeps none and none need be
released.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from asyncua import ua
from asyncua.common.utils import ServiceError

from opcua_server.history.continuation import invalid, mark, read, written
from opcua_server.history.points import Series

POINT = struct.Struct("<Iqqi?")  # of which tag, and the fields of what is left
Codes = ua.StatusCodes


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


def asked(
    series: Series, start: int | None, end: int | None, number: int, bounds: bool
) -> Stretch | None:
    """Grid instants a request means (OPC 10000-11, 6.5.3.2). None where there are none.

    `start` and `end` are ticks since simulated 0, None for a time that was left out.
    """
    period, newest = series.period, series.newest
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


def resumed(point: bytes, series: Series) -> Stretch:
    """What a continuation point left. Raises ServiceError for one that is not of this tag."""
    of, first, last, limit, in_all = read(POINT, point)
    low, high = min(first, last), max(first, last)
    if of != mark(series.tag) or limit < 0 or low < 0 or high > series.newest:
        raise invalid()
    return Stretch(first, last, limit, in_all)


def continuation(series: Series, left: Stretch) -> bytes:
    """The continuation point of what is left."""
    return written(POINT, mark(series.tag), *left)


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

"""Live values of all tags in numpy columns, in the order of the tag table.

This is the seam for speed: a read makes a DataValue from a row when it is asked for, a
subscription gets one shared DataValue a change, and packed notifications can be written from the
columns at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from twin.equipment.tag import Tag

TICKS_PER_S = 10_000_000  # a FILETIME tick is 100 ns
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # of FILETIME

# kind of tag -> type on the wire, and how a column's number becomes such a value
# (OPC 10000-8, 5.3.3.3: the value of a multi-state variable is an unsigned integer)
WIRE: dict[str, tuple[ua.VariantType, Callable[[float], object]]] = {
    "float": (ua.VariantType.Double, float),
    "int": (ua.VariantType.Int64, round),
    "bool": (ua.VariantType.Boolean, bool),
    "enum": (ua.VariantType.UInt32, round),
}
WAITING = ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData)
NO_VALUE = ua.StatusCode(ua.StatusCodes.BadSensorFailure)
LAST_USABLE = ua.StatusCode(ua.StatusCodes.UncertainNoCommunicationLastUsableValue)
# quality of a received row -> status on the wire
QUALITY = (
    ua.StatusCode(),
    ua.StatusCode(ua.StatusCodes.UncertainEngineeringUnitsExceeded),
    NO_VALUE,
)
BAD_SEVERITY = 2  # of the two highest bits of a StatusCode (OPC 10000-4, 7.39)
_CODES = np.array([status.value for status in QUALITY], dtype=np.uint32)


class Resent(ua.DataValue):
    """A value that a gateway sends late or once more: told although it may be no change."""


def to_filetime(moment: datetime) -> int:
    """100 ns ticks since 1601 of an aware moment."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 10


def from_filetime(ticks: int) -> datetime:
    """Aware moment of FILETIME ticks, to the microsecond."""
    return EPOCH + timedelta(microseconds=ticks // 10)


def period_ticks(tag: Tag) -> int:
    """A tag's sampling period in FILETIME ticks."""
    return max(1, round(tag.period * TICKS_PER_S))


class LiveStore:
    """Columns `values`, `source` and `server` (FILETIME) and `generation` (changes)."""

    def __init__(self, tags: Sequence[Tag], started_at: datetime) -> None:
        count = len(tags)
        self.tags = tuple(tags)
        self.base = to_filetime(started_at)
        self.values: NDArray[np.float64] = np.full(count, np.nan)
        self.source: NDArray[np.int64] = np.full(count, self.base, dtype=np.int64)
        self.generation: NDArray[np.int64] = np.zeros(count, dtype=np.int64)
        self.server: NDArray[np.int64] = np.full(count, to_filetime(datetime.now(UTC)))
        self._periods = np.array([period_ticks(tag) for tag in tags], dtype=np.int64)
        self._wire = [WIRE[tag.kind] for tag in tags]
        self._made: list[ua.DataValue | None] = [None] * count
        self._quality: NDArray[np.int8] = np.zeros(count, dtype=np.int8)
        self._reachable: NDArray[np.bool_] = np.ones(count, dtype=np.bool_)
        self._forced: dict[object, tuple[frozenset[int], ua.StatusCode]] = {}
        self._clock_error = timedelta(0)

    def update(
        self, t: float, values: NDArray[np.float64], changed: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Take the values known at simulated second `t`; return the rows that changed.

        The source time of a value is the latest instant before `t` of its tag's own sampling
        grid: what happens at `t` itself is still to come.
        """
        passed = max(math.ceil(t * TICKS_PER_S) - 1, 0)
        first = self.generation == 0
        self.source = self.base + passed // self._periods * self._periods
        self.values = np.array(values, dtype=np.float64)
        rows = np.flatnonzero(changed | first)
        self.generation[rows] += 1
        self.server[:] = self._clock()
        self._made = [None] * len(self.tags)
        return rows

    def take(
        self,
        rows: NDArray[np.intp],
        values: NDArray[np.float64],
        stamps: NDArray[np.float64],
        quality: NDArray[np.int8],
    ) -> None:
        """Take received rows, each at most once, with their timestamps in simulated s."""
        self.values[rows], self._quality[rows] = values, quality
        self._reachable[rows] = True  # they came through
        self.source[rows] = self.base + np.rint(stamps * TICKS_PER_S).astype(np.int64)
        self.generation[rows] += 1
        self.server[rows] = self._clock()
        for row in rows.tolist():
            self._made[row] = None

    def states(
        self, rows: NDArray[np.intp]
    ) -> tuple[NDArray[np.uint32], NDArray[np.bool_], NDArray[np.bool_]]:
        """Of rows: their StatusCodes, whether they show a value, whether they ever had one."""
        status = _CODES[self._quality[rows]]
        status[~self._reachable[rows]] = LAST_USABLE.value
        shown = np.isfinite(self.values[rows])
        status[~shown] = NO_VALUE.value
        forced = np.zeros(len(rows), dtype=np.uint32)
        for held, code in self._forced.values():  # the last counts
            forced[np.isin(rows, list(held))] = code.value
        bad = forced >> 30 >= BAD_SEVERITY
        uses = bad | ((forced != 0) & shown)
        status[uses] = forced[uses]
        shown &= ~bad
        known = self.generation[rows] > 0
        status[~known] = WAITING.value
        return status, shown & known, known

    def reach(self, reachable: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Note which rows' stations are connected; the rows with a value for which that changed."""
        rows = np.flatnonzero((reachable != self._reachable) & (self.generation > 0))
        self._reachable = reachable.copy()
        self.server[rows] = self._clock()
        for row in rows.tolist():
            self._made[row] = None
        return rows

    def stamp(self, row: int) -> float | None:
        """Simulated second of the row's present sample; None before the first."""
        if not self.generation[row]:
            return None
        return float(self.source[row] - self.base) / TICKS_PER_S

    def force(self, owner: object, rows: Iterable[int], status: ua.StatusCode) -> None:
        """Give rows another status until `owner` releases them; the last to do so counts."""
        held = self._forced[owner] = (frozenset(rows), status)
        self._touch(held[0])

    def release(self, owner: object) -> list[int]:
        """Give back what `owner` forced: rows with their own status again."""
        rows, _status = self._forced.pop(owner, (frozenset(), None))
        self._touch(rows)
        return sorted(rows)

    def _touch(self, rows: Iterable[int]) -> None:
        for row in rows:
            self._made[row] = None
            self.server[row] = self._clock()
            self.generation[row] += bool(self.generation[row])

    def _clock(self) -> int:
        return to_filetime(datetime.now(UTC) + self._clock_error)

    def forced(self, row: int) -> ua.StatusCode | None:
        """Status that is forced on a row; None where it has its own."""
        found = [status for rows, status in self._forced.values() if row in rows]
        return found[-1] if found else None

    def set_clock_error(self, error: timedelta) -> None:
        """Let the server's clock be wrong by `error`: timestamps from now on, not history."""
        shift = round((error - self._clock_error) / timedelta(microseconds=1)) * 10
        self.base += shift
        self.source = self.source + shift
        self.server = self.server + shift
        self._clock_error = error
        self._made = [None] * len(self.tags)

    def data_value(self, row: int) -> ua.DataValue:
        """The row's present value; one object is shared by all who ask, and never altered."""
        made = self._made[row]
        if made is None:
            made = self._made[row] = self._make(row)
        return made

    def _make(self, row: int) -> ua.DataValue:
        source = from_filetime(int(self.source[row]))
        server = from_filetime(int(self.server[row]))
        if not self.generation[row]:
            return ua.DataValue(None, WAITING, None, server)
        value = self.values[row]
        forced = self.forced(row) if self._forced else None
        if forced is not None and forced.is_bad():
            return ua.DataValue(None, forced, source, server)
        if not np.isfinite(value):
            return ua.DataValue(None, NO_VALUE, source, server)
        variant_type, convert = self._wire[row]
        variant = ua.Variant(convert(value), variant_type)
        status = QUALITY[self._quality[row]] if self._reachable[row] else LAST_USABLE
        return ua.DataValue(variant, forced or status, source, server)

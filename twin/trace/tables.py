"""The columns of a trace: five append-only tables, and nothing else is ever recorded.

log       from `t` on, `place` is in `state` with `part`; at a buffer or sink: the part came
parts     birth of part number (row index): time and product
events    rare happenings: failures, verdicts, faults, commands
readings  what was measured, or is truly so, about a part: one value
tracks    from `t` on, `quantity` follows the law (value, target, tau)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]


class State(IntEnum):
    """State of a station. Starved and blocked come from neighbours, down from itself.

    IDLE is time nobody planned to work: outside the shifts, or a break.
    """

    STOPPED = 0
    IDLE = 1
    STARVED = 2
    WORKING = 3
    BLOCKED = 4
    DOWN = 5
    SETUP = 6
    HELD = 7
    MAINTENANCE = 8
    LOADING = 9


class EventKind(IntEnum):
    """Kind of a rare happening; what `value` means is said for each."""

    FAILURE = 0  # number of the failure mode
    REPAIRED = 1  # number of the failure mode
    SETUP = 2  # number of the product set up for
    VERDICT = 3  # 1 passed, 0 rejected
    MERGED = 4  # number of the part it was built into
    COMMAND = 5  # number of the command in the journal
    RESET = 6
    WIPE = 7  # prints since the wipe before
    PHASE = 8  # number of the phase that begins
    LOT = 9  # number of the material lot that begins
    FAULT_ONSET = 10  # number of the fault in the line
    FAULT_OBSERVABLE = 11
    FAULT_FAILURE = 12
    FAULT_REPAIR = 13
    ORDER = 14  # number of the order that begins, counted from the start
    TOOL_CHANGE = 15  # life of the tool that was changed, min
    DRAINED = 20  # units of material taken out of a buffer, or of a part being made
    DRESS = 30  # parts since the dressing before
    JOB = 40  # state of the job order whose number is in `part`
    JOB_PARTS = 41  # parts from `part` on are of the job order of this number; -1 of none


STATE_BITS: Final = 4
STATES: Final = 1 << STATE_BITS
"""States a place can have; `place * STATES + state` is one code in the recorder."""

TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "log": {"t": "f8", "place": "i4", "state": "i1", "part": "i8"},
    "parts": {"t": "f8", "product": "i4"},
    "events": {"t": "f8", "kind": "i1", "place": "i4", "part": "i8", "value": "f8"},
    "readings": {"t": "f8", "quantity": "i4", "part": "i8", "value": "f8"},
    "tracks": {"t": "f8", "quantity": "i4", "value": "f8", "target": "f8", "tau": "f8"},
}


class Recorder:
    """Flat lists a running kernel appends to; `drain` turns them into columns and empties them.

    `log` holds (t, place * STATES + state, part) in a row, the others their columns in order.
    Floats carry every number exactly (parts and codes stay far below 2**53).
    """

    __slots__ = ("events", "log", "parts", "readings", "tracks")

    def __init__(self) -> None:
        self.log: list[float] = []
        self.parts: list[float] = []
        self.events: list[float] = []
        self.readings: list[float] = []
        self.tracks: list[float] = []

    def __getstate__(self) -> dict[str, list[float]]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __setstate__(self, state: dict[str, list[float]]) -> None:
        for name, rows in state.items():
            setattr(self, name, rows)

    def drain(self) -> dict[str, dict[str, Column]]:
        """Columns by table and name, of everything recorded since the last drain."""
        chunk: dict[str, dict[str, Column]] = {}
        for name, columns in TABLES.items():
            flat: list[float] = getattr(self, name)
            if name == "log":
                rows = _columns(flat, {"t": "f8", "code": "i8", "part": "i8"})
                code = rows.pop("code")
                place, state = code >> STATE_BITS, code & (STATES - 1)
                rows |= {"place": place.astype("i4"), "state": state.astype("i1")}
            else:
                rows = _columns(flat, columns)
            flat.clear()
            chunk[name] = {column: rows[column] for column in columns}
        return chunk


def _columns(flat: list[float], dtypes: Mapping[str, str]) -> dict[str, Column]:
    """Columns of rows that lie one behind the other in a list."""
    width = len(dtypes)
    return {
        name: np.fromiter(flat[i::width], dtype, len(flat) // width)
        for i, (name, dtype) in enumerate(dtypes.items())
    }


class Growing:
    """An append-only numpy column. A branch shares what is there and copies before it appends."""

    __slots__ = ("_data", "_shared", "n")

    def __init__(self, dtype: str | np.dtype[Any]) -> None:
        self._data: Column = np.empty(0, dtype=dtype)
        self._shared = False
        self.n = 0

    @property
    def values(self) -> Column:
        """The filled part; a view that stays valid and unchanged."""
        return self._data[: self.n]

    def extend(self, more: Column) -> None:
        """Append an array."""
        need = self.n + len(more)
        if need > len(self._data) or (self._shared and len(more)):
            grown = np.empty(max(need, 2 * self.n, 64), dtype=self._data.dtype)
            grown[: self.n] = self._data[: self.n]
            self._data, self._shared = grown, False
        self._data[self.n : need] = more
        self.n = need

    def branch(self) -> Growing:
        """A column with the same content whose growth leaves this one alone."""
        twin = Growing(self._data.dtype)
        twin._data, twin.n, twin._shared = self._data[: self.n], self.n, True
        return twin


class Table:
    """One table: a growing column a name, also reachable as attributes (`trace.log.t`)."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = {name: Growing(dtype) for name, dtype in columns.items()}

    def __getattr__(self, name: str) -> Column:
        try:
            return self.__dict__["columns"][name].values  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return next(iter(self.columns.values())).n

    def extend(self, chunk: Mapping[str, Column]) -> None:
        """Append rows given as columns."""
        for name, column in self.columns.items():
            column.extend(chunk[name])

    def branch(self) -> Table:
        """A table with the same rows that grows by itself."""
        twin = Table({})
        twin.columns = {name: column.branch() for name, column in self.columns.items()}
        return twin

    def as_dict(self) -> dict[str, Column]:
        """Columns by name."""
        return {name: column.values for name, column in self.columns.items()}

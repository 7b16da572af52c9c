"""The long table of what arrived, and the table of what was done to it: columns and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GOOD, UNCERTAIN, BAD = 0, 1, 2
QUALITIES = ("Good", "Uncertain", "Bad")
PLAIN, LATE, FORWARDED, TWICE = 0, 1, 2, 3

COLUMNS: Mapping[str, str] = {
    "t": "f8",
    "stamp": "f8",
    "arrival": "f8",
    "tag": "i4",
    "value": "f8",
    "quality": "i1",
    "how": "i1",
}


class Deed(NamedTuple):
    """A row of the truth: what was done to a tag ("RFL.*": a station) in [begin, end), how much.

    Times are true simulated seconds. `size` by class: outage, s; late and duplicate, s until the
    record arrives; clock, s added to the timestamps; drift and spike, in the tag's unit; chatter,
    1 a warning and 2 a fault; else 0. `records` counts the records it touched or, for an outage
    and a missed scan, took away.
    """

    kind: str
    tag: str
    begin: float
    end: float
    size: float
    records: int


@dataclass(frozen=True)
class Records:
    """Rows of one value each, in order of arrival.

    Columns: `t` when the gateway really looked, `stamp` the timestamp the row carries, `arrival`
    when it is received (all simulated s); `tag` the number in `names`; `value`; `quality`, a
    number in QUALITIES; `how`, hidden from receivers: plain, late, forwarded or sent twice.
    """

    names: tuple[str, ...]
    t: NDArray[np.float64]
    stamp: NDArray[np.float64]
    arrival: NDArray[np.float64]
    tag: NDArray[np.int32]
    value: NDArray[np.float64]
    quality: NDArray[np.int8]
    how: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.t)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Records:
        """Some of the rows."""
        return Records(self.names, **{name: getattr(self, name)[rows] for name in COLUMNS})

    def of(self, name: str) -> Records:
        """The rows of one tag."""
        return self.take(self.tag == self.names.index(name))

    def in_order(self) -> Records:
        """By arrival; what arrives together by timestamp, as the gateway sent it."""
        return self.take(np.lexsort((self.how, self.tag, self.stamp, self.arrival)))


def none(names: Sequence[str]) -> Records:
    """A table without rows."""
    columns = {name: np.empty(0, dtype=dtype) for name, dtype in COLUMNS.items()}
    return Records(tuple(names), **columns)


def joined(names: Sequence[str], tables: Iterable[Records]) -> Records:
    """Tables one below the other, their tags renumbered to `names`, in order of arrival."""
    pieces = [table for table in tables if len(table)]
    if not pieces:
        return none(names)
    number = {name: i for i, name in enumerate(names)}
    columns = {}
    for name, dtype in COLUMNS.items():
        parts = [getattr(piece, name) for piece in pieces]
        if name == "tag":
            parts = [
                np.array([number[key] for key in piece.names], dtype=dtype)[piece.tag]
                for piece in pieces
            ]
        columns[name] = np.concatenate(parts).astype(dtype)
    return Records(tuple(names), **columns).in_order()

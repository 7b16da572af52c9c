"""Every part's stays, one row each: where, since when, until when, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from twin.trace import Trace
from visual.mesh import Array

NOWHERE = -1


@dataclass(frozen=True)
class Stays:
    """Columns of equal length, in order of `since`; `until` is inf while the part is there."""

    part: Array
    place: Array
    since: Array
    until: Array
    origin: Array

    def at(self, t: float) -> Array:
        """Row numbers of the stays that hold at t, in order of arrival."""
        return np.flatnonzero((self.since <= t) & (t < self.until))


_known: WeakKeyDictionary[Trace, tuple[int, Stays]] = WeakKeyDictionary()


def stays_of(trace: Trace) -> Stays:
    """The stays of a trace so far; worked out anew only when the log has grown."""
    rows = len(trace.log)
    known = _known.get(trace)
    if known is None or known[0] != rows:
        known = (rows, _fold(trace))
        _known[trace] = known
    return known[1]


def _fold(trace: Trace) -> Stays:
    log = trace.log
    carried = np.flatnonzero(log.part >= 0)
    order = carried[np.argsort(log.part[carried], kind="stable")]
    part, place, t = log.part[order], log.place[order].astype(np.int64), log.t[order]
    fresh = np.r_[True, part[1:] != part[:-1]] if len(part) else np.empty(0, bool)
    moved = fresh.copy()
    moved[1:] |= place[1:] != place[:-1]
    part, place, t, fresh, order = (c[moved] for c in (part, place, t, fresh, order))
    origin = np.where(fresh, NOWHERE, np.r_[NOWHERE, place[:-1]] if len(place) else place)
    until = np.full(len(t), np.inf)
    if len(t):
        follows = ~fresh[1:]
        until[:-1][follows] = t[1:][follows]
    arrived = np.argsort(order, kind="stable")  # log order is time order
    return Stays(*(c[arrived] for c in (part, place, t, until, origin)))

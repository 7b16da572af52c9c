"""What the plant network has brought of a live line so far: the latest value of each tag.

A receiver shows what arrived last, late or not, as a simple gateway does; it is not told what was
lost.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from twin.field import Feed, Network, Records
from twin.field.table import joined
from twin.trace.trace import Trace

SLICE = 900.0  # s of simulated time at once
KEPT = 200_000  # records a block carries at most, the latest


class Front:
    """Latest value, timestamp (simulated s) and quality of each tag, in the network's order."""

    def __init__(self, network: Network) -> None:
        count = len(network.names)
        self.network = network
        self.names = network.names
        self.values: NDArray[np.float64] = np.full(count, np.nan)
        self.stamps: NDArray[np.float64] = np.full(count, np.nan)
        self.quality: NDArray[np.int8] = np.zeros(count, dtype=np.int8)
        self.now = 0.0
        self._feed = Feed(network)
        self._recent: deque[Records] = deque()
        self._unsent: deque[Records] = deque()
        self._stations = [tag.station for tag in network.tags.values()]

    def follow(self, trace: Trace, now: float) -> None:
        """Take what arrives before `now` (s)."""
        while self._feed.now < now:
            rows = self._feed.advance(trace, min(self._feed.now + SLICE, now)).records
            self._take(rows)
            _keep(self._unsent, rows)
            _keep(self._recent, rows)
        self.now = max(self.now, now)

    def news(self) -> Records:
        """Rows that came since this was asked last, in order of arrival."""
        rows = joined(self.names, self._unsent)
        self._unsent.clear()
        return rows

    def since(self, arrival: float, limit: int) -> Records:
        """Rows that came at `arrival` (s) or after, at most the first `limit`, in that order."""
        pieces = [piece for piece in self._recent if len(piece) and piece.arrival[-1] >= arrival]
        rows = joined(self.names, pieces)
        return rows.take(np.flatnonzero(rows.arrival >= arrival)[:limit])

    def _take(self, rows: Records) -> None:
        # of several rows of one tag numpy keeps the last, which came last
        self.values[rows.tag] = rows.value
        self.stamps[rows.tag] = rows.stamp
        self.quality[rows.tag] = rows.quality

    def reachable(self, t: float) -> NDArray[np.bool_]:
        """Which tags' stations are connected at an instant."""
        there = self._feed.connected(t)
        return np.array([there[station] for station in self._stations], dtype=np.bool_)


def _keep(pieces: deque[Records], rows: Records) -> None:
    """Append rows; the oldest pieces go when there are too many."""
    if len(rows):
        pieces.append(rows)
    while len(pieces) > 1 and sum(map(len, pieces)) > KEPT:
        pieces.popleft()

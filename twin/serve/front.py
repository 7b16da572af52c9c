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
        self._feed = Feed(network)
        self._stations = [tag.station for tag in network.tags.values()]

    def advance(self, trace: Trace, now: float) -> Records:
        """Take what arrives before `now` (s); the rows that are new, in order of arrival."""
        pieces: deque[Records] = deque()
        held = 0
        while self._feed.now < now or not pieces:
            rows = self._feed.advance(trace, min(self._feed.now + SLICE, now)).records
            self._take(rows)
            pieces.append(rows)
            held += len(rows)
            while len(pieces) > 1 and held > KEPT:
                held -= len(pieces.popleft())
        return joined(self.names, pieces)

    def _take(self, rows: Records) -> None:
        # of several rows of one tag numpy keeps the last, which came last
        self.values[rows.tag] = rows.value
        self.stamps[rows.tag] = rows.stamp
        self.quality[rows.tag] = rows.quality

    def reachable(self, t: float) -> NDArray[np.bool_]:
        """Which tags' stations are connected at an instant."""
        there = self._feed.connected(t)
        return np.array([there[station] for station in self._stations], dtype=np.bool_)

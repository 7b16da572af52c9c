"""Which WORKING rows of a station begin a cycle, and which only go on after a stand-still.

A row goes on with what was begun when nothing but stand-still (DOWN, STOPPED, HELD, IDLE) lies
between it and the WORKING row of the same part before, and the stand-still began with DOWN or
STOPPED: work that ended is followed by BLOCKED, STARVED, IDLE, the next part's row, or HELD for its
operator.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.trace.tables import Column, State

STANDING = (State.DOWN, State.STOPPED, State.HELD, State.IDLE)
INTERRUPTING = (State.DOWN, State.STOPPED)


class Starts:
    """Follows the rows of one station, chunk by chunk."""

    def __init__(self) -> None:
        self._state: Column = np.empty(0, dtype=np.int8)  # the last row that is no stand-still,
        self._part: Column = np.empty(0, dtype=np.int64)  # and the row after it, if any

    @property
    def open(self) -> bool:
        """Whether a cycle is begun and not finished."""
        state = self._state
        begun = len(state) > 0 and state[0] == State.WORKING
        return bool(begun and (len(state) == 1 or state[1] in INTERRUPTING))

    def feed(self, state: Column, part: Column) -> NDArray[np.bool_]:
        """Which of the next rows begin a cycle; shape as `state`."""
        known = len(self._state)
        state = np.concatenate([self._state, state])
        part = np.concatenate([self._part, part])
        n = len(state)
        rows = np.arange(n)
        solid = np.maximum.accumulate(np.where(np.isin(state, STANDING), -1, rows))
        working = np.flatnonzero(state == State.WORKING)
        before = np.concatenate([[-1], solid])[working]
        last = np.maximum(before, 0)
        goes_on = (
            (before >= 0)
            & (before < working - 1)
            & (state[last] == State.WORKING)
            & (part[last] == part[working])
            & np.isin(state[np.minimum(last + 1, n - 1)], INTERRUPTING)
        )
        begins = np.zeros(n, dtype=np.bool_)
        begins[working[~goes_on]] = True
        if n:
            keep = max(int(solid[-1]), 0)
            self._state, self._part = state[keep : keep + 2], part[keep : keep + 2]
        return begins[known:]

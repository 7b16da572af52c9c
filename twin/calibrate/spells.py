"""Spells of time: how much of them has passed at an instant, and whether one is on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Spells:
    """Spells of time, and how much of them has passed at an instant."""

    def __init__(self, begin: Floats, end: Floats) -> None:
        order = np.argsort(begin)
        begin, end = begin[order], np.maximum.accumulate(end[order])
        begin = np.maximum(begin, np.concatenate([begin[:1], end[:-1]]))  # overlaps count once
        self._begin = begin
        self._lengths = np.maximum(end - begin, 0.0)
        self._before = np.concatenate([[0.0], np.cumsum(self._lengths)])

    def during(self, t: Floats) -> NDArray[np.bool_]:
        """Whether a spell is on at `t`."""
        k = np.searchsorted(self._begin, t, side="right") - 1
        last = np.maximum(k, 0)
        return np.asarray((k >= 0) & (t < self._begin[last] + self._lengths[last]))

    def __call__(self, t: Floats) -> Floats:
        """s of the spells until `t`."""
        if not len(self._begin):
            return np.zeros(len(t))
        k = np.searchsorted(self._begin, t, side="right")
        last = np.maximum(k - 1, 0)
        part = np.clip(t - self._begin[last], 0.0, self._lengths[last])
        return np.asarray(np.where(k > 0, self._before[last] + part, 0.0))

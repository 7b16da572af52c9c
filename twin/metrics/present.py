"""The parts now in a line, as columns: born when, of which product, rejected where, still here.

A window over the part numbers: it begins at the oldest part that is still in the line, so that it
stays as small as the line's content however long the run is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Left(NamedTuple):
    """Parts that left: births (s), products, which station rejected each last (-1 none)."""

    births: NDArray[np.float64]
    products: NDArray[np.int32]
    rejected_at: NDArray[np.int32]


class PresentParts:
    """Columns of the parts from number `first` to `born`; `here` marks those still in the line."""

    def __init__(self) -> None:
        self.first = 0
        self._birth = np.empty(0)
        self._product = np.empty(0, dtype=np.int32)
        self._rejected = np.empty(0, dtype=np.int32)
        self._here = np.empty(0, dtype=np.bool_)

    @property
    def born(self) -> int:
        """Parts born so far."""
        return self.first + len(self._birth)

    @property
    def count(self) -> int:
        """Parts now in the line."""
        return int(np.count_nonzero(self._here))

    def age(self, now: float) -> float:
        """Sum over the parts in the line of their time in it, s."""
        births = self._birth[self._here]
        return float(len(births) * now - births.sum())

    def add(self, birth: NDArray[np.float64], product: NDArray[np.int32]) -> None:
        """Parts are born, numbered on."""
        n = len(birth)
        if not n:
            return
        keep = int(np.argmax(self._here)) if self._here.any() else len(self._here)
        self.first += keep
        self._birth = np.concatenate([self._birth[keep:], birth])
        self._product = np.concatenate([self._product[keep:], product])
        self._rejected = np.concatenate([self._rejected[keep:], np.full(n, -1, dtype=np.int32)])
        self._here = np.concatenate([self._here[keep:], np.ones(n, dtype=np.bool_)])

    def product(self, parts: Ints) -> NDArray[np.int32]:
        """Products of parts in the line."""
        return self._product[parts - self.first]

    def reject(self, parts: Ints, places: Ints) -> None:
        """Parts met a verdict against them at these stations."""
        self._rejected[parts - self.first] = places

    def leave(self, parts: Ints) -> Left:
        """Parts leave the line."""
        rows = parts - self.first
        self._here[rows] = False
        return Left(self._birth[rows], self._product[rows], self._rejected[rows])

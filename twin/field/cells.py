"""Looks of a gateway by number, and things that happen once in a while, by number too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.field.chance import Counts, Floats, uniform


class Looks(NamedTuple):
    """Looks of a gateway: their numbers, true times (s), and the connected stretch each is in."""

    k: Counts
    t: Floats
    link: Counts


class Cells(NamedTuple):
    """Happenings one a cell of looks at most: the cell's number, size, and the first look."""

    cell: Counts
    size: int
    begin: Counts

    def ends(self, lasts: Floats) -> Counts:
        """The look after the last, for durations in looks: at least one, at most a cell."""
        return self.begin + np.clip(np.rint(lasts).astype(np.int64), 1, self.size)


def cells(of: int, every: float, k: Counts) -> Cells:
    """Happenings, on average one in `every` looks, that may touch looks k[0] to k[-1].

    A cell has one in half of the cases, at an even chance anywhere in it; none reaches farther
    than the length of a cell. So nobody needs to know what was before.
    """
    size = max(2, round(every / 2.0))
    cell = np.arange(max(0, int(k[0]) // size - 1), int(k[-1]) // size + 1)
    there = uniform(of, 2 * cell) < 0.5
    begin = cell * size + (uniform(of, 2 * cell + 1) * size).astype(np.int64)
    return Cells(cell[there], size, begin[there])

"""A way through space, walked by distance, and the routes with right angles that belts take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from visual.mesh import Array

Point = Sequence[float]


@dataclass(frozen=True)
class Way:
    """A polyline; `points` has shape (n, 3), in metres, z up."""

    points: Array

    @cached_property
    def marks(self) -> Array:
        """Distance from the beginning to every point, m."""
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Length, m."""
        return float(self.marks[-1])

    def at(self, distance: Array) -> tuple[Array, Array]:
        """Positions (n, 3) and headings (rad, n) at distances (m, n); ends hold beyond the ends."""
        d = np.clip(np.asarray(distance, float), 0.0, self.length)
        leg = np.clip(np.searchsorted(self.marks, d, side="left") - 1, 0, len(self.points) - 2)
        a, b = self.points[leg], self.points[leg + 1]
        span = self.marks[leg + 1] - self.marks[leg]
        share = np.where(span > 0, (d - self.marks[leg]) / np.where(span > 0, span, 1.0), 0.0)
        heading = np.arctan2(b[:, 1] - a[:, 1], b[:, 0] - a[:, 0])
        return a + (b - a) * share[:, None], heading


def way(points: Sequence[Point]) -> Way:
    """A way through points; repeated points count once."""
    array = np.asarray(points, float)
    keep = np.r_[True, np.linalg.norm(np.diff(array, axis=0), axis=1) > 1e-6]
    array = array[keep]
    return Way(array if len(array) > 1 else np.repeat(array, 2, axis=0))


def simplified(a_way: Way) -> Way:
    """The same way without points on a straight leg."""
    points = a_way.points
    steps = np.diff(points, axis=0)
    steps = steps / np.linalg.norm(steps, axis=1, keepdims=True)
    bends = np.linalg.norm(np.diff(steps, axis=0), axis=1) > 1e-6
    return Way(points[np.r_[True, bends, True]])


def route(a: Point, b: Point, bend: float | None = None, clear: float = 1.7) -> list[Point]:
    """Points from a to b with right angles: along x, across at x = `bend`, along x.

    Without room to go forward it leads around, `clear` metres behind both ends.
    """
    (ax, ay, az), (bx, by, bz) = a, b
    if abs(ay - by) < 0.02 and (bx >= ax or bend is not None):
        return [a, b]
    if bend is not None or bx > ax + 0.1:
        x = bend if bend is not None else (ax + bx) / 2
        return [a, (x, ay, az), (x, by, bz), b]
    y = max(ay, by) + clear
    return [a, (ax + 0.4, ay, az), (ax + 0.4, y, az), (bx - 0.4, y, bz), (bx - 0.4, by, bz), b]

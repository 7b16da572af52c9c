"""A triangle mesh as three arrays, and what can be done with it. Metres, z up, numpy only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Mesh:
    """Points and unit normals of shape (n, 3), triangles of shape (m, 3) as point numbers."""

    points: Array
    normals: Array
    triangles: Array

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        """The mesh shifted by (x, y, z)."""
        return Mesh(self.points + np.array([x, y, z], np.float32), self.normals, self.triangles)

    def turned(self, angle: float) -> Mesh:
        """The mesh turned about the vertical axis by `angle` (rad, left turns from above)."""
        turn = rotation(angle)
        return Mesh(self.points @ turn, self.normals @ turn, self.triangles)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest corner."""
        return self.points.min(axis=0), self.points.max(axis=0)


EMPTY = Mesh(np.empty((0, 3), np.float32), np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))


def rotation(angle: float) -> Array:
    """Matrix that turns row vectors about z by `angle` (rad)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]], np.float32)


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """One mesh of many."""
    parts = [mesh for mesh in meshes if len(mesh.points)]
    if not parts:
        return EMPTY
    offsets = np.cumsum([0] + [len(mesh.points) for mesh in parts[:-1]])
    return Mesh(
        np.concatenate([mesh.points for mesh in parts]).astype(np.float32),
        np.concatenate([mesh.normals for mesh in parts]).astype(np.float32),
        np.concatenate(
            [mesh.triangles + at for mesh, at in zip(parts, offsets, strict=True)]
        ).astype(np.int32),
    )


def spread(points: Array, normals: Array, rings: int, length: int, closed: bool = True) -> Mesh:
    """A skin over `rings` rings of `length` points each, outward where the rings go up and left."""
    steps = np.arange(length if closed else length - 1)
    after = (steps + 1) % length
    quads = [
        np.stack([k * length + steps, k * length + after, (k + 1) * length + after,
                  (k + 1) * length + steps], axis=1)
        for k in range(rings - 1)
    ]  # fmt: skip
    faces = np.concatenate(quads)
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    return Mesh(points.astype(np.float32), normals.astype(np.float32), triangles.astype(np.int32))

"""A camera: where a point of the line is in the picture, and how to see the whole line at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, radians, sin, tan

import numpy as np

from visual.mesh import Array

VIEW_ANGLE = 28.0  # degrees, upright


@dataclass(frozen=True)
class Camera:
    """Perspective view from `eye` to `target` (m, z up) into `size` (width, height) pixels."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    size: tuple[int, int]
    angle: float = VIEW_ANGLE

    @cached_property
    def axes(self) -> Array:
        """Unit vectors to the right, up and forward, as rows."""
        forward = np.array(self.target) - np.array(self.eye)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(right, forward), forward])

    def project(self, points: Array) -> Array:
        """Pixels from the left and from the top, and depth (m), of points (n, 3)."""
        seen = (np.atleast_2d(points) - np.array(self.eye)) @ self.axes.T
        width, height = self.size
        scale = height / 2 / tan(radians(self.angle) / 2)
        depth = np.maximum(seen[:, 2], 1e-6)
        x = width / 2 + scale * seen[:, 0] / depth
        y = height / 2 - scale * seen[:, 1] / depth
        return np.stack([x, y, seen[:, 2]], axis=1)

    def moved(self, shift: Array) -> Camera:
        """The same view from a place shifted by (3,) m."""
        eye, target = np.array(self.eye) + shift, np.array(self.target) + shift
        return replace(self, eye=_triple(eye), target=_triple(target))


def _triple(vector: Array) -> tuple[float, float, float]:
    x, y, z = vector.tolist()
    return (x, y, z)


def framed(
    points: Array, size: tuple[int, int], azimuth: float, elevation: float,
    window: tuple[float, float, float, float],
) -> Camera:  # fmt: skip
    """A camera that sees all points within `window` (left, right, top, bottom; shares of `size`).

    `azimuth` (degrees) turns the camera from straight in front towards the line's beginning,
    `elevation` lifts it.
    """
    a, e = radians(azimuth), radians(elevation)
    back = np.array([-sin(a) * cos(e), -cos(a) * cos(e), sin(e)])
    target = (points.min(axis=0) + points.max(axis=0)) / 2
    distance = 2.0 + float(np.linalg.norm(np.ptp(points, axis=0)))
    width, height = size
    left, right, top, bottom = np.array(window) * [width, width, height, height]
    camera = Camera(_triple(target + back * distance), _triple(target), size)
    for _ in range(60):
        seen = camera.project(points)
        low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
        grow = max((high[0] - low[0]) / (right - left), (high[1] - low[1]) / (bottom - top))
        nearest = float(seen[:, 2].min())
        distance = max(distance * (1.0 + 0.7 * (grow - 1.0)), distance - nearest + 1.0)
        per_pixel = 2 * distance * tan(radians(camera.angle) / 2) / height
        off = (low + high) / 2 - np.array([left + right, top + bottom]) / 2
        shift = 0.8 * per_pixel * (off[0] * camera.axes[0] - off[1] * camera.axes[1])
        target = target + shift
        camera = Camera(_triple(target + back * distance), _triple(target), size)
    return camera

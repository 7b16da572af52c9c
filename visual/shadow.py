"""Soft shadows and contact darkness of everything that stands still, baked once into the floor.

Every triangle is covered with points; they are dropped on the floor along the light, and what they
hit is blurred. No renderer is needed, so stills and the browser's floor are the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from visual.mesh import Array, Mesh

LIGHT = (0.34, 0.52)  # m along x and y that a shadow moves for 1 m of height
HIGHEST = 4.0  # m; what is higher throws no longer shadow
DENSITY = 1.6  # points in the area of a pixel


def bake(meshes: Iterable[Mesh], floor: tuple[float, float, float, float], scale: float) -> Array:
    """Brightness 0-1 of the floor (x0, x1, y0, y1) at `scale` pixels a metre; row 0 is at y1."""
    points = np.concatenate([_cover(mesh, DENSITY * scale * scale) for mesh in meshes])
    points = points[points[:, 2] > 0.01]
    height = np.minimum(points[:, 2], HIGHEST)
    thrown = points[:, :2] + height[:, None] * np.array(LIGHT)
    low = points[:, 2] < 0.35
    far = _drop(thrown, floor, scale)
    near = _drop(points[low, :2], floor, scale)
    wide = _drop(points[:, :2], floor, scale)
    shade = 1.0 - 0.52 * blurred(far, 0.13 * scale)
    shade *= 1.0 - 0.55 * blurred(near, 0.10 * scale)
    shade *= 1.0 - 0.34 * blurred(wide, 0.65 * scale)
    return shade.astype(np.float32)


def _cover(mesh: Mesh, density: float) -> Array:
    """Points spread evenly over a mesh, `density` a square metre."""
    a, b, c = (mesh.points[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    counts = np.ceil(area * density).astype(np.int64)
    counts = np.minimum(counts, 60_000)
    which = np.repeat(np.arange(len(area)), counts)
    k = np.arange(len(which))
    u = (0.5 + k * 0.7548776662466927) % 1.0  # R2 sequence (Roberts 2018)
    v = (0.5 + k * 0.5698402909980532) % 1.0
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u)[:, None], np.where(fold, 1.0 - v, v)[:, None]
    return a[which] + u * (b - a)[which] + v * (c - a)[which]


def _drop(points: Array, floor: tuple[float, float, float, float], scale: float) -> Array:
    """1 where points fall on the floor's pixels."""
    x0, x1, y0, y1 = floor
    width, height = round((x1 - x0) * scale), round((y1 - y0) * scale)
    column = ((points[:, 0] - x0) * scale).astype(np.int64)
    row = ((y1 - points[:, 1]) * scale).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    hit = np.zeros((height, width), np.float32)
    hit[row[inside], column[inside]] = 1.0
    return hit


def blurred(image: Array, sigma: float) -> Array:
    """Gaussian blur by Fourier transform, edges repeated."""
    pad = int(3 * sigma) + 1
    padded = np.pad(image, pad, "edge")
    rows, columns = padded.shape
    fy = np.exp(-2 * (np.pi * sigma * np.fft.fftfreq(rows)) ** 2)
    fx = np.exp(-2 * (np.pi * sigma * np.fft.rfftfreq(columns)) ** 2)
    smooth = np.fft.irfft2(np.fft.rfft2(padded) * fy[:, None] * fx, s=padded.shape)
    return smooth[pad : rows - pad, pad : columns - pad]


def floor_picture(
    meshes: Iterable[Mesh], floor: tuple[float, float, float, float], scale: float
) -> Array:
    """Grey picture (rows, columns) 0-1 of a concrete floor with joints, worn, in baked shadow."""
    shade = bake(meshes, floor, scale)
    rows, columns = shade.shape
    random = np.random.default_rng(1)  # only the wear of the concrete
    coarse = random.normal(size=(rows // 8 + 2, columns // 8 + 2))
    wear = np.kron(blurred(coarse, 3.0), np.ones((8, 8)))[:rows, :columns]
    grey = shade * (1.0 + 0.02 * wear / np.abs(wear).max())
    joint = max(1, round(0.012 * scale))
    for k in range(joint):
        grey[:, k :: round(4.0 * scale)] *= 0.93
        grey[k :: round(4.0 * scale), :] *= 0.93
    return np.clip(grey, 0.0, 1.0)

"""Solids machines are made of: boxes, prisms, cylinders, tubes, spheres, with exact normals."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from visual.mesh import Array, Mesh, merge, spread

Axis = Literal["x", "y", "z"]
Point = Sequence[float]
SMOOTH = np.cos(np.radians(40.0))  # edges flatter than this are shaded round

_CORNERS = np.array(
    [[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], np.float32
)  # corner number: x + 2 y + 4 z
_SIDES = [  # corners counter-clockwise from outside, and the normal
    ((0, 4, 6, 2), (-1, 0, 0)), ((1, 3, 7, 5), (1, 0, 0)), ((0, 1, 5, 4), (0, -1, 0)),
    ((2, 6, 7, 3), (0, 1, 0)), ((0, 2, 3, 1), (0, 0, -1)), ((4, 5, 7, 6), (0, 0, 1)),
]  # fmt: skip
_BOX_POINTS = np.concatenate([_CORNERS[list(side)] for side, _ in _SIDES])
_BOX_NORMALS = np.repeat(np.array([normal for _, normal in _SIDES], np.float32), 4, axis=0)
_BOX_FACES = np.concatenate(
    [np.array([[0, 1, 2], [0, 2, 3]], np.int32) + 4 * side for side in range(6)]
)


def box(x: Point, y: Point, z: Point) -> Mesh:
    """A box between two values on each axis."""
    low = np.array([x[0], y[0], z[0]], np.float32)
    size = np.array([x[1] - x[0], y[1] - y[0], z[1] - z[0]], np.float32)
    return Mesh(low + _BOX_POINTS * size, _BOX_NORMALS, _BOX_FACES)


def rectangle(x: Point, y: Point, radius: float = 0.0, steps: int = 3) -> Array:
    """Outline of a rectangle with round corners, counter-clockwise, shape (n, 2)."""
    (x0, x1), (y0, y1) = x, y
    if radius <= 0.0:
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    centres = [(x1 - radius, y1 - radius), (x0 + radius, y1 - radius),
               (x0 + radius, y0 + radius), (x1 - radius, y0 + radius)]  # fmt: skip
    arcs = []
    for quarter, centre in enumerate(centres):
        angle = np.linspace(quarter, quarter + 1, steps + 1) * np.pi / 2
        arcs.append(np.array(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    return np.concatenate(arcs)


def prism(
    outline: Array | Sequence[Point], low: float, high: float, axis: Axis = "z", bevel: float = 0.0
) -> Mesh:
    """A counter-clockwise outline drawn out along an axis, its end edges broken by `bevel` (m).

    The outline's plane is (x, y) for axis z, (y, z) for axis x and (x, z) for axis y.
    """
    flat = np.asarray(outline, float)
    flat = flat[np.linalg.norm(np.roll(flat, -1, axis=0) - flat, axis=1) > 1e-9]
    after = np.roll(flat, -1, axis=0)
    edge = after - flat
    normal = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    before = np.roll(normal, 1, axis=0)
    corner = normal + before
    corner /= np.maximum(np.linalg.norm(corner, axis=1, keepdims=True), 1e-12)
    is_round = (normal * before).sum(axis=1, keepdims=True) > SMOOTH
    start = np.where(is_round, corner, normal)
    end = np.roll(np.where(is_round, corner, before), -1, axis=0)
    mitre = corner / np.maximum((corner * normal).sum(axis=1, keepdims=True), 0.3)
    inner = flat - bevel * mitre

    skins = [_band(flat, start, end, low + bevel, high - bevel, 0.0)]
    if bevel:
        skins.append(_band(inner, start, end, low, low + bevel, -1.0, flat))
        skins.append(_band(flat, start, end, high - bevel, high, 1.0, inner))
    faces = triangulate(inner)
    for level, up in ((low, -1.0), (high, 1.0)):
        points = np.c_[inner, np.full(len(inner), level)]
        normals = np.tile([0.0, 0.0, up], (len(inner), 1))
        skins.append(Mesh(points, normals, faces if up > 0 else faces[:, ::-1]))
    return _laid(merge(skins), axis)


def _band(
    ring: Array, start: Array, end: Array, low: float, high: float, up: float,
    other: Array | None = None,
) -> Mesh:  # fmt: skip
    """The skin between two equal outlines at two levels; `up` tilts its normals."""
    top = ring if other is None else other
    n = len(ring)
    nxt, nxt_top = np.roll(ring, -1, axis=0), np.roll(top, -1, axis=0)
    points = np.concatenate(
        [
            np.c_[ring, np.full(n, low)], np.c_[nxt, np.full(n, low)],
            np.c_[nxt_top, np.full(n, high)], np.c_[top, np.full(n, high)],
        ]
    )  # fmt: skip
    sides = np.concatenate([start, end, end, start])
    normals = np.c_[sides, np.full(4 * n, up)]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    i = np.arange(n)
    faces = np.concatenate(
        [np.stack([i, i + n, i + 2 * n], axis=1), np.stack([i, i + 2 * n, i + 3 * n], axis=1)]
    )
    return Mesh(points, normals, faces)


def _laid(mesh: Mesh, axis: Axis) -> Mesh:
    """A prism along z laid along another axis."""
    if axis == "z":
        return mesh
    order = [2, 0, 1] if axis == "x" else [0, 2, 1]
    faces = mesh.triangles if axis == "x" else mesh.triangles[:, ::-1]
    return Mesh(mesh.points[:, order], mesh.normals[:, order], faces)


def triangulate(outline: Array) -> Array:
    """Triangles that fill a counter-clockwise outline, by cutting ears (Meisters 1975)."""
    left = list(range(len(outline)))
    faces: list[tuple[int, int, int]] = []
    while len(left) > 3:
        for k in range(len(left)):
            a, b, c = left[k - 1], left[k], left[(k + 1) % len(left)]
            if _is_ear(outline, a, b, c, left):
                faces.append((a, b, c))
                left.pop(k)
                break
        else:  # only outlines that cross themselves come here
            left.pop()
    faces.append((left[0], left[1], left[2]))
    return np.array(faces, np.int32)


def _cross(o: Array, a: Array, b: Array) -> float:
    return float((a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]))


def _is_ear(p: Array, a: int, b: int, c: int, left: list[int]) -> bool:
    if _cross(p[a], p[b], p[c]) <= 1e-14:
        return False
    return not any(
        _cross(p[a], p[b], p[q]) > 0 and _cross(p[b], p[c], p[q]) > 0
        and _cross(p[c], p[a], p[q]) > 0
        for q in left if q not in (a, b, c)
    )  # fmt: skip


def slab(
    x: Point, y: Point, z: Point, radius: float = 0.04, bevel: float = 0.012, steps: int = 3
) -> Mesh:
    """A box with round upright edges and broken top and bottom edges: sheet-metal housings."""
    return prism(rectangle(x, y, radius, steps), z[0], z[1], "z", bevel)


@lru_cache(maxsize=32)
def _circle(n: int) -> Array:
    angle = np.arange(n) * 2 * np.pi / n
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def frustum(a: Point, b: Point, ra: float, rb: float, n: int = 20, caps: bool = True) -> Mesh:
    """A cylinder or cone from `a` (radius `ra`) to `b` (radius `rb`)."""
    start, end = np.asarray(a, float), np.asarray(b, float)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    u, v = _across(along)
    circle = _circle(n)
    radial = circle[:, :1] * u + circle[:, 1:] * v
    slope = radial + along * (ra - rb) / length
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    rings = np.concatenate([start + ra * radial, end + rb * radial])
    parts = [spread(rings, np.concatenate([slope, slope]), 2, n)]
    if caps:
        parts += [
            _disc(where, radial * r, sign * along)
            for where, r, sign in ((start, ra, -1.0), (end, rb, 1.0)) if r > 0
        ]  # fmt: skip
    return merge(parts)


def cylinder(a: Point, b: Point, r: float, n: int = 20) -> Mesh:
    """A cylinder from `a` to `b`."""
    return frustum(a, b, r, r, n)


def post(x: float, y: float, z: Point, r: float, n: int = 12) -> Mesh:
    """An upright cylinder."""
    return frustum((x, y, z[0]), (x, y, z[1]), r, r, n)


def _across(along: Array) -> tuple[Array, Array]:
    helper = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    u = np.cross(helper, along)
    u /= np.linalg.norm(u)
    return u, np.cross(along, u)


def _disc(centre: Array, spokes: Array, normal: Array) -> Mesh:
    n = len(spokes)
    i = np.arange(1, n - 1)
    faces = np.stack([np.zeros_like(i), i, i + 1], axis=1)
    first = np.cross(spokes[0], spokes[1]) @ normal
    return Mesh(centre + spokes, np.tile(normal, (n, 1)), faces if first > 0 else faces[:, ::-1])


def tube(way: Sequence[Point], r: float, n: int = 8) -> Mesh:
    """A round bar along a way, joints rounded by spheres: pipes, handles, cables."""
    points = np.asarray(way, float)
    parts = [frustum(a, b, r, r, n, caps=False) for a, b in itertools.pairwise(points)]
    parts += [sphere(p, r, n, max(n // 2, 4)) for p in points]
    return merge(parts)


def sphere(centre: Point, r: float, n: int = 16, rings: int = 8) -> Mesh:
    """A sphere."""
    circle = _circle(n)
    polar = np.linspace(np.pi, 0.0, rings + 1)
    unit = np.concatenate([np.c_[circle * np.sin(p), np.full(n, np.cos(p))] for p in polar])
    return spread(np.asarray(centre, float) + r * unit, unit, rings + 1, n)


def plate(corners: Sequence[Point]) -> Mesh:
    """A flat four-sided face, visible from where its corners run counter-clockwise."""
    p = np.asarray(corners, np.float32)
    normal = np.cross(p[1] - p[0], p[3] - p[0])
    normal /= np.linalg.norm(normal)
    return Mesh(p, np.tile(normal, (4, 1)), np.array([[0, 1, 2], [0, 2, 3]], np.int32))


def ring(x: Point, y: Point, z: float, radius: float, width: float, steps: int = 8) -> Mesh:
    """A flat band of `width` around a round-cornered rectangle, seen from above."""
    inner = rectangle(x, y, radius, steps)
    outer = rectangle(
        (x[0] - width, x[1] + width), (y[0] - width, y[1] + width), radius + width, steps
    )
    points = np.concatenate([np.c_[outer, np.full(len(outer), z)],
                             np.c_[inner, np.full(len(inner), z)]])  # fmt: skip
    return spread(points, np.tile([0.0, 0.0, 1.0], (len(points), 1)), 2, len(inner))


def annulus(centre: Point, inner: float, outer: float, n: int = 32) -> Mesh:
    """A flat round band seen from above."""
    circle = _circle(n)
    x, y, z = centre
    points = np.concatenate([np.c_[circle * r + (x, y), np.full(n, z)] for r in (outer, inner)])
    return spread(points, np.tile([0.0, 0.0, 1.0], (2 * n, 1)), 2, n)

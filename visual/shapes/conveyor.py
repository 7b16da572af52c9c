"""Belts between machines, the racks beside and above them, and the trails people walk."""

from __future__ import annotations

import itertools

import numpy as np

from visual.mesh import Array, Mesh, merge
from visual.shapes import solids
from visual.shapes.fittings import BELT, RAIL, rails
from visual.shapes.handling import magazine
from visual.shapes.sketch import Sketch

STANDS = 1.1  # m between two pairs of legs
SHORTEST = 0.05  # m; a shorter leg needs no belt


def belt(points: Array) -> dict[str, Mesh]:
    """A conveyor along a way of shape (n, 3), with a transfer table at every bend."""
    s = Sketch()
    last = len(points) - 2
    for k, (a, b) in enumerate(itertools.pairwise(points)):
        run, turn = b - a, float(np.arctan2(b[1] - a[1], b[0] - a[0]))
        length = float(np.hypot(run[0], run[1]))
        if length < SHORTEST:
            continue
        begin = 0.0 if k == 0 else RAIL + 0.02
        end = length if k == last else length - RAIL - 0.02
        if end - begin > SHORTEST:
            s.include(_straight(begin, end, k == 0).meshes(), float(a[0]), float(a[1]), 0.0, turn)
        if k < last:
            s.include(_transfer().meshes(), float(b[0]), float(b[1]))
    return s.meshes()


def _straight(begin: float, end: float, motor: bool) -> Sketch:
    s = Sketch()
    rails(s, (begin, end))
    for side in (-1, 1):
        y = side * (RAIL + 0.024)
        s.box("body", (begin, end), (y - 0.007, y + 0.007), (BELT - 0.15, BELT - 0.03))
    n = max(2, 1 + round((end - begin) / STANDS))
    inset = min(0.14, (end - begin) / 4)
    for x in np.linspace(begin + inset, end - inset, n):
        for side in (-1, 1):
            y = side * (RAIL + 0.005)
            s.box("alu", (x - 0.02, x + 0.02), (y - 0.02, y + 0.02), (0.03, BELT - 0.10))
            s.post("dark", x, y, (0.0, 0.03), 0.035, 8)
        s.box("alu", (x - 0.015, x + 0.015), (-RAIL, RAIL), (0.20, 0.24))
        s.box("steel", (x - 0.012, x + 0.012), (-RAIL, RAIL), (BELT - 0.12, BELT - 0.095))
    if motor and end - begin > 0.6:
        x = (begin + end) / 2
        s.slab(
            "dark",
            (x - 0.10, x + 0.10),
            (-RAIL - 0.17, -RAIL - 0.03),
            (BELT - 0.21, BELT - 0.07),
            0.02,
            0.008,
            2,
        )
        s.box("green light", (x + 0.05, x + 0.075), (-RAIL - 0.172, -RAIL - 0.17),
              (BELT - 0.11, BELT - 0.085))  # fmt: skip
    return s


def _transfer() -> Sketch:
    """A turntable's square table where a belt bends."""
    s = Sketch()
    half = RAIL + 0.05
    s.slab("shade", (-half, half), (-half, half), (BELT - 0.15, BELT - 0.03), 0.02, 0.008, 2)
    for x in (-0.09, -0.03, 0.03, 0.09):
        s.cylinder(
            "steel", (x, -half + 0.03, BELT - 0.02), (x, half - 0.03, BELT - 0.02), 0.016, 10
        )
    s.slab("base", (-0.10, 0.10), (-0.10, 0.10), (0.02, BELT - 0.15), 0.03, 0.008, 2)
    s.slab(
        "dark",
        (-half + 0.02, half - 0.02),
        (-half + 0.02, half - 0.02),
        (0.0, 0.03),
        0.03,
        0.008,
        2,
    )
    return s


def tower(z: float) -> dict[str, Mesh]:
    """A buffer over a belt: an empty magazine with its foot at z in a lift portal."""
    s = Sketch()
    top = z + 0.62
    for x in (-0.24, 0.24):
        for y in (-0.24, 0.24):
            s.box("alu", (x - 0.022, x + 0.022), (y - 0.022, y + 0.022), (0.0, top))
        s.box("glass", (x - 0.003, x + 0.003), (-0.22, 0.22), (z - 0.02, top))
    s.box("glass", (-0.22, 0.22), (-0.245, -0.239), (z - 0.02, top))
    s.slab("body", (-0.28, 0.28), (-0.28, 0.28), (top, top + 0.06), 0.04, 0.012)
    s.slab("blue", (-0.22, 0.22), (-0.22, 0.22), (top + 0.06, top + 0.075), 0.04, 0.005, 2)
    s.post("steel", 0.0, 0.205, (0.1, top), 0.016, 10)
    s.slab("base", (-0.27, 0.27), (0.16, 0.30), (0.05, 0.75), 0.03, 0.01, 2)
    s.include(magazine(0).meshes(), 0.0, 0.0, z)
    return s.meshes()


def trolley(z: float) -> dict[str, Mesh]:
    """A rack on wheels whose magazine's foot is at z."""
    s = Sketch()
    for x in (-0.17, 0.17):
        for y in (-0.14, 0.14):
            s.box("alu", (x - 0.015, x + 0.015), (y - 0.015, y + 0.015), (0.09, z))
            s.cylinder("black", (x - 0.02, y, 0.045), (x + 0.02, y, 0.045), 0.045, 12)
    for level in (0.20, z - 0.03):
        s.slab("blue", (-0.20, 0.20), (-0.17, 0.17), (level, level + 0.03), 0.02, 0.006, 1)
    s.tube(
        "steel",
        [(0.18, -0.14, z), (0.30, -0.14, z + 0.12), (0.30, 0.14, z + 0.12), (0.18, 0.14, z)],
        0.012,
    )
    s.include(magazine(0).meshes(), 0.0, 0.0, z)
    return s.meshes()


def trail(points: Array, dash: float = 0.28, gap: float = 0.20, width: float = 0.07) -> Mesh:
    """A dashed line on the floor along a way of shape (n, 3)."""
    dashes = []
    for a, b in itertools.pairwise(points):
        length = float(np.hypot(*(b - a)[:2]))
        if length < SHORTEST:
            continue
        turn = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
        for x in np.arange(0.0, length - 0.05, dash + gap):
            end = min(x + dash, length)
            corners = [
                (x, -width / 2, 0),
                (end, -width / 2, 0),
                (end, width / 2, 0),
                (x, width / 2, 0),
            ]
            dashes.append(solids.plate(corners).turned(turn).moved(*(float(v) for v in a)))
    return merge(dashes)

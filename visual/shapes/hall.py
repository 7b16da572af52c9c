"""The hall around a line: back wall with windows, columns, racks, aisle, pallets, a vehicle."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visual.mesh import Mesh
from visual.shapes import solids
from visual.shapes.sketch import Drawing, Sketch

HIGH = 5.6  # m to the roof
BAY = 2.7  # m, one bay of a rack


class Hall(NamedTuple):
    """Where things are: floor (x0, x1, y0, y1), aisle (y0, y1), row of racks, back wall, m."""

    floor: tuple[float, float, float, float]
    aisle: tuple[float, float]
    racks: float
    wall: float


def plan(x0: float, x1: float, y0: float, y1: float) -> Hall:
    """A hall around stations that fill x0..x1, y0..y1."""
    aisle = y0 - 1.5
    racks = y1 + 2.1
    wall = racks + 1.6
    return Hall((x0 - 9.0, x1 + 9.0, aisle - 7.0, wall), (aisle - 1.9, aisle), racks, wall)


def hall(p: Hall, load: Drawing) -> dict[str, Mesh]:
    """All of the hall but its floor; a vehicle carries two of `load`."""
    s = Sketch()
    x0, x1, _, _ = p.floor
    _wall(s, x0, x1, p.wall)
    _aisle(s, x0, x1, p)
    first = x0 + 6.5
    bays = int((x1 - 6.5 - first) // BAY)
    random = np.random.default_rng(7)  # only which boxes lie on the shelves
    for k in range(bays):
        if k % 6 == 4:
            s.include(_cabinet().meshes(), first + BAY * (k + 0.5), p.racks)
        else:
            s.include(_rack(random).meshes(), first + BAY * (k + 0.5), p.racks)
    for k in range(4):
        s.include(
            _pallet(random).meshes(), x0 + 1.6 + 1.5 * (k % 2), p.racks - 1.2 + 1.3 * (k // 2)
        )
        s.include(
            _pallet(random).meshes(), x1 - 1.6 - 1.5 * (k % 2), p.racks - 1.2 + 1.3 * (k // 2)
        )
    middle = (p.aisle[0] + p.aisle[1]) / 2
    s.include(_vehicle(load).meshes(), x0 + 0.56 * (x1 - x0), middle)
    return s.meshes()


def _wall(s: Sketch, x0: float, x1: float, y: float) -> None:
    s.box("wall", (x0, x1), (y, y + 0.2), (0.0, HIGH))
    s.box("skirting", (x0, x1), (y - 0.03, y), (0.0, 0.35))
    s.box("shade", (x0, x1), (y - 0.02, y), (3.30, 3.36))
    n = int((x1 - x0) // 6.0)
    step = (x1 - x0) / n
    for k in range(n + 1):
        x = x0 + step * k
        s.box("column", (x - 0.2, x + 0.2), (y - 0.35, y), (0.0, HIGH))
        s.box("yellow", (x - 0.205, x + 0.205), (y - 0.355, y), (0.35, 0.95))
        if k < n:
            s.box("window", (x + 0.5, x + step - 0.5), (y - 0.02, y), (3.55, 4.95))
            for j in range(1, 4):
                at = x + 0.5 + (step - 1.0) * j / 4
                s.box("column", (at - 0.04, at + 0.04), (y - 0.04, y), (3.55, 4.95))


def _aisle(s: Sketch, x0: float, x1: float, p: Hall) -> None:
    low, high = p.aisle
    s.put("aisle", _flat(x0, x1, low, high, 0.004))
    for y in (low, high):
        s.put("lane", _flat(x0, x1, y - 0.06, y + 0.06, 0.007))
    s.put("lane", _flat(x0 + 5.0, x1 - 5.0, p.racks - 1.05, p.racks - 0.97, 0.006))
    for k in range(9):  # a crossing
        x = (x0 + x1) / 2 + 3.0 + 0.5 * k
        s.put("wall", _flat(x, x + 0.26, low + 0.2, high - 0.2, 0.008))


def _flat(x0: float, x1: float, y0: float, y1: float, z: float) -> Mesh:
    return solids.plate([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)])


def _rack(random: np.random.Generator) -> Sketch:
    """One bay: uprights, beams, shelves, cartons and totes."""
    s = Sketch()
    half, deep = BAY / 2, 0.5
    for x in (-half + 0.05, half - 0.05):
        for y in (-deep, deep):
            s.box("upright", (x - 0.045, x + 0.045), (y - 0.04, y + 0.04), (0.0, 3.15))
        for z in (0.5, 1.5, 2.5):
            s.box("upright", (x - 0.02, x + 0.02), (-deep, deep), (z, z + 0.05))
    for level in range(4):
        z = 0.12 + 0.92 * level
        for y in (-deep - 0.02, deep + 0.02):
            s.box("rack", (-half, half), (y - 0.025, y + 0.025), (z, z + 0.11))
        s.box("shade", (-half + 0.05, half - 0.05), (-deep, deep), (z + 0.09, z + 0.115))
        x = -half + 0.16
        while x < half - 0.55:
            width, high = 0.42 + 0.30 * random.random(), 0.30 + 0.35 * random.random()
            width = min(width, half - 0.12 - x)
            if random.random() < 0.82:
                _load(s, x, width, z + 0.115, high, random.random())
            x += width + 0.07
    return s


def _load(s: Sketch, x: float, width: float, z: float, high: float, kind: float) -> None:
    if kind < 0.62:
        s.box("carton", (x, x + width), (-0.42, 0.38), (z, z + high))
        s.box(
            "shade",
            (x + width / 2 - 0.025, x + width / 2 + 0.025),
            (-0.422, 0.38),
            (z + high - 0.12, z + high + 0.001),
        )
    else:
        colour = "plastic" if kind < 0.86 else "base"
        for level in range(2):
            low = z + 0.26 * level
            s.box(colour, (x, x + width), (-0.42, 0.30), (low, low + 0.2))
            s.box("dark", (x - 0.008, x + width + 0.008), (-0.43, 0.31), (low + 0.19, low + 0.225))


def _cabinet() -> Sketch:
    """A dry cabinet for reels: glass doors, reels on edge behind them."""
    s = Sketch()
    half = BAY / 2 - 0.25
    s.slab("body", (-half, half), (-0.35, 0.45), (0.06, 2.25), 0.03)
    s.box("dark", (-half + 0.05, half - 0.05), (-0.30, 0.40), (0.0, 0.07))
    for k in range(2):
        x0 = -half + 0.08 + k * (half - 0.02)
        x1 = x0 + half - 0.14
        s.box("base", (x0, x1), (-0.36, -0.35), (0.22, 2.08))
        for level in range(4):
            z = 0.28 + 0.46 * level
            s.box("shade", (x0, x1), (-0.40, -0.36), (z - 0.03, z))
            for j in range(7):
                x = x0 + 0.09 + (x1 - x0 - 0.18) * j / 6
                s.cylinder(
                    ("reel", "plastic", "dark", "reel", "teal")[(j + level) % 5],
                    (x - 0.02, -0.38, z + 0.17),
                    (x + 0.02, -0.38, z + 0.17),
                    0.16,
                    12,
                )
        s.box("tinted", (x0, x1), (-0.56, -0.552), (0.22, 2.08))
    s.box("body", (-half, half), (-0.56, -0.35), (0.06, 0.22))
    s.box("body", (-half, half), (-0.56, -0.35), (2.08, 2.25))
    for x in (-half, 0.0, half):
        s.box("body", (x - 0.05, x + 0.05), (-0.56, -0.35), (0.22, 2.08))
    s.box("pixel", (half - 0.42, half - 0.14), (-0.565, -0.56), (2.12, 2.20))
    return s


def _pallet(random: np.random.Generator) -> Sketch:
    s = Sketch()
    for y in (-0.42, 0.0, 0.42):
        s.box("pallet", (-0.55, 0.55), (y - 0.06, y + 0.06), (0.0, 0.10))
    for k in range(6):
        s.box("pallet", (-0.55 + 0.2 * k, -0.44 + 0.2 * k), (-0.48, 0.48), (0.10, 0.125))
    layers = int(random.integers(1, 4))
    for level in range(layers):
        for x in (-0.27, 0.27):
            for y in (-0.24, 0.24):
                z = 0.125 + 0.40 * level
                s.box("carton", (x - 0.255, x + 0.255), (y - 0.225, y + 0.225), (z, z + 0.39))
                s.box(
                    "shade", (x - 0.025, x + 0.025), (y - 0.227, y + 0.227), (z + 0.27, z + 0.392)
                )
    return s


def _vehicle(load: Drawing) -> Sketch:
    """A driverless vehicle with two loads."""
    s = Sketch()
    s.slab("dark", (-0.62, 0.62), (-0.40, 0.40), (0.06, 0.24), 0.14, 0.02)
    s.slab("blue", (-0.62, 0.62), (-0.40, 0.40), (0.24, 0.31), 0.14, 0.02)
    s.slab("pixel", (-0.63, 0.63), (-0.30, 0.30), (0.17, 0.20), 0.10, 0.004)
    s.box("alu", (-0.50, 0.50), (-0.32, 0.32), (0.31, 0.34))
    for x in (-0.24, 0.24):
        s.include(load, x, 0.0, 0.34)
    s.post("steel", 0.54, 0.0, (0.31, 0.62), 0.02, 10)
    s.post("green light", 0.54, 0.0, (0.62, 0.70), 0.035, 14)
    return s

"""A bottling hall: depalletiser, filler, labeller, cameras, shrink packer, palletising robot."""

from __future__ import annotations

from math import cos, pi, sin

from visual.shapes import fittings as fit
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

BOTTLE = 0.033  # m, radius of a bottle of half a litre


def _shape(s: Sketch, length: float, depth: float, height: float) -> Shape:
    top = (length / 2 - 0.15, depth / 2 - 0.2, height)
    return Shape(s.meshes(), (length, depth, height), top, (0.0, 0.0, BELT))


def bottle(s: Sketch, x: float, y: float, z: float, label: bool = True) -> None:
    """A bottle standing at a place."""
    s.post("glass", x, y, (z, z + 0.17), BOTTLE, 10)
    s.post("glass", x, y, (z + 0.17, z + 0.22), 0.014, 8)
    if label:
        s.post("teal", x, y, (z + 0.06, z + 0.12), BOTTLE + 0.001, 10)


def _conveyor(s: Sketch, x: tuple[float, float], bottles: bool = True) -> None:
    """A plate chain on legs, with guides and bottles one behind the other."""
    s.box("belt", x, (-0.09, 0.09), (BELT - 0.04, BELT))
    for y in (-0.12, 0.12):
        s.box("alu", x, (y - 0.01, y + 0.01), (BELT - 0.1, BELT + 0.12))
    for leg in (x[0] + 0.1, x[1] - 0.1):
        s.post("steel", leg, 0.0, (0.0, BELT - 0.04), 0.03, 8)
    if bottles:
        for k in range(int((x[1] - x[0] - 0.1) / 0.15)):
            bottle(s, x[0] + 0.1 + 0.15 * k, 0.0, BELT)


def _portal(s: Sketch, length: float, depth: float, height: float) -> None:
    """Four posts and a roof, with clear guards on both sides."""
    for x in (-length / 2 + 0.06, length / 2 - 0.06):
        for y in (-depth / 2 + 0.06, depth / 2 - 0.06):
            s.box("steel", (x - 0.05, x + 0.05), (y - 0.05, y + 0.05), (0.0, height - 0.12))
    for y in (-depth / 2 + 0.03, depth / 2 - 0.03):
        s.box("glass", (-length / 2 + 0.11, length / 2 - 0.11), (y - 0.005, y + 0.005),
              (0.7, height - 0.15))  # fmt: skip
    long, wide = (-length / 2, length / 2), (-depth / 2, depth / 2)
    s.slab("body", long, wide, (height - 0.12, height), 0.05, 0.01, 2)


def depalletiser(parameters: Parameters) -> Shape:
    """Layers of bottles on a pallet, lifted to a sweep that pushes one layer off."""
    length, depth, height = 3.2, 2.2, 3.0
    s = Sketch()
    _portal(s, length, depth, height)
    s.box("orange", (-1.2, 0.0), (-0.5, 0.5), (0.05, 0.19))
    for k in range(5):
        low = 0.2 + 0.26 * k
        s.box("glass", (-1.15, -0.05), (-0.46, 0.46), (low, low + 0.22))
        s.box("shade", (-1.2, 0.0), (-0.5, 0.5), (low + 0.22, low + 0.25))
    s.slab("blue", (-1.25, 0.2), (0.55, 0.75), (1.5, 1.7), 0.02, 0.006, 1)
    _conveyor(s, (0.2, length / 2))
    fit.screen(s, 1.1, -depth / 2 - 0.02, 1.3, 0.36, 0.26)
    return _shape(s, length, depth, height)


def filler(parameters: Parameters) -> Shape:
    """A rotary filler: valves round a bowl, a star wheel, a capper, all behind glass."""
    length, depth, height = 4.0, 2.8, 2.9
    valves = int(parameters.get("valves", 40))
    s = Sketch()
    _portal(s, length, depth, height)
    s.slab("steel", (-1.9, 1.9), (-1.3, 1.3), (0.25, 0.8), 0.1, 0.02, 3)
    s.post("steel", -0.5, 0.2, (0.8, 1.0), 0.95, 48)
    s.post("steel", -0.5, 0.2, (1.65, 2.0), 0.85, 48)
    s.post("shade", -0.5, 0.2, (1.0, 1.65), 0.25, 24)
    for k in range(valves):
        x = -0.5 + 0.88 * cos(2 * pi * k / valves)
        y = 0.2 + 0.88 * sin(2 * pi * k / valves)
        s.post("alu", x, y, (1.24, 1.7), 0.02, 6)
        bottle(s, x, y, 1.0, label=False)
    s.post("blue", 1.05, 0.2, (1.3, 2.1), 0.34, 28)
    s.post("steel", 1.05, 0.2, (0.8, 1.0), 0.45, 32)
    s.tube("steel", [(-0.5, 0.2, 2.0), (-0.5, 0.2, 2.5), (-0.5, 1.2, 2.5)], 0.06, 12)
    for way in ((-length / 2, -1.6), (1.6, length / 2)):
        _conveyor(s, way)
    fit.screen(s, 1.4, -depth / 2 - 0.02, 1.4, 0.4, 0.3)
    return _shape(s, length, depth, height)


def labeller(parameters: Parameters) -> Shape:
    """A carousel, a glue pot and two rolls of labels."""
    length, depth, height = 2.4, 2.0, 2.2
    s = Sketch()
    fit.cabinet(s, length, depth, 0.82, 2)
    s.post("steel", 0.0, 0.35, (0.82, BELT), 0.5, 40)
    s.post("body", 0.0, 0.35, (1.4, 1.75), 0.5, 40)
    for k in range(12):
        bottle(s, 0.42 * cos(pi * k / 6), 0.35 + 0.42 * sin(pi * k / 6), BELT)
    for x in (-0.75, 0.75):
        s.post("teal", x, 0.6, (1.15, 1.4), 0.28, 28)
        s.post("steel", x, 0.6, (0.82, 1.15), 0.04, 8)
    s.slab("orange", (-0.15, 0.15), (-0.5, -0.25), (0.82, 1.3), 0.03, 0.008, 2)
    _conveyor(s, (-length / 2, length / 2))
    s.post("steel", -1.0, 0.8, (0.82, height), 0.03, 8)
    fit.screen(s, 0.85, -depth / 2 + 0.05, 1.3, 0.36, 0.26)
    return _shape(s, length, depth, height)


def vision(parameters: Parameters) -> Shape:
    """A dark hood over the conveyor with cameras in it, an ejector and a bin behind."""
    length, depth, height = 1.8, 1.2, 1.9
    s = Sketch()
    _conveyor(s, (-length / 2, length / 2))
    s.slab("dark", (-0.5, 0.4), (-0.45, 0.45), (1.25, 1.75), 0.04, 0.01, 2)
    for x in (-0.5, 0.35):
        s.box("dark", (x, x + 0.05), (-0.45, 0.45), (0.0, 1.25))
    for y in (-0.3, 0.3):
        s.cylinder("black", (-0.05, y, 1.12), (-0.05, y * 0.6, 1.08), 0.05, 12)
    s.slab("blue", (0.6, 0.75), (-0.35, -0.15), (0.95, 1.15), 0.02, 0.006, 1)
    s.slab("red", (0.5, 0.9), (0.2, 0.6), (0.1, 0.7), 0.03, 0.008, 2)
    fit.screen(s, -0.2, -0.5, 1.5, 0.4, 0.28)
    s.post("steel", 0.3, 0.3, (1.75, height), 0.02, 8)
    return _shape(s, length, depth, height)


def shrink_packer(parameters: Parameters) -> Shape:
    """Bottles in rows of four by six, a film wrapper, a hot tunnel and packs behind it."""
    length, depth, height = 4.4, 1.8, 2.0
    s = Sketch()
    s.box("belt", (-length / 2, length / 2), (-0.35, 0.35), (BELT - 0.05, BELT))
    s.slab("base", (-length / 2, length / 2), (-0.6, 0.6), (0.1, BELT - 0.1), 0.05, 0.01, 2)
    _portal(s, 1.6, depth, height)
    s.cylinder("glass", (-0.3, -0.6, 0.45), (-0.3, 0.6, 0.45), 0.16, 24)
    s.slab("steel", (0.85, 1.75), (-0.55, 0.55), (BELT + 0.32, 1.7), 0.05, 0.01, 2)
    for y in (-0.55, 0.5):
        s.box("steel", (0.85, 1.75), (y, y + 0.05), (BELT, BELT + 0.34))
    s.post("alu", 1.3, 0.0, (1.7, height), 0.12, 16)
    for row in range(4):
        for k in range(6):
            bottle(s, -2.05 + 0.075 * k, -0.12 + 0.08 * row, BELT)
    s.box("glass", (1.85, 2.15), (-0.2, 0.2), (BELT, BELT + 0.23))
    fit.screen(s, -1.2, -depth / 2 + 0.1, 1.3, 0.36, 0.26)
    return _shape(s, length, depth, height)


def palletiser(parameters: Parameters) -> Shape:
    """A robot with a gripper between the packs that come and the pallet it builds."""
    length, depth, height = 3.4, 3.0, 2.8
    s = Sketch()
    s.box("belt", (-length / 2, -0.6), (-0.3, 0.3), (BELT - 0.05, BELT))
    s.slab("base", (-length / 2, -0.6), (-0.35, 0.35), (0.1, BELT - 0.1), 0.05, 0.01, 2)
    s.box("glass", (-1.4, -1.0), (-0.2, 0.2), (BELT, BELT + 0.23))
    s.post("dark", 0.0, 0.9, (0.0, 0.25), 0.42, 32)
    s.post("orange", 0.0, 0.9, (0.25, 1.1), 0.28, 28)
    s.tube("orange", [(0.0, 0.9, 1.1), (0.0, 0.9, 2.4), (0.7, 0.3, 2.55)], 0.13, 14)
    s.post("dark", 0.7, 0.3, (1.95, 2.55), 0.07, 12)
    s.slab("steel", (0.4, 1.0), (0.05, 0.55), (1.85, 1.95), 0.02, 0.006, 1)
    s.box("orange", (0.3, 1.5), (-0.75, 0.25), (0.05, 0.19))
    for k in range(3):
        low = 0.2 + 0.26 * k
        s.box("glass", (0.35, 1.45), (-0.7, 0.2), (low, low + 0.23))
        s.box("shade", (0.3, 1.5), (-0.75, 0.25), (low + 0.23, low + 0.25))
    for y in (-depth / 2 + 0.03, depth / 2 - 0.03):
        s.box("yellow", (-length / 2, length / 2), (y - 0.02, y + 0.02), (1.9, 1.96))
        for x in (-length / 2 + 0.03, 0.0, length / 2 - 0.03):
            s.post("yellow", x, y, (0.0, 1.96), 0.03, 8)
    fit.screen(s, -1.2, -depth / 2 - 0.02, 1.3, 0.36, 0.26)
    return _shape(s, length, depth, height)

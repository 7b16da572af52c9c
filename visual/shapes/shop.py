"""The rest of a machine shop: washer, gauge, measuring machine, furnace, press, laser marker."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch


def _shape(s: Sketch, length: float, depth: float, height: float) -> Shape:
    top = (length / 2 - 0.15, depth / 2 - 0.2, height)
    return Shape(s.meshes(), (length, depth, height), top, (0.0, 0.0, BELT))


def washer(parameters: Parameters) -> Shape:
    """Spray washer: a stainless housing with a tank, a pump and a chimney."""
    length, depth, height = 2.0, 1.4, 1.9
    s = Sketch()
    fit.cabinet(s, length, depth, 0.82, 2, "steel")
    s.slab("steel", (-0.9, 0.9), (-0.6, 0.6), (0.82, 1.7), 0.05, 0.01, 2)
    for side in (-1, 1):
        fit.slot(s, side * 0.9, side)
    s.post("alu", 0.5, 0.3, (1.7, height), 0.10, 16)
    s.cylinder("blue", (-0.7, -0.62, 0.35), (-0.35, -0.62, 0.35), 0.11, 16)
    s.tube("steel", [(-0.5, -0.62, 0.4), (-0.5, -0.62, 1.2), (-0.5, -0.4, 1.3)], 0.025, 8)
    fit.screen(s, 0.7, -0.64, 1.15, 0.34, 0.24)
    return _shape(s, length, depth, height)


def _granite(s: Sketch, length: float, depth: float) -> None:
    s.slab("shade", (-length / 2, length / 2), (-depth / 2, depth / 2), (0.1, 0.60), 0.05, 0.01, 2)
    s.slab("black", (-length / 2, length / 2), (-depth / 2, depth / 2), (0.60, 0.84), 0.02, 0.006)


def gauge(parameters: Parameters) -> Shape:
    """Gauge station: a shaft between probes on a granite plate."""
    length, depth, height = 1.1, 0.9, 1.5
    s = Sketch()
    _granite(s, length, depth)
    s.cylinder("alu", (-0.3, 0.0, BELT), (0.3, 0.0, BELT), 0.03, 16)
    for x in (-0.2, 0.0, 0.2):
        s.post("yellow", x, 0.14, (0.84, BELT + 0.2), 0.02, 8)
        s.tube("steel", [(x, 0.14, BELT + 0.15), (x, 0.04, BELT + 0.05)], 0.01, 6)
    fit.screen(s, 0.35, -0.2, 1.1, 0.36, 0.26)
    return _shape(s, length, depth, height)


def cmm(parameters: Parameters) -> Shape:
    """Coordinate measuring machine: a portal over a granite table, a quill with a probe."""
    length, depth, height = 1.8, 1.6, 2.4
    s = Sketch()
    _granite(s, length, depth)
    for side in (-0.78, 0.78):
        s.slab("body", (side - 0.1, side + 0.1), (-0.15, 0.2), (0.84, 1.75), 0.04, 0.01, 2)
    s.slab("body", (-0.9, 0.9), (-0.12, 0.17), (1.70, 1.95), 0.04, 0.01, 2)
    s.slab("blue", (-0.15, 0.15), (-0.2, 0.22), (1.60, 2.35), 0.04, 0.01, 2)
    s.post("alu", 0.0, 0.0, (1.2, 1.62), 0.04, 14)
    s.post("red", 0.0, 0.0, (1.08, 1.2), 0.008, 8)
    return _shape(s, length, depth, height)


def furnace(parameters: Parameters) -> Shape:
    """Batch furnace with a quench tank in front: chamber, door, burners, chimney."""
    length, depth, height = 3.6, 2.6, 3.0
    s = Sketch()
    s.slab("shade", (-1.8, 1.0), (-1.3, 1.3), (0.05, 2.5), 0.08, 0.02, 2)
    s.slab("dark", (1.0, 1.08), (-0.7, 0.7), (0.7, 1.9), 0.02, 0.006, 1)
    s.slab("body", (1.08, 1.8), (-1.0, 1.0), (0.0, 0.75), 0.04, 0.01, 2)
    s.box("black", (1.15, 1.75), (-0.85, 0.85), (0.75, 0.76))
    for k in range(4):
        x = -1.5 + 0.6 * k
        s.cylinder("orange", (x, -1.38, 1.3), (x, -1.25, 1.3), 0.09, 16)
        s.tube("yellow", [(x, -1.36, 1.2), (x, -1.36, 0.5)], 0.025, 8)
    s.post("steel", -1.2, 0.6, (2.5, height), 0.16, 18)
    s.cylinder("blue", (-0.1, 0.0, 2.5), (-0.1, 0.0, 2.8), 0.22, 20)
    fit.screen(s, 0.6, -1.26, 1.15, 0.42, 0.32)
    return _shape(s, length, depth, height)


def press(parameters: Parameters) -> Shape:
    """Bearing press: a C frame with a ram over the fixture."""
    length, depth, height = 1.1, 1.1, 2.1
    s = Sketch()
    fit.cabinet(s, length, depth)
    s.slab("blue", (-0.25, 0.25), (0.15, 0.5), (0.82, 2.0), 0.05, 0.01, 2)
    s.slab("blue", (-0.25, 0.25), (-0.3, 0.5), (1.65, 2.05), 0.05, 0.01, 2)
    s.post("steel", 0.0, -0.1, (1.15, 1.65), 0.06, 20)
    for side in (-0.45, 0.45):
        s.post("yellow", side, -0.48, (0.82, 1.6), 0.03, 8)
    fit.buttons(s, 0.3, -0.562, 0.775)
    return _shape(s, length, depth, height)


def marker(parameters: Parameters) -> Shape:
    """Laser marker: a closed box with a head and a small window."""
    length, depth, height = 1.0, 1.0, 1.7
    s = Sketch()
    fit.cabinet(s, length, depth)
    fit.hood(s, length, depth, 0.82, height - 0.10, 0.12, accent="red")
    s.slab("dark", (-0.1, 0.1), (-0.1, 0.3), (1.2, 1.45), 0.03, 0.008, 2)
    s.post("glass", 0.0, 0.0, (1.15, 1.2), 0.04, 14)
    fit.screen(s, 0.3, -0.44, 1.1, 0.3, 0.22)
    return _shape(s, length, depth, height)

"""Plant of the process industries: a jacketed tank with a stirrer, a pasteuriser."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

LENGTH, DEPTH, HEIGHT = 2.2, 2.2, 3.4
RADIUS, JACKET = 0.75, 0.82


def reactor(parameters: Parameters) -> Shape:
    """A stirred tank on three legs: jacket, motor, pipes with valves, a platform's screen."""
    s = Sketch()
    for x, y in ((0.0, -0.62), (0.54, 0.31), (-0.54, 0.31)):
        s.post("steel", x, y, (0.0, 0.75), 0.07, 12)
    s.put("steel", solids.frustum((0, 0, 0.55), (0, 0, 0.85), 0.18, RADIUS, 40))
    s.post("shade", 0.0, 0.0, (0.85, 2.15), JACKET, 48)
    s.post("body", 0.0, 0.0, (2.15, 2.35), RADIUS, 48)
    s.put("body", solids.frustum((0, 0, 2.35), (0, 0, 2.6), RADIUS, 0.3, 40))
    s.post("steel", 0.0, 0.0, (2.6, 2.72), 0.16, 24)
    s.post("blue", 0.0, 0.0, (2.72, 3.25), 0.19, 24)
    s.post("dark", 0.0, 0.0, (3.25, HEIGHT), 0.15, 24)
    s.tube("blue", [(0.82, 0.0, 2.0), (1.05, 0.0, 2.0), (1.05, 0.0, 0.1)], 0.05, 12)
    s.tube("blue", [(-0.82, 0.0, 1.0), (-1.05, 0.0, 1.0), (-1.05, 0.0, 0.1)], 0.05, 12)
    s.tube("steel", [(0.35, 0.3, 2.5), (0.35, 0.3, 3.0), (0.35, 1.05, 3.0)], 0.045, 12)
    s.tube("steel", [(0.0, 0.0, 0.55), (0.0, 0.0, 0.3), (0.0, -1.05, 0.3)], 0.05, 12)
    for x, z in ((1.05, 0.9), (-1.05, 0.6)):
        s.cylinder("orange", (x, -0.1, z), (x, 0.1, z), 0.1, 16)
    s.slab("dark", (-0.2, 0.2), (-1.06, -1.0), (0.95, 1.45), 0.02, 0.006, 1)
    s.post("steel", 0.0, -1.0, (0.0, 0.95), 0.04, 8)
    fit.screen(s, 0.0, -1.08, 1.22, 0.34, 0.26)
    size = (LENGTH, DEPTH, HEIGHT)
    return Shape(s.meshes(), size, (0.5, 0.5, 2.5), (0.0, 0.0, BELT))


def pasteuriser(parameters: Parameters) -> Shape:
    """A plate pack in its frame, the zigzag of the holding tube, balance tank and homogeniser."""
    length, depth, height = 4.0, 2.0, 2.2
    s = Sketch()
    s.slab("base", (-length / 2, length / 2), (-0.8, 0.8), (0.05, 0.15), 0.03, 0.006, 2)
    for x in (-1.2, 0.1):
        s.slab("steel", (x - 0.04, x + 0.04), (-0.3, 0.3), (0.15, 1.75), 0.02, 0.006, 1)
    for k in range(24):
        x = -1.12 + 0.05 * k
        s.box("alu" if k % 2 else "steel", (x - 0.018, x + 0.018), (-0.25, 0.25), (0.4, 1.6))
    for z in (0.3, 1.68):
        s.cylinder("dark", (-1.3, 0.0, z), (0.3, 0.0, z), 0.035, 12)
    zigzag = [(-1.3, 0.62, 0.4)]
    for k in range(5):
        z, ends = 0.4 + 0.25 * k, (-1.3, 0.9)
        zigzag += [(ends[(k + 1) % 2], 0.62, z), (ends[(k + 1) % 2], 0.62, z + 0.25)]
    s.tube("steel", zigzag, 0.035, 10)
    s.post("steel", -1.7, 0.0, (0.15, 1.05), 0.24, 32)
    s.slab("blue", (0.75, 1.75), (-0.45, 0.35), (0.15, 0.95), 0.04, 0.01, 2)
    s.cylinder("steel", (0.95, -0.2, 1.05), (1.55, -0.2, 1.05), 0.12, 20)
    s.cylinder("orange", (0.45, -0.5, 1.3), (0.45, -0.3, 1.3), 0.1, 16)
    s.tube("steel", [(0.14, -0.2, 1.4), (0.45, -0.4, 1.4), (0.45, -0.4, 0.95)], 0.03, 10)
    s.post("steel", 1.4, -0.85, (0.15, 1.0), 0.04, 8)
    fit.screen(s, 1.4, -0.93, 1.25, 0.4, 0.3)
    return Shape(s.meshes(), (length, depth, height), (1.85, 0.0, 1.2), (0.0, 0.0, BELT))

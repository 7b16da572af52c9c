"""Vessels of the process industries: an upright jacketed tank with a stirrer."""

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

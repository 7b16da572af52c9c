"""The wet side of a beverage plant: raw silo, blending skid, aseptic tank."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch


def silo(parameters: Parameters) -> Shape:
    """Two tall insulated silos, with an alcove for the instruments at their foot."""
    s = Sketch()
    for x in (-1.2, 1.2):
        s.post("shade", x, 0.0, (0.0, 0.3), 1.0, 48)
        s.post("body", x, 0.0, (0.3, 5.2), 1.1, 64)
        s.put("steel", solids.frustum((x, 0.0, 5.2), (x, 0.0, 5.6), 1.1, 0.15, 64))
        s.slab("dark", (x - 0.3, x + 0.3), (-1.2, -0.95), (0.3, 1.9), 0.02, 0.006, 1)
        s.cylinder("orange", (x, -1.1, 0.75), (x, -1.35, 0.75), 0.11, 20)
        s.tube("steel", [(x, -1.1, 0.45), (x, -1.5, 0.45), (2.4, -1.5, 0.45)], 0.06, 12)
    fit.screen(s, 0.0, -1.25, 1.3, 0.34, 0.26)
    s.post("steel", 0.0, -1.2, (0.0, 1.2), 0.04, 8)
    return Shape(s.meshes(), (4.8, 3.0, 5.6), (2.2, -1.2, 0.0), (0.0, 0.0, BELT))


def blender(parameters: Parameters) -> Shape:
    """A skid: mixing tank, concentrate tank, pump, meters and a cabinet."""
    s = Sketch()
    s.slab("steel", (-1.5, 1.5), (-0.7, 0.7), (0.0, 0.12), 0.03, 0.01, 1)
    for x, r, top in ((-0.9, 0.5, 2.1), (0.15, 0.34, 1.7)):
        s.post("shade", x, 0.15, (0.12, 0.5), 0.06, 10)
        s.put("steel", solids.frustum((x, 0.15, 0.45), (x, 0.15, 0.7), 0.08, r, 40))
        s.post("body", x, 0.15, (0.7, top), r, 40)
        s.post("dark", x, 0.15, (top, top + 0.25), 0.12, 16)
        s.tube("steel", [(x, 0.15, 0.45), (x, -0.4, 0.3), (0.9, -0.4, 0.3)], 0.04, 10)
    s.cylinder("orange", (0.55, -0.4, 0.3), (0.95, -0.4, 0.3), 0.14, 24)
    s.tube("steel", [(0.95, -0.4, 0.3), (1.2, -0.4, 0.3), (1.2, -0.4, 1.2), (1.5, -0.4, 1.2)], 0.04,
           10)  # fmt: skip
    s.cylinder("blue", (1.2, -0.52, 0.8), (1.2, -0.28, 0.8), 0.09, 20)
    s.slab("body", (0.85, 1.4), (0.15, 0.6), (0.12, 1.9), 0.03, 0.01, 2)
    fit.screen(s, 1.12, 0.12, 1.4, 0.34, 0.26)
    return Shape(s.meshes(), (3.0, 1.5, 2.4), (1.3, 0.5, 1.9), (0.0, 0.0, BELT))


def aseptic_tank(parameters: Parameters) -> Shape:
    """An upright tank on legs with an agitator, a manway and a filter for its sterile air."""
    s = Sketch()
    for x in (-0.7, 0.7):
        for y in (-0.7, 0.7):
            s.post("steel", x, y, (0.0, 0.9), 0.07, 12)
    s.put("steel", solids.frustum((0.0, 0.0, 0.6), (0.0, 0.0, 1.0), 0.12, 1.1, 56))
    s.post("body", 0.0, 0.0, (1.0, 3.8), 1.1, 64)
    s.put("steel", solids.frustum((0.0, 0.0, 3.8), (0.0, 0.0, 4.15), 1.1, 0.2, 56))
    s.post("dark", 0.0, 0.0, (4.15, 4.55), 0.16, 20)
    s.cylinder("shade", (0.0, -1.05, 1.6), (0.0, -1.2, 1.6), 0.28, 32)
    s.post("blue", 0.55, 0.0, (3.95, 4.5), 0.11, 20)
    s.tube("steel", [(0.0, 0.0, 0.6), (0.0, 0.0, 0.35), (1.2, 0.0, 0.35)], 0.05, 12)
    fit.screen(s, -0.7, -1.15, 1.4, 0.34, 0.26)
    s.post("steel", -0.7, -1.1, (0.0, 1.3), 0.04, 8)
    return Shape(s.meshes(), (2.4, 2.4, 4.6), (0.9, -0.9, 0.0), (0.0, 0.0, BELT))

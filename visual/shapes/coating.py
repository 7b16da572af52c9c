"""A coatings plant beside its kettles: tanks, load cells, bead mill, bag filter, pail filler."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch


def _desk(s: Sketch, x: float, y: float) -> None:
    """A post with a screen, where the operator stands."""
    s.post("steel", x, y, (0.0, 1.0), 0.04, 8)
    s.slab("dark", (x - 0.2, x + 0.2), (y - 0.08, y - 0.02), (1.0, 1.45), 0.02, 0.006, 1)
    fit.screen(s, x, y - 0.1, 1.22, 0.34, 0.26)


def tank_farm(parameters: Parameters) -> Shape:
    """Six upright tanks in a basin, with a pipe along their feet."""
    s = Sketch()
    s.slab("shade", (-2.6, 2.6), (-1.7, 1.7), (0.0, 0.25), 0.05, 0.01, 1)
    for x in (-1.7, 0.0, 1.7):
        for y in (-0.85, 0.85):
            s.post("body", x, y, (0.25, 3.6), 0.72, 40)
            s.put("steel", solids.frustum((x, y, 3.6), (x, y, 3.9), 0.72, 0.12, 40))
            s.tube("steel", [(x, y, 0.6), (x, 0.0, 0.6), (2.6, 0.0, 0.6)], 0.05, 10)
    _desk(s, 0.0, -1.85)
    return Shape(s.meshes(), (5.2, 3.6, 3.9), (2.3, 1.4, 0.25), (0.0, 0.0, BELT))


def dosing(parameters: Parameters) -> Shape:
    """Three hoppers on load cells in a frame, over one pipe."""
    s = Sketch()
    for x in (-1.2, 1.2):
        for y in (-0.5, 0.5):
            s.post("steel", x, y, (0.0, 2.4), 0.05, 8)
    s.box("steel", (-1.25, 1.25), (-0.55, 0.55), (2.0, 2.08))
    for x in (-0.8, 0.0, 0.8):
        s.post("body", x, 0.0, (1.55, 2.6), 0.34, 32)
        s.put("body", solids.frustum((x, 0, 1.2), (x, 0, 1.55), 0.08, 0.34, 32))
        s.tube("steel", [(x, 0.0, 1.2), (x, 0.0, 0.6), (1.2, 0.0, 0.6)], 0.04, 10)
        s.cylinder("orange", (x, -0.12, 0.9), (x, 0.12, 0.9), 0.08, 16)
    _desk(s, 0.0, -0.9)
    return Shape(s.meshes(), (2.6, 1.8, 2.6), (1.2, 0.5, 2.4), (0.0, 0.0, BELT))


def bead_mill(parameters: Parameters) -> Shape:
    """A chamber lying in front of its drive, with hoses in and out."""
    s = Sketch()
    s.slab("body", (-1.2, 0.1), (-0.5, 0.5), (0.0, 1.5), 0.06, 0.015, 2)
    s.cylinder("steel", (0.1, 0.0, 1.05), (1.15, 0.0, 1.05), 0.3, 40)
    s.cylinder("shade", (1.15, 0.0, 1.05), (1.22, 0.0, 1.05), 0.36, 40)
    s.box("dark", (0.2, 1.1), (-0.25, 0.25), (0.0, 0.72))
    s.tube("blue", [(0.4, 0.0, 1.35), (0.4, 0.0, 1.7), (0.4, 0.45, 1.7)], 0.04, 10)
    s.tube("blue", [(0.9, 0.0, 1.35), (0.9, 0.0, 1.6), (0.9, 0.45, 1.6)], 0.04, 10)
    fit.screen(s, -0.55, -0.53, 1.2, 0.34, 0.26)
    return Shape(s.meshes(), (2.4, 1.2, 1.8), (-1.0, 0.3, 1.5), (0.0, 0.0, BELT))


def bag_filter(parameters: Parameters) -> Shape:
    """Two filter housings on a frame, one at work and one ready."""
    s = Sketch()
    s.box("steel", (-0.6, 0.6), (-0.35, 0.35), (0.0, 0.08))
    for x in (-0.3, 0.3):
        s.post("steel", x, 0.0, (0.08, 0.5), 0.05, 10)
        s.post("body", x, 0.0, (0.5, 1.3), 0.2, 32)
        s.post("dark", x, 0.0, (1.3, 1.38), 0.24, 32)
        s.cylinder("orange", (x, -0.24, 0.7), (x, 0.24, 0.7), 0.05, 12)
    s.tube("steel", [(-0.6, 0.0, 0.7), (0.6, 0.0, 0.7)], 0.04, 10)
    _desk(s, 0.0, -0.6)
    return Shape(s.meshes(), (1.3, 1.2, 1.5), (0.5, 0.25, 0.08), (0.0, 0.0, BELT))


def pail_filler(parameters: Parameters) -> Shape:
    """A scale under a filling nozzle, pails on a roller way."""
    s = Sketch()
    s.box("steel", (-1.2, 1.2), (-0.25, 0.25), (0.3, 0.4))
    for x in (-1.1, 0.0, 1.1):
        s.box("dark", (x - 0.05, x + 0.05), (-0.22, 0.22), (0.0, 0.3))
    for x in (-0.9, -0.45, 0.0, 0.45, 0.9):
        s.post("yellow" if x else "shade", x, 0.0, (0.4, 0.72), 0.14, 28)
    s.slab("body", (-0.35, 0.35), (0.3, 0.7), (0.0, 1.9), 0.05, 0.012, 2)
    s.box("body", (-0.12, 0.12), (-0.1, 0.35), (1.5, 1.7))
    s.post("steel", 0.0, 0.0, (0.85, 1.5), 0.04, 14)
    fit.screen(s, 0.0, 0.27, 1.3, 0.34, 0.26)
    return Shape(s.meshes(), (2.4, 1.5, 1.9), (0.25, 0.5, 1.9), (0.0, 0.0, BELT))

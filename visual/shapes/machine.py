"""Any other machine: an enclosed work space with a spindle over a fixture, and a swung panel."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

LENGTH, DEPTH, HEIGHT = 1.60, 1.45, 1.70


def machine(parameters: Parameters) -> Shape:
    """A machine of no particular kind."""
    s = Sketch()
    fit.cabinet(s, LENGTH, DEPTH)
    fit.floor_of(s, LENGTH, DEPTH)
    fit.hood(s, LENGTH, DEPTH, 0.82, HEIGHT - 0.10, 0.20, accent="blue")
    for side in (-1, 1):
        fit.slot(s, side * LENGTH / 2, side)
    fit.rails(s, (-LENGTH / 2, LENGTH / 2))
    s.slab("dark", (-0.30, 0.30), (-0.24, 0.24), (0.83, 0.90), 0.03, 0.008, 2)
    s.slab("shade", (-0.22, 0.22), (0.05, 0.40), (1.10, HEIGHT - 0.12), 0.03, 0.01, 2)
    s.slab("orange", (-0.14, 0.14), (-0.14, 0.10), (1.26, 1.52), 0.04, 0.015)
    s.post("steel", 0.0, -0.02, (1.13, 1.26), 0.065, 20)
    s.put("steel", solids.frustum((0, -0.02, 1.075), (0, -0.02, 1.13), 0.02, 0.05, 14))
    s.tube("black", [(0.1, 0.1, 1.5), (0.3, 0.2, 1.45), (0.45, 0.35, 1.2), (0.45, 0.4, 0.9)], 0.022)
    fit.screen(s, LENGTH / 2 - 0.26, -DEPTH / 2 + 0.06, 1.12, 0.38, 0.28)
    fit.buttons(s, LENGTH / 2 - 0.24, -DEPTH / 2 - 0.012, 0.775)
    size = (LENGTH, DEPTH, HEIGHT)
    return Shape(s.meshes(), size, (LENGTH / 2 - 0.12, 0.5, HEIGHT - 0.03), (0.0, 0.0, BELT))

"""Stencil printer: frame and foil of the stencil, squeegee head, sloping window, paste."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

LENGTH, DEPTH, HEIGHT = 1.45, 1.55, 1.56


def _stencil(s: Sketch) -> None:
    """The tensioned foil in its frame, with an apertured field, above the board."""
    z, half = BELT + 0.045, 0.40
    s.box("foil", (-half + 0.03, half - 0.03), (-half + 0.03, half - 0.03), (z, z + 0.004))
    for side in (-1, 1):
        edge = side * (half - 0.02)
        s.box("alu", (edge - 0.02, edge + 0.02), (-half, half), (z - 0.012, z + 0.028))
        s.box("alu", (-half, half), (edge - 0.02, edge + 0.02), (z - 0.012, z + 0.028))
    for i in range(8):
        for j in range(6):
            x, y = -0.105 + 0.03 * i, -0.08 + 0.032 * j
            s.box("dark", (x - 0.008, x + 0.008), (y - 0.007, y + 0.007), (z + 0.004, z + 0.005))


def _squeegee(s: Sketch) -> None:
    """Two blades under a carriage on a beam, and the roll of paste before them."""
    y, z = -0.16, BELT + 0.05
    for rail in (-0.56, 0.56):
        s.box("steel", (rail - 0.025, rail + 0.025), (-0.60, 0.45), (1.28, 1.32))
    s.slab("dark", (-0.60, 0.60), (y - 0.06, y + 0.06), (1.31, 1.40), 0.02, 0.008, 1)
    s.slab("blue", (-0.20, 0.20), (y - 0.10, y + 0.10), (1.23, 1.38), 0.03, 0.01, 2)
    for side in (-1, 1):
        s.post("steel", side * 0.12, y, (1.14, 1.24), 0.018, 10)
        foot, top = y + side * 0.035, y + side * 0.085
        s.prism("teal", [(foot - 0.006, z), (foot + 0.006, z), (top + 0.006, z + 0.11),
                         (top - 0.006, z + 0.11)], -0.19, 0.19, "x")  # fmt: skip
        s.box("alu", (-0.21, 0.21), (top - 0.02, top + 0.02), (z + 0.10, z + 0.15))
    s.cylinder("paste", (-0.17, y - 0.07, z + 0.022), (0.17, y - 0.07, z + 0.022), 0.022, 14)


def printer(parameters: Parameters) -> Shape:
    """Stencil printer."""
    s = Sketch()
    fit.cabinet(s, LENGTH, DEPTH)
    fit.floor_of(s, LENGTH, DEPTH)
    fit.hood(s, LENGTH, DEPTH, 0.82, HEIGHT - 0.10, 0.46)
    fit.rails(s, (-LENGTH / 2, LENGTH / 2))
    fit.slot(s, -LENGTH / 2, -1)
    fit.slot(s, LENGTH / 2, 1)
    _stencil(s)
    _squeegee(s)
    fit.screen(s, LENGTH / 2 - 0.25, -DEPTH / 2 + 0.10, 1.12, 0.36, 0.27)
    fit.buttons(s, LENGTH / 2 - 0.24, -DEPTH / 2 - 0.012, 0.775)
    s.slab("shade", (-0.45, 0.05), (0.35, 0.70), (HEIGHT - 0.03, HEIGHT + 0.07), 0.04)
    for k in range(5):  # jars of paste in the cooler on the roof
        s.post("teal", -0.37 + 0.085 * k, 0.52, (HEIGHT + 0.07, HEIGHT + 0.13), 0.032, 12)
        s.post("body", -0.37 + 0.085 * k, 0.52, (HEIGHT + 0.13, HEIGHT + 0.145), 0.033, 12)
    return Shape(s.meshes(), (LENGTH, DEPTH, HEIGHT), (LENGTH / 2 - 0.12, 0.55, HEIGHT - 0.05))

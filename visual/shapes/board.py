"""What travels: a printed circuit board with its components, and a plain box for any other part."""

from __future__ import annotations

from visual.mesh import Mesh
from visual.shapes.fittings import BOARD
from visual.shapes.sketch import Sketch

THICK = 0.0024  # m; drawn thicker than the real 1.6 mm so that it shows


def board() -> dict[str, Mesh]:
    """A populated board lying on z = 0, its length along x."""
    s = Sketch()
    lx, ly = BOARD[0] / 2, BOARD[1] / 2
    top = THICK * 2.5
    s.box("board", (-lx, lx), (-ly, ly), (0.0, top))
    for x, y, w, d, h in (
        (-0.055, 0.03, 0.062, 0.062, 0.012), (0.045, 0.045, 0.04, 0.04, 0.010),
        (0.05, -0.035, 0.05, 0.026, 0.009), (-0.075, -0.055, 0.03, 0.018, 0.008),
        (0.0, -0.01, 0.022, 0.03, 0.008),
    ):  # fmt: skip
        s.box("chip", (x - w / 2, x + w / 2), (y - d / 2, y + d / 2), (top, top + h))
    for k in range(7):
        x = -0.035 + 0.018 * k
        s.box("solder", (x, x + 0.009), (-0.078, -0.062), (top, top + 0.006))
        s.box("gold", (-0.105 + 0.031 * k, -0.085 + 0.031 * k), (0.085, 0.096), (top, top + 0.003))
    for k in range(4):
        s.box("solder", (0.085, 0.108), (-0.08 + 0.035 * k, -0.058 + 0.035 * k), (top, top + 0.015))
    for x in (-0.022, -0.002):
        s.post("solder", x, 0.055, (top, top + 0.018), 0.008, 8)
    return s.meshes()


def box() -> dict[str, Mesh]:
    """A tote with a workpiece: any part that is not a board."""
    s = Sketch()
    s.slab("plastic", (-0.12, 0.12), (-0.09, 0.09), (0.0, 0.08), 0.02, 0.006, 2)
    s.slab("steel", (-0.08, 0.08), (-0.055, 0.055), (0.08, 0.13), 0.015, 0.006, 2)
    return s.meshes()

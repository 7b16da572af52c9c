"""Machine tools behind their enclosures: saw, lathe, machining centre, grinder, deburring cell."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch


def _enclosure(length: float, depth: float, height: float, accent: str) -> Sketch:
    s = Sketch()
    fit.cabinet(s, length, depth)
    fit.floor_of(s, length, depth)
    fit.hood(s, length, depth, 0.82, height - 0.10, 0.18, accent=accent)
    fit.screen(s, length / 2 - 0.28, -depth / 2 + 0.06, 1.15, 0.42, 0.32)
    fit.buttons(s, length / 2 - 0.26, -depth / 2 - 0.012, 0.775)
    return s


def _shape(s: Sketch, length: float, depth: float, height: float) -> Shape:
    top = (length / 2 - 0.15, depth / 2 - 0.25, height - 0.05)
    return Shape(s.meshes(), (length, depth, height), top, (0.0, 0.0, BELT))


def saw(parameters: Parameters) -> Shape:
    """Bar saw: a band in its frame over a roller table with bars."""
    length, depth, height = 2.0, 1.1, 1.75
    s = Sketch()
    fit.cabinet(s, length, depth)
    s.slab("blue", (-0.15, 0.15), (-0.5, 0.5), (1.05, 1.55), 0.05, 0.01, 2)
    for side in (-0.42, 0.42):
        s.cylinder("body", (-0.1, side, 1.3), (0.1, side, 1.3), 0.24, 24)
    s.box("steel", (-0.012, 0.012), (-0.42, 0.42), (1.04, 1.07))
    for k in range(8):
        s.cylinder("alu", (-0.9 + 0.25 * k, -0.3, 0.85), (-0.9 + 0.25 * k, 0.3, 0.85), 0.03, 10)
    for k in range(3):
        s.cylinder("steel", (-0.95, -0.1 + 0.1 * k, 0.90), (0.0, -0.1 + 0.1 * k, 0.90), 0.022, 12)
    return _shape(s, length, depth, height)


def lathe(parameters: Parameters) -> Shape:
    """CNC lathe: chuck, shaft and turret behind a sliding window."""
    length, depth, height = 2.6, 1.6, 1.85
    s = _enclosure(length, depth, height, "orange")
    s.slab("shade", (-1.15, -0.75), (-0.25, 0.3), (0.83, 1.4), 0.05, 0.01, 2)
    s.cylinder("steel", (-0.75, 0.0, 1.1), (-0.60, 0.0, 1.1), 0.16, 28)
    s.cylinder("alu", (-0.60, 0.0, 1.1), (0.05, 0.0, 1.1), 0.035, 18)
    s.cylinder("dark", (0.35, 0.22, 1.15), (0.50, 0.22, 1.15), 0.20, 12)
    s.slab("shade", (0.50, 0.80), (0.0, 0.45), (0.9, 1.4), 0.04, 0.01, 2)
    return _shape(s, length, depth, height)


def mill(parameters: Parameters) -> Shape:
    """Vertical machining centre: table, column, spindle and a round tool magazine."""
    length, depth, height = 2.2, 1.9, 2.4
    s = _enclosure(length, depth, height, "blue")
    s.slab("steel", (-0.55, 0.45), (-0.3, 0.25), (0.90, 0.98), 0.02, 0.005, 1)
    s.slab("shade", (-0.30, 0.20), (0.25, 0.75), (0.83, 2.1), 0.05, 0.01, 2)
    s.slab("body", (-0.22, 0.12), (-0.15, 0.3), (1.35, 1.95), 0.05, 0.01, 2)
    s.post("steel", -0.05, 0.0, (1.18, 1.35), 0.06, 20)
    s.cylinder("dark", (0.45, 0.3, 1.7), (0.62, 0.3, 1.7), 0.30, 24)
    return _shape(s, length, depth, height)


def grinder(parameters: Parameters) -> Shape:
    """Cylindrical grinder: a large wheel, the part between centres, the gauge's fork."""
    length, depth, height = 2.8, 1.7, 1.75
    s = _enclosure(length, depth, height, "teal")
    s.cylinder("shade", (-0.06, 0.28, 1.15), (0.06, 0.28, 1.15), 0.20, 36)
    s.cylinder("alu", (-0.35, 0.0, 1.05), (0.35, 0.0, 1.05), 0.03, 16)
    for side in (-1, 1):
        s.slab("body", tuple(sorted((side * 0.35, side * 0.65))), (-0.18, 0.18), (0.84, 1.2),
               0.04, 0.01, 2)  # fmt: skip
    s.tube("yellow", [(0.1, -0.25, 0.9), (0.1, -0.15, 1.05), (0.1, -0.03, 1.08)], 0.012, 6)
    return _shape(s, length, depth, height)


def deburr(parameters: Parameters) -> Shape:
    """Deburring cell: a small arm and a round brush."""
    length, depth, height = 1.5, 1.4, 1.8
    s = _enclosure(length, depth, height, "orange")
    s.tube("orange", [(-0.35, 0.2, 0.85), (-0.35, 0.1, 1.3), (0.0, 0.0, 1.45), (0.1, 0.0, 1.15)],
           0.05, 10)  # fmt: skip
    s.cylinder("dark", (0.25, 0.1, 1.05), (0.40, 0.1, 1.05), 0.13, 24)
    return _shape(s, length, depth, height)

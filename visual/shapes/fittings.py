"""Fittings that many machines share: feet, housings, windows, screens, rails, handles, lamps."""

from __future__ import annotations

import itertools

from visual.mesh import Mesh
from visual.shapes import solids
from visual.shapes.sketch import Sketch
from visual.shapes.solids import Point

BELT = 0.95  # m, transport height of boards (IPC-SMEMA-9851: 940 to 965 mm)
BOARD = (0.25, 0.20)  # m, panel of the electronics line (scenario)
RAIL = 0.115  # m, from the middle of the way to an edge rail: half a board and a little


def feet(s: Sketch, length: float, depth: float, inset: float = 0.14) -> None:
    """Four levelling feet."""
    for x in (-length / 2 + inset, length / 2 - inset):
        for y in (-depth / 2 + inset, depth / 2 - inset):
            s.post("dark", x, y, (0.0, 0.02), 0.05, 10)
            s.post("steel", x, y, (0.02, 0.09), 0.02, 8)


def cabinet(
    s: Sketch, length: float, depth: float, top: float = 0.82, doors: int = 2, body: str = "body"
) -> None:
    """A machine's lower housing with a dark plinth and front doors."""
    half, front = length / 2, -depth / 2
    feet(s, length, depth)
    s.box("dark", (-half + 0.05, half - 0.05), (front + 0.06, -front - 0.05), (0.07, 0.17))
    s.slab(body, (-half, half), (front, -front), (0.16, top))
    width = (length - 0.12) / doors
    for k in range(doors):
        x0 = -half + 0.06 + k * width
        s.slab("shade", (x0 + 0.012, x0 + width - 0.012), (front - 0.012, front + 0.02),
               (0.22, top - 0.06), 0.008, 0.004, 1)  # fmt: skip
        x = x0 + width - 0.05 if k % 2 == 0 else x0 + 0.05
        handle(s, (x, front - 0.012, top - 0.30), 0.16)
    for k in range(6):  # cooling slots at the foot of the first door
        x = -half + 0.14 + 0.045 * k
        s.box("dark", (x, x + 0.022), (front - 0.016, front - 0.012), (0.26, 0.36))


def handle(s: Sketch, at: Point, length: float) -> None:
    """An upright bar handle on a front."""
    x, y, z = at
    s.tube("dark", [(x, y, z), (x, y - 0.035, z + 0.015), (x, y - 0.035, z + length - 0.015),
                    (x, y, z + length)], 0.009, 6)  # fmt: skip


def rails(s: Sketch, x: Point, width: float = RAIL, z: float = BELT) -> None:
    """The two edge belts a board rides on, through a machine."""
    for side in (-1, 1):
        y = side * width
        s.box("alu", x, (y - 0.018, y + 0.018), (z - 0.10, z - 0.015))
        s.box("alu", x, (y + side * 0.012 - 0.006, y + side * 0.012 + 0.006), (z - 0.02, z + 0.02))
        s.box("belt", x, (y - side * 0.014 - 0.01, y - side * 0.014 + 0.01), (z - 0.015, z - 0.002))


def slot(s: Sketch, x: float, outward: float, width: float = 0.22) -> None:
    """The dark opening in a side wall where boards go in or out."""
    x0, x1 = sorted((x, x + outward * 0.006))
    s.box("black", (x0, x1), (-width, width), (BELT - 0.12, BELT + 0.13))
    x0, x1 = sorted((x, x + outward * 0.02))
    for z in (BELT - 0.135, BELT + 0.13):
        s.box("yellow", (x0, x1), (-width - 0.015, width + 0.015), (z, z + 0.015))


def screen(
    s: Sketch, x: float, y: float, z: float, width: float = 0.38, height: float = 0.26
) -> None:
    """An operator panel facing the front, its foot (arm) ending at (x, y, z)."""
    s.tube("dark", [(x, y, z), (x, y - 0.10, z), (x, y - 0.10, z + 0.06)], 0.018, 8)
    low, front = z + 0.06, y - 0.15
    s.slab("dark", (x - width / 2, x + width / 2), (front, front + 0.05), (low, low + height),
           0.015, 0.006, 2)  # fmt: skip
    left, right, glass = x - width / 2 + 0.02, x + width / 2 - 0.02, front - 0.002
    s.put("screen", _front(left, right, low + 0.02, low + height - 0.02, glass))
    top = low + height - 0.03
    s.put("pixel", _front(left + 0.01, right - 0.01, top - 0.025, top, glass - 0.001))
    for k, share in enumerate((0.85, 0.55, 0.7, 0.4)):
        z1 = top - 0.045 - 0.035 * k
        if z1 - 0.018 > low + 0.03:
            end = left + 0.012 + (right - left - 0.13) * share
            s.put("pixel" if k % 2 else "green light",
                  _front(left + 0.012, end, z1 - 0.018, z1, glass - 0.001))  # fmt: skip
    s.put("lamp", _front(right - 0.085, right - 0.012, low + 0.03, low + 0.09, glass - 0.001))


def _front(x0: float, x1: float, z0: float, z1: float, y: float) -> Mesh:
    return solids.plate([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)])


def front_plate(s: Sketch, material: str, x: Point, z: Point, y: float) -> None:
    """A flat field on a front that faces -y."""
    s.put(material, _front(x[0], x[1], z[0], z[1], y))


def buttons(s: Sketch, x: float, y: float, z: float) -> None:
    """Start, reset and emergency stop on a front at height z."""
    s.slab(
        "dark", (x - 0.09, x + 0.09), (y - 0.015, y + 0.01), (z - 0.04, z + 0.04), 0.012, 0.004, 2
    )
    for k, material in enumerate(("green light", "pixel")):
        s.cylinder(
            material, (x - 0.055 + 0.04 * k, y - 0.02, z), (x - 0.055 + 0.04 * k, y, z), 0.013, 10
        )
    s.cylinder("red", (x + 0.05, y - 0.04, z), (x + 0.05, y - 0.01, z), 0.026, 14)


def hood(
    s: Sketch, length: float, depth: float, low: float, high: float, slope: float,
    body: str = "body", accent: str = "blue", frame: float = 0.06, glass: str = "glass",
) -> None:  # fmt: skip
    """A housing over the work space: side walls, back, roof and a sloping front window.

    The window leans back by `slope` (m) between `low` and `high`; the roof carries a coloured band.
    """
    half, front, back = length / 2, -depth / 2, depth / 2
    sill = low + 0.05
    side = [(front, low), (back, low), (back, high), (front + slope, high), (front, sill + 0.12)]
    for x0 in (-half, half - frame):
        s.prism(body, side, x0, x0 + frame, "x", 0.01)
    s.box("inside", (-half + frame, half - frame), (back - 0.22, back - 0.2), (low, high - 0.04))
    s.slab(body, (-half, half), (back - 0.2, back), (low, high), 0.02)
    s.slab(body, (-half, half), (front + slope - 0.02, back), (high - 0.05, high + 0.05), 0.03)
    s.slab(accent, (-half + 0.05, half - 0.05), (front + slope + 0.03, back - 0.05),
           (high + 0.05, high + 0.075), 0.03, 0.008)  # fmt: skip
    s.box(body, (-half + frame, half - frame), (front, front + 0.05), (low, sill))
    pane = [
        (front + 0.012, sill),
        (front + 0.012, sill + 0.12),
        (front + slope + 0.012, high - 0.05),
    ]
    for (y0, z0), (y1, z1) in itertools.pairwise(pane):
        s.put(glass, solids.plate([(-half + frame, y0, z0), (half - frame, y0, z0),
                                   (half - frame, y1, z1), (-half + frame, y1, z1)]))  # fmt: skip
    s.box("lamp", (-half + frame + 0.06, half - frame - 0.06),
          (front + slope + 0.06, front + slope + 0.11), (high - 0.065, high - 0.05))  # fmt: skip
    y, z = front - 0.004, sill + 0.05
    s.tube("dark", [(-0.22, y + 0.01, z), (-0.22, y - 0.03, z), (0.22, y - 0.03, z),
                    (0.22, y + 0.01, z)], 0.011, 6)  # fmt: skip


def floor_of(s: Sketch, length: float, depth: float, z: float = 0.82) -> None:
    """The machine bed seen through a window."""
    s.box("inside", (-length / 2 + 0.05, length / 2 - 0.05), (-depth / 2 + 0.04, depth / 2 - 0.2),
          (z, z + 0.015))  # fmt: skip

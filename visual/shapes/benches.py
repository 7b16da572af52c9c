"""Work places of people: the review and repair bench, and the bench where boards are washed."""

from __future__ import annotations

from math import cos, pi, sin

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

TOP = BELT - 0.012  # m, table top: a board on its mat lies at belt height


def _table(s: Sketch, length: float, depth: float) -> None:
    x, y = length / 2 - 0.05, depth / 2 - 0.05
    for sx in (-x, x):
        for sy in (-y, y):
            s.box("alu", (sx - 0.025, sx + 0.025), (sy - 0.025, sy + 0.025), (0.0, TOP - 0.04))
        s.box("alu", (sx - 0.02, sx + 0.02), (-y, y), (0.12, 0.16))
    s.box("alu", (-x, x), (y - 0.02, y + 0.02), (0.12, 0.16))
    s.slab(
        "body", (-length / 2, length / 2), (-depth / 2, depth / 2), (TOP - 0.04, TOP), 0.03, 0.008
    )


def _shelf(s: Sketch, length: float, depth: float) -> None:
    """Perforated back with a shelf of bins and a strip lamp."""
    x, y = length / 2 - 0.05, depth / 2 - 0.04
    for sx in (-x, x):
        s.box("alu", (sx - 0.025, sx + 0.025), (y - 0.025, y + 0.025), (TOP, 1.95))
    s.box("shade", (-x, x), (y - 0.008, y + 0.008), (1.05, 1.42))
    s.box("body", (-x, x), (y - 0.26, y + 0.02), (1.45, 1.475))
    colours = ("blue", "yellow", "red", "teal", "blue", "orange")
    for k, colour in enumerate(colours):
        x0 = -x + 0.08 + 0.235 * k
        if x0 + 0.19 < x:
            s.prism(
                colour,
                [
                    (y - 0.26, 1.475),
                    (y - 0.02, 1.475),
                    (y - 0.02, 1.62),
                    (y - 0.16, 1.62),
                    (y - 0.26, 1.53),
                ],
                x0,
                x0 + 0.19,
                "x",
                0.006,
            )
    s.slab("alu", (-x, x), (y - 0.42, y - 0.30), (1.90, 1.93), 0.02, 0.006, 1)
    s.box("lamp", (-x + 0.1, x - 0.1), (y - 0.39, y - 0.33), (1.89, 1.90))
    for sx in (-x, x):
        s.tube("alu", [(sx, y, 1.94), (sx, y - 0.36, 1.92)], 0.016, 6)


def _chair(s: Sketch, x: float, y: float) -> None:
    for k in range(5):
        a = 2 * pi * k / 5 + 0.3
        foot = (x + 0.27 * cos(a), y + 0.27 * sin(a), 0.06)
        s.tube("dark", [(x, y, 0.11), foot], 0.02, 6)
        s.put("black", solids.sphere((*foot[:2], 0.035), 0.035, 10, 6))
    s.post("steel", x, y, (0.1, 0.60), 0.028, 12)
    s.slab("cloth", (x - 0.22, x + 0.22), (y - 0.21, y + 0.21), (0.60, 0.68), 0.10, 0.025)
    s.tube("dark", [(x, y - 0.18, 0.62), (x, y - 0.27, 0.70), (x, y - 0.27, 0.95)], 0.02, 8)
    s.slab("cloth", (x - 0.19, x + 0.19), (y - 0.29, y - 0.23), (0.86, 1.18), 0.03, 0.02)


def _microscope(s: Sketch, x: float, y: float) -> None:
    """A stereo microscope over the board, eyepieces to the front."""
    s.slab("body", (x - 0.13, x + 0.13), (y + 0.16, y + 0.34), (TOP, TOP + 0.035), 0.04, 0.01)
    s.post("steel", x, y + 0.27, (TOP, TOP + 0.46), 0.022, 12)
    s.slab(
        "dark", (x - 0.04, x + 0.04), (y - 0.04, y + 0.30), (TOP + 0.34, TOP + 0.42), 0.02, 0.008, 1
    )
    s.slab(
        "body", (x - 0.075, x + 0.075), (y - 0.08, y + 0.08), (TOP + 0.26, TOP + 0.48), 0.04, 0.015
    )
    s.put("dark", solids.frustum((x, y, TOP + 0.17), (x, y, TOP + 0.26), 0.045, 0.065, 18))
    s.cylinder("lamp", (x, y, TOP + 0.163), (x, y, TOP + 0.17), 0.06, 18)
    for side in (-0.035, 0.035):
        s.put(
            "dark",
            solids.cylinder(
                (x + side, y - 0.03, TOP + 0.45), (x + side, y - 0.17, TOP + 0.54), 0.022, 12
            ),
        )


def _magnifier(s: Sketch, x: float, y: float) -> None:
    """A ring-lamp magnifier on a sprung arm."""
    s.tube("body", [(x, y, TOP), (x, y, TOP + 0.06), (x - 0.16, y - 0.02, TOP + 0.48),
                    (x - 0.42, y - 0.20, TOP + 0.42)], 0.014, 8)  # fmt: skip
    c = (x - 0.47, y - 0.24, TOP + 0.38)
    s.put("body", solids.cylinder((c[0], c[1], c[2]), (c[0], c[1] - 0.012, c[2] + 0.03), 0.105, 24))
    s.put("lamp", solids.cylinder((c[0], c[1], c[2] - 0.004), (c[0], c[1], c[2]), 0.10, 24))


def review(parameters: Parameters) -> Shape:
    """Review and repair bench: microscope, magnifier lamp, soldering station, monitor, chair."""
    length, depth = 1.75, 0.90
    s = Sketch()
    _table(s, length, depth)
    _shelf(s, length, depth)
    s.slab("mat", (-0.50, 0.52), (-0.42, 0.20), (TOP, TOP + 0.01), 0.02, 0.003, 2)
    _microscope(s, 0.0, 0.02)
    _magnifier(s, 0.80, 0.25)
    s.slab("blue", (0.42, 0.60), (0.10, 0.30), (TOP, TOP + 0.13), 0.02, 0.008, 2)  # solder station
    fit.front_plate(s, "pixel", (0.46, 0.56), (TOP + 0.06, TOP + 0.10), 0.099)
    s.put("steel", solids.frustum((0.66, 0.0, TOP), (0.66, 0.0, TOP + 0.12), 0.04, 0.02, 12))
    s.tube("orange", [(0.66, -0.02, TOP + 0.10), (0.62, -0.12, TOP + 0.22)], 0.011, 8)
    fit.screen(s, -0.58, 0.30, TOP + 0.10, 0.46, 0.30)
    s.slab("shade", (-0.86, -0.60), (-0.36, -0.06), (TOP, TOP + 0.05), 0.02, 0.005, 1)  # inbox
    for k in range(3):
        s.box(
            "board", (-0.84, -0.62), (-0.33, -0.12), (TOP + 0.055 + 0.02 * k, TOP + 0.06 + 0.02 * k)
        )
    s.slab("dark", (0.48, 0.80), (-0.32, 0.28), (0.20, 0.78), 0.02, 0.008, 1)  # drawers
    for k in range(3):
        fit.front_plate(s, "shade", (0.50, 0.78), (0.24 + 0.18 * k, 0.38 + 0.18 * k), -0.324)
    _chair(s, 0.0, -0.72)
    return Shape(
        s.meshes(),
        (length, depth, 1.60),
        (length / 2 - 0.10, depth / 2 - 0.1, 1.475),
        (0.0, 0.02, BELT),
    )


def wash(parameters: Parameters) -> Shape:
    """Wash bench: stainless sink with a spray arch, bottles and a drying rack."""
    length, depth = 1.60, 0.85
    half, back = length / 2, depth / 2
    s = Sketch()
    fit.cabinet(s, length, depth, 0.86, 3, "shade")
    s.slab("steel", (-half, half), (-back, back), (0.86, TOP - 0.03), 0.02, 0.006, 1)
    for x0, x1, y0, y1 in ((-0.62, 0.22, -0.32, -0.28), (-0.62, 0.22, 0.24, 0.28),
                           (-0.62, -0.58, -0.28, 0.24), (0.18, 0.22, -0.28, 0.24)):  # fmt: skip
        s.box("steel", (x0, x1), (y0, y1), (TOP - 0.03, TOP + 0.06))
    s.box("cool", (-0.58, 0.18), (-0.28, 0.24), (TOP - 0.028, TOP - 0.022))
    s.tube("steel", [(-0.2, 0.34, TOP), (-0.2, 0.34, TOP + 0.38), (-0.2, 0.12, TOP + 0.42),
                     (-0.2, 0.02, TOP + 0.32)], 0.016)  # fmt: skip
    s.put(
        "steel", solids.frustum((-0.2, 0.02, TOP + 0.28), (-0.2, 0.02, TOP + 0.33), 0.05, 0.016, 16)
    )
    for k, colour in enumerate(("blue", "body", "teal")):
        s.post(colour, 0.36 + 0.11 * k, 0.26, (TOP - 0.03, TOP + 0.16), 0.04, 14)
        s.post("dark", 0.36 + 0.11 * k, 0.26, (TOP + 0.16, TOP + 0.20), 0.015, 10)
    for k in range(6):
        s.box(
            "steel", (0.34, 0.66), (-0.30 + 0.07 * k, -0.292 + 0.07 * k), (TOP - 0.03, TOP + 0.03)
        )
        if k % 2:
            s.box(
                "board",
                (0.37, 0.63),
                (-0.29 + 0.07 * k, -0.284 + 0.07 * k),
                (TOP - 0.02, TOP + 0.17),
            )
    s.box("shade", (-half, half), (back - 0.02, back), (TOP - 0.03, 1.45))
    s.slab("body", (-half, half), (back - 0.30, back), (1.45, 1.52), 0.03, 0.01)
    s.box("lamp", (-half + 0.1, half - 0.1), (back - 0.26, back - 0.20), (1.44, 1.45))
    return Shape(
        s.meshes(), (length, depth, 1.52), (half - 0.12, back - 0.12, 1.51), (-0.2, -0.02, BELT)
    )

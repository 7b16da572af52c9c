"""Inspection machines: SPI with its camera tower, AOI with its dark window, the ICT press."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch


def _camera(s: Sketch, x: float, y: float, top: float, light: str, size: float = 1.0) -> None:
    """A camera looking down with a telecentric lens and a glowing ring light above the board."""
    low = BELT + 0.20
    s.slab("dark", (x - 0.06 * size, x + 0.06 * size), (y - 0.06, y + 0.06), (low + 0.16, top),
           0.015, 0.006, 2)  # fmt: skip
    s.put("black", solids.frustum((x, y, low + 0.02), (x, y, low + 0.16), 0.038, 0.052, 16))
    s.put("dark", solids.frustum((x, y, low - 0.055), (x, y, low + 0.02), 0.125 * size, 0.075, 24))
    s.cylinder(light, (x, y, low - 0.066), (x, y, low - 0.054), 0.118 * size, 24)


def _gantry(s: Sketch, half: float, y: float, z: float, colour: str) -> None:
    """A beam across the work space on two side rails."""
    for side in (-1, 1):
        s.box(
            "steel", (side * half - 0.03, side * half + 0.03), (-0.42, 0.42), (z - 0.03, z + 0.02)
        )
    s.slab(colour, (-half - 0.02, half + 0.02), (y - 0.05, y + 0.05), (z + 0.02, z + 0.12), 0.015,
           0.006, 1)  # fmt: skip


def spi(parameters: Parameters) -> Shape:
    """Solder paste inspection: a compact box with a camera tower on the roof."""
    length, depth, high = 1.10, 1.30, 1.42
    s = Sketch()
    fit.cabinet(s, length, depth)
    fit.floor_of(s, length, depth)
    fit.hood(s, length, depth, 0.82, high, 0.22, accent="teal")
    fit.rails(s, (-length / 2, length / 2))
    fit.slot(s, -length / 2, -1)
    fit.slot(s, length / 2, 1)
    _gantry(s, 0.42, 0.06, 1.25, "shade")
    _camera(s, 0.0, -0.02, 1.38, "lamp")
    for side in (-1, 1):  # fringe projectors on both sides of the camera
        s.put("black", solids.frustum((side * 0.26, -0.02, 1.33), (side * 0.15, -0.02, 1.20),
                                      0.045, 0.06, 14))  # fmt: skip
    top = high + 0.075
    s.slab("body", (-0.24, 0.24), (-0.20, 0.42), (top, top + 0.34), 0.06, 0.02)
    s.slab("teal", (-0.24, 0.24), (-0.202, 0.42), (top + 0.10, top + 0.14), 0.06, 0.004)
    s.put("black", solids.cylinder((0, -0.235, top + 0.24), (0, -0.19, top + 0.24), 0.055, 20))
    s.put("pixel", solids.cylinder((0, -0.238, top + 0.24), (0, -0.233, top + 0.24), 0.028, 16))
    fit.screen(s, length / 2 - 0.22, -depth / 2 + 0.06, 1.13, 0.34, 0.25)
    fit.buttons(s, length / 2 - 0.2, -depth / 2 - 0.012, 0.775)
    return Shape(s.meshes(), (length, depth, top + 0.34), (length / 2 - 0.12, 0.48, top - 0.02))


def aoi(parameters: Parameters) -> Shape:
    """Automatic optical inspection: a tall dark-windowed box with a monitor on an arm."""
    length, depth, high = 1.20, 1.40, 1.72
    half, front, back = length / 2, -depth / 2, depth / 2
    s = Sketch()
    fit.cabinet(s, length, depth)
    fit.floor_of(s, length, depth)
    for side in (-1, 1):
        x0, x1 = sorted((side * half, side * (half - 0.07)))
        s.slab("body", (x0, x1), (front + 0.02, back), (0.82, high), 0.02)
        fit.slot(s, side * half, side)
    s.slab("body", (-half, half), (back - 0.22, back), (0.82, high), 0.02)
    s.slab("body", (-half, half), (front + 0.02, back), (high - 0.22, high), 0.05, 0.02)
    s.slab("blue", (-half - 0.004, half + 0.004), (front + 0.014, back), (high - 0.15, high - 0.09),
           0.05, 0.004)  # fmt: skip
    s.box("inside", (-half + 0.07, half - 0.07), (back - 0.25, back - 0.22), (0.82, high - 0.22))
    s.box(
        "tinted", (-half + 0.07, half - 0.07), (front + 0.035, front + 0.045), (0.90, high - 0.23)
    )
    s.box("body", (-half + 0.07, half - 0.07), (front + 0.02, front + 0.06), (0.82, 0.90))
    s.box(
        "lamp",
        (-half + 0.12, half - 0.12),
        (front + 0.12, front + 0.16),
        (high - 0.235, high - 0.22),
    )
    fit.rails(s, (-half, half))
    _gantry(s, 0.46, 0.05, 1.34, "blue")
    _camera(s, 0.0, -0.02, 1.46, "lamp", 1.25)
    for k, material in enumerate(("red", "green light", "pixel")):  # a ring of each colour
        s.cylinder(
            material, (0, -0.02, 1.165 + 0.02 * k), (0, -0.02, 1.18 + 0.02 * k), 0.19 - 0.02 * k, 28
        )
    _keyboard(s, half - 0.28, front)
    return Shape(s.meshes(), (length, depth, high), (half - 0.12, 0.5, high - 0.01))


def _keyboard(s: Sketch, x: float, front: float) -> None:
    """A swung monitor over a keyboard shelf."""
    s.slab(
        "shade", (x - 0.24, x + 0.24), (front - 0.24, front + 0.02), (0.845, 0.865), 0.03, 0.006, 2
    )
    s.slab(
        "dark", (x - 0.18, x + 0.10), (front - 0.20, front - 0.08), (0.865, 0.882), 0.01, 0.004, 1
    )
    s.slab(
        "dark", (x + 0.14, x + 0.19), (front - 0.18, front - 0.10), (0.865, 0.885), 0.015, 0.004, 2
    )
    fit.screen(s, x, front + 0.03, 1.12, 0.46, 0.32)


def ict(parameters: Parameters) -> Shape:
    """In-circuit tester: a press over a bed of nails, and the instrument rack beside it."""
    length, depth, high = 1.25, 1.15, 1.62
    half, front, back = length / 2, -depth / 2, depth / 2
    s = Sketch()
    fit.cabinet(s, length, depth, 0.80, 2, "body")
    s.slab("dark", (-half, half), (front, back), (0.80, 0.83), 0.03, 0.008, 2)
    fit.rails(s, (-half, half))
    s.slab("teal", (-0.26, 0.26), (-0.24, 0.24), (0.83, 0.905), 0.02, 0.006, 2)
    for i in range(9):  # the nails
        for j in range(7):
            s.box("gold", (-0.101 + 0.025 * i, -0.097 + 0.025 * i),
                  (-0.077 + 0.025 * j, -0.073 + 0.025 * j), (0.905, BELT - 0.004))  # fmt: skip
    for x in (-0.31, 0.31):
        for y in (-0.29, 0.29):
            s.post("steel", x, y, (0.83, 1.46), 0.024, 12)
    s.slab("orange", (-0.37, 0.37), (-0.35, 0.35), (1.20, 1.26), 0.03, 0.01, 2)
    s.slab("teal", (-0.22, 0.22), (-0.20, 0.20), (1.12, 1.20), 0.02, 0.006, 2)
    for i in range(5):  # pressure fingers
        for j in range(4):
            s.post("steel", -0.16 + 0.08 * i, -0.12 + 0.08 * j, (1.05, 1.12), 0.008, 6)
    s.slab("body", (-0.40, 0.40), (-0.38, 0.38), (1.46, 1.56), 0.04, 0.015)
    s.post("steel", 0.0, 0.0, (1.26, 1.46), 0.038, 14)
    s.post("alu", 0.0, 0.0, (1.56, 1.80), 0.075, 20)
    s.post("dark", 0.0, 0.0, (1.80, 1.83), 0.085, 20)
    _rack(s, half, back)
    s.tube(
        "black",
        [(0.45, 0.36, 0.9), (0.30, 0.42, 1.05), (0.15, 0.32, 0.98), (0.1, 0.22, 0.88)],
        0.022,
    )
    fit.screen(s, half - 0.20, front + 0.08, 1.10, 0.34, 0.25)
    fit.buttons(s, -half + 0.2, front - 0.012, 0.755)
    return Shape(s.meshes(), (length, depth, 1.83), (half - 0.10, back - 0.12, high + 0.10))


def _rack(s: Sketch, half: float, back: float) -> None:
    """A 19-inch rack of instruments behind the press."""
    x0, x1, y0 = half - 0.52, half, back - 0.34
    s.slab("dark", (x0, x1), (y0, back), (0.83, 1.72), 0.02, 0.008, 2)
    for k in range(6):
        z = 0.90 + 0.132 * k
        fit.front_plate(s, "shade", (x0 + 0.03, x1 - 0.03), (z, z + 0.115), y0 - 0.003)
        fit.front_plate(s, "screen", (x0 + 0.05, x0 + 0.18), (z + 0.03, z + 0.085), y0 - 0.005)
        for j in range(4):
            material = "green light" if (j + k) % 3 else "pixel"
            x = x0 + 0.23 + 0.055 * j
            fit.front_plate(s, material, (x, x + 0.02), (z + 0.05, z + 0.07), y0 - 0.005)

"""Reflow oven: a tunnel with a lid a zone, cooling zones, exhaust stacks, a glowing slit."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.digits import number
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

PITCH, DEPTH, HEIGHT = 0.42, 1.42, 1.46  # m from zone to zone, drawn longer than its heated 0.3 m
END = 0.50  # m of hood at inlet and outlet
WARMTH = ("heat 1", "heat 2", "heat 3", "heat 4")


def _glow(zone: int, hot: int) -> str:
    """Colour seen through a zone's slit: warmer towards the last hot zones, blue where it cools."""
    return "cool" if zone >= hot else WARMTH[min(4 * zone // hot, 3)]


def _zone(s: Sketch, x: float, zone: int, hot: int) -> None:
    """One zone: skirt panel, slit with its glow, lid with a handle, number."""
    x0, x1 = x + 0.008, x + PITCH - 0.008
    y, cooling = DEPTH / 2, zone >= hot
    s.slab("body", (x0, x1), (-y + 0.01, y - 0.01), (0.20, 0.84), 0.012, 0.008, 1)
    for k in range(4):
        z = 0.30 + 0.035 * k
        fit.front_plate(s, "dark", (x0 + 0.07, x1 - 0.07), (z, z + 0.016), -y + 0.008)
    lid = [(-y + 0.02, 1.08), (y - 0.02, 1.08), (y - 0.02, 1.24), (y - 0.20, HEIGHT - 0.06),
           (-y + 0.20, HEIGHT - 0.06), (-y + 0.02, 1.24)]  # fmt: skip
    s.prism("shade" if cooling else "body", lid, x0, x1, "x", 0.012)
    colour = "teal" if cooling else "blue"
    s.slab(
        colour,
        (x0 + 0.05, x1 - 0.05),
        (-0.26, 0.26),
        (HEIGHT - 0.07, HEIGHT - 0.03),
        0.02,
        0.008,
        2,
    )
    s.post("dark", (x0 + x1) / 2, 0.0, (HEIGHT - 0.04, HEIGHT), 0.07, 16)
    s.tube(
        "dark",
        [
            (x0 + 0.09, -y + 0.03, 1.15),
            (x0 + 0.09, -y - 0.02, 1.15),
            (x1 - 0.09, -y - 0.02, 1.15),
            (x1 - 0.09, -y + 0.03, 1.15),
        ],
        0.009,
        6,
    )
    s.box("steel", (x0, x1), (-y + 0.03, y - 0.03), (1.02, 1.08))
    s.box(_glow(zone, hot), (x0, x1), (0.16, 0.18), (0.86, 1.02))
    s.box(_glow(zone, hot), (x0, x1), (-y + 0.06, 0.16), (0.84, 0.85))
    fit.front_plate(s, "glass", (x0, x1), (0.86, 1.03), -y + 0.04)
    s.box("shade", (x0, x1), (-y + 0.012, -y + 0.05), (0.84, 0.865))
    centre = (x0 + x1) / 2
    fit.front_plate(s, "black", (centre - 0.075, centre + 0.075), (0.66, 0.78), -y + 0.004)
    number(
        s,
        _glow(zone, hot),
        zone + 1 if not cooling else zone - hot + 1,
        centre,
        -y + 0.001,
        0.68,
        0.08,
    )


def _end(s: Sketch, x: float, side: int) -> None:
    """Inlet or outlet hood with its mouth, and the exhaust stack above."""
    x0, x1 = sorted((x, x + side * END))
    y = DEPTH / 2 - 0.06
    s.slab("body", (x0, x1), (-y, y), (0.18, 0.84), 0.03)
    s.slab("body", (x0, x1), (-y, y), (1.03, 1.20), 0.03)
    low, high = (1.22, HEIGHT - 0.05) if side < 0 else (HEIGHT - 0.05, 1.22)
    hood = [(x0, 1.19), (x1, 1.19), (x1, high), (x0, low)]
    s.prism("blue", hood, -y + 0.16, y - 0.16, "y", 0.015)
    outer = x + side * (END - 0.02)
    for edge in (-1, 1):
        a, b = sorted((edge * y, edge * 0.25))
        s.box("body", (x0, x1), (a, b), (0.84, 1.04))
    a, b = sorted((outer, outer + side * 0.02))
    s.box("yellow", (a, b), (-0.26, 0.26), (1.03, 1.045))
    middle = x + side * 0.12
    s.post("steel", middle, 0.25, (HEIGHT - 0.12, 2.75), 0.115, 24)
    for z in (HEIGHT + 0.05, 2.05, 2.73):
        s.post("alu", middle, 0.25, (z, z + 0.035), 0.135, 24)
    s.post("dark", middle, 0.25, (2.765, 2.80), 0.10, 20)


def _console(s: Sketch, x: float) -> None:
    """The oven's computer on its front near the outlet."""
    y = -DEPTH / 2
    s.slab("dark", (x - 0.30, x + 0.30), (y - 0.26, y - 0.02), (0.86, 0.885), 0.03, 0.006, 2)
    s.slab("body", (x - 0.05, x + 0.05), (y - 0.10, y), (0.30, 0.86), 0.02, 0.008, 1)
    s.slab("black", (x - 0.20, x + 0.06), (y - 0.23, y - 0.12), (0.885, 0.90), 0.01, 0.004, 1)
    fit.screen(s, x, y - 0.03, 1.08, 0.46, 0.32)


def reflow(parameters: Parameters) -> Shape:
    """Reflow oven with as many hot and cooling zones as the station's parameters name."""
    hot = len(parameters.get("zones") or range(10))
    cooling = len(parameters.get("cooling") or range(3))
    tunnel = PITCH * (hot + cooling)
    length = tunnel + 2 * END
    left, right = -tunnel / 2, tunnel / 2
    s = Sketch()
    for x in _feet(left - END, right + END):
        for y in (-DEPTH / 2 + 0.15, DEPTH / 2 - 0.15):
            s.post("dark", x, y, (0.0, 0.03), 0.05, 10)
            s.post("steel", x, y, (0.03, 0.20), 0.022, 8)
    s.box(
        "dark",
        (left - END + 0.06, right + END - 0.06),
        (-DEPTH / 2 + 0.10, DEPTH / 2 - 0.10),
        (0.10, 0.21),
    )
    s.box("inside", (left, right), (DEPTH / 2 - 0.30, DEPTH / 2 - 0.03), (0.84, 1.08))
    for zone in range(hot + cooling):
        _zone(s, left + PITCH * zone, zone, hot)
    _end(s, left, -1)
    _end(s, right, 1)
    fit.rails(s, (-length / 2, length / 2))
    x = _duct(s, left - 0.12, right + 0.12)
    _console(s, right - 0.75)
    fit.buttons(s, right + 0.22, -DEPTH / 2 + 0.05, 0.72)
    return Shape(s.meshes(), (length, DEPTH, HEIGHT), (x, 0.45, HEIGHT - 0.06), (0.0, 0.0, BELT))


def _duct(s: Sketch, x0: float, x1: float) -> float:
    """The exhaust duct that joins both stacks above the oven; returns where the lamp stands."""
    s.cylinder("alu", (x0, 0.25, 2.42), (x1, 0.25, 2.42), 0.085, 20)
    for k in range(1, 6):
        x = x0 + (x1 - x0) * k / 6
        s.put("steel", solids.cylinder((x - 0.015, 0.25, 2.42), (x + 0.015, 0.25, 2.42), 0.098, 20))
    return x1 - 0.45


def _feet(x0: float, x1: float) -> list[float]:
    n = max(2, round((x1 - x0) / 1.5))
    return [x0 + 0.2 + (x1 - x0 - 0.4) * k / (n - 1) for k in range(n)]

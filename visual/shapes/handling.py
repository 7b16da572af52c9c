"""Magazine loader and unloader: an elevator, a transfer stage and magazines full of boards."""

from __future__ import annotations

from visual.shapes.fittings import BELT, buttons, cabinet, rails, screen, slot
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

LENGTH, DEPTH, HEIGHT = 1.05, 1.15, 1.75
SLOTS = 16


def magazine(boards: int = SLOTS) -> Sketch:
    """An ESD magazine standing on z = 0 with boards in its lowest slots, open along x."""
    s = Sketch()
    for z in (0.0, 0.50):
        s.slab("dark", (-0.19, 0.19), (-0.15, 0.15), (z, z + 0.03), 0.015, 0.005, 1)
    for x in (-0.16, 0.16):
        for y in (-0.135, 0.135):
            s.box("black", (x - 0.02, x + 0.02), (y - 0.012, y + 0.012), (0.03, 0.50))
    for k in range(boards):
        z = 0.055 + 0.027 * k
        s.box("board", (-0.15, 0.15), (-0.118, 0.118), (z, z + 0.006))
        s.box("gold", (0.12, 0.148), (-0.1195, 0.1195), (z + 0.001, z + 0.005))
    return s


def _frame(s: Sketch) -> None:
    """Portal of extrusions over the cabinet with clear guards on three sides."""
    x, y = LENGTH / 2 - 0.04, DEPTH / 2 - 0.04
    for sx in (-x, x):
        for sy in (-y, y):
            s.box("alu", (sx - 0.025, sx + 0.025), (sy - 0.025, sy + 0.025), (0.82, HEIGHT))
        s.box("alu", (sx - 0.025, sx + 0.025), (-y, y), (HEIGHT - 0.05, HEIGHT))
    for sy in (-y, y):
        s.box("alu", (-x, x), (sy - 0.025, sy + 0.025), (HEIGHT - 0.05, HEIGHT))
        s.box("glass", (-x + 0.025, x - 0.025), (sy - 0.004, sy + 0.004), (0.84, HEIGHT - 0.05))
    s.slab("body", (-x - 0.03, x + 0.03), (-y - 0.03, y + 0.03), (HEIGHT, HEIGHT + 0.05), 0.03)
    s.box("lamp", (-x + 0.1, x - 0.1), (-y + 0.06, -y + 0.11), (HEIGHT - 0.065, HEIGHT - 0.05))


def _elevator(s: Sketch, x: float) -> None:
    """Twin guide rods, screw and the fork that carries a magazine."""
    for y in (-0.20, 0.20):
        s.post("steel", x - 0.26, y, (0.82, HEIGHT - 0.05), 0.02, 10)
    s.post("steel", x - 0.26, 0.0, (0.82, HEIGHT - 0.05), 0.013, 8)
    s.slab("blue", (x - 0.31, x - 0.20), (-0.26, 0.26), (1.0, 1.12), 0.02, 0.006, 1)
    s.box("blue", (x - 0.22, x + 0.18), (-0.17, 0.17), (0.985, 1.0))


def _machine(fill: tuple[int, int], outward: int) -> Sketch:
    s = Sketch()
    cabinet(s, LENGTH, DEPTH, 0.82, 2)
    _frame(s)
    rails(s, (-LENGTH / 2, LENGTH / 2))
    slot(s, outward * LENGTH / 2, outward)
    _elevator(s, -outward * 0.02)
    s.include(magazine(fill[0]).meshes(), -outward * 0.02, 0.0, 1.0)
    s.include(magazine(fill[1]).meshes(), -outward * 0.02, -0.36, 0.86)
    s.box("alu", (-0.30, 0.34), (-0.50, -0.22), (0.83, 0.86))
    buttons(s, outward * 0.32, -DEPTH / 2 - 0.01, 0.72)
    screen(s, outward * 0.34, -DEPTH / 2 + 0.02, 1.12, 0.30, 0.22)
    return s


def loader(parameters: Parameters) -> Shape:
    """Magazine loader: boards are pushed from a lifted magazine onto the line."""
    s = _machine((SLOTS - 4, SLOTS), 1)
    s.slab("orange", (-0.5, -0.30), (-0.05, 0.05), (BELT, BELT + 0.10), 0.02, 0.006, 1)
    s.cylinder("steel", (-0.30, 0.0, BELT + 0.05), (-0.14, 0.0, BELT + 0.05), 0.013, 10)
    return Shape(s.meshes(), (LENGTH, DEPTH, HEIGHT + 0.05), (0.38, 0.40, HEIGHT + 0.05))


def unloader(parameters: Parameters) -> Shape:
    """Magazine unloader: finished boards fill a magazine slot by slot."""
    s = _machine((6, 2), -1)
    return Shape(s.meshes(), (LENGTH, DEPTH, HEIGHT + 0.05), (0.38, 0.40, HEIGHT + 0.05))

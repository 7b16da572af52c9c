"""Pick-and-place machine: gantry with a nozzle head, banks of feeders with reels on both sides."""

from __future__ import annotations

from visual.shapes import fittings as fit
from visual.shapes import solids
from visual.shapes.fittings import BELT
from visual.shapes.shape import Parameters, Shape
from visual.shapes.sketch import Sketch

LENGTH, BODY, DEPTH, HEIGHT = 2.0, 1.30, 2.15, 1.52
FEEDERS = 15
REELS = ("reel", "plastic", "reel", "dark", "reel", "teal")


def _gantry(s: Sketch) -> None:
    """Side rails, the moving beam, and a head with a crown of nozzles."""
    for side in (-1, 1):
        x = side * (LENGTH / 2 - 0.14)
        s.box("steel", (x - 0.035, x + 0.035), (-BODY / 2 + 0.12, BODY / 2 - 0.26), (1.24, 1.29))
    x = -0.08
    s.slab(
        "shade",
        (-LENGTH / 2 + 0.1, LENGTH / 2 - 0.1),
        (-0.17, -0.05),
        (1.29, 1.38),
        0.015,
        0.008,
        1,
    )
    s.box("steel", (-LENGTH / 2 + 0.12, LENGTH / 2 - 0.12), (-0.185, -0.17), (1.32, 1.35))
    s.slab("orange", (x - 0.13, x + 0.13), (-0.34, -0.18), (1.16, 1.40), 0.03, 0.01, 2)
    s.slab("dark", (x - 0.11, x + 0.11), (-0.33, -0.20), (1.10, 1.16), 0.03, 0.008, 2)
    for k in range(6):
        s.post("steel", x - 0.075 + 0.03 * k, -0.265, (BELT + 0.045, 1.10), 0.008, 6)
        s.put(
            "black",
            solids.frustum(
                (x - 0.075 + 0.03 * k, -0.265, BELT + 0.03),
                (x - 0.075 + 0.03 * k, -0.265, BELT + 0.06),
                0.004,
                0.011,
                6,
            ),
        )
    s.slab("dark", (0.30, 0.46), (-0.34, -0.22), (0.84, 0.93), 0.02, 0.006, 2)
    s.cylinder("lamp", (0.38, -0.28, 0.93), (0.38, -0.28, 0.936), 0.045, 18)


def _bank(side: int) -> Sketch:
    """A feeder cart: tape feeders fanned side by side with a reel hanging behind each."""
    s = Sketch()
    pitch = (LENGTH - 0.30) / FEEDERS
    edge, out = BODY / 2 - 0.05, DEPTH / 2
    for k in range(FEEDERS):
        x = -LENGTH / 2 + 0.15 + (k + 0.5) * pitch
        profile = [(edge - 0.16, 0.915), (edge - 0.16, 0.965), (edge + 0.10, 0.975),
                   (edge + 0.24, 0.90), (edge + 0.24, 0.80), (edge + 0.10, 0.86)]  # fmt: skip
        if side < 0:
            profile = [(-y, z) for y, z in profile]
        else:
            profile = profile[::-1]
        s.prism("shade" if k % 2 else "alu", profile, x - 0.03, x + 0.03, "x")
        reel = (x, side * (edge + 0.25), 0.66)
        s.put(
            REELS[k % len(REELS)],
            solids.cylinder((x - 0.018, *reel[1:]), (x + 0.018, *reel[1:]), 0.125, 18),
        )
        s.put("tape", solids.cylinder((x - 0.021, *reel[1:]), (x + 0.021, *reel[1:]), 0.075, 14))
        s.put("reel", solids.cylinder((x - 0.023, *reel[1:]), (x + 0.023, *reel[1:]), 0.03, 8))
        tip = side * (edge + 0.235)
        s.box("green light" if k != 9 else "red", (x - 0.008, x + 0.008),
              tuple(sorted((tip, tip - side * 0.02))), (0.905, 0.918))  # fmt: skip
    inner, outer = sorted((side * (edge + 0.02), side * out))
    s.slab("blue", (-LENGTH / 2 + 0.10, LENGTH / 2 - 0.10), (inner, outer), (0.20, 0.50), 0.04)
    for x in (-LENGTH / 2 + 0.08, LENGTH / 2 - 0.08):
        cheek = [(inner, 0.16), (outer, 0.16), (outer, 0.62), (inner, 0.92)]
        if side < 0:
            cheek = [(inner, 0.16), (outer, 0.16), (outer, 0.92), (inner, 0.62)]
        s.prism("blue", cheek, x - 0.02, x + 0.02, "x", 0.004)
        for y in (inner + 0.06, outer - 0.06):
            s.cylinder("black", (x - 0.025, y, 0.07), (x + 0.025, y, 0.07), 0.07, 14)
    bar = side * (out - 0.03)
    s.tube(
        "steel",
        [
            (-0.5, bar, 0.52),
            (-0.5, bar + side * 0.07, 0.56),
            (0.5, bar + side * 0.07, 0.56),
            (0.5, bar, 0.52),
        ],
        0.016,
    )
    return s


def placer(parameters: Parameters) -> Shape:
    """Pick-and-place machine."""
    s = Sketch()
    fit.cabinet(s, LENGTH, BODY, 0.82, 3)
    fit.floor_of(s, LENGTH, BODY)
    fit.rails(s, (-LENGTH / 2, LENGTH / 2))
    for side in (-1, 1):
        fit.slot(s, side * LENGTH / 2, side)
        s.include(_bank(side).meshes())
    _gantry(s)
    _canopy(s)
    fit.screen(s, LENGTH / 2 - 0.26, -BODY / 2 + 0.05, 1.16, 0.38, 0.27)
    return Shape(s.meshes(), (LENGTH, DEPTH, HEIGHT), (LENGTH / 2 - 0.14, 0.42, HEIGHT))


def _canopy(s: Sketch) -> None:
    """Clear lids that lean to front and back from a middle spine, between two end housings."""
    half, y, low, top = LENGTH / 2, BODY / 2, 0.99, HEIGHT - 0.06
    ends = [
        (-y, 0.82),
        (y, 0.82),
        (y, low + 0.06),
        (y - 0.30, top),
        (-y + 0.30, top),
        (-y, low + 0.06),
    ]
    for x0 in (-half, half - 0.07):
        s.prism("body", ends, x0, x0 + 0.07, "x", 0.012)
    s.slab("body", (-half, half), (-y + 0.28, y - 0.28), (top - 0.02, HEIGHT), 0.05, 0.015)
    s.slab(
        "blue",
        (-half + 0.05, half - 0.05),
        (-y + 0.36, y - 0.36),
        (HEIGHT, HEIGHT + 0.02),
        0.04,
        0.006,
    )
    x0, x1 = -half + 0.07, half - 0.07
    for side in (-1, 1):
        foot, head = side * (y - 0.005), side * (y - 0.30)
        corners = [(x0, foot, low + 0.06), (x1, foot, low + 0.06), (x1, head, top), (x0, head, top)]
        s.put("glass", solids.plate(corners if side < 0 else corners[::-1]))
        for x in (x0, 0.0, x1):
            s.tube("alu", [(x, foot, low + 0.06), (x, head, top)], 0.014, 6)
        s.box("body", (x0, x1), tuple(sorted((foot, foot - side * 0.03))), (low, low + 0.06))
        grip = foot + side * 0.03
        for x in (-0.45, 0.45):
            s.tube(
                "dark",
                [
                    (x - 0.12, foot, low + 0.03),
                    (x - 0.12, grip, low + 0.03),
                    (x + 0.12, grip, low + 0.03),
                    (x + 0.12, foot, low + 0.03),
                ],
                0.01,
                6,
            )
    s.box("lamp", (x0 + 0.05, x1 - 0.05), (-0.30, -0.25), (top - 0.035, top - 0.02))

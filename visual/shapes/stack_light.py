"""The stack light: its pole, and its lamps of which at most one is lit."""

from __future__ import annotations

from visual.mesh import Mesh, merge
from visual.shapes import solids

LAMPS = ("red", "amber", "green", "blue")  # from the top, IEC 60073
POLE = 0.24  # m
LAMP = 0.085  # m, height of one
HEIGHT = POLE + LAMP * len(LAMPS) + 0.03
RADIUS = 0.048


def pole() -> Mesh:
    """The pole with its collar, standing at the origin."""
    return merge([solids.post(0, 0, (0.0, POLE), 0.016, 10),
                         solids.post(0, 0, (POLE - 0.02, POLE), RADIUS, 16),
                         solids.post(0, 0, (HEIGHT - 0.03, HEIGHT), RADIUS * 0.9, 16)])  # fmt: skip


def lamp(name: str) -> Mesh:
    """One lamp's body in its place above the origin."""
    low = POLE + LAMP * (len(LAMPS) - 1 - LAMPS.index(name))
    return solids.post(0, 0, (low + 0.004, low + LAMP), RADIUS, 18)

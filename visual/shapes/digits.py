"""Numbers made of seven bars, as on a zone display."""

from __future__ import annotations

from visual.shapes.fittings import front_plate
from visual.shapes.sketch import Sketch

# bars a to g: upper, right upper, right lower, lower, left lower, left upper, middle
_BARS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip


def number(
    s: Sketch, material: str, value: int, x: float, y: float, z: float, height: float
) -> None:
    """Write a number centred at x on a front at depth y, its foot at z."""
    width, bar = 0.55 * height, 0.15 * height
    step = width + 0.25 * height
    text = str(value)
    left = x - (step * len(text) - 0.25 * height) / 2
    for k, digit in enumerate(text):
        x0 = left + k * step
        x1, middle, top = x0 + width, z + height / 2, z + height
        fields = {
            "a": ((x0, x1), (top - bar, top)), "d": ((x0, x1), (z, z + bar)),
            "g": ((x0, x1), (middle - bar / 2, middle + bar / 2)),
            "b": ((x1 - bar, x1), (middle, top)), "c": ((x1 - bar, x1), (z, middle)),
            "f": ((x0, x0 + bar), (middle, top)), "e": ((x0, x0 + bar), (z, middle)),
        }  # fmt: skip
        for name in _BARS[digit]:
            front_plate(s, material, *fields[name], y)

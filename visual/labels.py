"""Labels over machines: what they say, and where they go so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP = 5.0  # px between labels
SIDES = (0.0, 0.45, -0.45, 0.9, -0.9)  # tried in this order, in widths of the label


class Label(NamedTuple):
    """A label's anchor (px from the left and the top), depth (m) and size (px)."""

    x: float
    y: float
    depth: float
    width: float
    height: float


class Rect(NamedTuple):
    """Left, top, right, bottom, px."""

    left: float
    top: float
    right: float
    bottom: float


def settle(
    labels: Sequence[Label], taken: Sequence[Rect], picture: tuple[int, int], lift: float = 12.0
) -> list[Rect | None]:
    """A place for every label: above its anchor, past what is taken; None where there is no room.

    Near labels choose first. `taken` are places no label may cover.
    """
    places: list[Rect | None] = [None] * len(labels)
    used = list(taken)
    for number in sorted(range(len(labels)), key=lambda k: labels[k].depth):
        label = labels[number]
        in_sight = 0 <= label.x <= picture[0] and 0 <= label.y <= picture[1] + label.height
        if label.depth > 0 and in_sight:
            place = _free(label, used, picture, lift)
            if place is not None:
                used.append(place)
                places[number] = place
    return places


def _free(label: Label, used: Sequence[Rect], picture: tuple[int, int], lift: float) -> Rect | None:
    """The lowest free place above a label's anchor, to a side, or below it; else None."""
    width, high = label.width, label.height
    for aside in SIDES:
        left = min(max(label.x - width / 2 + aside * width, GAP), picture[0] - width - GAP)
        top = label.y - high - lift
        while top >= GAP:
            hit = next((r for r in used if _meets(left, top, width, high, r)), None)
            if hit is None:
                return Rect(left, top, left + width, top + high)
            top = hit.top - high - GAP - 0.01
    left, top = label.x + lift, label.y + lift
    below = Rect(left, top, left + width, top + high)
    inside = below.right < picture[0] and below.bottom < picture[1]
    free = not any(_meets(left, top, width, high, r) for r in used)
    return below if inside and free else None


def _meets(left: float, top: float, w: float, h: float, r: Rect) -> bool:
    return (
        left < r.right + GAP and left + w > r.left - GAP
        and top < r.bottom + GAP and top + h > r.top - GAP
    )  # fmt: skip

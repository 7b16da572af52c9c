"""Labels over machines: what they say, and where they go so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP = 5.0  # px between labels
TRIES = 16


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
    """A place for every label: above its anchor, moved up past what is taken; None out of sight.

    Near labels choose first. `taken` are places no label may cover.
    """
    width, height = picture
    places: list[Rect | None] = [None] * len(labels)
    used = list(taken)
    for number in sorted(range(len(labels)), key=lambda k: labels[k].depth):
        x, y, depth, w, h = labels[number]
        if depth <= 0 or not (0 <= x <= width and 0 <= y <= height + h):
            continue
        left = min(max(x - w / 2, GAP), width - w - GAP)
        top = y - h - lift
        for _ in range(TRIES):
            hit = next((r for r in used if _meets(left, top, w, h, r)), None)
            if hit is None:
                break
            top = hit.top - h - GAP
        place = Rect(left, max(top, GAP), left + w, max(top, GAP) + h)
        used.append(place)
        places[number] = place
    return places


def _meets(left: float, top: float, w: float, h: float, r: Rect) -> bool:
    return (
        left < r.right + GAP and left + w > r.left - GAP
        and top < r.bottom + GAP and top + h > r.top - GAP
    )  # fmt: skip

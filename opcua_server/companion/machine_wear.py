"""What wears in a machine and how the machine itself counts it, by kind of machine.

Each row is a tag that the control shows, with the value of a new part, the value at which it is
used up, and from where on it warns. How worn something truly is remains the truth's secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from twin.equipment import grinder
from twin.equipment.inspection import LIGHT
from twin.equipment.tag import Text
from twin.physics import machining


class Wear(NamedTuple):
    """A lifetime: name, title, tag; `new`, `spent` and `warns` are values for the parameters.

    `indication` is what is counted, a type of OPC 10000-100, 4.5.5 and following.
    """

    name: str
    title: Text
    tag: str
    new: Callable[[Any], float]
    spent: Callable[[Any], float]
    warns: Callable[[Any], float]
    indication: str = ""


def _edge(p: Any) -> float:
    return float(machining.tool_life(p.speed))


_EDGE = Wear(
    "ToolLife", Text("Life of the tool in use", "사용 중 공구 수명"), "ToolLifeMin",
    _edge, lambda p: 0.0, lambda p: 3.0, "TimeIndicationType",
)  # fmt: skip

WEARS: Mapping[str, tuple[Wear, ...]] = {
    "lathe": (_EDGE,),
    "mill": (_EDGE,),
    "saw": (
        Wear("Blade", Text("Cuts of the blade", "톱날 절단 횟수"), "BladeCuts",
             lambda p: 0.0, lambda p: p.blade, lambda p: 0.95 * p.blade,
             "NumberOfUsagesIndicationType"),
    ),
    "deburr": (
        Wear("Brush", Text("Parts of the brush", "브러시 사용 수량"), "BrushParts",
             lambda p: 0.0, lambda p: p.brush, lambda p: 0.95 * p.brush,
             "NumberOfPartsIndicationType"),
    ),
    "grinder": (
        Wear("Wheel", Text("Wheel diameter", "숫돌 지름"), "WheelDia",
             lambda p: grinder.WHEEL, lambda p: grinder.SMALLEST,
             lambda p: grinder.SMALLEST + 5.0, "DiameterIndicationType"),
        Wear("Dressing", Text("Parts since dressing", "드레싱 후 수량"), "SinceDress",
             lambda p: 0.0, lambda p: p.dress_every, lambda p: p.dress_every - 1,
             "NumberOfPartsIndicationType"),
    ),
    "aoi": (
        Wear("Lamps", Text("Lighting level", "조명 밝기"), "Light",
             lambda p: LIGHT, lambda p: 0.85 * LIGHT, lambda p: 0.9 * LIGHT),
    ),
    "bag-filter": (
        Wear("Bag", Text("Pressure over the bag", "필터 차압"), "DeltaP",
             lambda p: p.clean, lambda p: p.change, lambda p: p.change - p.per_batch),
    ),
    "bead-mill": (
        Wear("Beads", Text("Bead filling", "비드 충전율"), "BeadFill",
             lambda p: 100.0 * p.fill, lambda p: 50.0 * p.fill, lambda p: 72.0),
    ),
}  # fmt: skip

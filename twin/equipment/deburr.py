"""Deburring cell: a brush takes nine tenths of the burr off; it wears."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import ByState, Tag, Text, Track


class DeburrParameters(Parameters):
    """Brush of a deburring cell."""

    left: float = Field(0.1, ge=0, le=1, description="share of the burr a new brush leaves")
    brush: int = Field(4000, ge=1, description="parts a brush lasts")


def work(p: DeburrParameters, bench: Bench, part: Item) -> None:
    """Brush the part: small burrs go, large ones stay a defect."""
    parts = (bench.value("BrushParts") + 1.0) % p.brush
    bench.put("BrushParts", parts)
    burr = part.x.get("burr", 0.0)
    part.x["burr"] = burr * min(p.left * (1.0 + parts / p.brush), 1.0)


DEBURR = Equipment(
    "deburr",
    Text("Deburring cell", "디버링 설비"),
    DeburrParameters,
    lambda p: (
        Tag("BrushSpeed", Text("Brush speed", "브러시 회전수"), "rpm", 0, 2500,
            ByState((0, 0, 300, 1400, 300, *(0,) * 5)), noise=4.0, resolution=1.0,
            sensor="speed"),
        Tag("BrushParts", Text("Parts of the brush", "브러시 사용 수량"), "1", 0, 1e6,
            Track("BrushParts"), kind="int"),
    ),
    quantities=lambda p: (Quantity("BrushParts", "1"),),
    work=work,
    alarms=lambda p: (
        Alarm("BrushWorn", Text("Brush nearly worn", "브러시 교체 임박"), LOW,
              Text("Burrs are left on the parts; bring a new brush.", "버 잔류: 새 브러시 준비."),
              Beyond("BrushParts", high=0.95 * p.brush, deadband=1.0)),
    ),
)  # fmt: skip

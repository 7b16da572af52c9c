"""Bench lathe: shafts that the gauge rejected are measured again, and put right where they can be.

What is too large is turned down to size and what has a burr is filed; what is too small or rough
stays bad. So tool wear, which makes shafts too large, costs work, and a wrong programme scrap.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Reading, Tag, Text


class TouchUpParameters(Parameters):
    """What a skilled hand can do."""

    spread: float = Field(5.0, gt=0, description="um, sd of a seat turned down by hand")
    tolerance: float = Field(28.0, gt=0, description="um either side")


def work(p: TouchUpParameters, bench: Bench, part: Item) -> bool:
    """Put right what can be; the verdict is the micrometer's."""
    done = 0
    if "diameter" in part.defects and part.x.get("diameter", 0.0) > 0.0:
        part.x["diameter"] = p.spread * bench.normal("size")
        if abs(part.x["diameter"]) <= p.tolerance:
            del part.defects["diameter"]
        done += 1
    if part.defects.pop("burr", None) is not None:
        part.x["burr"] = 0.0
        done += 1
    bench.read("TouchUps", done)
    bench.read("Diameter", part.x.get("diameter", 0.0))
    return not part.defects


TOUCH_UP = Equipment(
    "touch-up",
    Text("Bench lathe for rework", "수정용 탁상 선반"),
    TouchUpParameters,
    lambda p: (
        Tag("TouchUps", Text("Features put right on the last part", "직전 부품 수정 개소"), "1",
            0, 10, Reading("TouchUps"), kind="int"),
        Tag("Diameter", Text("Turned seat by micrometer, deviation", "마이크로미터 외경 편차"),
            "µm", -1000, 1000, Reading("Diameter"), resolution=1.0, sensor="length"),
    ),
    readings=lambda p: (Quantity("TouchUps", "1"), Quantity("Diameter", "µm")),
    work=work,
    judges=True,
)  # fmt: skip

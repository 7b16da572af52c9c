"""Vertical machining centre: slots and holes of a shaft, tools from a magazine, a touch probe."""

from __future__ import annotations

from pydantic import Field

from twin.equipment import lathe, spindle
from twin.equipment.model import Bench, Equipment, Item, Quantity
from twin.equipment.spindle_alarms import spindle_alarms
from twin.equipment.spindle_faults import SPINDLE_FAULTS
from twin.equipment.tag import Pass, Reading, Tag, Text

# s since the cycle began and load as a multiple of the reference cut (assumed): face, slot, drill
PASSES = (
    (0.0, 2.6), (1.5, 2.6), (2.0, 0.02), (10.0, 0.02), (11.0, 1.9), (34.0, 1.8), (35.0, 0.0),
    (44.0, 0.02), (45.0, 2.1), (70.0, 2.0), (71.0, 0.0), (80.0, 0.02), (81.0, 0.9), (110.0, 0.8),
    (111.0, 0.0), (120.0, 0.02), (121.0, 0.3), (145.0, 0.3), (146.0, 0.0), (161.0, 0.0),
)  # fmt: skip
TOOL_CHANGES = ((0.0, 0.0), (35.0, 0.0), (36.0, 1.0), (43.0, 1.0), (44.0, 0.0), (71.0, 0.0),
                (72.0, 1.0), (79.0, 1.0), (80.0, 0.0), (111.0, 0.0), (112.0, 1.0), (119.0, 1.0),
                (120.0, 0.0))  # fmt: skip


class MillParameters(spindle.CuttingParameters):
    """Tool, material and machine of milling."""

    speed: float = Field(160.0, gt=20, le=600, description="cutting speed, m/min")
    feed: float = Field(0.15, gt=0.01, le=2, description="mm a tooth")
    diameter: float = Field(16.0, gt=1, le=1000, description="cutter, mm")
    cutting: float = Field(105.0, gt=0, description="s of a cycle in which the edge cuts")
    rated: float = Field(15.0, gt=0, description="rated spindle power, kW")
    tools: int = Field(24, ge=1, description="places of the magazine")


def tags(p: MillParameters) -> tuple[Tag, ...]:
    return (
        *lathe.tags(p, PASSES),
        Tag("AtcActive", Text("Tool changer moves", "자동 공구 교환 동작"), "", 0, 1,
            Pass("", TOOL_CHANGES), kind="bool"),
        Tag("ProbeResult", Text("Probed deviation of the slot", "터치 프로브 측정값"), "µm",
            -500, 500, Reading("ProbeResult"), resolution=0.5),
    )  # fmt: skip


def work(p: MillParameters, bench: Bench, part: Item) -> None:
    """Mill the slot and probe it (2 um)."""
    spindle.work(p, bench, part, "slot")
    bench.read("ProbeResult", part.x["slot"] + 2.0 * bench.normal("probe"))


MILL = Equipment(
    "mill",
    Text("Machining centre", "머시닝 센터"),
    MillParameters,
    tags,
    spindle.settings,
    spindle.quantities,
    lambda p: (*spindle.READINGS, Quantity("ProbeResult", "µm")),
    spindle.cycle,
    drive=spindle.drive,
    work=work,
    faults=SPINDLE_FAULTS,
    alarms=spindle_alarms,
)

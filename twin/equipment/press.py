"""Press for bearings: the force follows from the interference of seat and bore."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import HIGH, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Pass, Reading, Tag, Text

CURVE = ((0.0, 0.0), (14.0, 0.0), (16.0, 0.15), (26.0, 0.8), (29.0, 1.0), (31.0, 1.0),
         (32.0, 0.0))  # fmt: skip
FORCE, DEPTH = 0.42, 18.0  # kN a um of interference, and mm; assumed


class PressParameters(Parameters):
    """Fit and windows of a press."""

    interference: float = Field(25.0, gt=0, description="um, nominal")
    bore_spread: float = Field(3.0, ge=0, description="um, sd of the bearing's bore")
    lowest: float = Field(5.0, ge=0, description="kN accepted")
    highest: float = Field(16.0, gt=0, description="kN accepted")
    depth_spread: float = Field(0.02, ge=0, description="mm, sd")
    depth_tolerance: float = Field(0.052, gt=0, description="mm either side")


def work(p: PressParameters, bench: Bench, part: Item) -> bool:
    """Press the bearing on: peak force and depth decide."""
    fit = p.interference + part.x.get("ground", 0.0) + p.bore_spread * bench.normal("bore")
    force = FORCE * max(fit, 0.0) + 0.2 * bench.normal("friction")
    depth = p.depth_spread * bench.normal("depth")
    bench.put("PeakForce", force)
    bench.read("PeakForce", force)
    bench.read("Depth", DEPTH + depth)
    loose = not p.lowest <= force <= p.highest
    bad = loose or abs(depth) > p.depth_tolerance
    if bad:
        part.defects.setdefault("fit" if loose else "depth", "process")
    return not bad


PRESS = Equipment(
    "press",
    Text("Bearing press", "베어링 압입기"),
    PressParameters,
    lambda p: (
        Tag("PressForce", Text("Press force", "압입력"), "kN", 0, 30, Pass("PeakForce", CURVE),
            noise=0.05, resolution=0.01, sensor="torque"),
        Tag("PeakForce", Text("Peak force of the last part", "직전 최대 압입력"), "kN", 0, 30,
            Reading("PeakForce", FORCE * p.interference), resolution=0.01),
        Tag("Depth", Text("Depth of the last part", "직전 압입 깊이"), "mm", 0, 40,
            Reading("Depth", DEPTH), resolution=0.001, sensor="length"),
    ),
    quantities=lambda p: (Quantity("PeakForce", "kN", FORCE * p.interference),),
    readings=lambda p: (Quantity("PeakForce", "kN"), Quantity("Depth", "mm")),
    work=work,
    judges=True,
    alarms=lambda p: (
        Alarm("ForceOff", Text("Press force out of its window", "압입력 판정 이탈"), HIGH,
              Text("Shaft or bore out of size, or a tilted bearing.",
                   "축·내경 치수 이탈 또는 베어링 기울어짐."),
              Beyond("PeakForce", p.lowest, p.highest, deadband=0.1)),
        Alarm("DepthOff", Text("Depth out of tolerance", "압입 깊이 이탈"), HIGH,
              Text("Chips under the part, or the stop.", "칩 끼임 또는 스토퍼 이상."),
              Beyond("Depth", DEPTH - p.depth_tolerance, DEPTH + p.depth_tolerance,
                     deadband=0.005)),
    ),
)  # fmt: skip

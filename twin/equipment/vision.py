"""Inspection of full bottles by cameras for cap, level and label; it rejects some by mistake."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Parameters, Quantity
from twin.equipment.tag import Reading, Tag, Text
from twin.physics.filling import share_astray


class VisionParameters(Parameters):
    """Limits and errors of the cameras."""

    false_reject: float = Field(0.002, ge=0, lt=1)
    uncapped: float = Field(0.0004, ge=0, lt=1, description="bottles without a cap, or a high one")
    place: float = Field(1.0, gt=0, description="mm, tolerance of a label's place")
    label_spread: float = Field(0.3, gt=0, description="mm, where no labeller says another")
    sample: float = Field(60.0, ge=1, description="s between two samples")
    look_at: int = Field(1000, ge=10, description="bottles of a sample")


def shares(p: VisionParameters, bench: Bench) -> dict[str, float]:
    """Share of bottles with each defect that a camera sees."""
    return {
        "CapOK": p.uncapped,
        "LevelOK": bench.arriving("overfilled"),
        "LabelOK": share_astray(p.place, bench.arriving("label spread", p.label_spread)),
    }


def loss(p: VisionParameters, bench: Bench, base: float) -> float:
    """Bottles rejected: seen defects, and good ones by mistake."""
    good = 1.0 - base - p.false_reject
    for share in shares(p, bench).values():
        good *= 1.0 - share
    return 1.0 - good


def look(p: VisionParameters, bench: Bench) -> float:
    """Say what share of the last sample each camera passed, %; s until the next sample."""
    if bench.working:
        for name, share in shares(p, bench).items():
            spread = (max(share * (1.0 - share), 1e-9) / p.look_at) ** 0.5
            seen = min(max(share + spread * bench.normal(name), 0.0), 1.0)
            bench.read(name, 100.0 * (1.0 - seen))
    return p.sample


CAMERAS = (
    ("CapOK", Text("Caps passed", "캡 합격률")),
    ("LevelOK", Text("Levels passed", "액위 합격률")),
    ("LabelOK", Text("Labels passed", "라벨 합격률")),
)

VISION = Equipment(
    "vision",
    Text("Vision inspection", "비전 검사기"),
    VisionParameters,
    lambda p: tuple(
        Tag(name, title, "%", 0, 100, Reading(name, 100.0), resolution=0.1, sensor="optical")
        for name, title in CAMERAS
    ),
    readings=lambda p: tuple(Quantity(name, "%", 100.0) for name, _ in CAMERAS),
    loss=loss,
    look=look,
    alarms=lambda p: tuple(
        Alarm(f"{name}Low", Text(f"{title.en}: too many rejected", f"{title.ko}: 불합격 과다"),
              MEDIUM, Text("The machine before, or the camera.", "전 공정 또는 카메라 이상."),
              Beyond(name, low=98.0, deadband=0.5))
        for name, title in CAMERAS
    ),
)  # fmt: skip

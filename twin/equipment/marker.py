"""Laser marker: writes a code and grades it."""

from __future__ import annotations

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Reading, Stroke, Tag, Text


def work(p: Parameters, bench: Bench, part: Item) -> None:
    """Mark a part; dirt left by the washer costs contrast."""
    contrast = 78.0 - 6.0 * part.x.get("dirt", 1.0) + 2.0 * bench.normal("contrast")
    bench.read("Contrast", min(max(contrast, 0.0), 100.0))


MARKER = Equipment(
    "marker",
    Text("Laser marker", "레이저 각인기"),
    tags=lambda p: (
        Tag("LaserPower", Text("Laser power", "레이저 출력"), "W", 0, 50,
            Stroke(0.0, 3.0, 11.0, active=20.0), noise=0.1, resolution=0.1, sensor="power"),
        Tag("Contrast", Text("Contrast of the last code", "직전 코드 명암비"), "%", 0, 100,
            Reading("Contrast", 72.0), resolution=0.1, sensor="optical"),
    ),
    readings=lambda p: (Quantity("Contrast", "%"),),
    work=work,
    alarms=lambda p: (
        Alarm("ContrastLow", Text("Code hard to read", "각인 명암비 낮음"), MEDIUM,
              Text("Dirty lens, or oil on the part.", "렌즈 오염 또는 제품 유분."),
              Beyond("Contrast", low=60.0, deadband=3.0)),
    ),
)  # fmt: skip

"""Bar saw: cuts blanks; the blade dulls with every cut and is changed."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Pass, Reading, Tag, Text, Track

STROKE = ((0.0, 0.0), (6.0, 0.0), (7.0, 1.0), (42.0, 1.15), (43.0, 0.0))  # assumed


class SawParameters(Parameters):
    """Blade of a saw."""

    blade: int = Field(900, ge=1, description="cuts a blade lasts")
    change: float = Field(600.0, ge=0, description="s to change the blade")
    length: float = Field(240.0, gt=0, description="mm")


def cycle(p: SawParameters, bench: Bench, nominal: float) -> float:
    """Time of a cut, s, with the change of a worn blade."""
    if bench.value("BladeCuts") < p.blade:
        return nominal
    bench.note("TOOL_CHANGE", bench.value("BladeCuts"))
    bench.put("BladeCuts", 0.0)
    return nominal + p.change


def work(p: SawParameters, bench: Bench, part: Item) -> None:
    """Cut a blank."""
    cuts = bench.value("BladeCuts") + 1.0
    bench.put("BladeCuts", cuts)
    bench.put("CutCurrent", 9.0 * (1.0 + 0.35 * cuts / p.blade))
    bench.read("Length", p.length + 0.05 * bench.normal("length") + 0.1 * cuts / p.blade)


SAW = Equipment(
    "saw",
    Text("Bar saw", "소재 절단기"),
    SawParameters,
    lambda p: (
        Tag("CutCurrent", Text("Current of the saw drive", "톱날 모터 전류"), "A", 0, 40,
            Pass("CutCurrent", STROKE, offset=2.5, rest=1.8), noise=0.1, resolution=0.1,
            sensor="current"),
        Tag("BladeCuts", Text("Cuts of the blade", "톱날 절단 횟수"), "1", 0, 100_000,
            Track("BladeCuts"), kind="int"),
        Tag("Length", Text("Length of the last blank", "직전 소재 길이"), "mm",
            0.5 * p.length, 1.5 * p.length, Reading("Length", p.length), resolution=0.01,
            sensor="length"),
    ),
    quantities=lambda p: (Quantity("BladeCuts", "1"), Quantity("CutCurrent", "A", 9.0)),
    readings=lambda p: (Quantity("Length", "mm"),),
    cycle=cycle,
    work=work,
    alarms=lambda p: (
        Alarm("BladeDull", Text("Blade nearly worn", "톱날 교체 임박"), LOW,
              Text("Bring a new blade; it is changed soon.", "새 톱날 준비: 곧 교체됨."),
              Beyond("BladeCuts", high=0.95 * p.blade, deadband=1.0)),
    ),
)  # fmt: skip

"""Cylindrical grinder with a gauge in process: it grinds until the gauge says zero.

So a bias of the gauge becomes, with the other sign, the size of every part, and the gauge itself
never shows it. The wheel wears and is dressed after so many parts.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW, MEDIUM, Alarm, Beyond
from twin.equipment.model import (
    Bench,
    Equipment,
    FaultKind,
    Item,
    Parameters,
    Quantity,
    Setting,
)
from twin.equipment.tag import Pass, Reading, Tag, Text, Track

# s since the cycle began and share of the peak power: approach, rough, finish, spark out (assumed)
CURVE = ((0.0, 0.0), (8.0, 0.05), (12.0, 1.0), (50.0, 0.9), (52.0, 0.4), (72.0, 0.35),
         (74.0, 0.12), (86.0, 0.05), (88.0, 0.0))  # fmt: skip
WHEEL, SMALLEST, DRESS = 400.0, 320.0, 0.04  # mm: new, worn out, taken off by a dressing; assumed
PEAK = 5.2  # kW with a sharp wheel, assumed
BURNS = 0.33  # retained austenite above which a dull wheel burns, assumed


class GrinderParameters(Parameters):
    """Wheel and gauge of a grinder."""

    dress_every: int = Field(20, ge=1, description="parts between dressings")
    dress_time: float = Field(40.0, ge=0, description="s")
    spread: float = Field(1.6, ge=0, description="um, sd of the ground size")
    drift: float = Field(0.12, ge=0, description="um a part by wear of the wheel")
    tolerance: float = Field(8.0, gt=0, description="um either side")


def drive(p: GrinderParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    dull = bench.value("SinceDress") / p.dress_every
    return {"GrindPower": (PEAK * (1.0 + 0.25 * dull), 0.0),
            "Bias": (bench.severity("M-GAUGE"), 0.0)}  # fmt: skip


def cycle(p: GrinderParameters, bench: Bench, nominal: float) -> float:
    """Time to grind, s: longer for distorted parts, and with a dressing when it is due."""
    seconds = nominal * (1.0 + 0.3 * bench.hidden("distortion"))
    if bench.hidden("distortion") > 0.5:
        bench.witness("M-QT")
    if bench.value("SinceDress") >= p.dress_every:
        seconds += p.dress_time
        bench.note("DRESS", bench.value("SinceDress"))
        bench.put("SinceDress", 0.0)
        bench.put("DressCnt", bench.value("DressCnt") + 1.0)
        wheel = bench.value("WheelDia") - DRESS
        bench.put("WheelDia", wheel if wheel > SMALLEST else WHEEL)
    bench.read("GrindTime", seconds)
    return seconds


def work(p: GrinderParameters, bench: Bench, part: Item) -> bool:
    """Grind the seat; the verdict is the machine's own gauge's."""
    worn = bench.value("SinceDress")
    bench.put("SinceDress", worn + 1.0)
    shown = bench.setting("GaugeZero") + p.drift * worn + p.spread * bench.normal("size")
    bias = bench.severity("M-GAUGE")
    size = shown + bias
    part.x["ground"] = size
    bench.read("GaugeSize", shown + 0.3 * bench.normal("gauge"))
    bench.read("TrueSize", size)
    if bias:
        bench.mark("M-GAUGE")
    if abs(size) > p.tolerance:
        by_fault = abs(shown) <= p.tolerance
        part.defects.setdefault("ground size", "M-GAUGE" if by_fault else "process")
        if by_fault:
            bench.fail("M-GAUGE")
    soft = part.x.get("austenite", 0.0) > BURNS
    if bench.uniform("burn") < (0.5 if soft else 0.002) * (0.5 + worn / p.dress_every):
        part.defects.setdefault("burn", "M-HT-CP" if soft else "process")
        part.x["burn"] = 1.0
    etched = part.x.get("burn", 0.0) > 0.0
    return abs(shown) <= p.tolerance and not etched


GRINDER = Equipment(
    "grinder",
    Text("Cylindrical grinder", "원통 연삭기"),
    GrinderParameters,
    lambda p: (
        Tag("SpindlePower", Text("Grinding power", "연삭 동력"), "kW", 0, 12,
            Pass("GrindPower", CURVE, offset=0.6, rest=0.6), noise=0.04, resolution=0.01,
            sensor="power"),
        Tag("WheelDia", Text("Wheel diameter", "숫돌 지름"), "mm", 300, 420, Track("WheelDia"),
            resolution=0.01),
        Tag("DressCnt", Text("Dressings", "드레싱 횟수"), "1", 0, 1e6, Track("DressCnt"),
            kind="int"),
        Tag("SinceDress", Text("Parts since dressing", "드레싱 후 수량"), "1", 0, 10_000,
            Track("SinceDress"), kind="int"),
        Tag("GaugeSize", Text("Size by the gauge in process", "인프로세스 게이지 측정값"), "µm",
            -200, 200, Reading("GaugeSize"), resolution=0.1, sensor="length"),
        Tag("GrindTime", Text("Time of the last grinding", "직전 연삭 시간"), "s", 0, 3600,
            Reading("GrindTime"), resolution=0.1),
        Tag("GaugeZero", Text("Zero of the gauge", "게이지 영점 보정"), "µm", -50, 50,
            Track("GaugeZero"), resolution=0.1, setting="GaugeZero"),
    ),
    lambda p: (
        Setting("GaugeZero", Text("Zero of the gauge", "게이지 영점 보정"), "µm", -50.0, 50.0, 0.0),
    ),
    lambda p: (
        Quantity("GrindPower", "kW", PEAK), Quantity("Bias", "µm", hidden=True),
        Quantity("WheelDia", "mm", WHEEL), Quantity("DressCnt", "1"), Quantity("SinceDress", "1"),
    ),
    lambda p: (
        Quantity("GaugeSize", "µm"), Quantity("GrindTime", "s"),
        Quantity("TrueSize", "µm", hidden=True),
    ),
    cycle,
    drive=drive,
    work=work,
    judges=True,
    alarms=lambda p: (
        Alarm("SizeOff", Text("Ground size out of tolerance", "연삭 치수 공차 이탈"), MEDIUM,
              Text("Zero of the gauge, or a dull wheel.", "게이지 영점 또는 숫돌 무뎌짐."),
              Beyond("GaugeSize", -p.tolerance, p.tolerance, deadband=0.5)),
        Alarm("WheelSmall", Text("Wheel nearly used up", "숫돌 교체 임박"), LOW,
              Text("Bring a new wheel.", "새 숫돌 준비."),
              Beyond("WheelDia", low=SMALLEST + 5.0, deadband=1.0)),
    ),
    faults=(
        FaultKind("M-GAUGE", Text("Gauge bias", "게이지 편향"), 4.0, "µm",
                  ("CMM.Ground", "CMM.Cpk"), ("ground",),
                  "4 um, assumed; the gauge itself never shows it"),
    ),
)  # fmt: skip

"""Measuring: the 100 % gauge behind machining, and the coordinate measuring machine.

Both read the part's hidden sizes with errors of their own, and err in their verdict: `false_reject`
of good parts and `escape` of bad ones.
"""

from __future__ import annotations

from math import sqrt

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.inspection import InspectionParameters, judge
from twin.equipment.model import Bench, Equipment, Item, Quantity
from twin.equipment.tag import Reading, Tag, Text, Track

WEIGHT = 0.1  # of the newest part in the running mean and spread: about ten parts, assumed


class GaugeParameters(InspectionParameters):
    """Errors of a gauge."""

    false_reject: float = Field(0.01, ge=0, le=1)
    escape: float = Field(0.02, ge=0, le=1)
    repeatability: float = Field(1.0, ge=0, description="um, one standard deviation")
    tolerance: float = Field(28.0, gt=0, description="um either side")


class CmmParameters(GaugeParameters):
    """Errors of a coordinate measuring machine."""

    false_reject: float = Field(0.01, ge=0, le=1)
    repeatability: float = Field(0.6, ge=0, description="um, one standard deviation")
    tolerance: float = Field(8.0, gt=0, description="um either side, ground seat")


def gauge(p: GaugeParameters, bench: Bench, part: Item) -> bool:
    """Measure the turned seat and the slot."""
    size = part.x.get("diameter", 0.0) + p.repeatability * bench.normal("diameter")
    slot = part.x.get("slot", 0.0) + p.repeatability * bench.normal("slot")
    bench.read("Diameter", size)
    bench.read("Slot", slot)
    _follow(p, bench, size)
    if abs(size) > p.tolerance:
        bench.witness("M-WEAR")
    return judge(p, bench, bool(part.defects))


def cmm(p: CmmParameters, bench: Bench, part: Item) -> bool:
    """Measure the ground seat, the turned seat and the run-out."""
    size = part.x.get("ground", 0.0) + p.repeatability * bench.normal("ground")
    bench.read("Ground", size)
    bench.read("Diameter", part.x.get("diameter", 0.0) + p.repeatability * bench.normal("turned"))
    bench.read("RunOut", part.x.get("runout", 0.0) + 0.5 * abs(bench.normal("runout")))
    _follow(p, bench, size)
    if abs(bench.value("Mean")) > 2.5:  # um, three sigma of that mean above the wheel's drift
        bench.witness("M-GAUGE")
    return judge(p, bench, bool(part.defects))


def _follow(p: GaugeParameters, bench: Bench, size: float) -> None:
    """Running mean, spread and Cpk of a size."""
    mean = bench.value("Mean") + WEIGHT * (size - bench.value("Mean"))
    var = bench.value("Variance") * (1.0 - WEIGHT) + WEIGHT * (size - mean) ** 2
    bench.put("Mean", mean)
    bench.put("Variance", var)
    bench.put("Cpk", (p.tolerance - abs(mean)) / (3.0 * max(sqrt(var), 0.1)))


def _size(name: str, title: Text, span: float) -> Tag:
    return Tag(name, title, "µm", -span, span, Reading(name), resolution=0.1, sensor="length")


CPK = Tag("Cpk", Text("Cpk of the last parts", "최근 부품 Cpk"), "1", -10, 30, Track("Cpk"),
          resolution=0.01)  # fmt: skip


def _laws(spread: float, tolerance: float) -> tuple[Quantity, ...]:
    return (
        Quantity("Mean", "µm", hidden=True),
        Quantity("Variance", "µm²", spread * spread, hidden=True),
        Quantity("Cpk", "1", tolerance / (3.0 * spread)),
    )


def alarms(p: GaugeParameters) -> tuple[Alarm, ...]:
    """The process is no longer capable; limit assumed."""
    return (
        Alarm("CpkLow", Text("Process capability low", "공정 능력 저하"), LOW,
              Text("Wear, offset or a gauge that lies.", "마모·보정 오류 또는 게이지 편향."),
              Beyond("Cpk", low=0.67, deadband=0.1), on_delay=60.0),
    )  # fmt: skip


GAUGE = Equipment(
    "gauge",
    Text("Gauge", "전수 측정기"),
    GaugeParameters,
    lambda p: (
        _size("Diameter", Text("Turned seat, deviation", "선삭 외경 편차"), 1000.0),
        _size("Slot", Text("Slot, deviation", "홈 편차"), 1000.0),
        CPK,
    ),
    quantities=lambda p: _laws(8.0, p.tolerance),
    readings=lambda p: (Quantity("Diameter", "µm"), Quantity("Slot", "µm")),
    work=gauge,
    judges=True,
    alarms=alarms,
)

CMM = Equipment(
    "cmm",
    Text("Coordinate measuring machine", "3차원 측정기"),
    CmmParameters,
    lambda p: (
        _size("Ground", Text("Ground seat, deviation", "연삭 외경 편차"), 200.0),
        _size("Diameter", Text("Turned seat, deviation", "선삭 외경 편차"), 1000.0),
        _size("RunOut", Text("Run-out", "흔들림"), 500.0),
        CPK,
    ),
    quantities=lambda p: _laws(2.0, p.tolerance),
    readings=lambda p: (
        Quantity("Ground", "µm"),
        Quantity("Diameter", "µm"),
        Quantity("RunOut", "µm"),
    ),
    work=cmm,
    judges=True,
    alarms=alarms,
)

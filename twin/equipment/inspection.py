"""Inspection: solder paste (SPI), optical (AOI), in-circuit test (ICT).

Each reads a board's hidden state with its own errors: `false_reject` of good boards and `escape`
of bad ones. None of them decides what is wrong with a board; that was settled before.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, FaultKind, Item, Parameters, Quantity
from twin.equipment.printer import CLOG_LEFT
from twin.equipment.tag import Reading, Tag, Text, Track

PRINT_DEFECTS = ("open", "bridge")
UNSEEN = ("wrong part", "voids")  # by a camera; only the circuit test finds a wrong part
LIGHT = 100.0  # % of the AOI's lamps when new
DIM = 30.0  # % of light lost at the full drift, assumed
FALSE_CALLS = 4.0  # more false calls, times, at the full drift of the lighting; assumed
WRONG_VALUE = 0.93  # of the nominal resistance: the next value of the E24 series down
CLASSES = ("none", "open", "bridge", "shift", "missing", "cold", "overheated", "false call")


class InspectionParameters(Parameters):
    """Errors of an inspection, as shares of good and of bad boards."""

    false_reject: float = Field(0.003, ge=0, le=1)
    escape: float = Field(0.05, ge=0, le=1)


def judge(p: InspectionParameters, bench: Bench, bad: bool, false_calls: float = 1.0) -> bool:
    """Verdict on a board that truly is good or bad: True is passed.

    `false_calls` is how many times as many good boards as usual are rejected.
    """
    u = bench.uniform("verdict")
    return u < p.escape if bad else u >= min(p.false_reject * false_calls, 1.0)


def inspect_paste(p: InspectionParameters, bench: Bench, part: Item) -> bool:
    """SPI: volume statistics over all pads, the lowest pad, and a verdict."""
    x = part.x
    mean = x.get("paste", 0.0)
    clogged = x.get("clogged", 0.0) > 0.0
    streak, gap = x.get("streak", 0.0), x.get("gap", 0.0)
    weakest = CLOG_LEFT if clogged else 0.45 if streak > 0.0 else 0.72
    lowest = mean * weakest + 0.02 * bench.normal("lowest")
    spread = 0.065 * (1.0 + 12.0 * streak) + 0.004 * bench.normal("sd")  # 2 %: a quarter more
    bench.read("VolumeMean", 100.0 * mean + 0.3 * bench.normal("mean"))
    bench.read("VolumeSd", 100.0 * spread)
    bench.read("VolumeMin", 100.0 * max(lowest, 0.0))
    height = 120.0 * mean * (1.0 + 0.12 * gap)  # paste stands higher over a gap, assumed
    bench.read("HeightMean", height + 0.5 * bench.normal("height"))
    bench.read("OffsetX", 4.0 + 8.0 * bench.normal("offset x"))
    bench.read("OffsetY", -3.0 + 8.0 * bench.normal("offset y"))
    bench.read("PadsOut", x.get("thin", 0.0) + x.get("fat", 0.0))
    if x.get("clogged by fault"):
        bench.witness("E-CLOG")
    if streak > 0.0:
        bench.witness("E-SQG")
    return judge(p, bench, any(d in part.defects for d in PRINT_DEFECTS))


def inspect_joints(p: InspectionParameters, bench: Bench, part: Item) -> bool:
    """AOI: a defect class and a confidence, and a verdict; dim lamps make it see ghosts."""
    seen = [defect for defect in part.defects if defect not in UNSEEN]
    dim = -bench.astray("Light") / DIM
    passed = judge(p, bench, bool(seen), 1.0 + FALSE_CALLS * max(dim, 0.0))
    shown = 0
    if not passed:
        shown = CLASSES.index(seen[0] if seen else "false call")
        part.x["false calls"] = part.x.get("false calls", 0.0) + (not seen)
        if dim > 0.5 and not seen:
            bench.fail("E-AOI")
    bench.read("DefectClass", shown)
    bench.read("Confidence", 0.97 - 0.12 * abs(bench.normal("confidence")) * (not passed))
    return passed


def test_circuit(p: InspectionParameters, bench: Bench, part: Item) -> bool:
    """ICT: two reference measurements, failed nets, and a verdict."""
    wrong = "wrong part" in part.defects
    passed = judge(p, bench, any(d != "voids" for d in part.defects))
    value = part.x.get("resistance", 10_000.0) * (WRONG_VALUE if wrong else 1.0)
    bench.read("Resistance", value * (1.0 + 0.002 * bench.normal("resistance")))
    if wrong:
        bench.witness("E-REEL")
    part.x["failed nets"] = float(not passed)
    capacitance = part.x.get("capacitance", 100.0)
    bench.read("Capacitance", capacitance * (1.0 + 0.01 * bench.normal("capacitance")))
    bench.read("FailedNets", 0.0 if passed else 1.0 + len(part.defects))
    return passed


def _tag(name: str, title: Text, unit: str, low: float, high: float, step: float) -> Tag:
    before = 0.0 if low <= 0.0 <= high else (low + high) / 2.0  # until the first board came
    return Tag(name, title, unit, low, high, Reading(name, before), resolution=step)


def _readings(*names: tuple[str, str]) -> tuple[Quantity, ...]:
    return tuple(Quantity(name, unit) for name, unit in names)


SPI = Equipment(
    "spi",
    Text("Solder paste inspection", "솔더 페이스트 검사기"),
    InspectionParameters,
    tags=lambda p: (
        _tag("VolumeMean", Text("Mean paste volume", "평균 페이스트 부피"), "%", 0, 200, 0.1),
        _tag("VolumeSd", Text("Spread of paste volume", "페이스트 부피 편차"), "%", 0, 50, 0.1),
        _tag("VolumeMin", Text("Lowest pad volume", "최소 패드 부피"), "%", 0, 200, 0.1),
        _tag("HeightMean", Text("Mean paste height", "평균 페이스트 높이"), "µm", 0, 250, 0.1),
        _tag("OffsetX", Text("Print offset along", "인쇄 오프셋 X"), "µm", -200, 200, 0.1),
        _tag("OffsetY", Text("Print offset across", "인쇄 오프셋 Y"), "µm", -200, 200, 0.1),
        Tag(
            "PadsOut",
            Text("Pads out of limits", "한계 이탈 패드"),
            "1",
            0,
            5000,
            Reading("PadsOut"),
            kind="int",
        ),
    ),
    readings=lambda p: _readings(
        ("VolumeMean", "%"),
        ("VolumeSd", "%"),
        ("VolumeMin", "%"),
        ("HeightMean", "µm"),
        ("OffsetX", "µm"),
        ("OffsetY", "µm"),
        ("PadsOut", "1"),
    ),
    work=inspect_paste,
    judges=True,
    alarms=lambda p: (
        Alarm("PadsOut", Text("Pads out of limits", "한계 이탈 패드 발생"), MEDIUM,
              Text("Clogged aperture, squeegee or support.", "개구부 막힘, 스퀴지 또는 받침 이상."),
              Beyond("PadsOut", high=2.5, deadband=1.0)),
    ),
)  # fmt: skip

AOI = Equipment(
    "aoi",
    Text("Optical inspection", "자동 광학 검사기"),
    InspectionParameters,
    tags=lambda p: (
        Tag(
            "DefectClass",
            Text("Defect class", "불량 유형"),
            "",
            0,
            len(CLASSES) - 1,
            Reading("DefectClass"),
            kind="enum",
            labels=CLASSES,
        ),
        _tag("Confidence", Text("Confidence", "판정 신뢰도"), "1", 0, 1, 0.01),
        Tag(
            "Light",
            Text("Lighting level", "조명 밝기"),
            "%",
            0,
            120,
            Track("Light"),
            period=10.0,
            noise=0.4,
            resolution=0.1,
            sensor="optical",
        ),
    ),
    quantities=lambda p: (Quantity("Light", "%", LIGHT),),
    drive=lambda p, bench: {"Light": (LIGHT - bench.severity("E-AOI"), 1.0)},
    faults=(
        FaultKind(
            "E-AOI",
            Text("AOI lighting drifts", "AOI 조명 열화"),
            size=DIM,
            unit="%",
            observable=("Light", "Rejected"),
            affects=("false calls",),
            source="assumed: five times the false calls, no true defect",
            shape="exp",
            span=24 * 3600.0,
            quantity="Light",
        ),
    ),
    readings=lambda p: _readings(("DefectClass", "1"), ("Confidence", "1")),
    work=inspect_joints,
    judges=True,
    alarms=lambda p: (
        Alarm("LightLow", Text("Lighting weak", "조명 밝기 낮음"), MEDIUM,
              Text("Lamps age: false calls rise.", "조명 열화: 과검출 증가."),
              Beyond("Light", low=0.9 * LIGHT, deadband=2.0), on_delay=60.0),
    ),
)  # fmt: skip

ICT = Equipment(
    "ict",
    Text("In-circuit test", "인서킷 테스터"),
    InspectionParameters,
    tags=lambda p: (
        _tag("Resistance", Text("Reference resistance", "기준 저항 측정"), "Ohm", 9000, 11000, 1),
        _tag("Capacitance", Text("Reference capacitance", "기준 용량 측정"), "nF", 80, 120, 0.1),
        Tag(
            "FailedNets",
            Text("Failed nets", "불합격 네트"),
            "1",
            0,
            100,
            Reading("FailedNets"),
            kind="int",
        ),
    ),
    readings=lambda p: _readings(("Resistance", "Ohm"), ("Capacitance", "nF"), ("FailedNets", "1")),
    work=test_circuit,
    judges=True,
    alarms=lambda p: (
        Alarm("NetsFail", Text("Net fails", "네트 불합격"), MEDIUM,
              Text("Open or wrong part, or a dirty pin.", "오픈·오삽 또는 프로브 핀 오염."),
              Beyond("FailedNets", high=0.5, deadband=0.1)),
    ),
)  # fmt: skip

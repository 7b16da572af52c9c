"""Case-hardening furnace: carburise, quench, temper a batch; verdict by its hardness test.

The case depth of a batch follows from the diffusivity of carbon at the furnace's temperature over
the hold (mean of its beginning and end), its hardness from carbon potential and quench.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import (
    Bench,
    Equipment,
    FaultKind,
    Item,
    Parameters,
    Quantity,
    Setting,
)
from twin.equipment.tag import ByState, Reading, Tag, Text, Track
from twin.physics import heat_treatment as heat

CASE_WINDOW = (0.45, 0.60)  # mm
HARDNESS_WINDOW = (58.0, 62.0)  # HRC
BURNS = 0.33  # share of retained austenite above which grinding burns, assumed
RUN_OUT = 50.0  # um accepted


class FurnaceParameters(Parameters):
    """Recipe of a furnace."""

    temperature: float = Field(930.0, ge=850, le=1000, description="degC")
    hold: float = Field(14_400.0, gt=0, description="s at temperature")
    carbon: float = Field(0.8, gt=0.3, lt=1.3, description="carbon potential, %")
    quench: float = Field(60.0, ge=20, le=120, description="oil, degC")
    run_out: float = Field(23.0, ge=0, description="um, sd after a usual quench")


def settings(p: FurnaceParameters) -> tuple[Setting, ...]:
    return (
        Setting("FurnTSet", Text("Furnace temperature", "노 온도"), "°C", 850.0, 980.0,
                p.temperature),
        Setting("CPSet", Text("Carbon potential", "카본 포텐셜"), "%", 0.5, 1.2, p.carbon),
        Setting("QuenchTSet", Text("Quench oil temperature", "소입유 온도"), "°C", 30.0, 110.0,
                p.quench),
    )  # fmt: skip


def alarms(p: FurnaceParameters) -> tuple[Alarm, ...]:
    """Furnace, atmosphere and oil off their set points; limits assumed."""
    return (
        Alarm("FurnaceDeviation", Text("Furnace off its set point", "노 온도 편차"), MEDIUM,
              Text("A burner, a thermocouple or the door.", "버너·열전대·도어 이상."),
              Beyond("FurnT", -10.0, 10.0, deadband=2.0, of="FurnTSet"), on_delay=60.0),
        Alarm("CarbonDeviation", Text("Carbon potential off", "카본 포텐셜 편차"), MEDIUM,
              Text("Probe aged, enriching gas, or soot.", "산소 센서 노화·농화 가스·그을음."),
              Beyond("CP", -0.05, 0.05, deadband=0.01, of="CPSet"), on_delay=120.0),
        Alarm("OilWarm", Text("Quench oil too warm", "소입유 온도 높음"), HIGH,
              Text("Oil cooler fouled or its pump off.", "오일 쿨러 오염 또는 펌프 정지."),
              Beyond("QuenchT", -5.0, 10.0, deadband=1.0, of="QuenchTSet"), on_delay=60.0),
    )  # fmt: skip


def drive(p: FurnaceParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Furnace, atmosphere and oil head for their set points, less or more what is wrong."""
    return {
        "FurnaceTemp": (bench.setting("FurnTSet") - bench.severity("M-HT-T"), 900.0),
        "CarbonPotential": (bench.setting("CPSet") + bench.severity("M-HT-CP"), 600.0),
        "QuenchTemp": (bench.setting("QuenchTSet") + bench.severity("M-QT"), 1200.0),
    }


def cycle(p: FurnaceParameters, bench: Bench, nominal: float) -> float:
    """A batch goes in."""
    bench.put("Diffusivity", 1e12 * heat.diffusivity(bench.value("FurnaceTemp")))
    bench.put("BatchNo", bench.value("BatchNo") + 1.0)
    return nominal


def _test(p: FurnaceParameters, bench: Bench) -> None:
    """The batch comes out: its case depth and hardness, measured on a test piece."""
    start, end = bench.value("Diffusivity"), heat.diffusivity(bench.value("FurnaceTemp"))
    depth = heat.case_depth((start * 1e-12 + end) / 2.0 * p.hold)
    depth += 0.006 * bench.normal("batch case")
    carbon = bench.value("CarbonPotential")
    slack = bench.value("QuenchTemp") - p.quench
    hardness = heat.surface_hardness(carbon, slack) + 0.25 * bench.normal("batch hardness")
    bench.put("BatchCase", depth)
    bench.put("BatchHardness", hardness)
    bench.put("Austenite", heat.retained_austenite(carbon))
    bench.put("TestedNo", bench.value("BatchNo"))
    bench.read("CaseDepth", depth)
    bench.read("Hardness", hardness)


def work(p: FurnaceParameters, bench: Bench, part: Item) -> bool:
    """What the batch became, for one of its parts; distortion is each part's own."""
    if bench.value("TestedNo") != bench.value("BatchNo"):
        _test(p, bench)
    slack = max(bench.value("QuenchTemp") - p.quench, 0.0)
    depth, hardness = bench.value("BatchCase"), bench.value("BatchHardness")
    spread = p.run_out * (1.0 + 0.03 * slack)
    part.x["case"], part.x["hardness"] = depth, hardness
    part.x["austenite"] = bench.value("Austenite")
    part.x["runout"] = abs(spread * bench.normal("run-out"))
    part.x["distortion"] = slack / 20.0
    causes = {
        "case": not CASE_WINDOW[0] <= depth <= CASE_WINDOW[1],
        "hardness": not HARDNESS_WINDOW[0] <= hardness <= HARDNESS_WINDOW[1],
        "run-out": part.x["runout"] > RUN_OUT,
    }
    blame = {"case": "M-HT-T", "hardness": "M-HT-CP", "run-out": "M-QT"}
    for defect, bad in causes.items():
        if bad:
            fault = blame[defect]
            active = bench.severity(fault) > 0.0
            part.defects.setdefault(defect, fault if active else "process")
            if active:
                bench.fail(fault)
    if part.x["austenite"] > BURNS and bench.severity("M-HT-CP") > 0.0:
        bench.mark("M-HT-CP")
        bench.fail("M-HT-CP")
    return not any(causes.values())


FURNACE = Equipment(
    "furnace",
    Text("Case-hardening furnace", "침탄 열처리로"),
    FurnaceParameters,
    lambda p: (
        Tag("FurnT", Text("Furnace temperature", "노 온도"), "°C", 0, 1100,
            Track("FurnaceTemp"), noise=0.8, resolution=0.1, sensor="thermocouple"),
        Tag("FurnTSet", Text("Furnace set point", "노 설정 온도"), "°C", 850, 980,
            Track("FurnTSet"), resolution=1.0, setting="FurnTSet"),
        Tag("CP", Text("Carbon potential", "카본 포텐셜"), "%", 0, 2, Track("CarbonPotential"),
            period=10.0, noise=0.008, resolution=0.001, sensor="gas"),
        Tag("CPSet", Text("Carbon set point", "카본 포텐셜 설정"), "%", 0.5, 1.2,
            Track("CPSet"), resolution=0.01, setting="CPSet"),
        Tag("QuenchT", Text("Quench oil temperature", "소입유 온도"), "°C", 0, 150,
            Track("QuenchTemp"), noise=0.3, resolution=0.1, sensor="rtd"),
        Tag("QuenchTSet", Text("Quench oil set point", "소입유 설정 온도"), "°C", 30, 110,
            Track("QuenchTSet"), resolution=0.1, setting="QuenchTSet"),
        Tag("BatchNo", Text("Batch number", "배치 번호"), "1", 0, 1e6, Track("BatchNo"),
            kind="int"),
        Tag("BeltA", Text("Current of the transport", "이송 모터 전류"), "A", 0, 20,
            ByState((0, 2.1, 2.1, 6.4, 2.1, 0, 2.1, 2.1, 0, 4.2)), noise=0.05, resolution=0.1,
            sensor="current"),
        Tag("CaseDepth", Text("Case depth of the last batch", "직전 배치 경화 깊이"), "mm", 0, 2,
            Reading("CaseDepth", 0.5), resolution=0.01),
        Tag("Hardness", Text("Hardness of the last batch", "직전 배치 경도"), "HRC", 20, 70,
            Reading("Hardness", 60.0), resolution=0.1),
    ),
    settings,
    lambda p: (
        Quantity("FurnaceTemp", "°C", p.temperature),
        Quantity("CarbonPotential", "%", p.carbon),
        Quantity("QuenchTemp", "°C", p.quench),
        Quantity("BatchNo", "1"),
        Quantity("TestedNo", "1", hidden=True),
        Quantity("Diffusivity", "µm²/s", hidden=True),
        Quantity("BatchCase", "mm", hidden=True),
        Quantity("BatchHardness", "HRC", hidden=True),
        Quantity("Austenite", "1", hidden=True),
    ),
    lambda p: (Quantity("CaseDepth", "mm"), Quantity("Hardness", "HRC")),
    cycle,
    drive=drive,
    work=work,
    judges=True,
    alarms=alarms,
    faults=(
        FaultKind("M-HT-T", Text("Furnace too cold", "노 온도 저하"), 40.0, "K",
                  ("FurnT", "CaseDepth"), ("case",),
                  "case 0.41 mm at -40 K, 0.48 mm at -15 K: computed", quantity="FurnaceTemp"),
        FaultKind("M-HT-CP", Text("Carbon potential too high", "카본 포텐셜 과다"), 0.15, "%",
                  ("CP", "Hardness"), ("austenite", "hardness"),
                  "+0.15 %: retained austenite, grinding burn; assumed",
                  quantity="CarbonPotential"),
        FaultKind("M-QT", Text("Quench oil too warm", "소입유 온도 상승"), 20.0, "K",
                  ("QuenchT", "Hardness", "GRD.GrindTime"), ("runout", "distortion"),
                  "+20 K: distortion, grinding takes 30 % longer; assumed",
                  quantity="QuenchTemp"),
    ),
)  # fmt: skip

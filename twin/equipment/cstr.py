"""A continuous stirred tank with an exothermic reaction: the benchmark that can ignite.

It never stands still on its own; what counts as a part is the product of one cycle, a lot. A
client moves the coolant's set point, and may bring the reactor to ignite and oscillate.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
from pydantic import Field

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import (
    Bench,
    Course,
    Equipment,
    FaultKind,
    Item,
    Parameters,
    Quantity,
    Setting,
)
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.equipment.utility import Intake
from twin.physics import cstr, media
from twin.physics.knots import thin

MINUTE = 60.0
HORIZON, STEP = 20.0, 0.01  # min integrated at once, and its grid; assumed
COOLANT_LAG = 0.5  # min, of the coolant behind its set point, assumed
FIERCE = 370.0  # K above which the reaction is so fast that its grid must be finer
COLDEST, RESET = 280.0, 325.0  # K of coolant while tripped, and of the tank that ends it; assumed
WARMS = 5.0  # K by which the coolant becomes warmer in the jacket, assumed
STEADY = 2e-4  # K/min below which the tank is at rest
TOLERANCE = {"Temp": 0.05, "Conc": 2e-4, "Coolant": 0.02, "Tripped": 1e-3}  # below the noise


class CstrParameters(Parameters):
    """Where the reactor is run, and what its product may contain."""

    coolant: float = Field(300.0, gt=270, lt=320, description="K, coolant at the start")
    trip: float = Field(360.0, gt=300, description="K at which the interlock cools with all it has")
    low: float = Field(0.84, ge=0, le=1, description="mol/l of A, lowest accepted of a lot")
    high: float = Field(0.91, ge=0, le=1, description="mol/l of A, highest accepted")


def tank(bench: Bench) -> cstr.Tank:
    """The tank as faults and stand-still leave it: without work nothing flows."""
    plain = cstr.Tank()
    weak = min(bench.severity("C-UA"), 1.0)
    lost = min(bench.severity("C-COOL"), 1.0)
    flow = plain.flow if bench.working else 0.0
    return replace(plain, flow=flow, transfer=plain.transfer * (1.0 - weak) * (1.0 - lost))


def course(p: CstrParameters, bench: Bench) -> Course:
    """What the tank does over the next minutes, and what its jacket takes for it."""
    unit = tank(bench)
    way = _contents(p, bench, unit)
    coolant = np.array(way.values.get("Coolant", (bench.value("Coolant"),)))
    heat = unit.transfer / 60_000.0 * np.maximum(np.array(way.values["Temp"]) - coolant, 0.0)
    water = media.water_for(1.0, WARMS) * heat
    return replace(way, values={**way.values, "Water": tuple(water.tolist())})


def _contents(p: CstrParameters, bench: Bench, unit: cstr.Tank) -> Course:
    """Concentration, temperature and coolant; a single knot when all is at rest."""
    wanted = bench.setting("CoolantSet")
    c, T, coolant = bench.value("Conc"), bench.value("Temp"), bench.value("Coolant")
    tripped = bench.value("Tripped") > 0.0
    target = COLDEST if tripped else wanted
    slopes = cstr.change(unit, c, T, coolant)
    if abs(coolant - target) < 1e-3 and abs(slopes[1]) < STEADY and abs(slopes[0]) < 1e-6:
        return Course((0.0,), {"Conc": (c,), "Temp": (T,)}, again=False)
    n = round(HORIZON / STEP)
    rows = np.empty((n + 1, 4))
    keep = exp(-STEP / COOLANT_LAG)
    for i in range(n + 1):
        tripped = T > RESET if tripped else p.trip <= T
        target = COLDEST if tripped else wanted
        rows[i] = c, T, coolant, tripped
        cuts = 40 if T > FIERCE else 4
        for _ in range(cuts):
            c, T = cstr.advance(unit, c, T, coolant, STEP / cuts)
        coolant = target + (coolant - target) * keep
    t = np.arange(n + 1, dtype=np.float64) * STEP * MINUTE
    names = ("Conc", "Temp", "Coolant", "Tripped")
    knots, values = thin(t, dict(zip(names, rows.T, strict=True)), TOLERANCE)
    return Course(knots, values)


def drive(p: CstrParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    return {"Flow": (cstr.Tank().flow if bench.working else 0.0, 3.0)}


def work(p: CstrParameters, bench: Bench, part: Item) -> bool:
    """The lot is judged by what leaves the reactor as it is closed."""
    c = bench.value("Conc")
    part.x["conc"] = c
    bench.read("LotConc", c + 0.002 * bench.normal("assay"))
    good = p.low <= c <= p.high
    if not good:
        by = next((f for f in ("C-COOL", "C-UA") if bench.severity(f) > 0.0), "process")
        part.defects["conversion"] = by
        if by != "process":
            bench.mark(by)
            bench.fail(by)
    return good


def alarms(p: CstrParameters) -> tuple[Alarm, ...]:
    hot = Text("Heat is made faster than the jacket takes it away: ignition.",
               "제열보다 발열이 빠름: 점화.")  # fmt: skip
    return (
        Alarm("TempHigh", Text("Reactor temperature high", "반응기 온도 높음"), MEDIUM, hot,
              Beyond("Temp", high=335.0, deadband=1.0), while_on=False),
        Alarm("TempHighHigh", Text("Reactor temperature very high", "반응기 온도 매우 높음"), HIGH,
              hot, Beyond("Temp", high=360.0, deadband=2.0), while_on=False),
        Alarm("CoolantOff", Text("Coolant off its set point", "냉각수 온도 편차"), MEDIUM,
              Text("Chiller or its valve.", "냉동기 또는 밸브 이상."),
              Beyond("CoolantTemp", -3.0, 3.0, deadband=0.5, of="CoolantSet"), on_delay=120.0),
    )  # fmt: skip


CSTR = Equipment(
    "cstr",
    Text("Stirred tank reactor", "연속 교반 반응기"),
    CstrParameters,
    lambda p: (
        Tag("Temp", Text("Reactor temperature", "반응기 온도"), "K", 250, 550, Track("Temp"),
            noise=0.15, resolution=0.05, sensor="rtd"),
        Tag("Conc", Text("Concentration of A", "A 농도"), "mol/l", 0, 1, Track("Conc"),
            period=10.0, noise=0.003, resolution=0.001, sensor="optical"),
        Tag("CoolantTemp", Text("Coolant temperature", "냉각수 온도"), "K", 250, 350,
            Track("Coolant"), noise=0.1, resolution=0.05, sensor="rtd"),
        Tag("CoolantSet", Text("Coolant set point", "냉각수 설정 온도"), "K", 285, 310,
            Track("CoolantSet"), resolution=0.1, setting="CoolantSet"),
        Tag("Tripped", Text("Interlock cools", "인터록 냉각 중"), "", 0, 1, Track("Tripped"),
            kind="bool"),
        Tag("Flow", Text("Feed", "공급 유량"), "l/min", 0, 150, Track("Flow"), noise=0.3,
            resolution=0.1, sensor="flow"),
        Tag("LotConc", Text("Assay of the last lot", "직전 로트 분석값"), "mol/l", 0, 1,
            Reading("LotConc"), resolution=0.001),
    ),
    lambda p: (
        Setting("CoolantSet", Text("Coolant set point", "냉각수 설정 온도"), "K", 285.0, 310.0,
                p.coolant),
    ),
    quantities=lambda p: (
        Quantity("Temp", "K", 324.475),
        Quantity("Conc", "mol/l", 0.8772),
        Quantity("Coolant", "K", p.coolant),
        Quantity("Tripped", ""),
        Quantity("Flow", "l/min"),
        Quantity("Water", "kg/h"),
    ),
    readings=lambda p: (Quantity("LotConc", "mol/l"),),
    course=course,
    drive=drive,
    utilities=lambda p: (Intake("water", "Water", 6000.0),),
    work=work,
    judges=True,
    alarms=alarms,
    faults=(
        FaultKind("C-UA", Text("Jacket fouled", "재킷 오염"), 0.3, "1",
                  ("Temp", "Conc"), ("conc",), "size: assumed", "ramp", 30 * 86_400.0, "Temp"),
        FaultKind("C-COOL", Text("Cooling lost", "냉각 상실"), 1.0, "1",
                  ("Temp", "Conc"), ("conc",), "no heat passes the jacket; assumed",
                  quantity="Temp"),
    ),
)  # fmt: skip

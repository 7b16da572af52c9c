"""Bead mill MIL: grinds until the Hegman gauge says six; worn beads grind more slowly.

The time is the recipe's; then a sample is drawn down. A batch too coarse goes round again.
"""

from __future__ import annotations

from math import exp

from pydantic import Field

from twin.equipment.alarm import LOW, MEDIUM, Alarm, Beyond
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
from twin.equipment.phased import BEGUN, MINUTE, begins, sampled, still
from twin.equipment.tag import Reading, Tag, Text, Track
from twin.physics import coating

ROUNDS = 6  # times a batch may go round again
GAUGE = 0.08  # points of the Hegman gauge, sd of a reading, assumed


class BeadMillParameters(Parameters):
    """The mill and what it must reach."""

    hegman: float = Field(6.0, gt=0, lt=8, description="points accepted")
    spread: float = Field(0.08, ge=0, description="sd of how easily a batch grinds, share")
    fill: float = Field(0.8, gt=0, le=1, description="share of the chamber that is beads")
    check: float = Field(900.0, ge=0, description="s for a sample and its reading")


def recipe(p: BeadMillParameters) -> tuple[Setting, ...]:
    return (
        Setting("GrindTime", Text("Grinding", "분쇄 시간"), "min", 60, 240, 115),
        Setting("AgainTime", Text("Grinding once more", "재분쇄 시간"), "min", 10, 60, 25),
        Setting("TipSpeed", Text("Tip speed", "주속"), "m/s", 8, 20, 16),
    )


def rate(p: BeadMillParameters, bench: Bench) -> float:
    """Rate of grinding now, 1/s: beads worn and batch stubborn."""
    fresh = coating.grind_rate(bench.recipe["TipSpeed"], p.fill)
    return fresh * max(1.0 - bench.severity("C-BEAD"), 0.1) * bench.value("Ease")


def course(p: BeadMillParameters, bench: Bench) -> Course:
    """Even phases grind, odd ones wait for the sample; the last one that passes ends it."""
    step = bench.step
    if begins(bench) and step % 2 == 1:
        found = coating.hegman(bench.value("Fineness")) + GAUGE * bench.normal("hegman")
        bench.put("Rounds", float(step // 2))
        bench.put("Reading", found)
    if step < 0 or not bench.working:
        return still(bench, ("Fineness",))
    if step % 2:
        return still(bench, ("Fineness",), max(p.check - bench.into, 0.0))
    if step > 0 and (bench.value("Reading") >= p.hegman or step > 2 * ROUNDS):
        return Course(done=True)
    left = bench.recipe["GrindTime" if step == 0 else "AgainTime"] * MINUTE - bench.into
    left = max(left, 1.0)
    t = tuple(left * i / 12.0 for i in range(13))
    now, k = bench.value("Fineness"), rate(p, bench)
    ways = tuple(coating.FINEST + (now - coating.FINEST) * exp(-k * s) for s in t)
    return Course(t, {"Fineness": ways}, left=left, again=False)


def drive(p: BeadMillParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Pump, pressure before the screen, motor and outlet temperature."""
    runs = bench.working and bench.step >= 0 and bench.step % 2 == 0
    worn = min(bench.severity("C-BEAD"), 0.9)
    thick = bench.hidden("thick") or 1.0
    if not runs:
        return {
            "Flow": (0.0, 5.0),
            "Inlet": (0.0, 5.0),
            "MotorA": (0.0, 5.0),
            "Outlet": (25.0, 1200.0),
            "BeadFill": (100.0 * p.fill * (1.0 - 0.5 * worn), 0.0),
        }
    return {
        "Flow": (14.0, 8.0),
        "Inlet": (1.6 * thick * (1.0 - 0.8 * worn), 20.0),
        "MotorA": (62.0 * (0.75 + 0.25 * thick) * (1.0 - 0.5 * worn), 20.0),
        "Outlet": (43.0 - 6.0 * worn, 600.0),
        "BeadFill": (100.0 * p.fill * (1.0 - 0.5 * worn), 0.0),
    }


def cycle(p: BeadMillParameters, bench: Bench, nominal: float) -> float:
    """A batch comes: how easily will it grind?"""
    bench.put("Begun", -1.0)
    bench.put("Fineness", coating.COARSE)
    bench.put("Ease", exp(p.spread * bench.normal("ease")))
    bench.put("Rounds", 0.0)
    return nominal


def work(p: BeadMillParameters, bench: Bench, part: Item) -> bool:
    """What the batch became: right when it is fine enough."""
    part.x["fineness"], part.x["rounds"] = bench.value("Fineness"), bench.value("Rounds")
    reading = bench.value("Reading")
    bench.read("Hegman", reading)
    good = reading >= p.hegman
    if bench.severity("C-BEAD") > 0.0:
        bench.mark("C-BEAD")
        plain = coating.grind_rate(bench.recipe["TipSpeed"], p.fill) * bench.value("Ease")
        alone = coating.hegman(coating.fineness(bench.recipe["GrindTime"] * MINUTE, plain))
        first = bench.value("Rounds") == 0.0
        if not first and alone >= p.hegman:
            bench.fail("C-BEAD")  # fresh beads would have done it in one go
    if not good:
        part.defects.setdefault("coarse", "C-BEAD" if bench.severity("C-BEAD") else "process")
    return good


BEAD_MILL = Equipment(
    "bead-mill",
    Text("Bead mill", "비드밀"),
    BeadMillParameters,
    lambda p: (
        Tag("FlowLmin", Text("Flow through the mill", "밀 유량"), "L/min", 0, 40, Track("Flow"),
            noise=0.12, resolution=0.1, sensor="flow"),
        Tag("InletP", Text("Pressure before the mill", "밀 입구 압력"), "bar", 0, 5,
            Track("Inlet"), noise=0.015, resolution=0.01, sensor="pressure"),
        Tag("OutletT", Text("Temperature behind the mill", "밀 출구 온도"), "°C", 0, 100,
            Track("Outlet"), noise=0.15, resolution=0.1, sensor="rtd"),
        Tag("MotorA", Text("Motor current", "모터 전류"), "A", 0, 120, Track("MotorA"), noise=0.4,
            resolution=0.1, sensor="current"),
        Tag("BeadFill", Text("Bead filling", "비드 충전율"), "%", 0, 100, Track("BeadFill"),
            period=60.0, noise=0.3, resolution=0.1, sensor="level"),
        Tag("Hegman", Text("Fineness of the last batch", "직전 배치 분산도"), "", 0, 8,
            Reading("Hegman", 6.3), resolution=0.1),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("Fineness", "µm", coating.COARSE, hidden=True),
        Quantity("Ease", "1", 1.0, hidden=True),
        Quantity("Rounds", "1", hidden=True),
        Quantity("Reading", "1", hidden=True),
        Quantity("Flow", "L/min"),
        Quantity("Inlet", "bar"),
        Quantity("MotorA", "A"),
        Quantity("Outlet", "°C", 25.0),
        Quantity("BeadFill", "%", 80.0),
    ),
    readings=lambda p: (Quantity("Hegman", "1"),),
    cycle=cycle,
    drive=drive,
    course=course,
    phases=lambda p: sampled((Text("grind", "분쇄"),), Text("again", "재분쇄"), ROUNDS),
    recipe=recipe,
    work=work,
    judges=True,
    alarms=lambda p: (
        Alarm("OutletHot", Text("Outlet too hot", "출구 온도 높음"), MEDIUM,
              Text("Cooling water of the mill, or flow too small.", "밀 냉각수 또는 유량 부족."),
              Beyond("OutletT", high=50.0, deadband=1.0)),
        Alarm("BeadsLow", Text("Beads low", "비드 부족"), LOW,
              Text("Beads are worn: fill up.", "비드 마모: 보충 필요."),
              Beyond("BeadFill", low=72.0, deadband=1.0), on_delay=300.0),
    ),
    faults=(
        FaultKind("C-BEAD", Text("Beads worn", "비드 마모"), 0.36, "1",
                  ("InletP", "MotorA", "BeadFill", "Hegman"), ("fineness", "rounds"),
                  "-3 % a day; assumed", "ramp", 12 * 86_400.0, "Inlet"),
    ),
)  # fmt: skip

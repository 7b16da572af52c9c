"""Dosing manifold on load cells: weighs what the kettle gets, out of the tanks.

The scale shows its set point; what really left the tanks differs by the drift of its zero and a
little chance. The mass balance against the tanks is the only place where a drift shows.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
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
from twin.equipment.phased import BEGUN, MINUTE, WAIT, begins, new_batch, still, straight
from twin.equipment.tag import Reading, Tag, Text, Track

LIQUIDS = ("Solvent", "Precursor", "Monomer")
BALANCE = 0.15  # %, sd of the balance against the tanks' levels, assumed
SPOILS = 0.01  # share of the batch dosed wrongly that colour and viscosity show, assumed
WEEK = 7 * 86_400.0


class DosingParameters(Parameters):
    """Which tanks it draws from, and its accuracy."""

    tanks: dict[str, str] = Field({}, description="liquid: STATION.Tank")
    accuracy: float = Field(0.001, ge=0, description="sd of a weighing, share")
    spread: float = Field(0.02, ge=0, description="sd of viscosity without lots, share")


def recipe(p: DosingParameters) -> tuple[Setting, ...]:
    return (
        Setting("Solvent", Text("Solvent", "용제"), "kg", 500, 1200, 900),
        Setting("Precursor", Text("Precursor B", "전구체 B"), "kg", 400, 800, 600),
        Setting("Monomer", Text("Monomer A", "단량체 A"), "kg", 350, 600, 500),
        Setting("WeighTime", Text("Time of weighing", "계량 시간"), "min", 10, 60, 25),
    )


def wanted(bench: Bench) -> float:
    """kg of the whole batch, by recipe."""
    return sum(bench.recipe[name] for name in LIQUIDS)


def course(p: DosingParameters, bench: Bench) -> Course:
    """One phase: weigh. It waits for a tank that is too empty."""
    span = bench.recipe["WeighTime"] * MINUTE
    if bench.step < 0 or not bench.working:
        return still(bench, ("Dosed",), span if bench.step == 0 else None)
    if bench.step > 0:
        return Course(done=True)
    if bench.value("Begun") < 0.0:
        error = bench.value("Error")
        for name in LIQUIDS:
            done = bench.value(f"{name}Out")
            mass = bench.recipe[name] * (1.0 + error)
            if not done and bench.draw(p.tanks.get(name, ""), mass, span):
                bench.put(f"{name}Out", mass)
        if not all(bench.value(f"{name}Out") for name in LIQUIDS):
            return Course((0.0, WAIT), {"Dosed": (0.0, 0.0)}, left=span + WAIT)
        bench.put("Since", bench.into)
        begins(bench)
    rest = max(span - (bench.into - bench.value("Since")), 0.0)
    return straight(bench, {"Dosed": wanted(bench)}, rest)


def _drum(bench: Bench) -> None:
    """Another drum is opened when the mix-up begins, a right one when it has been found."""
    wrong = float(bench.severity("C-CLASS") > 0.0)
    if wrong != bench.value("WrongLot"):
        bench.put("WrongLot", wrong)
        bench.exchange()


def cycle(p: DosingParameters, bench: Bench, nominal: float) -> float:
    """The error of this batch's weighing: chance, and the drift of the zero."""
    _drum(bench)
    bench.put("Dosed", 0.0)
    for name in LIQUIDS:
        bench.put(f"{name}Out", 0.0)
    bench.put("Error", p.accuracy * bench.normal("weighing") + bench.severity("C-DOSE") / 100.0)
    return new_batch(p, bench, nominal)


def drive(p: DosingParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    at_work = bench.working and bench.step == 0
    flow = wanted(bench) / bench.recipe["WeighTime"] if at_work else 0.0
    return {"Flow": (flow, 5.0), "SP": (wanted(bench), 0.0)}


def work(p: DosingParameters, bench: Bench, part: Item) -> None:
    """What the batch has in it, and how well it agrees with the tanks."""
    masses = {name: bench.value(f"{name}Out") for name in LIQUIDS}
    shown = wanted(bench)
    part.x["mass"] = sum(masses.values())
    part.x["dose error"] = part.x["mass"] / shown - 1.0
    lot = bench.lot("viscosity", 1.0 + p.spread * bench.normal("lot"))
    part.x["thick"] = lot + bench.severity("C-CLASS") / 100.0
    bench.read("Dosed", shown)
    bench.read("Drawn", part.x["mass"])
    off = 100.0 * part.x["dose error"] + BALANCE * bench.normal("balance")
    bench.read("Deviation", off)
    if bench.severity("C-DOSE") > 0.0:
        bench.mark("C-DOSE")
        if abs(off) > 3.0 * BALANCE:
            bench.witness("C-DOSE")
        if abs(part.x["dose error"]) > SPOILS:
            bench.witness("C-DOSE")
            bench.fail("C-DOSE")
    if bench.severity("C-CLASS") > 0.0:
        bench.mark("C-CLASS")


DOSING = Equipment(
    "dosing",
    Text("Dosing manifold", "계량 매니폴드"),
    DosingParameters,
    lambda p: (
        Tag("DosedKg", Text("Dosed so far", "누적 계량"), "kg", 0, 3000, Track("Dosed"), noise=0.4,
            resolution=0.5, sensor="weight"),
        Tag("DoseSP", Text("Set point of the batch", "계량 목표"), "kg", 0, 3000, Track("SP"),
            resolution=0.5),
        Tag("FlowKgMin", Text("Flow", "계량 유량"), "kg/min", 0, 200, Track("Flow"), noise=0.4,
            resolution=0.1, sensor="flow"),
        Tag("Deviation", Text("Scale against tanks", "탱크 대비 편차"), "%", -20, 20,
            Reading("Deviation"), resolution=0.01),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("Dosed", "kg"),
        Quantity("SP", "kg"),
        Quantity("Flow", "kg/min"),
        Quantity("Error", "1", hidden=True),
        Quantity("WrongLot", "1", hidden=True),
        Quantity("Since", "s", hidden=True),
        *(Quantity(f"{name}Out", "kg", hidden=True) for name in LIQUIDS),
    ),
    readings=lambda p: (
        Quantity("Dosed", "kg"),
        Quantity("Drawn", "kg", hidden=True),
        Quantity("Deviation", "%"),
    ),
    cycle=cycle,
    drive=drive,
    course=course,
    phases=lambda p: (Text("weigh", "계량"),),
    recipe=recipe,
    work=work,
    alarms=lambda p: (
        Alarm("MassBalance", Text("Scale and tanks disagree", "계량·탱크 수지 불일치"), MEDIUM,
              Text("Zero of a load cell, or a leaking valve.", "로드셀 영점 또는 밸브 누설."),
              Beyond("Deviation", -0.8, 0.8, deadband=0.1), while_on=False),
    ),
    faults=(
        FaultKind("C-DOSE", Text("Load cell drifts", "로드셀 영점 드리프트"), 4.0, "%",
                  ("Deviation",), ("dose error", "colour"), "0.5 % a week; assumed", "ramp",
                  8 * WEEK),
        FaultKind("C-CLASS", Text("Wrong raw material lot", "원료 로트 오투입"), 15.0, "%",
                  ("LDN.Viscosity",), ("thick", "visc"), "viscosity +15 %; assumed"),
    ),
)  # fmt: skip

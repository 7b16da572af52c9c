"""What lathes and milling machines have in common: edge, spindle, coolant, chuck, loading gripper.

The edge wears with every minute of cutting and is changed after its planned life; now and then an
insert chips. The spindle warms up while it works, and grows; its bearing may fail. Every fault
works through these: more wear, a warmer bearing, less coolant, a slack chuck.
"""

from __future__ import annotations

from math import exp, expm1, pi

from pydantic import Field, field_validator

from twin.equipment.model import Bench, Item, Parameters, Quantity, Setting
from twin.equipment.tag import Text
from twin.physics import bearing, machining

AMBIENT, WARM = 24.0, 47.0  # degC, hall and spindle in steady work (a lathe's median is 44)
WARMING = 1100.0  # s, so that the first 45 minutes are the warm-up
USUAL = 36.0  # degC at which sizes are set, assumed
COLD_GROWTH = 12.0  # um too large while cold
IDLE_VIBRATION, CUT_VIBRATION = 0.25, 0.02  # mm/s, and mm/s for each % of load; assumed
CHIP_VIBRATION, CHATTER, BEARING_VIBRATION = 1.4, 2.4, 6.0  # mm/s, assumed
BEARING_HEAT = 14.0  # K at full damage, assumed
CHUCK, GRIP = 32.0, 120.0  # bar and N, assumed
COOLANT, COOLANT_LOW, TOP_UP = 180.0, 90.0, 110.0  # litres: full, short of, filled up at; assumed
CONCENTRATION = 7.0  # %, known for cutting emulsions: 5-10
SPENT = 0.6  # mm of wear beyond which an edge only rubs, assumed
RETRY = 12.0  # s a failed grip costs, assumed


class CuttingParameters(Parameters):
    """Tool, material and machine of a cut."""

    steel: str = Field("medium", description="a row of the table of steels")
    speed: float = Field(180.0, gt=20, le=600, description="cutting speed, m/min")
    feed: float = Field(0.2, gt=0.01, le=2, description="mm a revolution")
    depth: float = Field(2.0, gt=0, le=20, description="mm")
    nose: float = Field(0.8, gt=0, le=5, description="nose radius, mm")
    diameter: float = Field(40.0, gt=1, le=1000, description="mm")
    rated: float = Field(11.0, gt=0, description="rated spindle power, kW")
    cutting: float = Field(95.0, gt=0, description="s of a cycle in which the edge cuts")
    tool_change: float = Field(90.0, ge=0, description="s")
    tools: int = Field(8, ge=1, description="places of the turret or magazine")
    chips: float = Field(0.03, ge=0, le=1, description="share of inserts that chip")
    compensation: float = Field(0.85, ge=0, le=1, description="share of wear that offsets take up")
    set_error: float = Field(7.0, ge=0, description="um, sd of the edge's place after a change")
    tolerance: float = Field(28.0, gt=0, description="um either side")
    rough_limit: float = Field(2.2, gt=0, description="um Ra")

    @field_validator("steel")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in machining.STEELS:
            raise ValueError(f"one of {', '.join(machining.STEELS)}")
        return value


def settings(p: CuttingParameters) -> tuple[Setting, ...]:
    return (
        Setting("Fovr", Text("Feed override", "이송 오버라이드"), "%", 50.0, 120.0, 100.0),
        Setting("OffsetX", Text("Tool offset correction", "공구 보정량"), "µm", -200.0, 200.0, 0.0),
    )


def quantities(p: CuttingParameters) -> tuple[Quantity, ...]:
    return (
        Quantity("Srpm", "rpm"),
        Quantity("CutLoad", "%"),
        Quantity("SpTemp", "°C", AMBIENT),
        Quantity("VibRms", "mm/s"),
        Quantity("VibKurt", "1", 3.0),
        Quantity("CoolantLevel", "L", COOLANT),
        Quantity("CoolantConc", "%", CONCENTRATION),
        Quantity("ChuckPressure", "bar", CHUCK),
        Quantity("GripForce", "N", GRIP),
        Quantity("ProgramRev", "1", 1.0),
        Quantity("ToolNo", "1", 1.0),
        Quantity("CutMinutes", "min"),
        Quantity("ToolLifeMin", "min", machining.tool_life(p.speed)),
        Quantity("CoolantUsed", "L", hidden=True),
        Quantity("Used", "1", hidden=True),
        Quantity("ChipAt", "1", 9.0, hidden=True),
        Quantity("Chipped", "1", hidden=True),
        Quantity("SetError", "µm", hidden=True),
        Quantity("BearingDamage", "1", hidden=True),
    )


READINGS = (
    Quantity("GripRetries", "1"),
    Quantity("TrueDeviation", "µm", hidden=True),
    Quantity("TrueRoughness", "µm", hidden=True),
    Quantity("TrueWear", "mm", hidden=True),
)


def damage(bench: Bench) -> float:
    """Damage of the spindle bearing, 0-1: exponential in the fault's linear ramp."""
    severity = min(bench.severity("M-BEAR"), 1.0)
    return expm1(5.0 * severity) / expm1(5.0) if severity > 0.0 else 0.0


def wear(bench: Bench) -> float:
    """Flank wear of the edge now, mm; a chip counts as wear."""
    chip = max(bench.value("Chipped"), bench.severity("M-CHIP"))
    edge = min(machining.flank_wear(bench.value("Used")), SPENT)
    return edge + machining.CHIP_STEP * min(chip, 1.0)


def load(p: CuttingParameters, bench: Bench) -> float:
    """Spindle load of the reference cut now, %."""
    steel = machining.STEELS[p.steel]
    feed = p.feed * bench.setting("Fovr") / 100.0
    power = machining.cutting_power(machining.cutting_force(steel, feed, p.depth), p.speed)
    return machining.spindle_load(power, p.rated, wear(bench))


def drive(p: CuttingParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Where speed, load, heat, vibration and the supplies head for, working or not."""
    working, hurt = bench.working, damage(bench)
    cold, slack = bench.severity("M-THERM"), bench.severity("M-CHUCK")
    rpm = 1000.0 * p.speed / (pi * p.diameter) if working else 0.0
    cut = load(p, bench)
    chip = min(max(bench.value("Chipped"), bench.severity("M-CHIP")), 1.0)
    extra = (BEARING_VIBRATION * hurt) ** 2
    extra += (CHIP_VIBRATION * chip) ** 2 + (CHATTER * slack / 0.15) ** 2
    running = machining.vibration(IDLE_VIBRATION, cut, CUT_VIBRATION, extra**0.5)
    peaks = bearing.expected(rpm, hurt)[1] if working else 3.0
    heat = WARM if working else AMBIENT
    level = COOLANT - bench.value("CoolantUsed") - bench.severity("M-COOL")
    return {
        "Srpm": (rpm, 1.0),
        "CutLoad": (cut, 0.0),
        "SpTemp": (heat - cold + (BEARING_HEAT * hurt if working else 0.0), WARMING),
        "VibRms": (running if working else 0.08, 1.5),
        "VibKurt": (peaks, 5.0),
        "CoolantLevel": (max(level, 0.0), 60.0),
        "ChuckPressure": (CHUCK * (1.0 - slack), 3.0),
        "GripForce": (GRIP * (1.0 - 0.35 * min(bench.severity("M-ROB"), 1.0)), 3.0),
        "ProgramRev": (1.0 + (bench.severity("M-PROG") > 0.0), 0.0),
        "BearingDamage": (hurt, 0.0),
    }


def cycle(p: CuttingParameters, bench: Bench, nominal: float) -> float:
    """Cycle time, s: the programme at its feed, a tool change when due, gripping again."""
    seconds = nominal + p.cutting * (100.0 / bench.setting("Fovr") - 1.0)
    if bench.value("ToolLifeMin") < p.cutting / 60.0:
        seconds += p.tool_change
        change_tool(p, bench)
    worn = bench.severity("M-ROB")
    retries = 0
    if worn > 0.0 and bench.uniform("grip") < 0.3 * worn:
        retries = 1 + int(3.0 * bench.uniform("retries"))
        bench.witness("M-ROB")
        if bench.uniform("jam") < 0.4:
            bench.stop("gripper")
            bench.fail("M-ROB")
    bench.read("GripRetries", retries)
    if bench.severity("M-CHUCK") > 0.0 and bench.uniform("inhibit") < 0.15:
        bench.stop("chuck")
    return seconds + RETRY * retries


def change_tool(p: CuttingParameters, bench: Bench) -> None:
    """A new edge: its place is not quite the old one's, and it may chip one day."""
    bench.note("TOOL_CHANGE", bench.value("CutMinutes"))
    bench.put("ToolNo", bench.value("ToolNo") % p.tools + 1.0)
    for name in ("CutMinutes", "Used", "Chipped"):
        bench.put(name, 0.0)
    bench.put("ToolLifeMin", machining.tool_life(p.speed))
    chips = bench.uniform("chips") / p.chips if p.chips else 9.0
    bench.put("ChipAt", chips if chips < 1.0 else 9.0)
    bench.put("SetError", p.set_error * bench.normal("set error"))
    bench.clear("M-CHIP")


def wear_edge(p: CuttingParameters, bench: Bench) -> float:
    """The edge after one more part, mm of flank wear; short of coolant it wears twice as fast."""
    minutes = p.cutting / 60.0
    dry = bench.value("CoolantLevel") < COOLANT_LOW
    rate = (2.0 if dry else 1.0) * (1.0 + bench.severity("M-WEAR"))
    used = bench.value("Used") + minutes / machining.tool_life(p.speed) * rate
    bench.put("Used", used)
    if used >= bench.value("ChipAt"):
        bench.put("Chipped", 1.0)
    bench.put("CutMinutes", bench.value("CutMinutes") + minutes)
    bench.put("ToolLifeMin", max(bench.value("ToolLifeMin") - minutes, 0.0))
    spent = bench.value("CoolantUsed") + 0.05 * (0.5 + bench.uniform("drag-out"))
    bench.put("CoolantUsed", spent if spent < COOLANT - TOP_UP else 0.0)
    bench.put("CoolantConc", CONCENTRATION * exp(-0.002 * spent) + 0.05 * bench.normal("mix"))
    return wear(bench)


def planned_wear(p: CuttingParameters, bench: Bench) -> float:
    """Flank wear that the tool offsets reckon with, mm."""
    return machining.flank_wear(bench.value("CutMinutes") / machining.tool_life(p.speed))


def deviation(p: CuttingParameters, bench: Bench, edge: float) -> tuple[float, dict[str, float]]:
    """Deviation of a machined size, um, and what faults have to do with it, um by fault."""
    planned = planned_wear(p, bench)
    cold = (USUAL - bench.value("SpTemp")) / (USUAL - AMBIENT)
    chip = machining.CHIP_STEP if bench.severity("M-CHIP") > 0.0 else 0.0
    grown = 1000.0 * machining.diameter_growth(edge, 0.0, p.diameter)
    by_fault = {
        "M-CHIP": 1000.0 * machining.diameter_growth(chip, 0.0, p.diameter),
        "M-PROG": -200.0 if bench.severity("M-PROG") > 0.0 else 0.0,
    }
    unplanned = 1000.0 * machining.diameter_growth(max(edge - chip - planned, 0.0), 0.0, 0.0)
    dry = bench.value("CoolantLevel") < COOLANT_LOW and bench.severity("M-COOL") > 0.0
    by_fault["M-COOL" if dry else "M-WEAR"] = (
        unplanned if dry or bench.severity("M-WEAR") > 0.0 else 0.0
    )
    offset = p.compensation * 1000.0 * machining.diameter_growth(planned, 0.0, p.diameter)
    total = grown - offset + COLD_GROWTH * min(max(cold, -0.5), 1.5) + by_fault["M-PROG"]
    total += bench.value("SetError") + bench.setting("OffsetX") + 2.0 * bench.normal("size")
    return total, by_fault


def finish(p: CuttingParameters, bench: Bench, edge: float, chatter: float) -> float:
    """Roughness Ra of the surface, um; chatter and bearing damage leave marks."""
    feed = p.feed * bench.setting("Fovr") / 100.0
    plain = machining.roughness(feed, p.nose, edge)
    return plain + 0.9 * chatter + 1.2 * damage(bench) + 0.06 * bench.normal("surface")


def work(p: CuttingParameters, bench: Bench, part: Item, feature: str) -> None:
    """Machine one part: the size and surface of `feature`, burr, and who is to blame."""
    edge = wear_edge(p, bench)
    if edge - planned_wear(p, bench) > 0.05:  # mm, three sigma of the load's noise
        for fault in ("M-WEAR", "M-COOL", "M-CHIP"):
            if bench.severity(fault) > 0.0:
                bench.witness(fault)
    chatter = bench.severity("M-CHUCK") / 0.15
    size, by_fault = deviation(p, bench, edge)
    rough = finish(p, bench, edge, chatter)
    part.x[feature] = size
    part.x["roughness"] = max(rough, part.x.get("roughness", 0.0))
    chip = max(bench.value("Chipped"), bench.severity("M-CHIP"))
    burr = max(edge - 0.25, 0.0) / 0.1 + 0.9 * min(chip, 1.0)
    part.x["burr"] = part.x.get("burr", 0.0) + burr
    bench.read("TrueDeviation", size)
    bench.read("TrueRoughness", rough)
    bench.read("TrueWear", edge)
    fault = max(by_fault, key=lambda name: abs(by_fault[name]))
    blame = {
        feature: fault if abs(by_fault[fault]) > p.tolerance / 3.0 else "process",
        "burr": fault if abs(by_fault[fault]) > 0.0 and fault != "M-PROG" else "chipped insert",
        "rough": "M-CHUCK" if chatter else "M-BEAR" if damage(bench) > 0.1 else "process",
    }
    found = {
        feature: abs(size) > p.tolerance,
        "burr": part.x["burr"] > 1.5,
        "rough": rough > p.rough_limit,
    }
    for defect, bad in found.items():
        if bad:
            part.defects.setdefault(defect, blame[defect])
            if blame[defect].startswith("M-"):
                bench.mark(blame[defect])
                bench.fail(blame[defect])

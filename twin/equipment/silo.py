"""Raw silos: what tank trucks bring is held cold and stirred now and then.

Every truck is a little warmer or colder than the last. While one is unloaded its milk mixes with
what is in; at rest the jacket brings the silo back to its set point.
"""

from __future__ import annotations

from math import exp

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text, Track

LOOK = 300.0  # s between two steps of the silo's temperature
GRADE = 0.1  # K that make it another material for the machines behind
STIRRED, PAUSE = 1, 2  # looks with the agitator on, and off, in turn; assumed


class SiloParameters(Parameters):
    """Trucks, jacket and agitator."""

    truck: float = Field(25_000.0, gt=0, description="L a truck brings")
    warm: float = Field(5.0, ge=0, lt=20, description="°C of what trucks bring on average")
    spread: float = Field(0.7, ge=0, description="K, one standard deviation between trucks")
    cold: float = Field(4.0, ge=0, lt=15, description="°C, set point of the jacket")
    mixing: float = Field(2.0, gt=0, description="h in which what comes replaces what is in")
    cooling: float = Field(6.0, gt=0, description="h, lag of the jacket")
    current: float = Field(6.2, gt=0, description="A of the agitator")


def look(p: SiloParameters, bench: Bench) -> float:
    """Let the temperature follow truck or jacket, and the agitator its clock."""
    looks = round(bench.t / LOOK)
    bench.put("Agitator", p.current if looks % (STIRRED + PAUSE) < STIRRED else 0.0)
    trucks = float(bench.treated // p.truck)
    if looks == 0 or trucks > bench.value("Trucks"):
        bench.put("Trucks", trucks)
        bench.put("TruckTemp", p.warm + p.spread * bench.normal("truck"))
    target, hours = bench.setting("TempSet"), p.cooling
    if bench.working:
        target, hours = bench.value("TruckTemp"), p.mixing
    now = bench.value("Temp")
    now = target + (now - target) * exp(-LOOK / 3600.0 / hours)
    bench.put("Temp", now)
    bench.give("temperature", round(now / GRADE) * GRADE)
    return LOOK


SILO = Equipment(
    "silo",
    Text("Raw silo", "원료 저장 탱크"),
    SiloParameters,
    lambda p: (
        Tag("Temp", Text("Silo temperature", "저장 탱크 온도"), "°C", 0, 20, Track("Temp"),
            noise=0.03, resolution=0.1, sensor="rtd"),
        Tag("TempSet", Text("Silo temperature set point", "저장 탱크 온도 설정"), "°C", 1, 8,
            Track("TempSet"), resolution=0.1, setting="TempSet"),
        Tag("TruckTemp", Text("Temperature of the last truck", "최근 입고 원료 온도"), "°C", 0, 20,
            Track("TruckTemp"), noise=0.05, resolution=0.1, sensor="rtd"),
        Tag("AgitatorCurrent", Text("Agitator current", "교반기 전류"), "A", 0, 15,
            Track("Agitator"), noise=0.08, resolution=0.01, sensor="current"),
    ),
    lambda p: (
        Setting("TempSet", Text("Silo temperature", "저장 탱크 온도"), "°C", 1.0, 8.0, p.cold),
    ),
    lambda p: (
        Quantity("Temp", "°C", p.cold),
        Quantity("TruckTemp", "°C", p.warm),
        Quantity("Agitator", "A"),
        Quantity("Trucks", "1", hidden=True),
    ),
    look=look,
    alarms=lambda p: (
        Alarm("TempHigh", Text("Silo temperature high", "저장 탱크 온도 높음"), MEDIUM,
              Text("Warm delivery, or jacket cooling off.", "고온 원료 입고 또는 재킷 냉각 정지."),
              Beyond("Temp", high=6.5, deadband=0.3), on_delay=600.0, while_on=False),
    ),
)  # fmt: skip

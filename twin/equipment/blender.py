"""Blending skid: two streams in a ratio, measured by refractometer and pH electrode.

It circulates until the blend is as the recipe says, and only then lets it through. The ratio
wanders with temperature and concentrate; the loop trims it back within some minutes.
"""

from __future__ import annotations

from math import exp, sqrt

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Equipment, Parameters, Quantity, Setting
from twin.equipment.tag import Tag, Text, Track

LOOK = 60.0  # s between two steps of the blend
LAG = 40.0  # s in which the loop brings blend and electrode to another recipe, assumed
MEMORY = 1200.0  # s of the wander, assumed
COLD = 4.0  # °C of raw material that no silo has spoken of


class BlenderParameters(Parameters):
    """How exact the blend is, and what is let through."""

    brix: float = Field(11.0, ge=0, le=40, description="°Bx, where no recipe says another")
    ph: float = Field(6.0, gt=2, lt=10, description="where no recipe says another")
    tolerance: float = Field(0.1, gt=0, description="°Bx off the recipe that are let through")
    spread: float = Field(0.03, ge=0, description="°Bx, one standard deviation of the wander")
    ph_spread: float = Field(0.02, ge=0, description="one standard deviation of the wander")
    pressure: float = Field(2.5, gt=0, description="bar behind the pump")


def recipe(p: BlenderParameters) -> tuple[Setting, ...]:
    """What a product's recipe says of the blend."""
    return (
        Setting("Brix", Text("Brix of the blend", "배합 당도"), "°Bx", 0.0, 40.0, p.brix),
        Setting("Ph", Text("pH of the blend", "배합 pH"), "pH", 2.5, 8.0, p.ph),
    )


def target(bench: Bench) -> float:
    """Brix the loop now aims at, °Bx."""
    return bench.recipe["Brix"] + bench.setting("BrixTrim")


def look(p: BlenderParameters, bench: Bench) -> float:
    """One step of the blend towards its recipe, with the wander of the ratio."""
    passed = LOOK if bench.t else 0.0
    keep, near = exp(-LOOK / MEMORY), exp(-passed / LAG)
    fresh = sqrt(1.0 - keep * keep)
    for name, aim, spread in (
        ("Brix", target(bench), p.spread),
        ("Ph", bench.recipe["Ph"], p.ph_spread),
    ):
        wander = bench.value(f"{name}Wander")
        base = bench.value(name) - wander
        base = aim + (base - aim) * near
        if abs(base - aim) < 1e-4:
            base = aim
        if bench.working:
            wander = keep * wander + fresh * spread * bench.normal(name)
        elif not pace(p, bench):  # it circulates, and the loop trims the ratio
            wander *= near
        bench.put(f"{name}Wander", wander)
        bench.put(name, base + wander)
    bench.put("BrixTarget", target(bench))
    bench.put("FeedTemp", bench.arriving("temperature", COLD))
    return LOOK


def pace(p: BlenderParameters, bench: Bench) -> float:
    """Nothing comes out while the blend is not within its tolerance of the recipe."""
    return 1.0 if abs(bench.value("Brix") - bench.recipe["Brix"]) <= p.tolerance else 0.0


BLENDER = Equipment(
    "blender",
    Text("Blending skid", "배합 설비"),
    BlenderParameters,
    lambda p: (
        Tag("Brix", Text("Brix", "당도"), "°Bx", 0, 40, Track("Brix"), noise=0.01,
            resolution=0.01, sensor="optical"),
        Tag("BrixTarget", Text("Brix of the recipe", "목표 당도"), "°Bx", 0, 41,
            Track("BrixTarget"), resolution=0.01),
        Tag("BrixTrim", Text("Trim of the Brix", "당도 보정"), "°Bx", -0.5, 0.5,
            Track("BrixTrim"), resolution=0.01, setting="BrixTrim"),
        Tag("Ph", Text("pH", "pH"), "pH", 2, 10, Track("Ph"), noise=0.01, resolution=0.01,
            sensor="ph"),
        Tag("FeedTemp", Text("Feed temperature", "공급 온도"), "°C", 0, 30, Track("FeedTemp"),
            noise=0.03, resolution=0.1, sensor="rtd"),
        Tag("Pressure", Text("Pressure behind the pump", "펌프 토출 압력"), "bar", 0, 6,
            Track("Pressure"), noise=0.01, resolution=0.01, sensor="pressure"),
    ),
    lambda p: (
        Setting("BrixTrim", Text("Trim of the Brix", "당도 보정"), "°Bx", -0.5, 0.5, 0.0),
    ),
    lambda p: (
        Quantity("Brix", "°Bx", p.brix),
        Quantity("BrixWander", "°Bx", hidden=True),
        Quantity("BrixTarget", "°Bx", p.brix),
        Quantity("Ph", "pH", p.ph),
        Quantity("PhWander", "pH", hidden=True),
        Quantity("FeedTemp", "°C", COLD),
        Quantity("Pressure", "bar", 0.2),
    ),
    drive=lambda p, bench: {"Pressure": (p.pressure if bench.working else 0.2, 4.0)},
    recipe=recipe,
    pace=pace,
    look=look,
    alarms=lambda p: (
        Alarm("BrixOff", Text("Brix off the recipe", "당도 편차"), MEDIUM,
              Text("Concentrate, dosing pump or refractometer.", "농축액·정량 펌프·굴절계 이상."),
              Beyond("Brix", -2.0 * p.tolerance, 2.0 * p.tolerance, deadband=0.5 * p.tolerance,
                     of="BrixTarget"), on_delay=300.0),
    ),
)  # fmt: skip

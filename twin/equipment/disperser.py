"""Disperser PMX: wets pigment in resin with a toothed disc; power shows how thick it is."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Course, Equipment, Item, Parameters, Quantity, Setting
from twin.equipment.phased import BEGUN, MINUTE, begins, new_batch, still
from twin.equipment.tag import Tag, Text, Track
from twin.physics import coating

DISC, DENSITY, NUMBER = 0.30, 1500.0, 0.42  # m, kg/m3, power number of a toothed disc; assumed
WARM = 28.0  # K above the hall at 20 m/s, assumed
LAG = 900.0  # s, assumed


class DisperserParameters(Parameters):
    """The machine; pigment is weighed by hand."""

    pigment_error: float = Field(0.003, ge=0, description="sd of a weighing, share")


def recipe(p: DisperserParameters) -> tuple[Setting, ...]:
    return (
        Setting("Pigment", Text("Pigment", "안료"), "kg", 100, 900, 600),
        Setting("LoadTime", Text("Charging pigment", "안료 투입"), "min", 5, 40, 15),
        Setting("DisperseTime", Text("Dispersing", "분산 시간"), "min", 20, 60, 40),
        Setting("TipSpeed", Text("Tip speed", "주속"), "m/s", 18, 25, 20),
    )


def course(p: DisperserParameters, bench: Bench) -> Course:
    """Load, then disperse: two phases of the recipe's length."""
    if bench.step > 1:
        return Course(done=True)
    begins(bench)
    if bench.step < 0 or not bench.working:
        return still(bench, ())
    minutes = bench.recipe["LoadTime" if bench.step == 0 else "DisperseTime"]
    return still(bench, (), max(minutes * MINUTE - bench.into, 0.0))


def drive(p: DisperserParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Power by the power number, more the thicker the batch is."""
    tip = bench.recipe["TipSpeed"] if bench.working and bench.step == 1 else 0.0
    tip = 6.0 if bench.working and bench.step == 0 else tip
    thick = bench.hidden("thick") or 1.0
    speed = tip / (3.14159 * DISC)
    power = coating.mixing_power(NUMBER, DENSITY, speed, DISC) / 1000.0 * thick
    return {
        "TipSpeed": (tip, 10.0),
        "Shaft": (power, 10.0),
        "Amps": (power / (1.732 * 0.4 * 0.85) + (9.0 if tip else 0.0), 10.0),
        "Batch": (24.0 + WARM * (tip / 20.0) ** 3 * thick, LAG),
    }


def work(p: DisperserParameters, bench: Bench, part: Item) -> None:
    """Pigment is in; its error will show in the colour."""
    error = p.pigment_error * bench.normal("pigment")
    mass = bench.recipe["Pigment"] * (1.0 + error)
    part.x["pigment error"] = error
    part.x["mass"] = part.x.get("mass", 2000.0) + mass
    part.x["fineness"] = coating.COARSE
    bench.read("Pigment", mass)


DISPERSER = Equipment(
    "disperser",
    Text("Disperser", "고속 분산기"),
    DisperserParameters,
    lambda p: (
        Tag("TipSpeed", Text("Tip speed", "주속"), "m/s", 0, 30, Track("TipSpeed"), noise=0.05,
            resolution=0.1, sensor="speed"),
        Tag("BatchTemp", Text("Batch temperature", "배치 온도"), "°C", 0, 100, Track("Batch"),
            noise=0.15, resolution=0.1, sensor="rtd"),
        Tag("ShaftPower", Text("Shaft power", "축 동력"), "kW", 0, 60, Track("Shaft"), noise=0.15,
            resolution=0.1, sensor="power"),
        Tag("Amps", Text("Motor current", "모터 전류"), "A", 0, 120, Track("Amps"), noise=0.3,
            resolution=0.1, sensor="current"),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("TipSpeed", "m/s"),
        Quantity("Shaft", "kW"),
        Quantity("Amps", "A"),
        Quantity("Batch", "°C", 24.0),
    ),
    readings=lambda p: (Quantity("Pigment", "kg", hidden=True),),
    cycle=new_batch,
    drive=drive,
    course=course,
    phases=lambda p: (Text("load", "안료 투입"), Text("disperse", "분산")),
    recipe=recipe,
    work=work,
    alarms=lambda p: (
        Alarm("BatchHot", Text("Batch too hot", "배치 온도 높음"), MEDIUM,
              Text("Too thick or too fast.", "점도 또는 속도 과다."),
              Beyond("BatchTemp", high=58.0, deadband=1.0)),
    ),
)  # fmt: skip

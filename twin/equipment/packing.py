"""Behind the tinting: bag filter and pail filler. A batch becomes pails, which are counted."""

from __future__ import annotations

from math import floor

from pydantic import Field

from twin.equipment.alarm import LOW, MEDIUM, Alarm, Beyond
from twin.equipment.model import Bench, Course, Equipment, Item, Parameters, Quantity, Setting
from twin.equipment.phased import BEGUN, MINUTE, begins, new_batch, still, straight
from twin.equipment.tag import Reading, Tag, Text, Track


class FilterParameters(Parameters):
    """A bag and how it clogs."""

    clean: float = Field(0.15, ge=0, description="bar over a new bag")
    per_batch: float = Field(0.28, ge=0, description="bar more for each batch")
    change: float = Field(1.2, gt=0, description="bar at which the bag is changed")


def strain_course(p: FilterParameters, bench: Bench) -> Course:
    if bench.step > 1:
        return Course(done=True)
    if begins(bench) and bench.step == 1 and bench.value("Drop") > p.change:
        bench.put("Drop", p.clean)
        bench.put("Bags", bench.value("Bags") + 1.0)
    if bench.step < 0 or not bench.working:
        return still(bench, ("Drop",))
    left = max(bench.recipe["PassTime" if bench.step == 0 else "BagTime"] * MINUTE - bench.into, 0)
    if bench.step == 1:
        return still(bench, ("Drop",), left)
    return straight(bench, {"Drop": bench.value("Before") + p.per_batch}, left)


def strain_cycle(p: FilterParameters, bench: Bench, nominal: float) -> float:
    bench.put("Before", bench.value("Drop"))
    return new_batch(p, bench, nominal)


FILTER = Equipment(
    "bag-filter",
    Text("Bag filter", "백 필터"),
    FilterParameters,
    lambda p: (
        Tag("DeltaP", Text("Pressure over the bag", "필터 차압"), "bar", 0, 5, Track("Drop"),
            noise=0.01, resolution=0.01, sensor="pressure"),
        Tag("Bags", Text("Bags changed", "교체 백 수"), "1", 0, 1e6, Track("Bags"), kind="int"),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("Drop", "bar", p.clean),
        Quantity("Before", "bar", hidden=True),
        Quantity("Bags", "1"),
    ),
    cycle=strain_cycle,
    course=strain_course,
    phases=lambda p: (Text("strain", "여과"), Text("bag", "백 점검·교체")),
    recipe=lambda p: (
        Setting("PassTime", Text("Straining", "여과 시간"), "min", 10, 90, 25),
        Setting("BagTime", Text("Looking after the bag", "백 점검·교체"), "min", 1, 20, 5),
    ),
    alarms=lambda p: (
        Alarm("BagFull", Text("Bag nearly full", "필터 백 막힘"), LOW,
              Text("The bag is due for a change.", "백 교체 필요."),
              Beyond("DeltaP", high=p.change, deadband=0.1)),
    ),
)  # fmt: skip


class FillerParameters(Parameters):
    """Pails and how well they are filled."""

    density: float = Field(1.22, gt=0, description="kg/l")
    pail: float = Field(18.0, gt=0, description="l")
    per_minute: float = Field(12.0, gt=0, description="pails")
    net: float = Field(0.012, ge=0, description="kg, sd of a pail")
    bad: float = Field(0.005, ge=0, le=1, description="share of pails rejected")
    rinse: float = Field(0.004, ge=0, le=1, description="share of a batch left in pipes")


def fill_course(p: FillerParameters, bench: Bench) -> Course:
    """One phase: as many pails as the batch gives."""
    if bench.step > 0:
        return Course(done=True)
    begins(bench)
    if bench.step < 0 or not bench.working:
        return still(bench, ("Pails",))
    whole = bench.value("Due") / p.per_minute * MINUTE
    aim = bench.value("Before") + bench.value("Due")
    return straight(bench, {"Pails": aim}, max(whole - bench.into, 0.0))


def fill_cycle(p: FillerParameters, bench: Bench, nominal: float) -> float:
    mass = (bench.hidden("mass") or 3300.0) * (1.0 - p.rinse)
    bench.put("Due", float(floor(mass / (p.density * p.pail))))
    bench.put("Before", bench.value("Pails"))
    return new_batch(p, bench, nominal)


def fill(p: FillerParameters, bench: Bench, part: Item) -> None:
    """Mass into pails, the rest to waste; a few pails are rejected for drips and caps."""
    due = bench.value("Due")
    spread = (due * p.bad * (1.0 - p.bad)) ** 0.5
    bad = min(max(round(due * p.bad + spread * bench.normal("bad pails")), 0), due)
    filled = due * p.density * p.pail
    bench.read("Filled", filled)
    bench.read("Rest", part.x.get("mass", 3300.0) - filled)
    bench.read("NetKg", p.density * p.pail + p.net * bench.normal("net"))
    bench.put("Good", bench.value("Good") + due - bad)
    bench.put("Bad", bench.value("Bad") + bad)
    part.x["pails"] = due - bad


PAIL_FILLER = Equipment(
    "pail-filler",
    Text("Pail filler", "용기 충전기"),
    FillerParameters,
    lambda p: (
        Tag("Pails", Text("Pails filled", "충전 수"), "1", 0, 1e9, Track("Pails"), resolution=1.0,
            kind="int"),
        Tag("GoodPails", Text("Good pails", "양품 용기 수"), "1", 0, 1e9, Track("Good"),
            kind="int"),
        Tag("BadPails", Text("Pails rejected", "불량 용기 수"), "1", 0, 1e9, Track("Bad"),
            kind="int"),
        Tag("NetKg", Text("Net weight of the last pail", "최종 용기 순중량"), "kg", 0, 50,
            Reading("NetKg", 21.96), resolution=0.01),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("Pails", "1"),
        Quantity("Good", "1"),
        Quantity("Bad", "1"),
        Quantity("Due", "1", hidden=True),
        Quantity("Before", "1", hidden=True),
    ),
    readings=lambda p: (
        Quantity("NetKg", "kg"),
        Quantity("Filled", "kg", hidden=True),
        Quantity("Rest", "kg", hidden=True),
    ),
    cycle=fill_cycle,
    course=fill_course,
    phases=lambda p: (Text("fill", "충전"),),
    work=fill,
    alarms=lambda p: (
        Alarm("NetOff", Text("Net weight off", "순중량 이탈"), MEDIUM,
              Text("Scale or valve of the filler.", "충전 저울 또는 밸브."),
              Beyond("NetKg", 21.9, 22.05, deadband=0.01), while_on=False),
    ),
)  # fmt: skip

"""Let-down tank LDN: binder and thinner bring the mill base to its viscosity.

Binder and thinner come from tanks that others draw from as well. Too thick a batch gets more
thinner, which makes it paler: the wrong lot of a raw material shows here first.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
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
from twin.equipment.phased import (
    BEGUN,
    MINUTE,
    WAIT,
    begins,
    new_batch,
    sampled,
    still,
    straight,
)
from twin.equipment.tag import Tag, Text, Track

LIQUIDS = ("Binder", "Thinner")
KREBS = 90.0  # KU of a batch as it should be
THINNING = 1.5  # KU less for each % of thinner added, assumed
GAUGE = 0.8  # KU, sd of a reading, assumed
FLUSH = 52.0  # kg, 60 l of solvent, from a dark colour to a lighter one; assumed
MOST = 3  # times thinner is added


class LetDownParameters(Parameters):
    """Which tanks it draws from, and the viscosity it must reach."""

    tanks: dict[str, str] = Field({}, description="liquid: STATION.Tank")
    low: float = Field(85.0, gt=0, description="KU")
    high: float = Field(95.0, gt=0, description="KU")
    check: float = Field(600.0, ge=0, description="s for a sample and its reading")


def recipe(p: LetDownParameters) -> tuple[Setting, ...]:
    return (
        Setting("Binder", Text("Binder", "바인더"), "kg", 100, 800, 400),
        Setting("Thinner", Text("Thinner", "희석제"), "kg", 50, 600, 300),
        Setting("Shade", Text("Lightness of the colour", "색상 명도"), "1", 0, 100, 90),
        Setting("AddTime", Text("Adding", "투입 시간"), "min", 15, 60, 30),
        Setting("MixTime", Text("Mixing", "혼합 시간"), "min", 15, 60, 30),
    )


def course(p: LetDownParameters, bench: Bench) -> Course:
    """Add, mix, sample; while it is too thick: thin and sample again."""
    step, names = bench.step, ("Weight", "Krebs")
    if step < 0 or not bench.working:
        return still(bench, names)
    if step == 0 and bench.value("Begun") < 0.0:
        for name in LIQUIDS:
            if not bench.value(f"{name}Out") and bench.draw(
                p.tanks.get(name, ""), bench.recipe[name], bench.recipe["AddTime"] * MINUTE
            ):
                bench.put(f"{name}Out", bench.recipe[name])
        if not all(bench.value(f"{name}Out") for name in LIQUIDS):
            ways = {n: (bench.value(n),) * 2 for n in names}
            return Course((0.0, WAIT), ways, left=bench.recipe["AddTime"] * MINUTE + WAIT)
        bench.put("Since", bench.into)
    if begins(bench) and step >= 2 and step % 2 == 0:
        bench.put("Reading", bench.value("Krebs") + GAUGE * bench.normal("krebs"))
    if step == 0:
        left = bench.recipe["AddTime"] * MINUTE - (bench.into - bench.value("Since"))
        end = bench.value("Came") + sum(bench.recipe[name] for name in LIQUIDS)
        return straight(bench, {"Weight": end, "Krebs": bench.value("Aim")}, left)
    if step == 1:
        return still(bench, names, max(bench.recipe["MixTime"] * MINUTE - bench.into, 0.0))
    if step % 2 == 0:
        return still(bench, names, max(p.check - bench.into, 0.0))
    return _thin(p, bench, step)


def _thin(p: LetDownParameters, bench: Bench, step: int) -> Course:
    """Thinner for what is too thick, when it is and there are tries left."""
    over = bench.value("Reading") - KREBS
    if bench.value("Reading") <= p.high or step > 1 + 2 * MOST:
        return Course(done=True)
    if bench.value("Thinned") < step:
        more = over / THINNING / 100.0 * bench.value("Weight")
        if not bench.draw(p.tanks.get("Thinner", ""), more, bench.recipe["MixTime"] * MINUTE / 2):
            return Course((0.0, WAIT), {}, left=2.0 * WAIT)
        bench.put("Thinned", float(step))
        bench.put("More", more)
        bench.put("Extra", bench.value("Extra") + more)
        bench.put("Goal", bench.value("Krebs") - over)
        bench.put("Since", bench.into)
        bench.put("Before", bench.value("Weight"))
    left = bench.recipe["MixTime"] * MINUTE - (bench.into - bench.value("Since"))
    aims = {"Weight": bench.value("Before") + bench.value("More"), "Krebs": bench.value("Goal")}
    return straight(bench, aims, left)


def drive(p: LetDownParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    mixes = bench.working and bench.step >= 0
    return {"Batch": (32.0 if mixes else 24.0, 1500.0), "Stirrer": (60.0 if mixes else 0.0, 5.0)}


def cycle(p: LetDownParameters, bench: Bench, nominal: float) -> float:
    """A batch comes with its mass and thickness."""
    before, shade = bench.value("ShadeBefore"), bench.recipe["Shade"]
    flush = FLUSH if 0.0 < before < shade else 0.0
    if flush and bench.draw(p.tanks.get("Flush", ""), flush, 600.0):
        bench.read("Flushed", flush)
    thick = bench.hidden("thick") or 1.0
    dosed = bench.hidden("dose error")
    bench.put("Came", bench.hidden("mass") or 2600.0)
    bench.put("Weight", bench.value("Came"))
    bench.put("Aim", KREBS * thick * (1.0 + 1.5 * dosed))
    for name in ("BinderOut", "ThinnerOut", "Extra", "Thinned"):
        bench.put(name, 0.0)
    return new_batch(p, bench, nominal)


def work(p: LetDownParameters, bench: Bench, part: Item) -> bool:
    """Mass, viscosity, and what was left in the tank of the colour before."""
    drawn = bench.value("BinderOut") + bench.value("ThinnerOut") + bench.value("Extra")
    part.x["mass"] = bench.value("Came") + drawn
    part.x["visc"] = bench.value("Krebs")
    part.x["pale"] = bench.value("Extra") / bench.value("Came")
    bench.read("Viscosity", bench.value("Reading"))
    bench.read("BatchMass", part.x["mass"])
    bench.read("Added", drawn)
    shade, before = bench.recipe["Shade"], bench.value("ShadeBefore")
    part.x["carried"] = 0.0005 * (before - shade) if before else 0.0
    if before and before != shade and bench.severity("C-XCON") > 0.0:
        part.x["carried"] = bench.severity("C-XCON") / 100.0 * (before - shade)
        bench.mark("C-XCON")
    bench.put("ShadeBefore", shade)
    if bench.value("Reading") > p.high - 1.0 or bench.value("Extra") > 0.0:
        bench.witness("C-CLASS")
    if bench.value("Extra") > 0.0:
        bench.fail("C-CLASS")
    good = p.low <= bench.value("Reading") <= p.high
    if not good:
        part.defects.setdefault("viscosity", "process")
    return good


LET_DOWN = Equipment(
    "let-down",
    Text("Let-down tank", "렛다운 탱크"),
    LetDownParameters,
    lambda p: (
        Tag("Weight", Text("Contents", "내용물 중량"), "kg", 0, 5000, Track("Weight"), noise=0.8,
            resolution=0.5, sensor="weight"),
        Tag("BatchTemp", Text("Batch temperature", "배치 온도"), "°C", 0, 80, Track("Batch"),
            noise=0.15, resolution=0.1, sensor="rtd"),
        Tag("StirrerRpm", Text("Stirrer speed", "교반기 회전수"), "rpm", 0, 120,
            Track("Stirrer"), noise=0.2, resolution=0.1, sensor="speed"),
        Tag("Viscosity", Text("Viscosity of the last sample", "최근 시료 점도"), "KU", 0, 160,
            Track("Reading"), resolution=0.1),
    ),
    quantities=lambda p: (
        BEGUN,
        Quantity("Weight", "kg"),
        Quantity("Krebs", "KU", KREBS, hidden=True),
        Quantity("Batch", "°C", 24.0),
        Quantity("Stirrer", "rpm"),
        *(Quantity(name, "kg", hidden=True)
          for name in ("Came", "BinderOut", "ThinnerOut", "Extra", "More", "Before")),
        *(Quantity(name, "1", hidden=True) for name in ("Aim", "Goal", "Thinned")),
        Quantity("Reading", "KU", KREBS),
        Quantity("Since", "s", hidden=True),
        Quantity("ShadeBefore", "1", hidden=True),
    ),
    readings=lambda p: (
        Quantity("Viscosity", "KU"),
        Quantity("BatchMass", "kg", hidden=True),
        Quantity("Added", "kg", hidden=True),
        Quantity("Flushed", "kg", hidden=True),
    ),
    cycle=cycle,
    drive=drive,
    course=course,
    phases=lambda p: sampled(
        (Text("add", "투입"), Text("mix", "혼합")), Text("thin", "희석"), MOST
    ),
    recipe=recipe,
    work=work,
    judges=True,
    alarms=lambda p: (
        Alarm("TooThick", Text("Batch too thick", "점도 높음"), LOW,
              Text("Raw material, dosing or temperature.", "원료·계량·온도 확인."),
              Beyond("Viscosity", high=p.high, deadband=0.5), while_on=False),
    ),
    faults=(
        FaultKind("C-XCON", Text("Carried over from the colour before", "이전 색상 혼입"), 2.0,
                  "%", ("TNT.DeltaE",), ("carried", "colour"),
                  "share of the batch before left by a wrong flush; assumed"),
    ),
)  # fmt: skip

"""Resin kettle R101: semi-batch A dosed into B, with jacket, stirrer, interlock and valve.

Heating and cooling follow the closed form of a jacket at constant temperature; dosing and holding
are integrated on a fixed grid once a phase. Dosing stops 8 K above the set point; the course ends
exactly there, so nothing polls.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

from twin.equipment.kettle_table import ALARMS, FAULTS, PHASES, QUANTITIES, READINGS, TAGS, recipe
from twin.equipment.model import Bench, Course, Equipment, Item, Parameters
from twin.equipment.phased import MINUTE, begins, new_batch, still, straight
from twin.equipment.tag import Text
from twin.equipment.utility import Intake
from twin.physics import media, reactor
from twin.physics.knots import thin
from twin.physics.laws import Floats
from twin.physics.stiction import jacket_cycle

STEAM, WATER, SERVED = 130.0, 15.0, 35.0  # degC of the jacket's media, and of a cooled batch
CHARGE, HEAT, DOSE, HOLD, RAISE, COOK, SAMPLE, COOL, DISCHARGE = range(9)
JACKETED = (HEAT, DOSE, HOLD, RAISE, COOL)  # phases in which heat passes the jacket
WARMS = 10.0  # K by which cooling water becomes warmer, assumed
STEP = 2.0  # s, grid of the integration
HORIZON = 1800.0  # s integrated while it is not known how long it lasts
FOREVER = 30 * 86_400.0  # s "left" of what cannot end as things are
FOULED = 0.2  # share of the jacket's W/K lost at which batches are late, assumed
SETTLE = 300.0  # s after which the jacket is as warm as the contents, assumed
GELLED = 0.5  # share of the batch in lumps from which it is lost, assumed
BACK = 3.0  # K below its limit at which the interlock lets go, assumed
TOLERANCE = {"Temp": 0.03, "Jacket": 0.15, "A": 2.0, "B": 2.0, "Dosed": 0.2, "Feed": 0.02,
             "Peak": 0.05, "Valve": 0.5}  # fmt: skip
COURSE = (*TOLERANCE, "Mass")


class KettleParameters(Parameters):
    """Where the kettle is run and what it accepts."""

    transfer: float = Field(3.0, gt=0, description="kW/K of the clean jacket")
    sample_low: float = Field(1200.0, ge=0, description="s, shortest wait for the laboratory")
    sample_high: float = Field(2400.0, gt=0, description="s, longest wait")
    acid: float = Field(0.5, ge=0, description="sd of the acid number, mg/g")
    window: float = Field(0.98, gt=0, description="accepted deviation of the acid number, mg/g")


def transfer(p: KettleParameters, bench: Bench) -> float:
    """W/K of the jacket as fouling leaves it."""
    return 1000.0 * p.transfer * (1.0 - min(bench.severity("C-UA"), 0.95))


def cooled(bench: Bench) -> bool:
    """Whether there is cooling water."""
    return bench.severity("C-COOL") < 0.5


def course(p: KettleParameters, bench: Bench) -> Course:
    """Where the kettle goes in the phase under way, and what its jacket takes for it."""
    way = _contents(p, bench)
    return way if way.done else replace(way, values={**way.values, **_media(p, bench, way)})


def _media(p: KettleParameters, bench: Bench, way: Course) -> dict[str, tuple[float, ...]]:
    """Steam and cooling water, kg/h: what the heat through the jacket's wall asks for."""
    heat = np.zeros(len(way.t))
    if bench.step in JACKETED and len(way.t) > 1 and cooled(bench):
        across = np.array(way.values["Jacket"]) - np.array(way.values["Temp"])
        heat = transfer(p, bench) / 1000.0 * across
    steam = media.steam_for(1.0) * np.maximum(heat, 0.0)
    water = media.water_for(1.0, WARMS) * np.maximum(-heat, 0.0)
    return {"Steam": tuple(steam.tolist()), "Water": tuple(water.tolist())}


def _contents(p: KettleParameters, bench: Bench) -> Course:
    step = bench.step
    if step > DISCHARGE:
        return Course(done=True)
    first = begins(bench)
    if step == SAMPLE and first:
        wide = p.sample_high - p.sample_low
        bench.put("Wait", p.sample_low + wide * bench.uniform("laboratory"))
    if step in (DOSE, HOLD):
        return _react(p, bench)
    if step < 0 or not bench.working:
        return still(bench, COURSE)
    if step == CHARGE:
        return _charge(bench)
    if step in (HEAT, RAISE):
        return _by_steam(p, bench)
    if step == COOL:
        return _by_water(p, bench)
    if step in (COOK, SAMPLE):
        whole = bench.recipe["CookTime"] * MINUTE if step == COOK else bench.value("Wait")
        return _keep(bench, max(whole - bench.into, 0.0))
    left = bench.recipe["DischargeTime"] * MINUTE - bench.into
    return straight(bench, {"Mass": 0.0, "Dosed": 0.0, "Feed": 0.0, "Valve": 0.0}, left)


def _charge(bench: Bench) -> Course:
    left = bench.recipe["ChargeTime"] * MINUTE - bench.into
    aims = {"Mass": reactor.HEEL, "Temp": 25.0, "Jacket": 25.0, "B": reactor.CHARGED, "A": 0.0,
            "Dosed": 0.0, "Peak": 25.0}  # fmt: skip
    return straight(bench, aims, left)


def _toward(p: KettleParameters, bench: Bench, jacket: float, end: float, left: float) -> Course:
    """Through the jacket's closed form to `end` degC, in `left` s."""
    start = bench.value("Temp")
    tau = bench.value("Mass") * reactor.HEAT_CAPACITY / transfer(p, bench)
    t = np.linspace(0.0, left, 61)
    curve = jacket + (start - jacket) * np.exp(-t / tau)
    curve[-1] = end
    knots, values = thin(t, {"Temp": curve}, TOLERANCE)
    rest = {n: (bench.value(n),) * len(knots) for n in ("A", "B", "Dosed", "Mass", "Peak")}
    valve = 100.0 if jacket == WATER else 0.0
    rest |= {"Feed": (0.0,) * len(knots), "Valve": (valve,) * len(knots)}
    inside = (bench.value("Jacket"), *(jacket,) * (len(knots) - 1))
    return Course(knots, values | rest | {"Jacket": inside}, left=left, again=False)


def _by_steam(p: KettleParameters, bench: Bench) -> Course:
    aim = bench.recipe["TempSet" if bench.step == HEAT else "CookSet"]
    start, mass = bench.value("Temp"), bench.value("Mass")
    if start >= aim - 0.01:
        return still(bench, COURSE, 0.0)
    left = reactor.jacket_time(mass, start, aim, STEAM, transfer(p, bench))
    return _toward(p, bench, STEAM, aim, left)


def _by_water(p: KettleParameters, bench: Bench) -> Course:
    start, mass = bench.value("Temp"), bench.value("Mass")
    if start <= SERVED + 0.01:
        return still(bench, COURSE, 0.0)
    if not cooled(bench):
        bench.witness("C-COOL")  # the jacket warms within seconds
        bench.fail("C-COOL")
        return _keep(bench, FOREVER)
    left = reactor.jacket_time(mass, start, SERVED, WATER, transfer(p, bench))
    return _toward(p, bench, WATER, SERVED, left)


def _keep(bench: Bench, left: float) -> Course:
    """The contents keep their temperature, and the jacket comes to it."""
    stay = still(bench, COURSE, left)
    jacket, temp = bench.value("Jacket"), bench.value("Temp")
    if abs(jacket - temp) < 0.1 or left <= SETTLE:
        return stay
    ways = {name: values * 3 for name, values in stay.values.items()}
    return Course((0.0, SETTLE, left), ways | {"Jacket": (jacket, temp, temp)}, left, again=False)


def _react(p: KettleParameters, bench: Bench) -> Course:
    """Dosing and holding: amounts and heat, integrated from here on."""
    aim = bench.recipe["TempSet"]
    if bench.step == DOSE:
        left = bench.recipe["DoseTime"] * MINUTE * (1.0 - bench.value("Dosed") / reactor.DOSE)
    else:
        left = bench.recipe["HoldTime"] * MINUTE - bench.into
    left = max(left, 0.0)
    limit = aim + reactor.MARGIN
    now = bench.value("Temp")
    stopped = now >= limit - 1e-6 or (bench.value("Tripped") > 0.0 and now > limit - BACK)
    if stopped and not bench.value("Tripped"):
        bench.put("Tripped", 1.0)
        if not cooled(bench):
            bench.fail("C-COOL")
    elif not stopped:
        bench.put("Tripped", 0.0)
    feeding = bench.step == DOSE and bench.working and not stopped
    feed = reactor.DOSE / (bench.recipe["DoseTime"] * MINUTE) if feeding else 0.0
    under = reactor.Conditions(
        aim, feed, transfer(p, bench) if cooled(bench) else 0.0, interlock=False
    )
    ends = bench.working and (feeding or bench.step != DOSE)
    seconds = max(min(left, FOREVER) if ends else HORIZON, STEP)
    start = reactor.Kettle(now, bench.value("A"), bench.value("B"), bench.value("Dosed"))
    run = reactor.semi_batch(start, under, seconds, STEP)
    n = _until(run.temperature, limit, stopped) if bench.step == DOSE else len(run.t)
    stuck = min(bench.severity("C-VALVE"), 10.0)
    knots, values = _knots(bench, run, n, feed, stuck)
    if not bench.working:
        return Course(knots, values)
    whole = ends and n == len(run.t)
    return Course(knots, values, left=left if whole else left + FOREVER, again=not whole)


def _until(temperature: Floats, limit: float, stopped: bool) -> int:
    """How much of the way holds: up to the interlock's coming, or its going."""
    there = temperature < limit - BACK if stopped else temperature > limit
    hits = np.flatnonzero(there[1:])
    return int(hits[0]) + 2 if len(hits) else len(temperature)


def _knots(
    bench: Bench, run: reactor.Course, n: int, feed: float, stuck: float
) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    t, temp, jacket = run.t[:n], run.temperature[:n], run.jacket[:n]
    if stuck and cooled(bench):
        wave = jacket_cycle(t + bench.t, stuck)
        jacket = jacket + wave.jacket
        temp = temp + wave.contents
        bench.put("Swing", float(np.ptp(wave.contents)))
    peak = np.maximum.accumulate(np.maximum(temp, bench.value("Peak")))
    valve = np.clip((reactor.HOTTEST - jacket) / (reactor.HOTTEST - reactor.COLDEST), 0.0, 1.0)
    if not cooled(bench):
        jacket = temp  # the water stands in the jacket and takes the kettle's temperature
        valve = np.ones(n)  # the controller opens it for nothing
    dosed = run.dosed[:n]
    rows = {
        "Temp": temp, "Jacket": jacket, "A": run.a[:n], "B": run.b[:n], "Dosed": dosed,
        "Feed": np.full(n, 60.0 * feed), "Peak": peak, "Valve": 100.0 * valve,
        "Mass": reactor.HEEL + dosed,
    }  # fmt: skip
    return thin(t, rows, TOLERANCE | {"Mass": 0.2})


def drive(p: KettleParameters, bench: Bench) -> dict[str, tuple[float, float]]:
    """Stirrer, its current and its seal; pressure and pH."""
    stirred = bench.working and CHARGE < bench.step <= DISCHARGE
    worn = bench.severity("C-AGIT")
    rpm = bench.recipe["AgitRpm"] if stirred else 0.0
    load = 12.0 + 6.0 * (rpm / 90.0) ** 2 * (1.4 if bench.step >= COOK else 1.0)
    hot = bench.working and bench.step in (COOK, SAMPLE)
    return {
        "AgitRpm": (rpm, 4.0),
        "AgitA": (load + 5.0 * worn**2 if stirred else 0.0, 3.0),
        "Vibration": (0.9 * rpm / 90.0 + 5.0 * worn**2 if stirred else 0.05, 5.0),
        "Pressure": (1.35 if hot else 1.05, 300.0),
        "Acidity": (5.2 if bench.step >= DOSE else 7.1, 900.0),
    }


def cycle(p: KettleParameters, bench: Bench, nominal: float) -> float:
    """A worn seal may trip the stirrer in this batch."""
    worn = bench.severity("C-AGIT")
    for name, value in (("Tripped", 0.0), ("Swing", 0.0), ("Since", bench.t)):
        bench.put(name, value)
    if worn > 0.3 and bench.uniform("seal") < worn:
        bench.put("SealTrip", 1.0)
        bench.stop("agitator")
    else:
        bench.put("SealTrip", 0.0)
    return new_batch(p, bench, nominal)


def work(p: KettleParameters, bench: Bench, part: Item) -> bool:
    """The laboratory's verdict on the resin."""
    left, peak = bench.value("B") / reactor.CHARGED, bench.value("Peak")
    high = bench.recipe["CookSet"] + reactor.MARGIN
    part.x["unreacted"], part.x["peak"], part.x["swing"] = left, peak, bench.value("Swing")
    part.x["batch time"] = (bench.t - bench.value("Since")) / MINUTE
    part.x["gel"] = bench.uniform("gel") if bench.value("SealTrip") > 0.0 else 0.0
    part.x["acid"] = 10.0 + p.acid * bench.normal("acid") + 20.0 * max(left - 0.05, 0.0)
    part.x["mass"] = part.x.get("mass", reactor.HEEL + reactor.DOSE)
    bench.read("AcidNumber", part.x["acid"])
    bench.read("Unreacted", left)
    spoilt = {
        "acid number": (abs(part.x["acid"] - 10.0) > p.window, "C-COOL"),
        "overheated": (peak > high, "C-COOL"),
        "gel": (part.x["gel"] > GELLED, "C-AGIT"),
    }
    for defect, (bad, fault) in spoilt.items():
        if bad:
            mine = bench.severity(fault) > 0.0
            part.defects.setdefault(defect, fault if mine else "process")
            if mine:
                bench.fail(fault)
    if bench.value("SealTrip") > 0.0:
        bench.fail("C-AGIT")  # the stirrer stood still in a batch
    if bench.severity("C-UA") > FOULED:
        bench.fail("C-UA")
    if bench.severity("C-VALVE") > 0.0:
        bench.witness("C-VALVE")
        bench.fail("C-VALVE")  # a whole batch was made at a temperature that swings
    part.x["thick"] = part.x.get("thick", 1.0) * (1.0 + 0.3 * left)
    return not any(bad for bad, _ in spoilt.values())


KETTLE = Equipment(
    "kettle",
    Text("Resin kettle", "수지 반응기"),
    KettleParameters,
    lambda p: TAGS,
    quantities=lambda p: QUANTITIES,
    readings=lambda p: READINGS,
    cycle=cycle,
    drive=drive,
    course=course,
    phases=lambda p: PHASES,
    recipe=recipe,
    utilities=lambda p: (Intake("steam", "Steam", 500.0), Intake("water", "Water", 16_000.0)),
    work=work,
    judges=True,
    alarms=lambda p: ALARMS,
    faults=FAULTS,
)

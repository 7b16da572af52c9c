"""Where a pasteuriser goes from now on: control, diversion, fouling and cleaning, second by second.

All state is in the laws. What decides (diverting, a step of the cleaning, a clean that is due) is
decided when the course is asked; a course ends where the next decision falls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.equipment.model import Bench, Course
from twin.equipment.pasteuriser_control import RINSE_ONLY, STEPS, amiss, decide, due
from twin.equipment.pasteuriser_table import (
    MOST_LOGS,
    OPAQUE,
    STATE,
    TOLERANCE,
    PasteuriserParameters,
    plant_of,
)
from twin.physics import cip, htst
from twin.physics import pasteuriser as heat
from twin.physics.knots import thin

HORIZON, CREEP = 600, 1800  # s integrated at once; s that settled plates creep on
BEGUN, STANDS = 60, 300  # the same while nothing flows yet: it may begin unannounced
CHECK = 60  # s between two looks whether all is settled
SUMS = ("Deposit", "Run", "Underheated")  # what adds up, and must not be left out bit by bit
NEAR = {"hold": 0.01, "water": 0.05, "valve": 0.1, "integral": 0.1, "preheated": 0.02, "tank": 0.03}
PUMPED, GAUGED = 5.0, 5.0  # s, lags of flow and of pressures, assumed
PIPED, CLOUDED = 30.0, 20.0  # s, lags of the return and of turbidity, assumed
RINSED, CLOUDY, SOILED = 60.0, 900.0, 200.0  # s; NTU of the first rinse and of full soil, assumed
RAW, PRODUCT = 2.8, 4.0  # bar, assumed; product stands 0.5 bar over raw at least
HOMOGENISED = 180.0  # bar, within 150 to 200
DROP, NARROWED = 0.30, 20e-5  # bar across clean plates; m2 K/W that double it; assumed
CIRCULATED = 25.0  # degC at which a solution comes back from its tank, assumed
COLD_WATER = 15.0  # degC, assumed
LEAST_BACK = 0.7  # of the cleaning flow that must come back, assumed
REACHED = 2.0  # K below its set point from which a chemical step counts, assumed


@dataclass(slots=True)
class Now:
    """What holds for the whole course."""

    bench: Bench
    p: PasteuriserParameters
    step: int  # of the cleaning; 0 is product
    forward: bool
    leak: float  # share through the closed seat of the diversion valve
    inputs: htst.Inputs
    flow: float  # L/h the pump heads for
    pressure: float  # bar the product side heads for
    fouling: float  # m2 K/W a second
    clean: cip.Step | None
    returned: float  # share of the cleaning flow that comes back
    plant: htst.Plant
    tube: heat.Tube


def course(p: PasteuriserParameters, bench: Bench) -> Course:
    """Everything up to the next decision, at most ten minutes, or half an hour when settled."""
    values = {name: bench.value(name) for name in STATE}
    decide(p, bench, values)
    now = _conditions(p, bench, values)
    creeping = _creep(now, values)
    if creeping is not None:
        return creeping
    rows = [_row(now, values)]
    for second in range(1, 1 + (BEGUN if now.forward and not bench.working else HORIZON)):
        _advance(now, values)
        rows.append(_row(now, values))
        if due(p, bench, values) or (second % CHECK == 0 and _settled(now, values)):
            break
    table = np.array(rows)
    t = np.arange(len(rows), dtype=np.float64) * htst.STEP
    knots, lines = thin(t, dict(zip(TOLERANCE, table.T, strict=True)), TOLERANCE)
    return Course(knots, lines)


# ---- one second


def _conditions(p: PasteuriserParameters, bench: Bench, v: dict[str, float]) -> Now:
    step = int(v["Cip"])
    clean = STEPS[step - 1] if step else None
    flow, target, feed = bench.setting("FlowSet"), bench.setting("HoldSet"), bench.value("Feed")
    if clean is not None:
        clean = cip.weaker(clean, bench.severity("F-CIP"), bench.severity("F-CIP-T"))
        flow, target = p.cleaning_flow, clean.temperature
        feed = CIRCULATED if clean.chemical else COLD_WATER
    rate = p.fouling[min(int(v["Recipe"]), len(p.fouling) - 1)] / 3600.0
    runs = bench.working and not step
    inputs = htst.Inputs(target, flow, feed, v["Deposit"] * 1e-5, bench.severity("F-RTD"))
    return Now(
        bench=bench,
        p=p,
        step=step,
        forward=v["Fdv"] > 0.5,
        leak=min(bench.severity("F-FDV") / 100.0, 1.0),
        inputs=inputs,
        flow=flow,
        pressure=PRODUCT - bench.severity("F-REGEN-P"),
        fouling=rate * v["Rough"] * (1.0 + bench.severity("F-FOUL")) if runs else 0.0,
        clean=clean,
        returned=max(1.0 - bench.severity("F-CIP-FLOW"), 0.0) if clean else 0.0,
        plant=plant_of(p),
        tube=heat.Tube(p.bore, p.length),
    )


def _advance(now: Now, v: dict[str, float]) -> None:
    """Move all state on by a second."""
    dt, clean = htst.STEP, now.clean
    state = htst.State(
        v["Tank"], v["RegenOut"], v["HotWater"], v["Hold"], v["Valve"], v["Integral"]
    )
    inputs = now.inputs
    inputs.flow, inputs.resistance = v["Flow"], v["Deposit"] * 1e-5
    v["Heat"] = htst.advance(now.plant, inputs, state, dt)
    v["Tank"], v["RegenOut"], v["HotWater"] = state.tank, state.preheated, state.water
    v["Hold"], v["Valve"], v["Integral"] = state.hold, state.valve, state.integral
    v["HoldSeen"] = state.hold + now.inputs.sensor
    v["Flow"] += dt * (now.flow - v["Flow"]) / PUMPED
    v["Product"] += dt * (now.pressure - v["Product"]) / GAUGED
    v["Dp"] = v["Product"] - RAW
    v["Homog"] += dt * ((0.0 if now.step else HOMOGENISED) - v["Homog"]) / GAUGED
    v["Deposit"] += dt * now.fouling * 1e5
    v["Run"] += dt / 3600.0 if now.fouling else 0.0
    proven = v["HoldSeen"] > now.p.again and not now.step and not amiss(now.p, v)
    v["Hot"] = min(v["Hot"] + dt, now.p.proven) if proven and not now.forward else 0.0
    unsafe = v["Flow"] / 3600.0 * dt
    if clean is not None:
        _clean(clean, v, dt)
    elif not now.forward:
        v["Leaked"] += now.leak * unsafe
    elif _logs(now, v) < now.p.logs and now.bench.working:
        v["Underheated"] += unsafe
    _return(now, v, dt)
    wet = cip.WATER if clean is None else cip.conductivity(clean, v["Hold"])
    v["Conductivity"] += dt * ((now.p.product_cond if clean is None else wet)
                               - v["Conductivity"]) / PIPED  # fmt: skip
    v["Turbidity"] += dt * (_turbid(now, v) - v["Turbidity"]) / CLOUDED


def _return(now: Now, v: dict[str, float], dt: float) -> None:
    """The flow in the pipe back, which is empty while product is made."""
    away = v["Flow"] * now.returned - v["Return"]
    v["Return"] += away if abs(away) < TOLERANCE["Return"] else dt * away / PIPED


def _clean(clean: cip.Step, v: dict[str, float], dt: float) -> None:
    if not clean.chemical or v["Hold"] >= clean.temperature - REACHED:
        v["Into"] += dt
    if clean.chemical:
        gone = cip.cleaning_rate(clean, v["Hold"], cip.velocity_of(v["Return"])) * dt
        v["Soil"] *= max(1.0 - gone, 0.0)


def _turbid(now: Now, v: dict[str, float]) -> float:
    if now.clean is None:
        return OPAQUE
    if now.clean.chemical:
        return 2.0 + SOILED * v["Soil"]
    first = now.step in (1, RINSE_ONLY)
    return 2.0 + (CLOUDY * 2.0 ** (-v["Into"] / RINSED) if first else 0.0)


def _logs(now: Now, v: dict[str, float]) -> float:
    held = now.tube.time(max(v["Flow"], 1.0))
    return min(heat.log_reduction(held, v["Hold"]), MOST_LOGS)


def _row(now: Now, v: dict[str, float]) -> list[float]:
    """One value for each quantity of the course, in the order of `TOLERANCE`."""
    leak = now.leak
    through = 0.0 if now.step else v["Flow"] * ((1.0 - leak) if now.forward else leak)
    shown = {
        "Forward": through,
        "Diverted": float(not now.forward and not now.step),
        "NoReturn": float(bool(now.step) and v["Return"] < LEAST_BACK * v["Flow"]),
        "Logs": 0.0 if now.step else _logs(now, v),
        "HeaterDp": DROP * (v["Flow"] / now.p.flow) ** 2 * (1.0 + v["Deposit"] * 1e-5 / NARROWED),
    }
    return [v[name] if name in v else shown[name] for name in TOLERANCE]


# ---- settled


def _creep(now: Now, v: dict[str, float]) -> Course | None:
    """Only the deposit moves: two knots, up to the next decision at most; None when not settled."""
    p = now.p
    if not _settled(now, v):
        return None
    span = float(CREEP if now.bench.working else STANDS)
    if now.fouling:
        span = min(span, max((p.longest - v["Run"]) * 3600.0, htst.STEP))
    later = dict(v)
    later["Deposit"] += now.fouling * span * 1e5
    later["Run"] += span / 3600.0 if now.fouling else 0.0
    inputs = replace(now.inputs, resistance=later["Deposit"] * 1e-5)
    end = htst.at_rest(now.plant, inputs)
    if end is None or end.water >= p.hottest:
        return None
    later["RegenOut"], later["HotWater"], later["Hold"] = end.preheated, end.water, end.hold
    later["Valve"], later["Integral"], later["Tank"] = end.valve, end.integral, end.tank
    later["HoldSeen"] = end.hold + now.inputs.sensor
    if now.bench.working and _logs(now, later) < p.logs:
        later["Underheated"] += later["Flow"] / 3600.0 * span
    ways = dict(zip(TOLERANCE, zip(_row(now, v), _row(now, later), strict=True), strict=True))
    for name, (here, there) in ways.items():
        if name not in SUMS and abs(there - here) < TOLERANCE[name] / 2.0:
            ways[name] = (here, here)
    return Course((0.0, span), ways)


def _settled(now: Now, v: dict[str, float]) -> bool:
    """Whether product goes forward, and everything that has a lag is where it heads for."""
    if not now.forward or now.step or abs(v["Flow"] - now.flow) > 1.0:
        return False
    rest = htst.at_rest(now.plant, now.inputs)
    return rest is not None and (
        abs(v["Hold"] - rest.hold) < NEAR["hold"]
        and abs(v["HotWater"] - rest.water) < NEAR["water"]
        and abs(v["Valve"] - rest.valve) < NEAR["valve"]
        and abs(v["Integral"] - rest.integral) < NEAR["integral"]
        and abs(v["RegenOut"] - rest.preheated) < NEAR["preheated"]
        and abs(v["Tank"] - rest.tank) < NEAR["tank"]
        and abs(v["Product"] - now.pressure) < 0.001
        and abs(v["Homog"] - HOMOGENISED) < 0.5
        and abs(v["Conductivity"] - now.p.product_cond) < TOLERANCE["Conductivity"]
        and v["Return"] < TOLERANCE["Return"]
        and abs(v["Turbidity"] - OPAQUE) < TOLERANCE["Turbidity"]
    )

"""What a pasteuriser decides by itself: divert, go forward, clean, take the next step of a clean.

Each decision is taken on what the plant measures, not on what is true.
"""

from __future__ import annotations

from twin.equipment.model import Bench
from twin.equipment.pasteuriser_table import PasteuriserParameters
from twin.physics import cip

STEPS = (*cip.FULL, *cip.ONLY_RINSE)  # number 1 and on; 6 is the rinse alone
RINSE_ONLY = len(cip.FULL) + 1
SETTLED = (0.05, 0.5)  # K and % of the valve, within which hot water tells of the plates, assumed
GAIN_OF_SOIL = 0.5  # plates foul so much faster after that clean, assumed
SOIL_WEAK = 0.07  # share left by a clean with 0.6 %, heating up included; computed
WEAKENING = ("F-CIP", "F-CIP-T", "F-CIP-FLOW")
DIRTY = 0.03  # share of soil left from which a clean has failed, assumed
LOST = 1e-9


def decide(p: PasteuriserParameters, bench: Bench, v: dict[str, float]) -> None:
    """Take what is due now: end a step, begin a clean, divert, go forward."""
    if v["Recipe"] < 0.0:
        v["Recipe"] = float(bench.product)
    if v["Cip"]:
        if v["Into"] >= STEPS[int(v["Cip"]) - 1].time - LOST:
            _next_step(p, bench, v)
        return
    full = _dirty(p, bench, v)
    if full or v["Recipe"] != bench.product:
        _begin_clean(p, bench, v, full)
    elif v["Fdv"]:
        if _must_divert(p, v):
            v["Fdv"], v["Hot"] = 0.0, 0.0
            if v["Dp"] < p.least_dp:
                bench.fail("F-REGEN-P")
    elif v["Hot"] >= p.proven - LOST:
        v["Fdv"] = 1.0


def due(p: PasteuriserParameters, bench: Bench, v: dict[str, float]) -> bool:
    """Whether `decide` would change something."""
    if v["Cip"]:
        return v["Into"] >= STEPS[int(v["Cip"]) - 1].time - LOST
    if _dirty(p, bench, v):
        return True
    return _must_divert(p, v) if v["Fdv"] else v["Hot"] >= p.proven - LOST


def _dirty(p: PasteuriserParameters, bench: Bench, v: dict[str, float]) -> bool:
    """Whether plates are due: by hours, or by hot water that is too hot though all is settled."""
    settled = abs(v["HoldSeen"] - bench.setting("HoldSet")) < SETTLED[0]
    settled = settled and abs(v["Valve"] - v["Integral"]) < SETTLED[1]
    hot = settled and v["Fdv"] > 0.5 and v["HotWater"] >= p.hottest
    return hot or v["Run"] >= p.longest - LOST


def amiss(p: PasteuriserParameters, v: dict[str, float]) -> bool:
    """Whether pressure or flow forbid to go forward, however hot it is."""
    return v["Dp"] < p.least_dp or v["Flow"] > p.fastest * p.flow


def _must_divert(p: PasteuriserParameters, v: dict[str, float]) -> bool:
    return v["HoldSeen"] < p.divert or amiss(p, v)


def _begin_clean(p: PasteuriserParameters, bench: Bench, v: dict[str, float], full: bool) -> None:
    """After an allergen, and on fouled plates, with caustic and acid; else with water."""
    if full and v["Run"] < p.longest - LOST:
        bench.fail("F-FOUL")
    full = full or int(v["Recipe"]) in p.allergens
    v["Cip"], v["Into"], v["Fdv"], v["Hot"] = 1.0 if full else float(RINSE_ONLY), 0.0, 0.0, 0.0
    v["Soil"] = 1.0 if full else v["Soil"]


def _next_step(p: PasteuriserParameters, bench: Bench, v: dict[str, float]) -> None:
    v["Into"] = 0.0
    if v["Cip"] < len(cip.FULL):
        v["Cip"] += 1.0
        return
    if v["Cip"] == len(cip.FULL):
        left = v["Soil"]
        v["Deposit"] *= left
        v["Rough"] = 1.0 + GAIN_OF_SOIL * min(left / SOIL_WEAK, 1.5)
        v["Run"] = 0.0
        v["Cleanings"] += 1.0
        if left > DIRTY:
            for fault in WEAKENING:
                bench.fail(fault)
    v["Cip"], v["Recipe"] = 0.0, float(bench.product)

"""Pasteuriser with homogeniser and diversion valve: a continuous plant that cleans itself.

Product goes forward only while it was held hot long enough, as far as the plant can tell; else
it circulates, and nothing comes out. The truth, what survived, is hidden.
"""

from __future__ import annotations

from math import exp, sqrt

from twin.equipment.model import Bench, Equipment, Quantity
from twin.equipment.pasteuriser_course import course
from twin.equipment.pasteuriser_table import (
    FAULTS,
    HOUR,
    PasteuriserParameters,
    alarms,
    quantities,
    settings,
    tags,
)
from twin.equipment.tag import Text
from twin.equipment.utility import Intake
from twin.physics.media import steam_for

FEEDS = 6.0 * HOUR  # s, memory of the feed's temperature, assumed
SPOILT = 0.5  # share of what went forward that makes it a failure, and no swing of a start-up
EVERY = 120  # looks between two changes of it
FEW, MANY = 3.0, 2000.0  # CFU/mL of a clean plant, and for a share of soil of 1; assumed


def pace(p: PasteuriserParameters, bench: Bench) -> float:
    """Nothing comes out while it is diverted or cleaned."""
    if bench.value("Fdv") < 0.5 or bench.value("Cip") > 0.5:
        return 0.0
    leak = min(bench.severity("F-FDV") / 100.0, 1.0)
    return min(bench.setting("FlowSet") / p.flow, 1.0) * (1.0 - leak)


def look(p: PasteuriserParameters, bench: Bench) -> float:
    """Let the feed wander, test the rinse, and book what went forward though it should not."""
    if round(bench.t / p.sample) % EVERY == 0:
        keep = exp(-EVERY * p.sample / FEEDS)
        away = bench.value("Feed") - p.feed
        wander = p.feed_spread * sqrt(1.0 - keep * keep) * bench.normal("feed")
        bench.put("Feed", p.feed + keep * away + wander)
    if bench.value("Tested") != bench.value("Cleanings"):
        bench.put("Tested", bench.value("Cleanings"))
        soil = bench.value("Soil")
        bench.read("RinseCount", (FEW + MANY * soil) * exp(0.3 * bench.normal("rinse")))
    _book(bench)
    bench.give("misread", float(bench.severity("F-RTD") > 0.0))
    return p.sample


def _book(bench: Bench) -> None:
    """Shares of what went forward since the last look that was too cold, or never held."""
    treated = bench.treated - bench.value("Booked")
    if bench.value("Leaked") > bench.value("BookedLeaked"):
        bench.fail("F-FDV")
    if treated <= 0.0:
        return
    bench.put("Booked", bench.treated)
    for name, key in (("underheated", "Underheated"), ("recontaminated", "Leaked")):
        bad = bench.value(key) - bench.value(f"Booked{key}")
        bench.put(f"Booked{key}", bench.value(key))
        bench.give(name, min(max(bad, 0.0) / treated, 1.0))
        if key == "Underheated" and bad > SPOILT * treated:
            bench.fail("F-RTD")


PASTEURISER = Equipment(
    "pasteuriser",
    Text("Pasteuriser", "살균기"),
    PasteuriserParameters,
    tags,
    settings,
    quantities,
    readings=lambda p: (Quantity("RinseCount", "1"),),
    course=course,
    utilities=lambda p: (Intake("steam", "Heat", 250.0, steam_for()),),
    pace=pace,
    look=look,
    alarms=alarms,
    faults=FAULTS,
)

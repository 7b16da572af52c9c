"""The wet side of a beverage plant: silo, blending skid, aseptic tank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import twin
from tests.laws.fluid_audit import check_flow
from tests.laws.lines import make
from twin.trace import Command, State, Trace

STATIONS: dict[str, Any] = {
    "RCV": {"kind": "silo", "rate": "15000 L/h", "to": "raw"},
    "MIX": {
        "kind": "blender", "rate": "12000 L/h", "from": "raw", "to": "blend",
        "setup": {"time": "10 min"},
    },
    "TANK": {
        "kind": "aseptic-tank", "rate": "7000 L/h", "from": "blend", "to": "bowl",
        "setup": {"time": "20 min", "matrix": {"milk": {"juice": "45 min"}}},
    },
    "OUT": {"rate": "6000 L/h", "from": "bowl", "pack": 500},
}  # fmt: skip
BUFFERS = {"raw": 60_000, "blend": 10_000, "bowl": 150}
RECIPES = {
    "milk": {"units": {"MIX": {"Brix": 10.8, "Ph": 6.7}}},
    "juice": {"units": {"MIX": {"Brix": 11.2, "Ph": 3.8}}},
}
HOURS = 12


def plant(stations: dict[str, Any] = STATIONS) -> twin.Line:
    return make(
        stations,
        buffers=BUFFERS,
        products={"milk": {}, "juice": {}},
        orders=[{"product": "milk", "quantity": 30}, {"product": "juice", "quantity": 30}],
        line_clearance=True,
        recipes=RECIPES,
    )


@pytest.fixture(scope="module")
def day() -> Trace:
    return twin.run(plant(), f"{HOURS}h", 2)


def shows(trace: Trace, tag: str, hours: list[float] | None = None) -> np.ndarray:
    begin, end = hours or [0.0, HOURS]
    return twin.sample(trace, [tag], np.arange(begin * 3600.0, end * 3600.0, 30.0))[0]


def setups(trace: Trace, station: str) -> list[float]:
    """Minutes of each changeover of a station."""
    series = trace.index.states(trace.line.place(station))
    ends = np.r_[series.t[1:], trace.now]
    mine = series.state == int(State.SETUP)
    return [float(x) for x in (ends - series.t)[mine] / 60.0]


def test_what_flows_is_accounted_for(day):
    check_flow(day)


def test_the_blend_is_as_the_recipe_of_its_product_says(day):
    assert shows(day, "MIX.Brix", [1.0, 2.0]).mean() == pytest.approx(10.8, abs=0.1)
    assert shows(day, "MIX.Ph", [1.0, 2.0]).mean() == pytest.approx(6.7, abs=0.05)
    product = shows(day, "MIX.Product")
    brix = shows(day, "MIX.Brix")
    late = np.flatnonzero(product == 2)[40:120]
    assert brix[late].mean() == pytest.approx(11.2, abs=0.1)


def test_nothing_comes_out_before_the_blend_is_right():
    """It begins at 11.0 °Bx and has to come to 10.8, which takes it more than a minute."""
    trace = twin.run(plant(), "10min", 2)
    t = np.arange(0.0, 600.0, 1.0)
    made, brix = twin.sample(trace, ["MIX.OutCount", "MIX.Brix"], t)  # in the line's order
    flowing = np.flatnonzero(np.diff(made) > 0.0)
    assert t[flowing[0]] >= 60.0
    assert abs(brix[flowing[0] + 1] - 10.8) < 0.15


def test_a_trim_beyond_the_tolerance_stops_the_flow():
    journal = [Command("set", "MIX.BrixTrim", 0.3, t=1800.0)]
    trace = twin.run(plant(), "2h", 2, journal)
    made = shows(trace, "MIX.OutCount", [0.6, 2.0])
    assert made.min() == made.max() > 0.0


def test_a_blend_that_wanders_off_comes_back():
    """With a wander as large as the tolerance it is off every few minutes, never for long."""
    wild = dict(STATIONS)
    wild["MIX"] = STATIONS["MIX"] | {"parameters": {"spread": 0.1}}
    trace = twin.run(plant(wild), "10h", 2)
    made = shows(trace, "MIX.OutCount", [1.0, 9.0])
    states = shows(trace, "MIX.State", [1.0, 9.0])[1:]
    still = (np.diff(made) == 0.0) & (states == State.WORKING)
    assert still.any()
    assert made[-1] > 20_000
    runs = np.diff(np.flatnonzero(np.r_[True, ~still, True]))
    assert runs.max() * 30.0 < 600.0


def test_a_silo_warms_while_trucks_unload_and_its_jacket_brings_it_back(day):
    temperature = shows(day, "RCV.Temp")
    trucks = shows(day, "RCV.TruckTemp")
    assert temperature.min() > 3.0
    assert temperature.max() < max(4.0, trucks.max()) + 0.3
    assert shows(day, "MIX.FeedTemp", [1.0, 2.0]).mean() == pytest.approx(
        shows(day, "RCV.Temp", [1.0, 2.0]).mean(), abs=0.5
    )
    journal = [Command("stop", "RCV", t=3600.0)]
    still = twin.run(plant(), "30h", 2, journal)
    assert shows(still, "RCV.Temp", [29.0, 30.0]).mean() == pytest.approx(4.0, abs=0.1)


def test_the_agitator_turns_a_third_of_the_time(day):
    current = shows(day, "RCV.AgitatorCurrent")
    assert (current > 3.0).mean() == pytest.approx(1 / 3, abs=0.05)


def test_sterile_air_gives_way_while_product_is_drawn():
    journal = [Command("stop", "OUT", t=3600.0)]
    trace = twin.run(plant(), "2h", 2, journal)
    drawn = shows(trace, "TANK.AirPressure", [0.7, 1.0]).mean()
    still = shows(trace, "TANK.AirPressure", [1.3, 2.0]).mean()
    assert still - drawn == pytest.approx(0.015, abs=0.002)


def test_changeover_times_go_by_pairs_of_products(day):
    """From milk to juice 45 min; the way back, which the table does not name, 20."""
    found = setups(day, "TANK")
    assert len(found) >= 1
    assert found[0] == pytest.approx(45.0)
    assert all(x == pytest.approx(20.0) for x in found[1:2])

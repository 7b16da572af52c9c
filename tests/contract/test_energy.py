"""Energy and utilities of every line: what meters show, what follows from states, what is paid."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import twin
from twin.equipment.utility import UTILITIES
from twin.line.index import shipped
from twin.signals.sources import law_at
from twin.trace import State

NAMES = [entry.id for entry in shipped() if not entry.id.startswith("examples/")]
DAY = 86_400.0


@cache
def day(name: str) -> twin.Trace:
    return twin.run(twin.load(name), DAY, seed=3)


def check_meter(trace: twin.Trace, tag: str, used: float) -> None:
    """The counter shows what was used up to its last reading, a few seconds before the end."""
    row = trace.line.tags[tag]
    shown, before = twin.sample(trace, [tag], [DAY - 1.0, DAY - 11.0])[0]
    assert shown == pytest.approx(used, abs=row.resolution + (shown - before))


def hours(trace: twin.Trace, station: int) -> dict[str, float]:
    """Hours in each state, added up row by row from the log."""
    log = trace.log
    mine = log.place == station
    begins, states = log.t[mine], log.state[mine]
    found = dict.fromkeys((state.name for state in State), 0.0)
    for begin, end, state in zip(begins, [*begins[1:], DAY], states, strict=True):
        found[State(state).name] += (end - begin) / 3600.0
    return found


def by_state(spec: dict[str, float | None], spent: dict[str, float]) -> float:
    """Power or flow of each state times the hours in it, as the guide's table of keys says it."""
    standby = spec["standby"] or 0.0
    rates = {"WORKING": spec["working"] or 0.0, "STOPPED": spec["off"] or 0.0}
    for state, key in (("SETUP", "setup"), ("LOADING", "loading"), ("MAINTENANCE", "maintenance")):
        rates[state] = standby if spec.get(key) is None else spec[key]
    return sum(rates.get(state, standby) * time for state, time in spent.items())


@pytest.mark.parametrize("name", NAMES)
def test_the_electricity_meter_shows_power_times_time_over_all_states(name):
    trace = day(name)
    figures = twin.kpi(trace).stations
    for number, station in enumerate(trace.line.stations):
        spec = station.spec.power.model_dump()
        expected = by_state(spec, hours(trace, number))
        assert expected > 0.0, f"{station.id} uses no electricity"
        check_meter(trace, f"{station.id}.Energy", expected)
        assert figures[station.id]["energy"] == pytest.approx(expected)


@pytest.mark.parametrize("name", NAMES)
def test_every_utility_meter_shows_its_flow_over_time(name):
    trace, t = day(name), np.arange(0.0, DAY, 5.0)
    figures = twin.kpi(trace).stations
    for number, station in enumerate(trace.line.stations):
        own = {row.utility: row for row in station.equipment.utilities(station.parameters)}
        for utility in UTILITIES:
            tag, used = f"{station.id}.{utility.total}", figures[station.id][utility.key]
            spec = getattr(station.spec.utilities, utility.key)
            if utility.key in own:
                row = own[utility.key]
                flow = row.per * law_at(trace, f"{station.id}.{row.quantity}", t)
                assert flow.min() >= 0.0
                expected = flow.sum() * 5.0 / 3600.0
            elif spec is not None:
                expected = by_state(spec.model_dump(), hours(trace, number))
            else:
                assert used is None
                assert tag not in trace.line.tags
                continue
            assert used == pytest.approx(expected, rel=2e-3)
            check_meter(trace, tag, used)


@pytest.mark.parametrize("name", NAMES)
def test_use_and_its_bill_add_up_over_stations_and_hours(name):
    trace = day(name)
    whole, parts = twin.kpi(trace), twin.kpi(trace, by="hour").periods
    prices = trace.line.scenario.costs.utilities
    bill = 0.0
    for utility in UTILITIES:
        used = [figures[utility.key] for figures in whole.stations.values()]
        total = sum(amount for amount in used if amount is not None)
        hourly = [f[utility.key] for p in parts for f in p.kpis.stations.values()]
        assert sum(x for x in hourly if x is not None) == pytest.approx(total)
        assert not total or utility.key in prices, f"{utility.key} has no price"
        bill += prices.get(utility.key, 0.0) * total
    assert whole.line["cost_utilities"] == pytest.approx(bill)
    assert sum(p.kpis.line["cost_utilities"] for p in parts) == pytest.approx(bill)
    costs = ("machine", "energy", "utilities", "labour", "material")
    parts_of_cost = sum(whole.line[f"cost_{what}"] for what in costs)
    assert whole.line["cost"] == pytest.approx(parts_of_cost - whole.line["scrap_proceeds"])


def test_a_reactor_at_rest_gives_its_heat_to_three_and_a_half_tonnes_of_water_an_hour():
    """50 kJ/min K over 24.475 K are 20.4 kW; water of 4.19 kJ/kg K becomes 5 K warmer."""
    trace = day("chemical/cstr-v1")
    expected = 50.0 / 60.0 * (324.475 - 300.0) / (4.19 * 5.0) * 3600.0
    assert float(law_at(trace, "R1.Water", np.array([600.0]))[0]) == pytest.approx(expected, 1e-3)


def test_the_steam_of_a_batch_is_what_heating_its_contents_takes():
    """1.5 t from 25 to 60 °C and 2 t from there to 80 °C, over the batches begun in a day."""
    trace = day("chemical/coating-v1")
    t = np.arange(0.0, DAY, 2.0)
    temp, mass, steam = (law_at(trace, f"R101.{what}", t) for what in ("Temp", "Mass", "Steam"))
    heating = steam[:-1] > 1.0
    gained = (3.8 * mass[:-1] * np.diff(temp))[heating].sum()
    # while it doses the jacket also warms what comes in cold, so the contents gain a little less
    assert steam.sum() * 2.0 / 3600.0 * 2163.0 == pytest.approx(gained, rel=0.1)

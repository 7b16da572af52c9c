"""What every shipped line has round its machines: orders, people, care, materials, money."""

from __future__ import annotations

import pytest

import twin
from twin.line.index import shipped

NAMES = [entry.id for entry in shipped() if not entry.id.startswith("examples/")]
BY_HAND = ("review", "wash", "touch-up")  # benches of people, who need no announcement


@pytest.fixture(scope="module", params=NAMES)
def line(request) -> twin.Line:
    return twin.load(request.param)


def test_it_makes_products_to_orders_and_changes_over_between_them(line):
    products = set(line.scenario.products)
    assert products == {order.product for order in line.scenario.orders}
    changes = [station.id for station in line.stations if station.spec.setup is not None]
    assert changes or len(products) == 1


def test_it_has_shifts_and_people_for_work_and_for_repair(line):
    spec = line.scenario
    assert len(spec.calendar.shifts) >= 2
    assert {"operators", "technicians"} <= set(spec.crews)
    called = {mode.crew for station in line.stations for mode in station.spec.failures}
    assert {"operators", "technicians"} <= called


def test_its_machines_are_cared_for_by_plan(line):
    plans = [plan for station in line.stations for plan in station.spec.maintenance]
    assert plans
    assert all(plan.crew in line.scenario.crews and plan.title is not None for plan in plans)


def test_everything_it_uses_has_a_price(line):
    costs = line.scenario.costs
    people = {name for name in line.scenario.crews if name != "robot"}
    assert people <= set(costs.labour)
    assert set(line.scenario.products) == set(costs.material) == set(costs.scrap)
    assert costs.energy.tariff
    stations = {
        station.id: costs.machine | costs.stations.get(station.id, {}) for station in line.stations
    }
    assert all(rates["working"] > 0.0 and rates["down"] > 0.0 for rates in stations.values())


def test_every_station_uses_electricity_and_some_another_utility(line):
    assert all(station.spec.power.working > 0.0 for station in line.stations)
    names = {tag.name for station in line.stations for tag in station.tags}
    assert names & {"AirTotal", "SteamTotal", "WaterTotal", "N2Total"}


def test_it_takes_materials_from_lots(line):
    assert line.feeds
    assert set(line.scenario.materials) == {feed.material for feed in line.feeds}


def test_every_machine_can_announce_what_is_wrong(line):
    for station in line.stations:
        assert station.alarms or station.kind in BY_HAND, station.id
        for alarm in station.alarms:
            assert alarm.title.en, alarm.key
            assert alarm.title.ko, alarm.key
            assert alarm.cause.en, alarm.key
            assert alarm.cause.ko != alarm.cause.en, alarm.key
            assert alarm.severity in (200, 500, 800), alarm.key

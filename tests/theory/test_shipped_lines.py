"""Golden numbers of the shipped lines themselves: rates, speeds, the yardstick of their stops."""

from __future__ import annotations

import pytest

import twin
from tests.theory.test_flow import NOMINAL, PACKAGING
from twin.line.line import Station
from twin.line.values import mean_of
from twin.physics import machining

BOTTLES = {"PACK": 24, "PALL": 24}  # in one unit of what these stations count


@pytest.fixture(scope="module")
def bottler() -> twin.Line:
    return twin.load("food/beverage-v1")


@pytest.fixture(scope="module")
def smt() -> twin.Line:
    return twin.load("electronics/smt-v1")


def longest(station: Station) -> tuple[float, float]:
    """Minutes between stops and of a stop, of the mode that costs most."""
    rows = [(mean_of(f.after) / 60.0, mean_of(f.repair) / 60.0) for f in station.spec.failures]
    return max(rows, key=lambda row: row[1] / row[0])


@pytest.mark.parametrize(("name", "factor", "between", "stop"), PACKAGING)
def test_the_bottling_line_is_the_one_whose_efficiency_is_golden(
    bottler, name, factor, between, stop
):
    """Speeds rise away from the filler (the V profile); stops are those of the yardstick."""
    station = bottler.station_by_id[name]
    assert station.spec.rate * BOTTLES.get(name, 1) * 3600.0 == pytest.approx(NOMINAL * factor)
    assert longest(station) == pytest.approx((between, stop))


def test_buffers_of_the_bottling_line_hold_six_minutes_of_the_filler(bottler):
    rooms = {buffer.id: buffer.capacity for buffer in bottler.buffers}
    assert rooms["empties"] == rooms["filled"] == rooms["LABEL.queue"] == 6 * NOMINAL / 60


def test_a_placer_of_40000_an_hour_sets_240_parts_in_21_6_s_and_hands_on_in_3(smt):
    for name in ("PNP1", "PNP2"):
        station = smt.station_by_id[name]
        placing = 3600.0 * station.parameters.parts / 40_000.0
        assert placing == pytest.approx(21.6)
        assert mean_of(station.spec.cycle["controller"]) == pytest.approx(placing + 3.0)


def test_an_oven_of_13_zones_at_80_cm_a_minute_takes_4_9_min_and_137_panels_an_hour(smt):
    """A pitch of 35 cm is 26.25 s; rounded to 26 s it gives the usual 138 panels an hour."""
    oven = smt.station_by_id["RFL"]
    pitch = mean_of(oven.spec.cycle)
    assert oven.residence / 60.0 == pytest.approx(4.9, abs=0.03)
    assert pitch == pytest.approx(0.35 / (0.80 / 60.0))
    assert 3600.0 / round(pitch) == pytest.approx(138, abs=0.5)
    others = (mean_of(s.spec.cycle) for s in smt.stations if s.kind in ("printer", "spi", "aoi"))
    assert pitch > max(others)  # the bottleneck, with the placers


def test_a_lathe_cuts_145_s_and_a_robot_takes_14_to_load():
    lathe = twin.load("machine-parts/shaft-v1").station_by_id["LTH1"]
    assert mean_of(lathe.spec.cycle["pump-shaft"]) == 145.0
    assert mean_of(lathe.spec.load.time) == 14.0


def test_shipped_lathes_cut_as_the_golden_cut_does():
    """37.3 % of 11 kW, an edge of 24.4 min, Ra 1.56 um: the parameters of the kind."""
    p = twin.load("machine-parts/shaft-v1").station_by_id["LTH1"].parameters
    force = machining.cutting_force(machining.STEELS[p.steel], p.feed, p.depth)
    power = machining.cutting_power(force, p.speed)
    assert machining.spindle_load(power, p.rated, 0.0) == pytest.approx(37.3, abs=0.1)
    assert machining.tool_life(p.speed) == pytest.approx(24.4, abs=0.05)
    assert machining.roughness(p.feed, p.nose) == pytest.approx(1.56, abs=0.005)

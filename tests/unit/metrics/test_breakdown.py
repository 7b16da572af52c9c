"""Key figures of shifts, hours, orders and products against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.lines import make
from twin.errors import UsageError

H = 3600.0
SEOUL = {"start": "2026-03-02T06:00", "timezone": "Asia/Seoul"}


def shifts(*rows: dict, **rest) -> dict:
    return SEOUL | {"shifts": list(rows)} | rest


EARLY = {"id": "early", "from": "06:00", "to": "08:00", "breaks": [{"at": "07:00", "for": "30min"}]}
LATE = {"id": "late", "from": "08:00", "to": "09:00"}
PER_MINUTE = {"A": {"cycle": "60 s", "power": {"working": "6 kW", "standby": "2 kW"}}}


def by(trace: twin.Trace, what: str) -> dict[str, twin.metrics.Kpis]:
    return {period.key: period.kpis for period in twin.kpi(trace, by=what).periods}


def test_a_shift_is_as_long_as_its_breaks_leave_it():
    found = by(twin.run(make(PER_MINUTE, calendar=shifts(EARLY, LATE)), "4h"), "shift")
    early, late = found["2026-03-02 early"], found["2026-03-02 late"]
    assert early.stations["A"]["pbt"] == pytest.approx(1.5)
    assert early.stations["A"]["availability"] == pytest.approx(1.0)
    # the part that ends when the shift ends is finished in the next one
    assert (early.stations["A"]["produced"], late.stations["A"]["produced"]) == (89, 60)
    assert (early.line["finished"], found["-"].line["finished"]) == (89, 1)
    assert early.line["throughput"] == pytest.approx(89 / 1.5)
    assert early.states["A"]["IDLE"] == pytest.approx(0.25)
    assert early.line["energy"] == pytest.approx(1.5 * 6 + 0.5 * 2)


def test_breaks_and_nights_leave_the_ratios_of_the_whole_run_alone():
    line = make(PER_MINUTE, calendar=shifts(EARLY, LATE))
    whole = twin.kpi(twin.run(line, "72h"))
    assert whole.stations["A"]["oee"] == pytest.approx(1.0)
    assert whole.stations["A"]["pbt"] == pytest.approx(7.5)
    assert whole.line["throughput"] == pytest.approx(60.0)


def test_work_beyond_the_end_of_a_shift_is_overtime_and_planned_busy_time():
    line = make({"A": {"cycle": "50 min"}}, calendar=shifts(EARLY | {"breaks": []}))
    trace = twin.run(line, "5h")
    found = by(trace, "shift")
    # parts at 0, 50 and 100 min; the third ends at 150 min, half an hour after the shift
    early, between = found["2026-03-02 early"].stations["A"], found["-"].stations["A"]
    assert (early["pbt"], early["overtime"]) == (pytest.approx(2.0), 0.0)
    assert (between["pbt"], between["overtime"]) == (pytest.approx(0.5), pytest.approx(0.5))
    assert early["effectiveness"] == between["effectiveness"] == pytest.approx(1.0)
    assert twin.kpi(trace).stations["A"]["availability"] == pytest.approx(1.0)


def test_a_shift_without_planned_busy_time_has_counts_but_no_ratios():
    """Zero PBT: nothing to divide by, so availability and OEE have no value, neither 0 nor 1."""
    empty = {"id": "empty", "from": "08:00", "to": "09:00",
             "breaks": [{"at": "08:00", "for": "1h"}]}  # fmt: skip
    line = make({"A": {"cycle": "61 min"}}, calendar=shifts(EARLY | {"breaks": []}, empty))
    station = by(twin.run(make(PER_MINUTE, calendar=shifts(EARLY, empty)), "4h"), "shift")
    none = station["2026-03-02 empty"].stations["A"]
    assert none["pbt"] == 0.0
    assert [none[key] for key in ("availability", "effectiveness", "oee", "nee", "down")] == [
        None
    ] * 5
    assert station["2026-03-02 empty"].line["throughput"] is None
    assert station["2026-03-02 empty"].line["finished"] == 1  # the part in work when it began
    worked = by(twin.run(line, "4h"), "shift")["2026-03-02 empty"].stations["A"]
    assert worked["pbt"] == pytest.approx(2 / 60)  # overtime of the part in work
    assert worked["availability"] == pytest.approx(1.0)


def test_a_shift_across_midnight_belongs_to_the_day_it_begins_on():
    night = {"id": "night", "from": "22:00", "to": "06:00"}
    periods = twin.kpi(
        twin.run(make(PER_MINUTE, calendar=shifts(night)), "48h"), by="shift"
    ).periods
    assert [(p.key, p.begins[:16], p.ends[:16]) for p in periods[:2]] == [
        ("2026-03-02 night", "2026-03-02T22:00", "2026-03-03T06:00"),
        ("2026-03-03 night", "2026-03-03T22:00", "2026-03-04T06:00"),
    ]
    assert [p.kpis.stations["A"]["pbt"] for p in periods[:2]] == pytest.approx([8.0, 8.0])


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28T22:00", 7.0), ("2026-10-24T22:00", 9.0)])
def test_the_night_of_a_daylight_saving_jump_is_planned_as_long_as_it_is(start, hours):
    night = {"id": "night", "from": "22:00", "to": "06:00"}
    berlin = {"start": start, "timezone": "Europe/Berlin", "shifts": [night]}
    trace = twin.run(make(PER_MINUTE, calendar=berlin), "12h")
    first, rest = twin.kpi(trace, by="shift").periods
    assert first.kpis.duration == hours * H
    assert first.kpis.stations["A"]["pbt"] == pytest.approx(hours)
    assert first.kpis.stations["A"]["produced"] == hours * 60 - 1
    assert rest.kpis.duration == (12 - hours) * H
    clocks = [p.key[11:16] for p in twin.kpi(trace, by="hour").periods]
    assert len({p.key for p in twin.kpi(trace, by="hour").periods}) == len(clocks) == 12
    assert (
        clocks[:6]
        == {
            7.0: ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00"],
            9.0: ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00"],
        }[hours]
    )


def test_a_part_in_work_at_the_border_is_finished_in_the_second_and_shared_by_its_work():
    line = make({"A": {"cycle": "40 min"}})
    found = list(by(twin.run(line, "3h"), "hour").values())
    # parts from 0, 40, 80, 120 and 160 min; the one at 120 min ends one and begins another
    assert [k.stations["A"]["produced"] for k in found] == [1, 1, 2]
    assert [k.line["finished"] for k in found] == [1, 1, 2]
    for k in found:
        assert k.stations["A"]["effectiveness"] == pytest.approx(1.0)
        assert k.line["wip"] == pytest.approx(1.0)


def test_an_order_that_changes_inside_a_shift_has_its_own_figures():
    stations = {
        "A": {"cycle": {"p": "60 s", "q": "120 s"}, "setup": {"time": "10 min"}, "to": "B"},
        "B": {"cycle": "30 s", "buffer": 2},
    }
    orders = [{"product": "p", "quantity": 20}, {"product": "q", "quantity": 10}]
    line = make(stations, products={"p": {}, "q": {}}, orders=orders, calendar=shifts(EARLY))
    trace = twin.run(line, "1h")
    periods = twin.kpi(trace, by="order").periods
    assert [(p.key, p.title, p.begin, p.end) for p in periods[:2]] == [
        ("1", "p", 0.0, 1200.0), ("2", "q", 1200.0, 3000.0),
    ]  # fmt: skip
    first, second = (p.kpis for p in periods[:2])
    assert (first.line["finished"], second.line["finished"]) == (20, 10)
    assert first.stations["A"]["setup"] == 0.0
    # 10 min of set-up and ten parts of 2 min: a third of the order's 30 min
    assert second.stations["A"]["setup_ratio"] == pytest.approx(1 / 3)
    assert second.stations["A"]["nee"] == pytest.approx(1.0)
    assert second.stations["A"]["availability"] == pytest.approx(2 / 3)
    assert by(trace, "product")["q"].stations["A"]["pbt"] == pytest.approx(0.5)
    one_shift = by(trace, "shift")["2026-03-02 early"]
    assert one_shift.line["finished"] == 30


def test_a_repair_over_the_border_is_shared_and_its_failure_counts_once():
    failing = {"id": "jam", "after": "50 min", "repair": "20 min"}
    line = make({"A": {"cycle": "10 h", "failures": [failing]}})
    found = list(by(twin.run(line, "2h"), "hour").values())
    assert [k.stations["A"]["mttr"] for k in found] == [pytest.approx(10.0), None]
    assert [k.stations["A"]["down"] for k in found] == pytest.approx([1 / 6, 1 / 6])
    assert [k.stations["A"]["technical"] for k in found] == pytest.approx([5 / 6, 5 / 6])


def test_maintenance_is_not_planned_busy_time():
    care = {"id": "oil", "every": "1h", "time": "15 min"}
    line = make({"A": {"cycle": "60 s", "maintenance": [care]}})
    k = twin.kpi(twin.run(line, "2h")).stations["A"]
    assert k["pbt"] == pytest.approx(1.75)
    assert k["availability"] == pytest.approx(1.0)
    assert k["corrective"] == 0.0


def test_being_down_overnight_is_not_planned_busy_time():
    failing = {"id": "jam", "after": "110 min", "repair": "30 min", "crew": "fitters"}
    calendar = shifts(EARLY | {"breaks": []})
    stations = {"A": {"cycle": "60 s", "failures": [failing]}}
    line = make(stations, calendar=calendar, crews={"fitters": {"count": 1}})
    k = twin.kpi(twin.run(line, "24h")).stations["A"]
    assert k["pbt"] == pytest.approx(2.0)
    assert k["down"] == pytest.approx(10 / 120)


def test_a_line_without_calendar_has_no_shifts():
    trace = twin.run(make(PER_MINUTE), "1h")
    with pytest.raises(UsageError, match="no calendar"):
        twin.kpi(trace, by="shift")
    with pytest.raises(UsageError, match="one of shift, hour, order, product"):
        twin.kpi(trace, by="moon")


COSTS = {
    "currency": "KRW",
    "machine": {"working": 60, "idle": 6, "down": 120},
    "stations": {"B": {"working": 600}},
    "labour": {"people": 100},
    "material": {"part": 7},
    "scrap": {"part": 2},
    "energy": {"price": 10, "tariff": [{"from": "07:00", "to": "08:00", "price": 30}]},
}


def costly() -> twin.Line:
    stations = {
        "A": PER_MINUTE["A"] | {"to": "B"},
        "B": {"cycle": "30 s", "buffer": 2, "to": [{"to": "scrap", "share": 0.25}, {"to": "out"}]},
    }
    crews = {"people": {"count": 3}}
    return make(stations, calendar=shifts(EARLY, LATE), crews=crews, costs=COSTS)


def test_costs_are_what_one_computes_by_hand():
    k = twin.kpi(twin.run(costly(), "2h"))
    # A works 90 min of the two hours and rests 30; energy: 1 h at 10, then 30 min off, 30 on at 30
    assert k.stations["A"]["cost_energy"] == pytest.approx(6 * 10 + (0.5 * 2 + 0.5 * 6) * 30)
    assert k.stations["A"]["cost"] == pytest.approx(1.5 * 60 + 0.5 * 6 + 180)
    assert k.line["cost_labour"] == pytest.approx(3 * 2 * 100)  # breaks are paid
    assert k.line["cost_material"] == 90 * 7
    assert k.line["scrap_proceeds"] == k.line["scrapped"] * 2
    assert k.line["cost_scrap"] == k.line["scrapped"] * 5


def test_the_costs_of_the_line_are_the_sum_of_their_kinds_and_of_the_shifts():
    trace = twin.run(costly(), "50h", seed=3)
    whole = twin.kpi(trace)
    kinds = ("cost_machine", "cost_energy", "cost_labour", "cost_material")
    total = sum(whole.line[key] for key in kinds) - whole.line["scrap_proceeds"]
    assert whole.line["cost"] == pytest.approx(total)
    stations = sum(values["cost"] for values in whole.stations.values())
    machine = whole.line["cost_machine"] + whole.line["cost_energy"]
    assert stations == pytest.approx(machine)
    for what in ("shift", "hour", "order", "product"):
        for key in (*kinds, "cost", "cost_down", "cost_scrap", "scrap_proceeds"):
            shares = [k.line[key] for k in by(trace, what).values()]
            assert np.sum(shares) == pytest.approx(whole.line[key]), (what, key)


def test_scrap_is_charged_to_the_station_that_rejected_it():
    smt = twin.load("electronics/smt-v1")
    trace = twin.run(smt, "48h", seed=2)
    k = twin.kpi(trace)
    lost = sum(values["cost_scrap"] for values in k.stations.values())
    assert lost == pytest.approx(k.line["cost_scrap"])
    assert k.stations["RVW"]["cost_scrap"] == pytest.approx(lost)


def test_a_line_without_costs_has_none():
    k = twin.kpi(twin.run(make(PER_MINUTE), "1h"))
    assert k.line["cost"] is None
    assert k.stations["A"]["cost_energy"] is None

"""Key figures add up: those of shifts, hours, orders and products are shares of the whole run's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

import twin
from tests.laws.lines import Day, days
from twin.metrics import BY
from twin.metrics.clocks import Clocks
from twin.metrics.periods import BY as CUTS
from twin.metrics.shares import line_sums, station_sums
from twin.metrics.tally import tally

COUNTED = ("produced", "rejected", "energy", "pbt", "overtime")


@settings(max_examples=60)
@given(days())
def test_the_shares_of_a_run_add_up_to_it(day: Day):
    trace = day.run()
    whole, sums = twin.kpi(trace), tally(trace)
    for by in BY:
        if by == "shift" and day.line.calendar is None:
            continue
        periods = twin.kpi(trace, by=by).periods
        assert periods, by
        line = {key: math.fsum(p.kpis.line[key] for p in periods) for key in ("finished", "energy")}
        assert line == pytest.approx({key: whole.line[key] for key in line}), by
        for station in day.line.stations:
            for key in COUNTED:
                shares = [p.kpis.stations[station.id][key] for p in periods]
                expected = whole.stations[station.id][key]
                assert math.fsum(shares) == pytest.approx(expected, abs=1e-9), (by, key)
        split, clocks = CUTS[by](trace), Clocks(day.line)
        for i in range(len(day.line.stations)):
            mine = station_sums(trace, i, split, clocks)
            assert sum(s.time for s in mine) == pytest.approx(sums.state_time[i])
            assert sum(s.plan for s in mine) == pytest.approx(sums.planned_time[i])
            assert sum(s.planned for s in mine) == pytest.approx(sums.planned_done[i])
            assert sum(s.repair_time for s in mine) == pytest.approx(sums.repair_time[i])
            assert sum(s.started for s in mine) == sums.started[i]
        parts = line_sums(trace, split, clocks)
        assert sum(s.part_time for s in parts) == pytest.approx(sums.all_part_time)
        assert sum(s.length for s in parts) == pytest.approx(trace.now)
        assert sum(s.born for s in parts).tolist() == sums.born.tolist()


@settings(max_examples=40)
@given(days())
def test_ratios_of_time_lie_between_zero_and_one(day: Day):
    trace = day.run()
    found = [twin.kpi(trace), *(p.kpis for p in twin.kpi(trace, by="hour").periods)]
    for kpis in found:
        for values in kpis.stations.values():
            for key in ("availability", "allocation", "utilisation", "technical", "starved"):
                value = values[key]
                assert value is None or -1e-9 <= value <= 1.0 + 1e-9, key

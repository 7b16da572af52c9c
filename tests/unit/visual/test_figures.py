"""The numbers on a picture are those of the trace up to that instant, and of nothing later."""

import numpy as np
import pytest

import twin
from twin.trace import State
from visual.figures import figures_at
from visual.overlay import entries
from visual.pose import pose


@pytest.mark.parametrize("t", [0.0, 30.0, 3600.0, 7000.0])
def test_figures_in_the_middle_are_the_kpis_of_a_run_that_ends_there(line, trace, t):
    found = figures_at(trace, t)
    if t > 0:
        until = twin.run(line, np.nextafter(t, np.inf), seed=1)
        expected = twin.kpi(until)
        assert found.kpis.line["finished"] == expected.line["finished"]
        if expected.line["oee"] is not None:
            assert found.kpis.line["oee"] == pytest.approx(expected.line["oee"], rel=1e-9)
    assert found.wip == len(trace.parts_at(t))


def test_shares_of_a_station_sum_to_one(trace):
    assert figures_at(trace, 5000.0).shares.sum(axis=1) == pytest.approx(np.ones(12))


def test_the_mean_of_the_throughput_curve_is_the_throughput(trace):
    """Without smoothing the bins' parts are all parts; smoothing keeps the sum but for the ends."""
    figures = figures_at(trace, 7200.0)
    finished = twin.sample(trace, ["Line.Finished"], [7200.0])[0, 0]
    assert figures.rate.mean() * 2.0 == pytest.approx(finished, rel=0.05)
    assert figures.hours[-1] == pytest.approx(2.0)


def test_spells_are_the_bottlenecks_stops(line):
    trace = twin.run(line, "6h", seed=1)
    figures = figures_at(trace, 20_000.0)
    total = {State.DOWN: 0.0, State.SETUP: 0.0}
    for begin, end, state in figures.spells:
        assert 0.0 <= begin < end <= 20_000.0 / 3600.0
        total[state] += end - begin
    row = [s.id for s in line.stations].index(figures.kpis.bottleneck)
    for state, hours in total.items():
        assert hours <= figures.shares[row, state] * 20_000.0 / 3600.0 + 1e-9


def test_the_header_names_what_is_down(scene, trace):
    states = trace.index.states(trace.line.place("PNP2"))
    t = float(states.t[states.state == State.DOWN][0]) + 1.0
    for lang, word in (("en", "down PNP2"), ("ko", "고장 PNP2")):
        rows = entries(figures_at(trace, t), pose(scene, trace, t), lang)
        assert ("1", word) in [row[:2] for row in rows]


def test_before_anything_has_happened_the_header_has_dashes_not_errors(scene, trace):
    rows = entries(figures_at(trace, 0.0), pose(scene, trace, 0.0), "en")
    assert rows[0][0] == "–"

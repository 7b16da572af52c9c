"""Series by place, law, reading and kind: the same whether built at once or row by row."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.lines import smt
from twin.trace import EventKind


@pytest.fixture(scope="module")
def pair() -> tuple[twin.Trace, twin.Trace]:
    """A finished trace, and one that was asked for everything after every minute."""
    run = twin.Run(smt(), 4)
    for minute in range(1, 181):
        run.advance(60.0 * minute)
        _ask(run.trace)
    return twin.run(smt(), "3h", 4), run.trace


def _ask(trace: twin.Trace) -> list[np.ndarray]:
    index, line = trace.index, trace.line
    out = []
    for place in range(len(line.places)):
        out += [index.arrivals(place), index.departures(place)]
    for place in range(len(line.stations)):
        series = index.states(place)
        out += [series.t, series.state, series.part]
        for kind in EventKind:
            events = index.events(kind, place)
            out += [events.t, events.part, events.value]
    for number in range(len(line.quantities)):
        laws = index.laws(number)
        out += [laws.t, laws.value, laws.target, laws.tau]
    for number in range(len(line.readings)):
        readings = index.readings(number)
        out += [readings.t, readings.part, readings.value]
    return out


def test_an_index_that_followed_is_an_index_built_at_once(pair):
    for a, b in zip(*map(_ask, pair), strict=True):
        assert np.array_equal(a, b)


def test_every_row_is_in_a_series(pair):
    trace = pair[0]
    stations = len(trace.line.stations)
    rows = sum(len(trace.index.states(place)) for place in range(stations))
    assert rows == (trace.log.place < stations).sum()
    laws = sum(len(trace.index.laws(n)) for n in range(len(trace.line.quantities)))
    assert laws == len(trace.tracks)
    readings = sum(len(trace.index.readings(n)) for n in range(len(trace.line.readings)))
    assert readings == len(trace.readings)


def test_series_are_sorted_by_time(pair):
    for place in range(len(pair[0].line.places)):
        assert (np.diff(pair[0].index.arrivals(place)) >= 0.0).all()
        assert (np.diff(pair[0].index.departures(place)) >= 0.0).all()


def test_what_came_less_what_left_is_what_is_there(pair):
    trace = pair[0]
    index, line = trace.index, trace.line
    where = [row.place for row in trace.parts_at(np.nextafter(trace.now, 0.0))]
    for place, name in enumerate(line.places):
        if place not in trace.sinks:
            left = len(index.arrivals(place)) - len(index.departures(place))
            assert left == where.count(name), name


def test_an_unknown_column_is_an_attribute_error(pair):
    with pytest.raises(AttributeError):
        _ = pair[0].index.states(0).nothing

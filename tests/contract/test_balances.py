"""Four weeks of every shipped line, with each of its faults: counts, material, energy balance.

Nothing here asks the product for a sum: tables of the trace are walked row by row.
"""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.audit import SINKS, audit, check_events
from tests.laws.fluid_audit import check_flow
from tests.laws.material_audit import check_materials
from twin.equipment.tag import Count, FlowCount, Total
from twin.field import records
from twin.line.index import shipped
from twin.trace import Command, EventKind, Trace

HOUR = 3600.0
WEEKS = 28 * 24 * HOUR
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module", params=[row.id for row in shipped()])
def month(request) -> Trace:
    line = twin.load(request.param)
    journal = [
        Command(kind, fault.id, None, "instructor", "test", (30.0 + 40.0 * i + wait) * HOUR)
        for i, fault in enumerate(line.faults)
        for kind, wait in (("fault", 0.0), ("repair", 36.0))
    ]
    return twin.run(line, WEEKS, 2, journal)


def test_parts_and_material_that_came_are_there_or_have_left(month):
    if month.line.faults:
        assert EventKind.FAULT_REPAIR in month.events.kind
    books = audit(month)
    check_events(month)
    check_flow(month)
    check_materials(month, books)
    waiting = len(month.parts) - books.inside - sum(books.ended[name] for name in SINKS)
    assert waiting in (0, 1)  # who comes by himself may stand in front of a full line
    found = twin.kpi(month).line
    assert (found["finished"], found["scrapped"]) == (books.ended["out"], books.ended["scrap"])


def test_energy_is_power_times_time_in_each_state(month):
    """Of electricity and of other media: meters, key figures and states say the same."""
    found = twin.kpi(month)
    end = np.nextafter(month.now, 0.0)
    used = 0.0
    for number, station in enumerate(month.line.stations):
        series = month.index.states(number)
        spans = np.diff(np.r_[series.t, month.now])
        assert spans.sum() == pytest.approx(month.now)
        for tag in station.tags:
            if not isinstance(tag.source, Total):
                continue
            exact = (np.array(tag.source.levels)[series.state] * spans).sum() / 3600.0
            shown = twin.sample(month, [f"{station.id}.{tag.name}"], [end])[0, 0]
            assert shown == pytest.approx(exact, abs=1.1 * tag.resolution, rel=1e-5), tag.key
            if tag.name == "Energy":
                used += exact
                assert found.stations[station.id]["energy"] == pytest.approx(exact, rel=1e-9)
    assert found.line["energy"] == pytest.approx(used, rel=1e-9)


def test_dirt_on_the_way_alters_no_count_but_where_its_truth_says_so(month):
    """The last hours under the worst of dirt: what else is received of counters is true."""
    counters = [t.key for t in month.line.tags.values() if isinstance(t.source, Count | FlowCount)]
    got = records(month, counters, month.now - 4.0 * HOUR, month.now, "hostile")
    told = {name: [deed for deed in got.truth if deed.tag in (name, f"{name.split('.')[0]}.*")]
            for name in counters}  # fmt: skip
    for number, name in enumerate(got.records.names):
        mine = got.records.tag == number
        t, value = got.records.t[mine], got.records.value[mine]
        sound = np.ones(len(t), dtype=bool)
        for deed in told.get(name, []):
            sound &= (t < deed.begin) | (t >= deed.end)
        if name in told:
            shown = twin.sample(month, [name], t[sound])[0]
            assert np.array_equal(value[sound], shown), name

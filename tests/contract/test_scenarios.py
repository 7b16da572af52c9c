"""Every shipped scenario passes the public checks, runs, repeats itself and adds up."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.audit import audit, check_events, check_work
from twin.line.index import shipped
from twin.trace import Command, State

NAMES = [entry if isinstance(entry, str) else entry.id for entry in shipped()]
HOURS = 4


@pytest.fixture(scope="module", params=NAMES)
def line(request) -> twin.Line:
    return twin.load(request.param)


@pytest.fixture(scope="module")
def trace(line: twin.Line) -> twin.Trace:
    return twin.run(line, f"{HOURS}h", seed=1)


def test_the_two_lines_of_this_version_are_shipped():
    assert {"electronics/smt-v1", "examples/three-stations-v1"} <= set(NAMES)


def test_its_check_finds_nothing(line):
    assert twin.check(line.id) == []


def test_its_id_names_its_version(line):
    assert line.id.rsplit("-v", 1)[1].isdigit()
    assert line.title.en
    assert line.title.ko


def test_it_adds_up(trace):
    books = audit(trace)
    check_work(trace, books)
    check_events(trace)
    assert books.inside + sum(books.ended.values()) > (2 if batches(trace.line) else 10)


def test_it_repeats_itself(line, trace):
    assert twin.run(line, f"{HOURS}h", seed=1).digest == trace.digest
    assert twin.run(line, f"{HOURS}h", seed=2).digest != trace.digest


def batches(line: twin.Line) -> bool:
    """Whether a part of the line is a batch that takes hours at one unit."""
    return any(station.equipment.phases(station.parameters) for station in line.stations)


def test_every_station_gets_to_work(line, trace):
    """A day is long enough for all but repair benches, three days where parts are batches."""
    day = twin.run(line, "72h" if batches(line) else "24h", seed=1)
    for place, station in enumerate(line.stations):
        assert State.WORKING in day.index.states(place).state, station.id
    assert len(day.index.arrivals(line.place("out"))) > 10, "a batch furnace takes hours"


def test_every_tag_can_be_read_and_is_described(line, trace):
    ticks = np.linspace(0.0, HOURS * 3600.0 - 1.0, 500)
    for tag, values in zip(line.tags.values(), twin.sample(trace, "*", ticks), strict=True):
        assert np.isfinite(values).all(), tag.key
        assert tag.low < tag.high, tag.key
        assert tag.title.en, tag.key
        assert tag.title.ko, tag.key
        assert tag.period > 0.0
        assert len(tag.labels) in (0, round(tag.high - tag.low) + 1), tag.key


def test_every_set_point_can_be_written_from_end_to_end(line):
    run = twin.Run(line, 1)
    for key, setting in line.settings.items():
        assert setting.low <= setting.default <= setting.high
        for value in (setting.low, setting.high, setting.default):
            run.advance(run.now + 30.0)
            run.apply(Command("set", key, value, "engineer", "test"))
            run.advance(run.now + 1.5)
            tag = line.tags[key]
            shown = twin.sample(run.trace, [key], [np.nextafter(run.now, 0.0)])[0, 0]
            assert shown == pytest.approx(value, abs=tag.resolution), key
    audit(run.trace)


def test_every_fault_can_be_injected_and_ended(line):
    for fault in line.faults:
        journal = [
            Command("fault", fault.id, None, "instructor", "test", 1800.0),
            Command("repair", fault.id, None, "instructor", "test", 5400.0),
        ]
        trace = twin.run(line, "2h", 1, journal)
        audit(trace)
        assert len(trace.journal) == 2


def test_a_snapshot_goes_on(line, trace):
    run = twin.Run(line, 1)
    run.advance(HOURS * 1234.5)
    branch = twin.resume(twin.snapshot(run))
    branch.advance(HOURS * 3600.0)
    assert branch.trace.digest == trace.digest

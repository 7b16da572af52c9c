"""Every fault of every shipped line, from its own row: it acts, shows, spoils, is labelled.

Each is injected into a run whose twin, of the same seed, stays sound. Nothing here names a fault
but for the exceptions below.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import twin
from tests.contract.fault_pairs import (
    DAYS,
    HOUR,
    Story,
    answers,
    labels,
    parted,
    tell,
    told,
    touched,
)
from twin.equipment.tag import FlowCount, FluidLevel, Level
from twin.line import Line
from twin.line.index import shipped
from twin.line.line import Fault
from twin.trace import Command

CASES = [(row.id, fault.id) for row in shipped() for fault in twin.load(row.id).faults]
COUNTED = (Level, FluidLevel, FlowCount)  # of what others take and send
NORMAL = {"M-THERM"}  # a cold machine is no failure: it passes by itself, and nobody repairs it
WRONG = {"E-REEL", "M-PROG"}  # a wrong thing is wrong at any size
LEAST = float(np.nextafter(0.0, 1.0))


@cache
def line_of(name: str) -> Line:
    return told(twin.load(name), DAYS[name].span)


@cache
def sound(name: str) -> Story:
    return tell(line_of(name), DAYS[name].length)


def ill(name: str, fault: Fault) -> Story:
    """The same day with the fault; one that nobody finds is ended before the day is over."""
    day = DAYS[name]
    journal = [Command("fault", fault.id, None, "instructor", "test", day.onset * HOUR)]
    if fault.spec.found is None and fault.spec.repair is None:
        end = (day.length - 1.0) * HOUR
        journal.append(Command("repair", fault.id, None, "instructor", "test", end))
    return tell(line_of(name), day.length, *journal)


@pytest.fixture(scope="module", params=CASES, ids=[f"{line}:{fault}" for line, fault in CASES])
def case(request) -> tuple[Line, Fault, Story, Story]:
    name, key = request.param
    fault = next(fault for fault in line_of(name).faults if fault.id == key)
    return line_of(name), fault, sound(name), ill(name, fault)


def test_every_figure_of_its_row_is_there(case):
    line, fault, _, _ = case
    kind, spec = fault.kind, fault.spec
    assert fault.id.split(":")[0] == kind.id
    assert kind.size > 0.0
    assert kind.source
    assert kind.title.ko != kind.title.en
    assert (kind.span > 0.0) == (kind.shape != "step")
    assert spec.after is None or kind.id == "E-CLOG" or (spec.found and spec.repair)
    for name in kind.observable:
        assert (name if "." in name else f"{fault.station}.{name}") in line.tags


def test_its_four_labels_are_written_in_order(case):
    _, fault, _, story = case
    seen = labels(story.trace, fault.id)
    if fault.kind.id in NORMAL:
        assert list(seen) == ["onset", "observable", "repair"]
        return
    assert set(seen) == {"onset", "observable", "failure", "repair"}
    assert seen["onset"] <= min(seen["observable"], seen["failure"])
    assert seen["failure"] <= seen["repair"]
    if fault.kind.quantity:  # shown by a law of its own station: seen before it does harm
        assert seen["observable"] <= seen["failure"]


def test_every_tag_of_its_row_answers(case):
    line, fault, before, story = case
    seen = labels(story.trace, fault.id)
    names = [name if "." in name else f"{fault.station}.{name}" for name in fault.kind.observable]
    silent = [n for n in names if not answers(line, before.trace, story.trace, line.tags[n], seen)]
    assert not silent


def test_it_spoils_what_its_row_says_and_else_costs_time(case):
    _, fault, before, story = case
    for name in fault.kind.affects:
        assert before.of(name) != story.of(name), name
    if not fault.kind.affects:
        assert parted(before.trace, story.trace, fault.station) < story.trace.now


def test_nothing_else_answers_before_time_or_material_carries_it_there(case):
    """Bit by bit: elsewhere all is the same until a station, or one before it, parts in time."""
    line, fault, before, story = case
    reached = touched(line, fault.station)
    for station in line.stations:
        if station.id in reached:
            continue
        feeders = [other.id for other in line.stations if station.id in touched(line, other.id)]
        end = min(parted(before.trace, story.trace, name) for name in feeders)
        t = np.arange(0.0, min(end, story.trace.now - 1.0), 60.0)
        for tag in line.tags.values():
            if tag.station != station.id or isinstance(tag.source, COUNTED):
                continue
            # grades of a material that flows may change hands a little sooner or later
            least = 3.0 * max(tag.noise, tag.resolution / 2.0) if station.fluid else 0.0
            pair = [twin.sample(run.trace, [tag.key], t)[0] for run in (before, story)]
            assert (np.abs(pair[0] - pair[1]) <= least).all(), tag.key


@pytest.mark.parametrize("name", [row.id for row in shipped() if twin.load(row.id).faults])
def test_faults_of_next_to_no_size_change_nothing_that_shows(name):
    """All of a line's at once, but those that are there or not, such as a wrong reel.

    A curve integrated anew from the moment of the fault on may differ a little for a while.
    """
    line, day = line_of(name), DAYS[name]
    journal = [
        Command("fault", fault.id, LEAST, "instructor", "test", day.onset * HOUR + i)
        for i, fault in enumerate(line.faults)
        if fault.kind.id not in WRONG
    ]
    assert journal
    trace = tell(line, day.onset + 2.0, *journal).trace
    t = np.arange(0.0, trace.now - 1.0, 10.0)
    for key, tag in line.tags.items():
        pair = [twin.sample(run, [key], t)[0] for run in (trace, sound(name).trace)]
        away = np.abs(pair[0] - pair[1]) > 3.0 * max(tag.noise, tag.resolution / 2.0)
        assert away.mean() < 0.03, key

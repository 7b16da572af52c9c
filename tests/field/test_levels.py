"""Levels 1 to 5: what each shows of the same truth, how often, and what it spoils."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import twin
from twin.errors import UsageError
from twin.field import LEVELS, exposure, network, records, tag_class
from twin.field.levels import FULL
from twin.line import shipped

LINE = "electronics/smt-v1"


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load(LINE), "4h", seed=6)


@pytest.mark.parametrize("name", [row.id for row in shipped()])
def test_each_level_shows_what_the_one_below_shows_and_more(name):
    line = twin.load(name)
    shown = [set(exposure(line, number).tags) for number in range(6)]
    assert shown[0] == set()
    assert all(low <= high for low, high in pairwise(shown))
    assert shown[5] == set(line.tags)
    assert shown[1] < shown[2] < shown[5]


def test_without_a_level_everything_is_shown_and_writable():
    line = twin.load(LINE)
    full = exposure(line)
    assert full.tags == line.tags
    assert full.settings == line.settings
    assert full.level is FULL


def test_the_classes_of_a_level_are_those_of_its_tags():
    line = twin.load(LINE)
    classes = [{tag_class(tag) for tag in exposure(line, n).tags.values()} for n in range(6)]
    assert classes[1] == {"count", "order"}
    assert classes[2] - classes[1] == {"state", "energy"}
    assert classes[3] - classes[2] == {"process", "set point", "genealogy"}
    assert classes[5] - classes[4] == {"stock"}


def test_set_points_are_shown_from_level_three_and_writable_from_four():
    line = twin.load(LINE)
    assert [bool(exposure(line, n).settings) for n in range(6)] == [False] * 4 + [True] * 2
    speed = next(key for key, tag in line.tags.items() if tag.setting)
    assert [speed in exposure(line, n).tags for n in range(6)] == [False] * 3 + [True] * 3


def test_levels_differ_in_rate(trace):
    gaps = {}
    for number in (1, 2, 3):
        table = records(trace, "Line.Finished", 0.0, 4 * 3600.0, level=number).records
        assert (table.t % LEVELS[number].period == 0).all()
        gaps[number] = len(records(trace, "PRN.Passed", level=number).records)
    assert gaps[1] <= gaps[2] <= gaps[3]
    power = [len(records(trace, "RFL.Energy", level=n).records) for n in (2, 3)]
    assert power[0] < power[1]


def test_the_same_truth_lies_under_every_level_and_profile(trace):
    before = trace.digest
    for number in range(1, 6):
        for dirt in ("clean", "nist", "hostile"):
            records(trace, "*", 0.0, 3600.0, dirt, number)
            table = records(trace, "*.Passed", 0.0, 3600.0, "clean", number).records
            for name in table.names[:3]:
                mine = table.of(name)
                assert mine.value.tolist() == twin.sample(trace, name, mine.t)[0].tolist()
    assert trace.digest == before == twin.run(trace.line, "4h", seed=6).digest


def test_level_one_has_scans_some_missed_and_a_clock_a_minute_off(trace):
    got = records(trace, "*", 0.0, trace.now, level=1)
    scans = [name for name in got.records.names if name.endswith(".Scan")]
    assert len(scans) == len(trace.line.stations)
    table = got.records
    booked = np.isin(table.tag, [table.names.index(name) for name in scans])
    missed = sum(deed.kind == "missed" for deed in got.truth)
    assert 0.01 < missed / (missed + booked.sum()) < 0.03
    assert table.stamp - table.t == pytest.approx(np.full(len(table), 60.0), abs=2e-3)
    arrivals = 0
    for place in range(len(trace.line.stations)):
        part = trace.index.states(place).part
        arrivals += len(set(part[part >= 0].tolist()))
    assert missed + booked.sum() >= arrivals


def test_scans_of_windows_are_those_of_the_whole(trace):
    whole = records(trace, "PRN.Scan", 0.0, 9000.0, level=1)
    parts = [records(trace, "PRN.Scan", *w, level=1) for w in ((0.0, 4321.0), (4321.0, 9000.0))]
    times = [t for part in parts for t in part.records.t.tolist()]
    assert times == whole.records.t.tolist()
    assert sum(len(part.truth) for part in parts) == len(whole.truth)


def test_conditions_are_shown_where_alarms_are():
    line = twin.load(LINE)
    there = [any(name.endswith(".Condition") for name in network(line, 1, "nist", n).tags)
             for n in range(6)]  # fmt: skip
    assert there == [False, False, True, True, True, True]
    assert not any(name.endswith(".Condition") for name in network(line, 1, "clean", 5).tags)


def test_a_level_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no level 6"):
        exposure(twin.load(LINE), 6)
    with pytest.raises(UsageError, match="matches"):
        records(twin.run(twin.load(LINE), "1min", 1), "RFL.Zone1Temp", level=1)

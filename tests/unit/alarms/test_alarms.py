"""Alarms: conditions with deadband and delay, chatter, cuts, ISA-18.2 states, measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from tests.laws.lines import smt
from twin.alarms import (
    AlarmLog,
    AlarmState,
    Change,
    Standing,
    alarm_states,
    alarms,
    figures,
    floods,
)  # fmt: skip
from twin.alarms.records import PEOPLE
from twin.equipment.alarm import Beyond
from twin.trace import EventKind
from twin.trace.journal import Command

COLD = twin.Command("fault", "E-Z8", role="instructor", t=3600.0)
ZONE = "RFL.Zone8Deviation"


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(smt(), "4h", 7, journal=[COLD])


def _times(trace: twin.Trace, key: str, active: bool) -> list[float]:
    number = list(trace.line.alarms).index(key)
    return [c.t for c in alarms(trace) if c.alarm == number and c.active is active]


def test_a_deviation_comes_when_the_measured_value_has_left_its_band_for_the_delay(trace):
    came = _times(trace, ZONE, True)[0]
    assert 3600.0 < came < 3600.0 + 300.0
    shown = twin.sample(trace, "RFL.Zone8Temp", np.arange(came - 10.0, came))[0]
    assert (shown < trace.line.settings["RFL.Zone8Set"].default - 6.0).all()


def test_no_zone_alarms_without_a_fault():
    quiet = twin.run(smt(), "2h", 7)
    keys = [quiet.line.alarm(c.alarm).key for c in alarms(quiet)]
    assert not any("Zone" in key for key in keys)


def test_a_stop_raises_its_alarm_until_it_is_repaired_and_chatters_at_first(trace):
    line = trace.line
    place = line.place("PNP1")
    failure = trace.index.events(EventKind.FAILURE, place)
    repaired = trace.index.events(EventKind.REPAIRED, place)
    feeder = failure.t[failure.value == 0.0]
    came, gone = _times(trace, "PNP1.feeder", True), _times(trace, "PNP1.feeder", False)
    assert 0.0 <= min(t - feeder[0] for t in came if t >= feeder[0]) <= 8.0
    assert abs(max(gone) - repaired.t[repaired.value == 0.0].max()) <= 8.0
    assert len(came) >= len(feeder)


def test_following_step_by_step_gives_the_same_changes():
    run = twin.Run(smt(), 7)
    log, cuts = AlarmLog(run.trace), [10.0, 10.5, 3600.0, 3607.3, 3700.1, 9000.0, 14400.0]
    for cut in cuts:
        if cut == 3607.3:
            run.apply(COLD.at(3600.0))
        run.advance(cut)
        log.follow()
    assert log.changes == alarms(run.trace)
    assert any(c.active for c in log.changes)


def test_the_deadband_lies_inside_the_limits():
    for alarm in smt().alarms.values():
        if isinstance(alarm.when, Beyond):
            band = [x for x in (alarm.when.low, alarm.when.high) if x is not None]
            assert alarm.when.deadband > 0.0
            assert len(band) == 1 or band[1] - band[0] > 2 * alarm.when.deadband


def test_the_states_of_isa_18_2():
    line = smt()
    key = next(iter(line.alarms))
    changes = [Change(10.0, 0, True), Change(20.0, 0, False), Change(50.0, 0, True),
               Change(300.0, 0, False)]  # fmt: skip
    journal = [
        twin.Command("acknowledge", key, t=30.0),
        twin.Command("acknowledge", "", t=60.0),
        twin.Command("shelve", key, 100.0, t=70.0),
    ]
    rows = alarm_states(line, changes, journal, 1000.0)
    s = AlarmState
    assert [(row.t, row.state) for row in rows] == [
        (10.0, s.UNACKNOWLEDGED), (20.0, s.RETURNED), (30.0, s.NORMAL), (50.0, s.UNACKNOWLEDGED),
        (60.0, s.ACKNOWLEDGED), (70.0, s.SHELVED), (170.0, s.ACKNOWLEDGED), (300.0, s.NORMAL),
    ]  # fmt: skip


def test_people_and_alarms_leave_the_line_as_it_is():
    run, other = twin.Run(smt(), 2), twin.Run(smt(), 2)
    run.advance(600.0)
    run.apply(twin.Command("acknowledge", "PNP1.feeder"))
    run.advance(1200.0)
    other.advance(1200.0)
    assert np.array_equal(run.trace.log.t, other.trace.log.t)


@pytest.mark.parametrize(
    "command",
    [twin.Command("acknowledge", "PNP1.nothing"), twin.Command("shelve", "PNP1.feeder", -1.0)],
)
def test_an_unknown_alarm_or_a_negative_time_is_refused(command):
    run = twin.Run(smt(), 2)
    with pytest.raises(twin.TwinError, match=r"alarm"):
        run.apply(command)


def test_chatter_and_floods_are_counted():
    line = smt()
    keys = list(line.alarms)
    changes = [
        c for i in range(12) for c in (Change(5.0 * i, 3, True), Change(5.0 * i + 2, 3, False))
    ]
    row = figures(line, changes, 100.0)[0]
    assert (row.key, row.came, row.median, row.chatters) == (keys[3], 12, 2.0, True)
    assert floods(changes) == 1
    assert floods(changes[:8]) == 0


@given(
    cuts=st.lists(st.floats(0.0, 1000.0), max_size=6),
    acts=st.lists(
        st.tuples(
            st.sampled_from(PEOPLE), st.floats(0.0, 1000.0), st.sampled_from(["", "RFL.reflow"])
        ),
        max_size=8,
    ),
    comings=st.lists(st.floats(0.0, 1000.0), max_size=12, unique=True),
)
def test_what_becomes_of_alarms_is_the_same_in_any_cut(cuts, acts, comings):
    line = twin.load("electronics/smt-v1")
    key = next(iter(line.alarms))
    changes = [Change(t, 0, k % 2 == 0) for k, t in enumerate(sorted(comings))]
    journal = sorted(
        (Command(kind, "" if not target else key, 50.0, t=t) for kind, t, target in acts),
        key=lambda command: command.t,
    )
    whole = Standing(line).feed(changes, journal, 1000.0)
    standing, pieces, start = Standing(line), [], -1.0
    for end in sorted({*cuts, 1000.0}):
        # at a cut people's commands are known, what the line does there is still to come
        came = (
            [one for one in changes if start <= one.t < end]
            if end < 1000.0
            else [one for one in changes if one.t >= start]
        )
        did = [one for one in journal if start < one.t <= end]
        pieces += standing.feed(came, did, end)
        start = end
    assert pieces == whole
    states = alarm_states(line, changes, journal, 1000.0)
    assert [row.t for row in states] == sorted(row.t for row in states)

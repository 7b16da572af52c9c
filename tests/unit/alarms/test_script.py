"""Alarm scripts: forced alarms come at their times, are journalled, and replay."""

from __future__ import annotations

from pathlib import Path

import pytest
from asyncua import Client, ua
from hypothesis import given
from hypothesis import strategies as st

import twin
from opcua_server import OpcUaAdapter
from tests.laws.lines import smt
from twin.alarms import Book, Change, Standing, alarms, shown
from twin.alarms.script import read_script
from twin.errors import CommandError, ScenarioError, UsageError
from twin.serve.session import Session
from twin.trace.journal import Command, from_lines, to_lines

ZONE = "RFL.Zone8Deviation"
SCRIPT = """\
alarms: 1
steps:
  - {at: 10 min, alarm: RFL.Zone8Deviation, for: 2 min}
  - {at: 20 min, alarm: RFL.Zone8Deviation, for: 5 s, every: 20 s, times: 3}
  - {at: 30 min, alarm: "PNP*.feeder", do: inactive}
  - {at: 40 min, alarm: "PNP*.feeder", do: release}
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "alarms.yaml"
    path.write_text(SCRIPT)
    return path


def times_of(line: twin.Line, changes: list[Change], key: str) -> list[tuple[float, bool]]:
    number = list(line.alarms).index(key)
    return [(one.t, one.active) for one in changes if one.alarm == number]


def test_forced_alarms_show_at_the_times_of_the_script(script: Path) -> None:
    line = smt()
    plain = twin.run(line, "1h", 7)
    trace = twin.run(line, "1h", 7, journal=read_script(script, line))
    assert alarms(trace) == alarms(plain)  # the line goes on as it is
    found = shown(line, alarms(trace), trace.journal)
    expected = [(600.0, True), (720.0, False)]
    for begin in (1200.0, 1220.0, 1240.0):
        expected += [(begin, True), (begin + 5.0, False)]
    assert times_of(line, found, ZONE) == expected
    feeders = [key for key in line.alarms if key.startswith("PNP") and key.endswith(".feeder")]
    assert len(feeders) > 1
    assert sum(len(times_of(line, alarms(plain), key)) for key in feeders) > 0
    for key in feeders:
        silent = [t for t, came in times_of(line, found, key) if came and 1800.0 <= t < 2400.0]
        assert not silent


def test_a_script_changes_nothing_without_forcing() -> None:
    trace = twin.run(smt(), "2h", 7)
    assert shown(trace.line, alarms(trace), trace.journal) == alarms(trace)


async def test_a_live_session_forces_at_the_exact_times_and_replays(script: Path) -> None:
    session = Session(smt(), seed=7, clock="stepped")
    session.agenda.plan(read_script(script, session.line))
    await session.start()
    for seconds in (333.3, 300.0, 7.7, 1000.0, 1958.0 + 1.0):
        await session.step(seconds)
        session.alarms.follow()
    await session.stop()
    whole = twin.run(session.line, session.now, 7, journal=read_script(script, session.line))
    assert whole.journal == session.trace.journal
    book = Book(whole)
    book.follow()
    assert book.records == session.alarms.records
    replayed = twin.run(
        session.line, session.now, 7, journal=from_lines(to_lines(session.trace.journal))
    )
    again = Book(replayed)
    again.follow()
    assert again.records == book.records


async def test_people_act_on_a_forced_alarm_over_opc_ua(script: Path) -> None:
    session = Session(smt(), seed=7, clock="stepped")
    session.agenda.plan(read_script(script, session.line))
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await session.start(adapter)
    try:
        async with Client(adapter.endpoints[0]) as client:
            node = client.get_node("ns=2;s=RFL.Alarms.Zone8Deviation")
            await session.step(599.0)
            active = await node.get_child(["0:ActiveState", "0:Id"])
            assert await active.read_value() is False
            await session.step(1.0)  # to the instant of the script itself
            assert await active.read_value() is True
            event = await (await node.get_child("0:EventId")).read_value()
            said = ua.LocalizedText("a drill", "en")
            await node.call_method("0:Acknowledge", event, said)
            assert await (await node.get_child(["0:AckedState", "0:Id"])).read_value() is True
            await session.step(121.0)
            assert await active.read_value() is False
    finally:
        await session.stop()
    again = twin.run(session.line, session.now, 7, journal=session.trace.journal)
    book = Book(again)
    book.follow()
    session.alarms.follow()
    assert book.records == session.alarms.records
    assert "a drill" in [record.text for record in book.records]


WRONG = """\
alarms: 2
more: 1
steps:
  - {at: 10, alarm: RFL.Zone8Deviation}
  - {alarm: RFL.Nothing}
  - {at: 1 min, alarm: RFL.Zone8Deviation, do: ring}
  - {at: 1 min, alarm: RFL.Zone8Deviation, times: 3}
  - {at: 1 min, alarm: RFL.Zone8Deviation, every: 1 min, times: 3}
  - {at: 1 min, alarm: RFL.Zone8Deviation, do: release, for: 1 s}
  - {at: 1 min, alarm: "*", for: 1 s, every: 2 s, times: 100000}
  - ring
"""


def test_everything_wrong_in_a_script_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    with pytest.raises(ScenarioError) as found:
        read_script(path, smt())
    assert {one.path for one in found.value.problems} == {
        "alarms", "more", "steps[0].at", "steps[1].at", "steps[1].alarm", "steps[2].do",
        "steps[3].times", "steps[4].for", "steps[5].for", "steps[6].alarm", "steps[7]",
    }  # fmt: skip
    with pytest.raises(UsageError, match="cannot be read"):
        read_script(tmp_path / "none.yaml", smt())


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Command("force", ZONE, 1.0), "only an instructor"),
        (Command("force", ZONE, 0.5, "instructor"), "active"),
        (Command("force", ZONE, None, "instructor"), "active"),
        (Command("release", "RFL.Nothing", None, "instructor"), "no alarm"),
    ],
)
def test_what_cannot_be_forced_is_refused(command: Command, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        twin.Run(smt(), 2).apply(command)


@given(
    cuts=st.lists(st.integers(0, 50).map(float), max_size=6),
    acts=st.lists(
        st.tuples(
            st.sampled_from(["force", "release", "acknowledge", "enable", "disable"]),
            st.integers(0, 50).map(float),
            st.sampled_from([0.0, 1.0]),
        ),
        max_size=10,
    ),
    comings=st.lists(st.integers(0, 50).map(float), max_size=12, unique=True),
)
def test_forced_alarms_are_the_same_in_any_cut(
    cuts: list[float], acts: list[tuple[str, float, float]], comings: list[float]
) -> None:
    line = smt()
    key = next(iter(line.alarms))
    changes = [Change(t, 0, k % 2 == 0) for k, t in enumerate(sorted(comings))]
    acts = sorted(acts, key=lambda act: act[1])
    journal = [Command(kind, key, value, t=t) for kind, t, value in acts]  # type: ignore[arg-type]
    whole = Standing(line)
    records = whole.feed(changes, journal, 60.0)
    standing, pieces, start = Standing(line), [], -1.0
    for end in sorted({*cuts, 60.0}):
        came = [one for one in changes if start <= one.t < end]
        did = [one for one in journal if start < one.t <= end]
        pieces += standing.feed(came, did, end)
        start = end
    assert pieces == records
    assert standing.shown == whole.shown
    turns = [one.active for one in whole.shown]
    assert turns == [k % 2 == 0 for k in range(len(turns))]  # each shows what was not shown before

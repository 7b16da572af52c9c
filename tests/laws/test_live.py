"""The laws hold on the live path too: what clients did at a session replays to the same trace."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.lines import Day, days, smt
from twin.errors import FutureError
from twin.serve.session import Session
from twin.trace import Command


async def live(day: Day, steps: list[float]) -> Session:
    """A stepped session of a day: commands are sent when their time has come, between steps."""
    session = Session(day.line, day.seed, clock="stepped")
    waiting = list(day.journal)
    for seconds in steps:
        while waiting and waiting[0].t <= session.now:
            await session.submit(waiting.pop(0))
        await session.step(seconds)
    await session.stop()
    return session


STEPS = st.lists(st.sampled_from([0.1, 0.5, 1.0, 3.0, 7.25, 20.0]), min_size=1, max_size=8)


@settings(max_examples=20)
@given(days(), STEPS)
def test_the_journal_of_a_stepped_session_replays_to_its_trace(day: Day, steps: list[float]):
    session = asyncio.run(live(day, steps))
    replay = twin.run(day.line, session.now, day.seed, session.trace.journal)
    assert replay.digest == session.trace.digest


async def test_the_journal_of_a_paced_session_replays_to_its_trace():
    session = Session(smt(), 5, clock="paced", speed=3000.0)
    await session.start()
    answers = []
    for command in (
        Command("set", "RFL.BeltSpeed", 70.0, "engineer", "opcua"),
        Command("set", "RFL.BeltSpeed", 7000.0, "engineer", "opcua"),
        Command("stop", "PNP1", None, "operator", "rest"),
        Command("fault", "E-Z8", None, "operator", "rest"),
        Command("fault", "E-Z8", None, "instructor", "rest"),
        Command("start", "PNP1", None, "operator", "rest"),
        Command("reset", "SPI", None, "operator", "opcua"),
    ):
        answers.append(await session.submit(command))
        await asyncio.sleep(0.11)
    while session.now < 1800.0:
        await asyncio.sleep(0.05)
    await session.stop()
    assert [answer.ok for answer in answers] == [True, False, True, False, True, True, True]
    assert all(answer.ok or answer.reason for answer in answers)
    trace = session.trace
    assert len(trace.journal) == 5
    assert [c.t for c in trace.journal] == sorted(c.t for c in trace.journal)
    assert twin.run(smt(), trace.now, 5, trace.journal).digest == trace.digest


async def test_what_a_session_showed_is_what_its_trace_shows_for_ever():
    """Blocks published while the line ran are the samples of the finished trace."""
    session = Session(smt(), 6, clock="stepped")
    shown = []
    for _ in range(40):
        await session.step(33.3)
        shown.append((np.nextafter(session.now, 0.0), session.block().values.copy()))
    ticks = [t for t, _ in shown]
    final = twin.sample(session.trace, "*", ticks)
    assert np.array_equal(final, np.array([values for _, values in shown]).T)
    replay = twin.run(smt(), session.now, 6)
    assert np.array_equal(final, twin.sample(replay, "*", ticks))


async def test_a_session_never_shows_the_future():
    session = Session(smt(), 6, clock="stepped")
    await session.step(60.0)
    session.sample(["RFL.Zone1Temp"], [59.0])
    for t in (60.0, 61.0, 1e9):
        with pytest.raises(FutureError):
            session.sample(["RFL.Zone1Temp"], [t])


async def test_two_sessions_with_other_steps_are_one_line():
    fine, coarse = (Session(smt(), 8, clock="stepped") for _ in range(2))
    for _ in range(120):
        await fine.step(10.0)
    await coarse.step(1200.0)
    assert fine.trace.digest == coarse.trace.digest

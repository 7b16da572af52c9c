"""A live session: its clock, its commands, and that its journal replays to the same trace."""

import asyncio
import time

import numpy as np
import pytest

import twin
from twin.errors import CommandError, FutureError, PortInUse, UsageError
from twin.serve.session import Session
from twin.trace import Command


@pytest.fixture(scope="module")
def smt():
    return twin.load("electronics/smt-v1")


class Watcher:
    """An adapter that keeps what it was shown."""

    endpoints = ()

    def __init__(self, broken=False):
        self.blocks, self.stopped, self.broken = [], False, broken

    async def start(self, session):
        if self.broken:
            raise PortInUse("port 1 is taken")

    async def publish(self, block):
        self.blocks.append(block)

    async def stop(self):
        self.stopped = True


async def test_a_live_paced_session_with_client_writes_replays_to_the_same_trace(smt):
    session = Session(smt, seed=3, speed=4000.0)
    await session.start()
    for speed in (70.0, 95.0):
        await asyncio.sleep(0.3)
        assert (await session.submit(Command("set", "RFL.BeltSpeed", speed))).ok
    assert (await session.submit(Command("fault", "E-Z8", role="instructor"))).ok
    await asyncio.sleep(0.3)
    assert (await session.submit(Command("stop", "PNP1"))).ok
    await asyncio.sleep(0.3)
    await session.stop()
    assert session.now > 1000.0
    again = twin.run(smt, session.now, seed=3, journal=session.trace.journal)
    assert again.digest == session.trace.digest


async def test_a_paced_session_keeps_its_speed(smt):
    session = Session(smt, speed=100.0)
    await session.start()
    begin, base = time.monotonic(), session.now
    await asyncio.sleep(1.5)
    ran, took = session.now - base, time.monotonic() - begin
    await session.stop()
    # never ahead of the clock; behind by no more than what a busy machine loses
    assert 0.0 < ran <= 100.0 * took


async def test_a_stepped_session_moves_by_steps_only_and_is_the_free_run(smt):
    session, watcher = Session(smt, seed=2, clock="stepped"), Watcher()
    await session.start(watcher)
    before = session.now
    await asyncio.sleep(0.3)
    assert session.now == before
    for _ in range(7):
        await session.step(100.0)
    assert session.now == pytest.approx(700.0 + before)
    assert twin.run(smt, session.now, seed=2).digest == session.trace.digest
    assert [round(b.t - before) for b in watcher.blocks] == [0, 100, 200, 300, 400, 500, 600, 700]
    await session.stop()
    assert watcher.stopped


async def test_a_block_shows_what_sample_shows_and_marks_what_changed(smt):
    session, watcher = Session(smt, seed=2, clock="stepped"), Watcher()
    await session.start(watcher)
    await session.step(60.0)
    block = watcher.blocks[-1]
    assert block.names == tuple(smt.tags)
    at = float(np.nextafter(session.now, 0.0))
    assert np.array_equal(block.values, twin.sample(session.trace, "*", [at])[:, 0])
    assert np.array_equal(block.changed, block.values != watcher.blocks[0].values)
    await session.stop()


async def test_a_refused_command_says_why_and_leaves_no_trace(smt):
    session = Session(smt, clock="stepped")
    await session.start()
    digest = session.trace.digest
    for command, words in (
        (Command("set", "RFL.BeltSpeed", 900.0), "from 40 to 140 cm/min"),
        (Command("set", "RFL.BeltSpeed", float("nan")), "from 40 to 140"),
        (Command("set", "RFL.Nothing", 1.0), "no set point 'RFL.Nothing'"),
        (Command("stop", "XYZ"), "no station 'XYZ'"),
        (Command("fault", "E-Z8", role="operator"), "only an instructor"),
        (Command("fault", "E-NONE", role="instructor"), "no fault 'E-NONE'"),
    ):
        receipt = await session.submit(command)
        assert not receipt.ok
        assert words in receipt.reason
    assert session.trace.digest == digest
    assert session.trace.journal == ()
    await session.stop()


async def test_values_at_or_after_now_are_refused(smt):
    session = Session(smt, clock="stepped")
    await session.start()
    await session.step(10.0)
    with pytest.raises(FutureError):
        session.sample("RFL.*", [session.now])
    await session.stop()


async def test_when_an_adapter_cannot_start_the_others_are_stopped(smt):
    session, first = Session(smt), Watcher()
    with pytest.raises(PortInUse):
        await session.start(first, Watcher(broken=True))
    assert first.stopped


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e12])
async def test_an_impossible_step_is_refused(smt, seconds):
    session = Session(smt, clock="stepped")
    with pytest.raises(CommandError):
        await session.step(seconds)


async def test_a_paused_session_takes_commands_and_goes_on_without_a_jump(smt):
    session = Session(smt, speed=50.0)
    await session.start()
    await asyncio.sleep(0.4)
    session.pause()
    await asyncio.sleep(0.3)
    held = session.now
    assert (await session.submit(Command("set", "RFL.BeltSpeed", 75.0))).t == held
    await asyncio.sleep(0.5)
    assert session.now == held
    session.resume()
    await asyncio.sleep(0.5)
    assert held < session.now < held + 50.0 * 2.0
    await session.stop()


@pytest.mark.parametrize("speed", [0.0, -5.0, float("nan"), float("inf")])
def test_an_impossible_speed_is_refused(smt, speed):
    with pytest.raises(UsageError):
        Session(smt, speed=speed)


async def test_a_command_given_just_before_a_pause_is_answered(smt):
    session = Session(smt, speed=50.0)
    await session.start()
    waiting = asyncio.create_task(session.submit(Command("set", "RFL.BeltSpeed", 75.0)))
    await asyncio.sleep(0)
    session.pause()
    assert (await asyncio.wait_for(waiting, 3.0)).ok
    await session.stop()


async def test_a_command_whose_sender_has_given_up_does_not_take_effect(smt):
    session = Session(smt, speed=50.0)
    await session.start()
    waiting = asyncio.create_task(session.submit(Command("stop", "PNP1")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0.6)
    assert session.trace.journal == ()
    await session.stop()


async def test_changing_the_speed_again_and_again_does_not_hold_time_up(smt):
    session = Session(smt, speed=10.0)
    await session.start()
    begin, base = time.monotonic(), session.now
    for _ in range(20):
        await asyncio.sleep(0.1)
        session.set_speed(10.0)
    await asyncio.sleep(0.5)
    ran, took = session.now - base, time.monotonic() - begin
    await session.stop()
    assert 2.0 * took < ran <= 10.0 * took

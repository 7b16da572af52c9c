"""Requests and failed logins are counted in bounded memory; who asks too fast is slowed down."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from asyncua import Client

from opcua_server import OpcUaAdapter
from opcua_server.hardening import channel
from opcua_server.hardening.limits import (
    LOCK_AFTER,
    LOCK_S,
    LOGINS_REMEMBERED,
    MOST_LOGIN_DELAY_S,
)
from opcua_server.hardening.rates import Bucket, FailedLogins, Remembered
from tests.unit.opcua_server.standin import StandInSession
from tests.unit.opcua_server.test_server import node_id


class Watch:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_its_rate_through_in_the_long_run() -> None:
    bucket, now, done = Bucket(50.0, 10.0, 0.0), 0.0, 0
    while now < 10.0:
        now += bucket.take(now)
        done += 1
    assert done == pytest.approx(10 + 50 * 10, abs=2)


def test_unused_tokens_do_not_pile_up() -> None:
    bucket = Bucket(50.0, 3.0, 0.0)
    assert [bucket.take(1000.0) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.02)]


def test_what_costs_more_waits_longer() -> None:
    bucket = Bucket(100.0, 50.0, 0.0)
    assert [bucket.take(0.0, 50.0) for _ in range(3)] == [0.0, 0.5, 1.0]


def test_only_so_many_keys_are_remembered_the_latest() -> None:
    lists = Remembered(list, 3)
    for key in "abcad":
        lists.of(key).append(key)
    assert len(lists) == 3
    assert lists.of("a") == ["a", "a"]
    assert lists.of("b") == []


def test_a_name_is_locked_for_the_guesser_and_free_again_later() -> None:
    clock = Watch()
    logins = FailedLogins(clock)
    for _ in range(LOCK_AFTER):
        assert not logins.locked("olga", "here")
        logins.failed("olga", "here")
    assert logins.locked("olga", "here")
    assert not logins.locked("olga", "there")
    assert not logins.locked("ines", "here")
    clock.now = LOCK_S + 0.1
    assert not logins.locked("olga", "here")


def test_an_address_that_guesses_waits_longer_and_longer_one_attempt_after_the_other() -> None:
    clock = Watch()
    logins = FailedLogins(clock)
    waits = []
    for number in range(LOCK_AFTER + 8):
        waits.append(logins.wait("here"))
        clock.now += waits[-1]
        logins.failed(f"name {number}", "here")
    assert waits[:LOCK_AFTER] == [0.0] * LOCK_AFTER
    assert waits[LOCK_AFTER:] == sorted(waits[LOCK_AFTER:])
    assert 0.0 < waits[LOCK_AFTER] < waits[-1] == MOST_LOGIN_DELAY_S
    assert logins.wait("there") == 0.0
    at_once = [logins.wait("here") for _ in range(3)]
    assert max(at_once) <= MOST_LOGIN_DELAY_S


def test_a_right_login_among_wrong_ones_does_not_free_the_address_at_once() -> None:
    logins = FailedLogins(Watch())
    for number in range(4 * LOCK_AFTER):
        logins.failed(f"name {number}", "here")
    logins.succeeded("mine", "here")
    assert logins.wait("here") > 0.0


def test_guesses_under_many_names_take_no_more_memory() -> None:
    logins = FailedLogins(Watch())
    for number in range(3 * LOGINS_REMEMBERED):
        logins.failed(f"name {number}", f"address {number}")
    assert len(logins._names) == len(logins._addresses) == LOGINS_REMEMBERED


async def test_a_client_that_asks_too_fast_is_slowed_down_and_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "REQUESTS_PER_S", 100.0)
    monkeypatch.setattr(channel, "REQUEST_BURST", 20.0)
    adapter = OpcUaAdapter(port=0)
    await adapter.start(StandInSession())
    try:
        async with Client(adapter.endpoints[0]) as client:
            node = client.get_node(node_id("RFL.BeltSpeed"))
            begun = monotonic()
            names = await asyncio.gather(*(node.read_browse_name() for _ in range(120)))
            took = monotonic() - begun
        assert len(names) == 120
        assert took > 0.9
    finally:
        await adapter.stop()


async def test_one_address_cannot_take_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "CONNECTIONS_PER_ADDRESS", 3)
    adapter = OpcUaAdapter(port=0)
    await adapter.start(StandInSession())
    try:
        opened = [await asyncio.open_connection("127.0.0.1", adapter.port) for _ in range(4)]
        async with asyncio.timeout(5):
            assert await opened[3][0].read() == b""
        for _reader, writer in opened:
            writer.close()
        await asyncio.sleep(0.05)
        async with Client(adapter.endpoints[0]) as client:
            assert await client.get_node(node_id("RFL.BeltSpeed")).read_browse_name()
    finally:
        await adapter.stop()

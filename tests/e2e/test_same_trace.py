"""The same closed-loop client and seed give the same trace, however busy the machine is."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asyncua.sync import Client, ua

from twin.serve.virtual import VirtualLine

pytestmark = pytest.mark.e2e
LINE = "electronics/smt-v1"
ROUNDS = 10
STEP = 60.0  # s
HOLDS_UP = random.Random()  # for how long a client thinks: never the same


def decided(measured: float) -> float:
    """The controller: a belt speed for a temperature, m/min."""
    return min(max(80.0 + round((measured - 240.0) / 4.0, 2), 60.0), 100.0)


def think() -> None:
    time.sleep(HOLDS_UP.random() * 0.02)


def by_opcua(line: VirtualLine) -> None:
    """Read, decide, write, advance: all over OPC UA."""
    user = line.login("engineer")
    client = Client(line.opcua_url, timeout=120.0)
    client.aio_obj._watchdog_intervall = 120.0
    client.set_user(user.user)
    client.set_password(user.password)
    with client:
        speed = client.get_node("ns=2;s=RFL.BeltSpeed")
        temperature = client.get_node("ns=2;s=RFL.Zone8Temp")
        clock = client.get_node("ns=2;s=Clock")
        for _ in range(ROUNDS):
            clock.call_method("2:Advance", STEP)
            think()
            wanted = decided(temperature.read_value())
            speed.write_value(ua.Variant(wanted, ua.VariantType.Double))


def by_rest(line: VirtualLine) -> None:
    """The same over REST."""

    def call(path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            line.rest_url + path, data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120.0) as answer:
            return json.load(answer)

    for _ in range(ROUNDS):
        call("/step", {"seconds": STEP})
        think()
        wanted = decided(call("/api/tags?names=RFL.Zone8Temp")["values"]["RFL.Zone8Temp"])
        call("/api/commands", {"kind": "set", "target": "RFL.BeltSpeed", "value": wanted})


CLIENTS: dict[str, Callable[[VirtualLine], None]] = {"opcua": by_opcua, "rest": by_rest}


def spin() -> None:
    while True:
        sum(range(10_000))


@pytest.fixture
def busy() -> Iterator[None]:
    """Two processes that take what processor there is."""
    fresh = multiprocessing.get_context("spawn")
    workers = [fresh.Process(target=spin, daemon=True) for _ in range(2)]
    for one in workers:
        one.start()
    yield
    for one in workers:
        one.kill()
        one.join()


def digest(client: Callable[[VirtualLine], None], seed: int) -> str:
    with VirtualLine(LINE, seed=seed, head_start="20min") as line:
        client(line)
        assert len(line.truth.trace.journal) == ROUNDS
        assert len({one.value for one in line.truth.trace.journal}) > 1
        return line.truth.trace.digest


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("runs", [3, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("busy")
def test_the_same_client_and_seed_give_the_same_trace(client: str, runs: int) -> None:
    assert len({digest(CLIENTS[client], 3) for _ in range(runs)}) == 1


def test_another_seed_gives_another_trace() -> None:
    assert digest(by_rest, 3) != digest(by_rest, 4)

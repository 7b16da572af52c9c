"""Eight hours of a line with clients coming and going: nothing is lost and nothing grows.

The server steps a simulated second at a time, at most sixty a second, in a process of its own. One
client stays and hears forty tags; others come every few seconds, subscribe, read, and leave, some
without a word. What was heard is compared value by value with a run of the same line and seed made
here. SOAK_HOURS shortens it; SOAK_OUT keeps the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asyncua import Client, ua
from numpy.typing import NDArray

import twin

pytestmark = [pytest.mark.soak, pytest.mark.timeout(4 * 3600)]

LINE = "machine-parts/shaft-v1"
HOURS = float(os.environ.get("SOAK_HOURS", "8"))
SPEED = 60.0
STAYS, COMES = 40, 20  # tags heard by the client that stays, and by each that comes
MIB = 2.0**20
SLOPE = 2.0  # MiB a simulated hour over the second half: the trace itself grows by 0.03; assumed
Heard = dict[str, list[tuple[datetime, float]]]


class Listener:
    def __init__(self) -> None:
        self.heard: Heard = {}
        self.overflowed = 0

    def datachange_notification(self, node: Any, _value: Any, data: Any) -> None:
        found = data.monitored_item.Value
        self.overflowed += bool(found.StatusCode.value & 0x480 == 0x480)  # info bits: overflow
        row = (found.SourceTimestamp, float(found.Value.Value))
        self.heard.setdefault(node.nodeid.Identifier, []).append(row)


async def subscribed(url: str, names: list[str]) -> tuple[Client, Listener]:
    client = Client(url, timeout=60)
    await client.connect()
    listener = Listener()
    subscription = await client.create_subscription(100, listener)
    nodes = [client.get_node(ua.NodeId(name, 2)) for name in names]
    await subscription.subscribe_data_change(nodes, queuesize=100)
    return client, listener


async def come_and_go(url: str, names: list[str], stop: asyncio.Event) -> list[Listener]:
    """Clients one after the other, each for a while; the Listeners they had."""
    visits = []
    rng = np.random.default_rng(1)
    while not stop.is_set():
        mine = [names[i] for i in rng.choice(len(names), COMES, replace=False)]
        client, listener = await subscribed(url, mine)
        visits.append(listener)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), float(rng.uniform(1.0, 8.0)))
        await client.read_values([client.get_node(ua.NodeId(name, 2)) for name in mine])
        await client.get_node(ua.NodeId(LINE, 2)).get_children()
        if rng.random() < 0.3:
            client.uaclient.protocol.transport.abort()  # leaves without a word
        with suppress(Exception):
            await client.disconnect()
    return visits


def truth(names: list[str], hours: float) -> dict[str, NDArray[np.float64]]:
    """What each tag shows just before every whole second, the first at 0, from a run of our own."""
    trace = twin.run(twin.load(LINE), hours * 3600.0, seed=1)
    instants = np.nextafter(np.arange(1.0, hours * 3600.0 + 1.0), 0.0)
    return dict(
        zip(names, twin.sample(trace, names, np.concatenate([[0.0], instants])), strict=True)
    )


def changes(values: NDArray[np.float64]) -> list[float]:
    keep = np.concatenate([[True], values[1:] != values[:-1]])
    return values[keep].tolist()


def stretch_of(heard: list[float], known: list[float]) -> bool:
    """Whether what was heard is a stretch of what there was, without a gap."""
    first = heard[0]
    starts = [i for i, value in enumerate(known) if value == first]
    return any(known[i : i + len(heard)] == heard for i in starts)


async def rows_of(server: asyncio.subprocess.Process, rows: list[dict[str, Any]]) -> None:
    assert server.stdout is not None
    while line := await server.stdout.readline():
        rows.append(json.loads(line))


async def until(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    while not any(key in row for row in rows):
        await asyncio.sleep(0.1)
    return next(row for row in rows if key in row)


async def test_hours_with_clients_coming_and_going_lose_nothing_and_grow_nothing() -> None:
    line = twin.load(LINE)
    numeric = [tag.key for tag in line.tags.values() if tag.kind in ("float", "int")]
    known = truth(numeric, HOURS)
    names = [name for name in numeric if np.isfinite(known[name]).all()]
    stays = names[:: max(1, len(names) // STAYS)][:STAYS]
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("server.py")), LINE, str(HOURS), str(SPEED),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert server.stdin is not None
    rows: list[dict[str, Any]] = []
    reading = asyncio.create_task(rows_of(server, rows))
    try:
        url = (await until(rows, "endpoint"))["endpoint"]
        steady, listener = await subscribed(url, stays)
        while set(listener.heard) != set(stays):
            await asyncio.sleep(0.1)
        stop = asyncio.Event()
        visitors = [asyncio.create_task(come_and_go(url, names, stop)) for _number in range(3)]
        server.stdin.write(b"go\n")
        await until(rows, "done")
        await asyncio.sleep(2.0)
        stop.set()
        visits = [one for visitor in visitors for one in await visitor]
        await steady.disconnect()
        server.stdin.write(b"end\n")
        await asyncio.wait_for(server.wait(), 60)
        await reading
    finally:
        if server.returncode is None:
            server.terminate()
            await server.wait()
        reading.cancel()

    states = [row for row in rows if "rss" in row]
    figures = summary(states, visits, listener) | {"tasks_alone": rows[0]["tasks"]}
    if "SOAK_OUT" in os.environ:
        Path(os.environ["SOAK_OUT"]).write_text(json.dumps(figures, indent=2) + "\n")
    assert listener.overflowed == 0
    for name in stays:
        heard = [value for _t, value in listener.heard[name]]
        assert heard == changes(known[name]), f"{name}: not every value came, or not in order"
        times = [moment for moment, _value in listener.heard[name]]
        assert all(one < other for one, other in pairwise(times)), name
    for visit in visits:
        for name, told in visit.heard.items():
            assert stretch_of([value for _t, value in told], changes(known[name])), name
    last = states[-1]
    assert last["sessions"] == last["subscriptions"] == last["items"] == last["callbacks"] == 0
    assert last["tasks"] <= figures["tasks_alone"], figures
    assert figures["slope_mib_per_simulated_hour"] < SLOPE, figures


def summary(
    states: list[dict[str, Any]], visits: list[Listener], steady: Listener
) -> dict[str, Any]:
    """The figures of a soak; the slope of memory is over its second half."""
    half = [row for row in states[:-1] if row["t"] >= states[-2]["t"] / 2.0]
    hours = np.array([row["t"] for row in half]) / 3600.0
    rss = np.array([row["rss"] for row in half]) / MIB
    slope = float(np.polyfit(hours, rss, 1)[0]) if len(half) > 2 else 0.0
    return {
        "date": datetime.now().astimezone().isoformat(timespec="minutes"),
        "line": LINE,
        "simulated_hours": states[-2]["t"] / 3600.0,
        "wall_minutes": states[-2]["wall"] / 60.0,
        "visits": len(visits),
        "values_heard": sum(map(len, steady.heard.values()))
        + sum(len(told) for visit in visits for told in visit.heard.values()),
        "rss_mib": [round(row["rss"] / MIB, 1) for row in states[:: max(1, len(states) // 12)]],
        "slope_mib_per_simulated_hour": round(slope, 2),
        "tasks": [row["tasks"] for row in states[:: max(1, len(states) // 12)]],
        "last": states[-1],
    }

"""A line behind a plant network over OPC UA: a real client over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from twin.field import records
from twin.serve.session import Session

pytestmark = pytest.mark.e2e

LINE = "electronics/smt-v1"
ZONE = "RFL.Zone8Temp"


def node_id(text: str) -> ua.NodeId:
    return ua.NodeId(text, 2)


@asynccontextmanager
async def serving(dirt: str, level: int | None, until: float) -> AsyncIterator[tuple[Any, Any]]:
    session = Session(twin.load(LINE), 3, "stepped", dirt=dirt, level=level)
    session.run.advance(until)
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await session.start(adapter)
    try:
        async with Client(adapter.endpoints[0]) as client:
            yield session, client
    finally:
        await session.stop()


class Listener:
    """Hears a tag's values with their timestamps and status."""

    def __init__(self) -> None:
        self.heard: list[ua.DataValue] = []

    def datachange_notification(self, _node: Any, _value: Any, data: Any) -> None:
        self.heard.append(data.monitored_item.Value)


async def listen(client: Client, name: str) -> Listener:
    listener = Listener()
    subscription = await client.create_subscription(50, listener)
    await subscription.subscribe_data_change(client.get_node(node_id(name)), queuesize=10_000)
    return listener


async def settled(listener: Listener, quiet: float = 0.5) -> list[ua.DataValue]:
    """What was heard, when no more comes."""
    count = -1
    async with asyncio.timeout(30):
        while len(listener.heard) != count:
            count = len(listener.heard)
            await asyncio.sleep(quiet)
    return listener.heard


@pytest.mark.parametrize("level", [1, 2, 3, 5])
async def test_the_address_space_holds_what_the_level_shows(level):
    async with serving("nist", level, 60.0) as (session, client):
        for name in (ZONE, "RFL.State", "RFL.Passed", "RFL.Queue", "RFL.Scan", "RFL.Condition"):
            node = client.get_node(node_id(name))
            if name in session.shown.tags:
                assert (await node.read_browse_name()).Name == name.partition(".")[2]
            else:
                with pytest.raises(ua.UaError):
                    await node.read_browse_name()
        methods = await client.get_node(node_id("RFL")).get_methods()
        assert bool(methods) == (level >= 4)


async def test_set_points_are_read_only_at_level_three_and_writable_at_four():
    for level in (3, 4):
        async with serving("clean", level, 60.0) as (_session, client):
            node = client.get_node(node_id("RFL.Zone8Set"))
            access = await node.get_user_access_level()
            assert (ua.AccessLevel.CurrentWrite in access) == (level == 4)
            if level == 4:
                await node.write_value(200.0)
            else:
                with pytest.raises(ua.uaerrors.BadNotWritable):
                    await node.write_value(200.0)


async def test_history_is_there_from_level_three_where_nothing_is_spoilt():
    for dirt, level, there in (("clean", 2, False), ("clean", 3, True), ("nist", 3, False)):
        async with serving(dirt, level, 600.0) as (session, client):
            node = client.get_node(node_id("RFL.State"))
            access = await node.get_access_level()
            assert (ua.AccessLevel.HistoryRead in access) == there
            start = session.started_at
            reading = node.read_raw_history(start, start + timedelta(seconds=300))
            if there:
                assert len(await reading) > 1
            else:
                with pytest.raises(ua.UaError):
                    await reading


async def test_subscribers_hear_the_rows_as_the_network_brought_them():
    async with serving("hostile", 3, 1.0) as (session, client):
        listener = await listen(client, ZONE)
        await settled(listener)
        listener.heard.clear()
        begin = session.now
        for _ in range(20):
            await session.step(60.0)
            await settled(listener, 0.2)  # the server keeps 100 values of an item and no more
        gone = ua.StatusCodes.UncertainNoCommunicationLastUsableValue
        heard = [value for value in await settled(listener) if value.StatusCode.value != gone]
        rows = records(session.trace, ZONE, 0.0, session.now, "hostile", 3).records
        rows = rows.take((rows.arrival >= begin) & (rows.arrival < session.now))
        assert (rows.how != 0).any()
        told = [(stamp_of(session, value), number_of(value)) for value in heard]
        came = list(zip(np.round(rows.stamp, 3).tolist(), rows.value.tolist(), strict=True))
        late = [came[i] for i in np.flatnonzero(rows.how != 0).tolist()]
        assert {(t, v) for t, v in late if not np.isnan(v)} <= set(told)
        spoken = [row for row in came if row in set(told)]
        assert len(spoken) > 0.9 * len(came)
        stamps = [stamp for stamp, _value in told]
        assert any(b < a for a, b in pairwise(stamps))
        again = len(told) - len(set(told))
        assert again == 0 or (rows.how == 3).any()


def stamp_of(session: Session, value: ua.DataValue) -> float:
    source: datetime = value.SourceTimestamp
    return round((source - session.started_at).total_seconds(), 3)


def number_of(value: ua.DataValue) -> float:
    return float("nan") if value.Value is None or value.Value.Value is None else value.Value.Value


async def test_in_an_outage_no_value_comes_and_the_status_says_so():
    async with serving("nist", 3, 1.0) as (session, client):
        gateway = next(one for one in session.front.network.gateways if one.station == "PNP1")
        begin, end = gateway.spells.until(1e5)
        off, on = float(end[0]), float(begin[1])
        node = client.get_node(node_id("PNP1.Energy"))
        await session.step(off - session.now - 1.0)
        assert (await node.read_data_value()).StatusCode.is_good()
        await session.step(min(20.0, (on - off) / 2))
        listener = await listen(client, "PNP1.Energy")
        first = (await settled(listener))[-1]
        assert first.StatusCode.name == "UncertainNoCommunicationLastUsableValue"
        listener.heard.clear()
        await session.step(on - session.now - 1.0)
        assert await settled(listener) == []
        await session.step(5.0)
        back = (await settled(listener))[-1]
        assert back.StatusCode.is_good()
        assert stamp_of(session, back) >= on - 0.1


async def test_a_value_that_is_no_number_has_a_bad_status():
    session = Session(twin.load(LINE), 3, "stepped", dirt="hostile", level=3)
    session.run.advance(6 * 3600.0)
    truth = records(session.trace, "*", 0.0, session.now, "hostile", 3).truth
    lost = next(d for d in truth if d.kind == "nan" and d.records > 3 and d.begin > 60.0)
    async with serving("hostile", 3, lost.begin - 1.0) as (_session, client):
        listener = await listen(client, lost.tag)
        await _session.step(lost.end - lost.begin + 5.0)
        names = [value.StatusCode.name for value in await settled(listener)]
        assert "BadSensorFailure" in names

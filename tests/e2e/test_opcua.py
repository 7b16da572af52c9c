"""The SMT line over OPC UA with asyncua's client: everything a plant client does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter, hash_password
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LINE = "electronics/smt-v1"
MINUTE = 60.0


def node_id(text: str) -> ua.NodeId:
    return ua.NodeId(text, 2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session = Session(twin.load(LINE), seed=1, clock="stepped")
    users: Any = {"ines": (hash_password("instructor-pw"), "instructor")}
    adapter = OpcUaAdapter(port=0, anonymous_role="operator", users=users)
    await session.start(adapter)
    await session.step(30 * MINUTE)
    yield session, adapter
    await session.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(served: tuple[Session, OpcUaAdapter]) -> AsyncIterator[Client]:
    async with Client(served[1].endpoints[0]) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def instructor(served: tuple[Session, OpcUaAdapter]) -> AsyncIterator[Client]:
    client = Client(served[1].endpoints[0])
    client.set_user("ines")
    client.set_password("instructor-pw")
    async with client:
        yield client


async def call(client: Client, owner: str, method: str, *arguments: Any) -> Any:
    return await client.get_node(node_id(owner)).call_method(
        node_id(f"{owner}.{method}()"), *arguments
    )


async def test_every_tag_of_the_table_is_there_with_its_unit_and_range(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    line = served[0].line
    for tag in line.tags.values():
        node = client.get_node(node_id(tag.key))
        assert (await node.read_browse_name()).Name == tag.name
        parent = line.id if tag.station == "Line" else tag.station
        assert (await node.get_parent()).nodeid == node_id(parent)
        if tag.kind in ("float", "int"):
            limits = await (await node.get_child("0:EURange")).read_value()
            assert (limits.Low, limits.High) == (tag.low, tag.high)
            if tag.unit:
                unit = await (await node.get_child("0:EngineeringUnits")).read_value()
                assert unit.DisplayName.Text == tag.unit
        elif tag.kind == "enum":
            labels = await (await node.get_child("0:EnumStrings")).read_value()
            assert tuple(label.Text for label in labels) == tag.labels


async def test_values_read_are_what_the_sensors_show(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    names = list(session.line.tags)
    await session.step(10)
    found = await client.read_values([client.get_node(node_id(name)) for name in names])
    shown = session.sample(names, [np.nextafter(session.now, 0.0)])[:, 0]
    assert np.array(found, dtype=float) == pytest.approx(shown)


async def test_history_is_the_signal_itself_from_the_first_second(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    start, end = session.started_at, session.started_at + timedelta(minutes=20)
    for name in ("RFL.Zone8Temp", "RFL.State", "Line.Finished"):
        tag = session.line.tags[name]
        node = client.get_node(node_id(name))
        rows = await node.read_raw_history(start, end, return_bounds=False)
        ticks = np.arange(round(20 * MINUTE / tag.period)) * tag.period
        assert [row.Value.Value for row in rows] == session.sample([name], ticks)[0].tolist()
        assert rows[-1].SourceTimestamp == start + timedelta(seconds=float(ticks[-1]))


async def test_live_values_are_the_history_of_later(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    node = client.get_node(node_id("RFL.Zone8Temp"))
    await session.step(7)
    live = await node.read_data_value()
    await session.step(60)
    (recorded,) = await node.read_raw_history(
        live.SourceTimestamp, live.SourceTimestamp, return_bounds=False
    )
    assert recorded.Value == live.Value


async def test_subscribers_see_the_line_work(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    heard: list[tuple[str, Any]] = []

    class Handler:
        def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
            heard.append((node.nodeid.Identifier, value))

    subscription = await client.create_subscription(50, Handler())
    names = [name for name in session.line.tags if name.endswith(".State")]
    await subscription.subscribe_data_change([client.get_node(node_id(n)) for n in names])
    async with asyncio.timeout(60):
        while len({value for _, value in heard}) < 3:
            await session.step(5)
            await asyncio.sleep(0.06)
    await subscription.delete()
    assert {name for name, _ in heard} == set(names)


async def test_a_written_set_point_changes_the_oven(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    setting, measured = (client.get_node(node_id(f"RFL.{n}")) for n in ("Zone8Set", "Zone8Temp"))
    before = await measured.read_value()
    await setting.write_value(200.0)
    await session.step(30 * MINUTE)
    assert await setting.read_value() == pytest.approx(200.0, abs=0.5)
    assert await measured.read_value() < before - 20.0
    assert any(c.kind == "set" and c.target == "RFL.Zone8Set" for c in session.trace.journal)
    with pytest.raises(ua.uaerrors.BadOutOfRange):
        await setting.write_value(2000.0)
    await setting.write_value(before)


async def test_stop_and_start_reach_the_stations(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    done = client.get_node(node_id("Line.Finished"))
    await call(client, LINE, "Stop")
    await session.step(10 * MINUTE)
    before = await done.read_value()
    await session.step(20 * MINUTE)
    assert await done.read_value() == before
    await call(client, LINE, "Start")
    await session.step(30 * MINUTE)
    assert await done.read_value() > before


async def test_only_an_instructor_injects_a_fault(
    served: tuple[Session, OpcUaAdapter], client: Client, instructor: Client
) -> None:
    session = served[0]
    with pytest.raises(ua.uaerrors.BadUserAccessDenied):
        await call(client, LINE, "InjectFault", "E-Z8")
    await call(instructor, LINE, "InjectFault", "E-Z8", 1.0)
    assert session.trace.journal[-1].kind == "fault"
    await call(instructor, LINE, "RepairFault", "E-Z8")
    assert session.trace.journal[-1].kind == "repair"


async def test_a_client_moves_a_stepped_line(
    served: tuple[Session, OpcUaAdapter], client: Client
) -> None:
    session = served[0]
    before = session.now
    now = await call(client, LINE, "Advance", 60.0)
    assert now == session.now == pytest.approx(before + 60.0)

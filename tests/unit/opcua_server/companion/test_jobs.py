"""Job orders over TCP, from the address of JobManagement to the product that was made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.companion.sets import BY_NAME
from twin.serve.session import Session

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINE = "electronics/smt-v1"
GOOD, UNKNOWN_ID, WRONG_STATE = 1, 2, 8  # OPC 10031-4, B.2


class Stage:
    session: Session
    client: Client
    heard: list[Any]
    control: Any
    results: Any

    def event_notification(self, event: Any) -> None:
        self.heard.append(event)

    async def call(self, name: str, what: Any) -> int:
        texts = ua.Variant([], ua.VariantType.LocalizedText, is_array=True)
        index = self.control.nodeid.NamespaceIndex
        found = await self.control.get_children(refs=ua.ObjectIds.HasComponent)
        names = {(await one.read_browse_name()).Name: one for one in found}
        assert index
        return int(await self.control.call_method(names[name].nodeid, what, texts))

    async def list_of(self, owner: Any, name: str) -> list[Any]:
        found = [
            one for one in await owner.get_children() if (await one.read_browse_name()).Name == name
        ]
        return list(await found[0].read_value())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    one = Stage()
    one.heard = []
    one.session = Session(twin.load(LINE), seed=1, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await one.session.start(adapter)
    async with Client(adapter.endpoints[0]) as one.client:
        await one.client.load_data_type_definitions()
        jobs = await one.client.get_namespace_index(BY_NAME["Jobs"].uri)
        building = await one.client.get_namespace_index(BY_NAME["Machinery"].uri)
        line = one.client.get_node(f"ns=2;s={LINE}")
        management = await line.get_child(
            [f"{building}:MachineryBuildingBlocks", f"{jobs}:JobManagement"]
        )
        one.control = await management.get_child(f"{jobs}:JobOrderControl")
        one.results = await management.get_child(f"{jobs}:JobOrderResults")
        sub = await one.client.create_subscription(50, one)
        await sub.subscribe_events(one.client.nodes.server)
        yield one
    await one.session.stop()


def order(stage: Stage, number: str, quantity: int) -> Any:
    product = next(iter(stage.session.line.products))
    made = ua.ISA95JobOrderDataType()
    made.JobOrderID = number
    made.WorkMasterID = [ua.ISA95WorkMasterDataType(ID=product)]
    made.JobOrderParameters = [
        ua.ISA95ParameterDataType(ID="Quantity", Value=ua.Variant(quantity, ua.VariantType.Int64))
    ]
    return made


async def test_an_order_is_made_and_told_of(stage: Stage) -> None:
    assert await stage.call("StoreAndStart", order(stage, "A-1", 5)) == GOOD
    listed = await stage.list_of(stage.control, "JobOrderList")
    assert [row.JobOrder.JobOrderID for row in listed] == ["A-1"]
    await stage.session.step(2 * 3600.0)
    await asyncio.sleep(0.3)
    told = [one.Message.Text for one in stage.heard if "A-1" in one.Message.Text]
    states = ["NotAllowedToStart", "AllowedToStart", "Running", "Ended"]
    assert told == [f"Job order A-1: {state}" for state in states]
    responses = await stage.list_of(stage.results, "JobOrderResponseList")
    assert [row.JobOrderID for row in responses] == ["A-1"]
    kinds = [command.kind for command in stage.session.trace.journal]
    assert kinds == ["job-store-and-start"]


async def test_what_cannot_be_done_says_so(stage: Stage) -> None:
    assert await stage.call("Start", ua.Variant("nobody", ua.VariantType.String)) == UNKNOWN_ID
    ended = ua.Variant("A-1", ua.VariantType.String)
    assert await stage.call("Pause", ended) == WRONG_STATE


async def test_an_order_waits_pauses_and_is_aborted(stage: Stage) -> None:
    number = ua.Variant("B-2", ua.VariantType.String)
    assert await stage.call("Store", order(stage, "B-2", 500)) == GOOD
    await stage.session.step(600.0)
    assert await stage.call("Start", number) == GOOD
    await stage.session.step(1200.0)
    assert await stage.call("Pause", number) == GOOD
    assert await stage.call("Resume", number) == GOOD
    assert await stage.call("Abort", number) == GOOD
    await asyncio.sleep(0.3)
    told = [one.Message.Text.split(": ")[1] for one in stage.heard if "B-2" in one.Message.Text]
    assert told[0] == "NotAllowedToStart"
    assert "Interrupted" in told
    assert told[-1] == "Aborted"


async def test_orders_replay(stage: Stage) -> None:
    trace = stage.session.trace
    again = twin.run(stage.session.line, stage.session.now, seed=1, journal=trace.journal)
    assert again.digest == trace.digest

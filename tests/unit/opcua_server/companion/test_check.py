"""The checker: silent on whole instances, and it says what is wrong with broken ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.server.address_space import AddressSpace

from opcua_server import OpcUaAdapter
from opcua_server.bulk import A, T
from opcua_server.companion import plant
from opcua_server.companion.check import check
from opcua_server.companion.snapshot import Snapshot, of_server, of_space
from tests.unit.opcua_server.companion.test_types import PART, own
from tests.unit.opcua_server.standin import StandInSession

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[OpcUaAdapter]:
    adapter = OpcUaAdapter(port=0)
    before, plant.PARTS = plant.PARTS, (PART,)
    try:
        session = StandInSession()
        await adapter.start(session)
        session.adapter = adapter
        await session.step(1.0)
    finally:
        plant.PARTS = before
    yield adapter
    await adapter.stop()


def space_of(adapter: OpcUaAdapter) -> AddressSpace:
    assert adapter._server is not None
    space: AddressSpace = adapter._server.iserver.aspace
    return space


async def test_whole_instances_have_nothing_to_say(server: OpcUaAdapter) -> None:
    assert [str(one) for one in check(of_space(space_of(server)))] == []


async def test_it_checks_any_server_over_the_network(server: OpcUaAdapter) -> None:
    async with Client(server.endpoints[0]) as client:
        await client.load_data_type_definitions()
        seen = await of_server(client)
    assert len(seen.nodes) > 6000
    assert [str(one) for one in check(seen)] == []


def without(seen: Snapshot, owner: str, name: str) -> None:
    node = seen[own(owner)]
    kept = tuple(one for one in node.references if seen[one.target].name[1] != name)
    seen.nodes[node.node] = replace(node, references=kept)


def other(seen: Snapshot, name: str, key: ua.AttributeIds, value: Any) -> None:
    node = seen[own(name)]
    seen.nodes[node.node] = replace(node, attributes={**node.attributes, key: value})


def other_value(seen: Snapshot, name: str, value: Any, kind: ua.VariantType) -> None:
    sent = ua.DataValue(ua.Variant(value, kind) if value is not None else None)
    other(seen, name, A.Value, sent)


def hung_on(seen: Snapshot, owner: str, name: str, kind: int) -> None:
    node = seen[own(owner)]
    moved = tuple(
        replace(one, kind=ua.NodeId(kind)) if seen[one.target].name[1] == name else one
        for one in node.references
    )
    seen.nodes[node.node] = replace(node, references=moved)


def of_type(seen: Snapshot, name: str, kind: int) -> None:
    node = seen[own(name)]
    has_type = ua.NodeId(ua.ObjectIds.HasTypeDefinition)
    changed = tuple(
        replace(one, target=ua.NodeId(kind)) if one.kind == has_type else one
        for one in node.references
    )
    seen.nodes[node.node] = replace(node, references=changed)


ID, STATE = "RFL.Identification", "RFL.MachineryItemState.CurrentState"
YEAR, SERIAL = f"{ID}.YearOfConstruction", f"{ID}.SerialNumber"
STORE = "RFL.Orders.Store"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda s: without(s, ID, "Manufacturer"), "Manufacturer is mandatory and missing"),
        (lambda s: without(s, STATE, "Id"), "CurrentState/Id is mandatory and missing"),
        (
            lambda s: other(s, YEAR, A.DataType, ua.NodeId(7)),
            "YearOfConstruction carries UInt32, not UInt16",
        ),
        (lambda s: other_value(s, YEAR, 2021, T.Int32), "carries Int32, not UInt16"),
        (lambda s: other_value(s, YEAR, [2021], T.UInt16), "has value rank -1 and an array"),
        (lambda s: other(s, SERIAL, A.ValueRank, 1), "SerialNumber has value rank 1, not -1"),
        (lambda s: other_value(s, YEAR, None, T.UInt16), "says Good and has no value"),
        (
            lambda s: other(s, SERIAL, A.NodeClass, ua.NodeClass.Object),
            "SerialNumber is a Object, not a Variable",
        ),
        (lambda s: hung_on(s, ID, "SerialNumber", 47), "hangs on HasComponent, not HasProperty"),
        (lambda s: of_type(s, SERIAL, 63), "is of BaseDataVariableType, not PropertyType"),
        (lambda s: of_type(s, "RFL.MachineryItemState", 2771), "which is abstract"),
        (
            lambda s: other(s, SERIAL, A.BrowseName, ua.QualifiedName("SerialNo", 3)),
            "/DI/ has no SerialNo",
        ),
        (
            lambda s: other_value(s, f"{STATE}.Id", ua.NodeId(1), T.NodeId),
            "CurrentState/Id is no state of its type",
        ),
        (lambda s: without(s, STORE, "InputArguments"), "Store/InputArguments is mandatory"),
        (
            lambda s: other_value(s, f"{STORE}.InputArguments", [], T.ExtensionObject),
            "Store has other InputArguments than its type",
        ),
        (
            lambda s: other_value(s, "RFL.Orders.WorkMaster", [ua.Range(0, 1)], T.ExtensionObject),
            "carries Range, not ISA95WorkMasterDataType",
        ),
        (lambda s: s.nodes.pop(own(SERIAL)), "which is not there"),
    ],
)
async def test_it_says_what_is_wrong(
    server: OpcUaAdapter, broken: Callable[[Snapshot], object], said: str
) -> None:
    seen = of_space(space_of(server))
    broken(seen)
    told = [str(one) for one in check(seen)]
    assert any(said in one for one in told), told

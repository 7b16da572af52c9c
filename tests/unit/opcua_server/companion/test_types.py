"""Instances of official types on a station, read over TCP by a client that knows only OPC UA."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

from opcua_server import OpcUaAdapter
from opcua_server.companion import BadInstance, Call, Derived, Row, Types, plant
from opcua_server.companion.plant import Part, Plant
from opcua_server.companion.sets import FIRST_INDEX, SETS
from tests.unit.opcua_server.conftest import USERS
from tests.unit.opcua_server.standin import STARTED, StandInSession

pytestmark = pytest.mark.asyncio(loop_scope="module")
INDEX = {one.name: FIRST_INDEX + place for place, one in enumerate(SETS)}
STATES = ("NotAvailable", "OutOfService", "NotExecuting", "Executing")


def own(text: str) -> ua.NodeId:
    return ua.NodeId(text, 2)


def build(plant: Plant) -> None:
    types = plant.types
    types.refer(types.node("Machinery:Machines"), "Organizes", "RFL")
    types.instantiate(
        "Machinery:MachineIdentificationType",
        "RFL.Identification",
        "DI:Identification",
        "RFL",
        "HasAddIn",
        optional=("Model",),
        values={
            "Manufacturer": "Twin Works",
            "SerialNumber": "RF-7",
            "ProductInstanceUri": "urn:twin:RF-7",
            "Model": "Reflow 9",
            "YearOfConstruction": 2021,
        },
    )
    machine = "Machinery:MachineryItemState_StateMachineType"
    ids = [types.component(machine, state) for state in STATES]
    types.instantiate(
        "Machinery:MachineryItemState_StateMachineType",
        "RFL.MachineryItemState",
        "Machinery:MachineryItemState",
        "RFL",
        "HasAddIn",
        values={
            "CurrentState": Derived(lambda view: STATES[int(view.now) % 4]),
            "CurrentState/Id": Derived(lambda view: ids[int(view.now) % 4]),
        },
    )
    types.instantiate(
        "BaseAnalogType", "RFL.Mirror", "Mirror", "RFL", values={"": Row("RFL.Zone8Temp")}
    )
    orders = "JobControl:ISA95JobOrderReceiverObjectType"
    receiver = types.instantiate(
        orders,
        "RFL.Orders",
        "JobOrders",
        "RFL",
        optional=("Store",),
        values={
            "MaxDownloadableJobOrders": 10,
            "JobOrderList": Derived(lambda view: listed(types)),
            "CurrentState": "Running",
            "CurrentState/Id": types.component(orders, "Running"),
            "WorkMaster": [types.structure("JobControl:ISA95WorkMasterDataType")(ID="pcb")],
            **{name: [] for name in RESOURCES},
        },
    )
    group = types.adopt("PRN", "DI:FunctionalGroupType")
    types.placeholder(group, "<GroupIdentifier>", "DI:Operational")
    types.method(receiver, "Store", "operator", store)


async def store(call: Call) -> list[int]:
    order, _comment = call.arguments
    STORED.append(order)
    return [0]


def listed(types: Types) -> list[Any]:
    """The stored orders as the specification lists them."""
    return [
        types.structure("JobControl:ISA95JobOrderAndStateDataType")(JobOrder=order, State=[])
        for order in STORED
    ]


STORED: list[Any] = []
RESOURCES = (
    "EquipmentID",
    "MaterialClassID",
    "MaterialDefinitionID",
    "PersonnelID",
    "PhysicalAssetID",
)
PART = Part("trial", lambda session: ("Machinery", "JobControl"), build)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[tuple[StandInSession, Client]]:
    session = StandInSession()
    adapter = OpcUaAdapter(port=0, users=USERS)  # type: ignore[arg-type]
    before, plant.PARTS = plant.PARTS, (PART,)
    try:
        await adapter.start(session)
    finally:
        plant.PARTS = before
    session.adapter = adapter
    client = Client(adapter.endpoints[0])
    client.set_user("olga")
    client.set_password("operator-pw")
    async with client:
        yield session, client
    await adapter.stop()


async def test_namespaces_follow_in_their_fixed_order(served: Any) -> None:
    names = await served[1].get_namespace_array()
    assert names[FIRST_INDEX:] == [one.uri for one in SETS]


async def test_a_machine_is_found_from_the_specification_alone(served: Any) -> None:
    _session, client = served
    machinery, di = INDEX["Machinery"], INDEX["DI"]
    machines = await client.nodes.objects.get_child(f"{machinery}:Machines")
    (machine,) = await machines.get_children()
    identification = await machine.get_child(f"{di}:Identification")
    assert await (await identification.get_child(f"{di}:SerialNumber")).read_value() == "RF-7"
    manufacturer = await (await identification.get_child(f"{di}:Manufacturer")).read_value()
    assert manufacturer.Text == "Twin Works"
    year = await identification.get_child(f"{machinery}:YearOfConstruction")
    assert (await year.read_data_value()).Value.VariantType == ua.VariantType.UInt16
    kind = await identification.read_type_definition()
    assert (await client.get_node(kind).read_browse_name()).Name == "MachineIdentificationType"


async def test_members_that_are_optional_and_not_named_are_left_out(served: Any) -> None:
    children = await served[1].get_node(own("RFL.Identification")).get_children_descriptions()
    names = {child.BrowseName.Name for child in children}
    assert "Model" in names
    assert "Location" not in names


async def test_a_state_machine_shows_the_state_of_the_session_when_read(served: Any) -> None:
    session, client = served
    state = client.get_node(own("RFL.MachineryItemState.CurrentState"))
    session.begin_again()
    assert (await state.read_value()).Text == "NotAvailable"
    await session.step(3.0)
    assert (await state.read_value()).Text == "Executing"
    node = await client.get_node(own("RFL.MachineryItemState.CurrentState.Id")).read_value()
    assert (await client.get_node(node).read_browse_name()).Name == "Executing"


async def test_a_subscriber_is_told_of_a_derived_value_once_a_change(served: Any) -> None:
    session, client = served
    session.begin_again()
    heard: asyncio.Queue[str] = asyncio.Queue()

    class Listener:
        def datachange_notification(self, _node: Any, value: Any, _data: Any) -> None:
            heard.put_nowait(value.Text)

    subscription = await client.create_subscription(20, Listener())
    await subscription.subscribe_data_change(
        client.get_node(own("RFL.MachineryItemState.CurrentState"))
    )
    told = [await asyncio.wait_for(heard.get(), 5)]
    for seconds in (1.0, 4.0, 1.0):  # the second step leads to the same state
        await session.step(seconds)
        await asyncio.sleep(0.1)
    told += [await asyncio.wait_for(heard.get(), 5) for _ in range(2)]
    assert told == ["NotAvailable", "OutOfService", "NotExecuting"]
    assert heard.empty()
    await subscription.delete()


async def test_a_station_itself_becomes_what_the_specification_calls_it(served: Any) -> None:
    _session, client = served
    station = client.get_node(own("PRN"))
    kind = await station.read_type_definition()
    assert (await client.get_node(kind).read_browse_name()).Name == "FunctionalGroupType"
    (seen,) = [
        row
        for row in await client.get_node(own("test/line-v1")).get_children_descriptions()
        if row.NodeId == own("PRN")
    ]
    assert seen.TypeDefinition == kind
    group = await station.get_child(f"{INDEX['DI']}:Operational")
    kind = await group.read_type_definition()
    assert (await client.get_node(kind).read_browse_name()).Name == "FunctionalGroupType"
    assert await station.get_child("2:SqueegeeForce")


async def test_a_variable_of_a_type_can_be_a_tag_with_its_history(served: Any) -> None:
    session, client = served
    session.begin_again()
    await session.step(5.0)
    tag, mirror = (client.get_node(own(name)) for name in ("RFL.Zone8Temp", "RFL.Mirror"))
    assert await tag.read_data_value() == await mirror.read_data_value()
    past = [await node.read_raw_history(STARTED, numvalues=10) for node in (tag, mirror)]
    assert past[0] == past[1]
    assert len(past[0]) == 10
    assert await mirror.read_data_type() == ua.NodeId(ua.ObjectIds.Double)


async def test_structures_pass_both_ways_through_a_method(served: Any) -> None:
    _session, client = served
    await client.load_data_type_definitions()
    kind = ua.get_type(ua.NodeId(3008, INDEX["JobControl"]))
    order = kind(JobOrderID="A-1", Priority=3)
    receiver = client.get_node(own("RFL.Orders"))
    comment = ua.Variant([ua.LocalizedText("first")], ua.VariantType.LocalizedText)
    assert await receiver.call_method(own("RFL.Orders.Store"), order, comment) == 0
    assert STORED[0].JobOrderID == "A-1"
    declared = await client.get_node(ua.NodeId(1002, INDEX["JobControl"])).get_child(
        f"{INDEX['JobControl']}:Store"
    )
    assert await receiver.call_method(declared, kind(JobOrderID="A-2"), comment) == 0
    assert [order.JobOrderID for order in STORED] == ["A-1", "A-2"]
    (row, _second) = await client.get_node(own("RFL.Orders.JobOrderList")).read_value()
    assert (row.JobOrder.JobOrderID, row.JobOrder.Priority) == ("A-1", 3)
    with pytest.raises(ua.UaStatusCodeError):
        await receiver.call_method(own("RFL.Orders.Store"), 7, comment)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "no value for Manufacturer"),
        ({"Manufacturer": "A", "SerialNumber": "1", "ProductInstanceUri": "u", "Colour": "red"},
         "no member Colour"),
    ],
)  # fmt: skip
async def test_an_instance_that_is_not_whole_is_refused(named: dict[str, Any], said: str) -> None:
    def incomplete(plant: Plant) -> None:
        plant.types.instantiate(
            "Machinery:MachineIdentificationType", "X", "DI:Identification", "RFL", values=named
        )

    part = Part("broken", lambda session: ("Machinery",), incomplete)
    before, plant.PARTS = plant.PARTS, (part,)
    try:
        with pytest.raises(BadInstance, match=said):
            await OpcUaAdapter(port=0).start(StandInSession())
    finally:
        plant.PARTS = before

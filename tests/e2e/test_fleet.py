"""Every machine its own server: the same nodes as in one server for the line, over TCP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from cryptography import x509

import twin
from opcua_server import OpcUaAdapter, hash_password
from opcua_server.companion.line_state import ITEM_ORDER
from opcua_server.fleet import OpcUaFleet
from twin.errors import PortInUse
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LINE = "machine-parts/shaft-v1"
USERS: Any = {"ines": (hash_password("instructor-pw"), "instructor")}


def node_id(text: str) -> ua.NodeId:
    return ua.NodeId(text, 2)


@asynccontextmanager
async def serving(adapter: Any, **named: Any) -> AsyncIterator[Session]:
    session = Session(twin.load(LINE), seed=1, clock="stepped", **named)
    await session.start(adapter)
    try:
        await session.step(600.0)
        yield session
    finally:
        await session.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Session, OpcUaFleet]]:
    pki = tmp_path_factory.mktemp("pki")
    adapter = OpcUaFleet(port=0, anonymous_role="operator", users=USERS, pki=pki)
    async with serving(adapter) as session:
        yield session, adapter


async def below(client: Client, start: ua.NodeId) -> dict[str, tuple[str, int]]:
    """Everything hierarchically below a node in the line's namespace: id -> parent, class."""
    found: dict[str, tuple[str, int]] = {}
    waiting = [start]
    while waiting:
        parent = waiting.pop()
        references = await client.get_node(parent).get_references(
            ua.ObjectIds.HierarchicalReferences, ua.BrowseDirection.Forward
        )
        for one in references:
            key = one.NodeId.to_string()
            if one.NodeId.NamespaceIndex == 2 and key not in found:
                found[key] = (parent.to_string(), int(one.NodeClass))
                waiting.append(one.NodeId)
    return found


def of_the_line_itself(key: str) -> bool:
    """Whether a node is one that every server has: the line's object and its last refusal."""
    return "LastRejection" in key or key == f"ns=2;s={LINE}"


async def test_together_they_hold_the_nodes_of_the_one_server_and_none_twice(
    fleet: tuple[Session, OpcUaFleet],
) -> None:
    objects = ua.NodeId(ua.ObjectIds.ObjectsFolder)
    whole = OpcUaAdapter(port=0, anonymous_role="operator", users=USERS)
    async with serving(whole) as _session, Client(whole.endpoints[0]) as client:
        expected = await below(client, objects)
        spaces = await client.get_namespace_array()
    seen: dict[str, tuple[str, int]] = {}
    for station, address in fleet[1].endpoint_of.items():
        async with Client(address) as client:
            uris = await client.get_namespace_array()
            assert (uris[0], uris[2:]) == (spaces[0], spaces[2:])
            nodes = await below(client, objects)
        twice = {key for key in seen.keys() & nodes.keys() if not of_the_line_itself(key)}
        assert not twice, f"{station} repeats {twice}"
        seen |= nodes
    # the parts of the line are its stations: there they are, or the names of machines elsewhere
    parts = f"ns=2;s={fleet[0].line.id}.Components"

    def without_parts(nodes: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
        return {key: row for key, row in nodes.items() if not key.startswith(f"{parts}.")}

    assert without_parts(seen) == without_parts(expected)
    named = {key for key, (parent, _class) in seen.items() if parent == parts}
    assert named == {f"{parts}.{station.id}" for station in fleet[0].line.stations}


async def test_the_lines_server_sums_up_what_the_machines_servers_say(
    fleet: tuple[Session, OpcUaFleet],
) -> None:
    session, served = fleet
    await session.step(60.0)
    names = set()
    for station in session.line.stations:
        async with Client(served.endpoint_of[station.id]) as client:
            folder = f"ns=2;s={station.id}.MachineryBuildingBlocks.MachineryItemState"
            if any(
                n.nodeid.to_string() == folder
                for n in await client.get_node(
                    f"ns=2;s={station.id}.MachineryBuildingBlocks"
                ).get_children()
            ):
                state = await client.get_node(f"{folder}.CurrentState").read_value()
                names.add(state.Text)
    line = f"ns=2;s={session.line.id}.MachineryBuildingBlocks.MachineryItemState.CurrentState"
    async with Client(served.endpoint_of["Line"]) as client:
        told = (await client.get_node(line).read_value()).Text
    assert told == next(one for one in ITEM_ORDER if one in names)


async def test_find_servers_of_the_line_names_every_machine_and_each_answers(
    fleet: tuple[Session, OpcUaFleet],
) -> None:
    session, adapter = fleet
    client = Client(adapter.endpoints[0])
    servers = await client.connect_and_find_servers()
    assert [one.ApplicationUri for one in servers] == [
        "urn:twin:opcua-server",
        *(f"urn:twin:opcua-server:{station.id}" for station in session.line.stations),
    ]
    certificates = set()
    for one in servers:
        (address,) = one.DiscoveryUrls
        endpoints = await Client(address).connect_and_get_server_endpoints()
        assert {found.Server.ApplicationUri for found in endpoints} == {one.ApplicationUri}
        assert {found.EndpointUrl.rstrip("/") for found in endpoints} == {address.rstrip("/")}
        certificate = x509.load_der_x509_certificate(endpoints[0].ServerCertificate)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.UniformResourceIdentifier) == [one.ApplicationUri]
        certificates.add(endpoints[0].ServerCertificate)
    assert len(certificates) == len(servers)


async def test_a_machine_is_read_written_and_followed_at_its_own_endpoint(
    fleet: tuple[Session, OpcUaFleet],
) -> None:
    session, adapter = fleet
    key, setting = next(iter(session.line.settings.items()))
    station = key.partition(".")[0]
    heard: dict[str, Any] = {}

    class Handler:
        def datachange_notification(self, node: Any, value: Any, _data: Any) -> None:
            heard[node.nodeid.Identifier] = value

    async with Client(adapter.endpoint_of[station]) as client:
        tags = [tag for tag in session.line.tags.values() if tag.station == station]
        subscription = await client.create_subscription(50, Handler())
        nodes = [client.get_node(node_id(tag.key)) for tag in tags]
        await subscription.subscribe_data_change(nodes)
        value = (setting.low + setting.high) / 2.0
        (written,) = [tag.key for tag in tags if tag.setting == key.partition(".")[2]]
        await client.get_node(node_id(written)).write_value(
            ua.DataValue(ua.Variant(value, ua.VariantType.Double))
        )
        await session.step(60.0)
        async with asyncio.timeout(20):
            while heard.get(written) != value:
                await asyncio.sleep(0.05)
        past = await client.get_node(node_id(written)).read_raw_history(
            session.wall(500.0), session.wall(520.0)
        )
        assert len(past) > 10
        assert heard.keys() == {tag.key for tag in tags}
    assert session.trace.journal[-1].target == key
    other = next(one for one in adapter.endpoint_of if one not in (station, "Line"))
    async with Client(adapter.endpoint_of[other]) as client:
        with pytest.raises(ua.uaerrors.BadNodeIdUnknown):
            await client.get_node(node_id(written)).read_value()


async def test_what_a_client_does_to_one_server_does_not_show_in_another(
    fleet: tuple[Session, OpcUaFleet],
) -> None:
    first, second = fleet[1].endpoints[1:3]
    kind = ua.NodeId(ua.ObjectIds.ServerType_NamespaceArray)  # of a type: a node that all share
    uris = []
    async with Client(first) as one, Client(second) as other:
        for client in (one, other):
            subscription = await client.create_subscription(50, None)
            await subscription.subscribe_data_change(client.get_node(kind))
            uris.append(await client.get_node(ua.ObjectIds.Server_ServerArray).read_value())
        await subscription.delete()
    assert uris[0] != uris[1]


async def test_a_plant_network_between_serves_each_machine_its_own_rows() -> None:
    adapter = OpcUaFleet(port=0, anonymous_role="operator")
    async with serving(adapter, dirt="mobile", level=4) as session:
        for station, address in adapter.endpoint_of.items():
            mine = [tag.key for tag in session.shown.tags.values() if tag.station == station]
            async with Client(address) as client:
                nodes = [client.get_node(node_id(key)) for key in mine]
                found = await client.read_attributes(nodes)
            row = list(session.shown.tags).index(mine[0]) if mine else 0
            front = session.front
            assert front is not None
            for key, value in zip(mine, found, strict=True):
                row = list(session.shown.tags).index(key)
                known = front.values[row]
                if value.StatusCode.is_good() and value.Value.Value is not None:
                    assert float(value.Value.Value) == pytest.approx(known), key


def three_free_ports() -> int:
    """The first of three ports in a row that nobody uses."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            base = int(first.getsockname()[1])
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", base + 1))
                third.bind(("127.0.0.1", base + 2))
                return base


async def test_a_taken_port_above_the_lines_is_named_and_nothing_stays_open(
    tmp_path: Path,
) -> None:
    base = three_free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 2))
        taken.listen()
        session = Session(twin.load(LINE), seed=1, clock="stepped")
        with pytest.raises(PortInUse, match=str(base + 2)):
            await session.start(OpcUaFleet(port=base))
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", base))

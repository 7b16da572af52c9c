"""A line's own namespace as a NodeSet file: whole, and read back by a reader not ours."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from asyncua import Server, ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.companion import loader, tools
from opcua_server.companion.sets import SETS
from opcua_server.companion.snapshot import A, Snapshot, of_space
from opcua_server.companion.tree import tree
from opcua_server.corrections import correct
from twin.serve.session import Session

LINE = "machine-parts/shaft-v1"
URI = f"urn:twin:line:{LINE}"


@pytest.fixture(scope="module")
def text() -> str:
    return tools.nodeset_of(twin.load(LINE))


def of_line(seen: Snapshot) -> dict[str, tuple[object, ...]]:
    """What a client can tell of each node of the line, with namespaces by their names."""

    def plain(node: ua.NodeId) -> tuple[str, object]:
        return seen.namespaces[node.NamespaceIndex], node.Identifier

    own = seen.namespaces.index(URI)
    found = {}
    for node in seen:
        if node.node.NamespaceIndex == own:
            told = node.attributes
            index, name = node.name
            up = {
                (plain(one.kind), plain(one.target)) for one in node.references if not one.forward
            }
            kinds = {plain(one) for one in node.targets(ua.NodeId(ua.ObjectIds.HasTypeDefinition))}
            data = plain(told[A.DataType]) if A.DataType in told else None
            row = (node.node_class, seen.namespaces[index], name, data, told.get(A.ValueRank))
            found[str(node.node.Identifier)] = (*row, frozenset(up), frozenset(kinds))
    return found


def test_it_says_whose_it_is_and_what_it_builds_on(text: str) -> None:
    root = ElementTree.fromstring(text)
    xml = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
    uris = [one.text for one in root.iter(f"{xml}Uri")]
    required = {one.get("ModelUri") for one in root.iter(f"{xml}RequiredModel")}
    assert uris[0] == URI
    assert required == {"http://opcfoundation.org/UA/", *uris[1:]}
    versions = {one.uri: loader.table_of(one)["version"] for one in SETS}
    for one in root.iter(f"{xml}RequiredModel"):
        assert one.get("Version") == versions.get(str(one.get("ModelUri")), one.get("Version"))


def test_the_same_line_gives_the_same_file(text: str) -> None:
    assert tools.nodeset_of(twin.load(LINE)) == text


async def test_another_reader_makes_the_same_nodes_of_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "line.NodeSet2.xml"
    file.write_text(text, encoding="utf-8")
    server = Server()
    await server.init()
    space = server.iserver.aspace
    correct(space._nodes)
    loader.load(space, loader.register(space), SETS)
    await server.import_xml(file)
    again = of_line(of_space(space))
    async with tools.served(twin.load(LINE)) as own:
        first = of_line(of_space(own))
        units = ua.NodeId("SAW.Power.EngineeringUnits", 2)
        unit = own.read_attribute_value(units, A.Value).Value.Value
    described = again.keys() - first.keys()  # the namespace itself, by asyncua
    assert {again[name][2] for name in described} >= {URI, "NamespaceUri"}
    assert {name: again[name] for name in first} == first
    index = of_space(space).namespaces.index(URI)
    read = space.read_attribute_value(ua.NodeId(units.Identifier, index), A.Value).Value.Value
    assert (read.UnitId, read.NamespaceUri) == (unit.UnitId, unit.NamespaceUri)


def test_the_tree_has_a_line_of_text_for_each_member() -> None:
    lines = list(tools.browse(twin.load(LINE), depth=3))
    assert "6:Machines : FolderType  [ns=6;i=1001]" in lines
    assert any(line.startswith("    2:SAW : ") for line in lines)
    assert not any("Zone" in line for line in lines)


async def test_the_tree_of_a_server_is_that_of_its_line() -> None:
    session = Session(twin.load("examples/three-stations-v1"), seed=0, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        seen = await tools._of_address(adapter.endpoints[0])
        assert adapter._server is not None
        own = of_space(adapter._server.iserver.aspace)
    finally:
        await session.stop()
    told = list(tree(seen, tools.OBJECTS, 6))
    assert told == list(tree(own, tools.OBJECTS, 6))
    assert any("2:mill" in line for line in told)


async def test_a_server_that_turns_us_away_is_no_riddle() -> None:
    session = Session(twin.load("examples/three-stations-v1"), seed=0, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role=None)
    await session.start(adapter)
    try:
        with pytest.raises(ConnectionError):
            await tools._of_address(adapter.endpoints[0])
    finally:
        await session.stop()

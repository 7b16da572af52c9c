"""Every instance of an official type, on every shipped line, is what its type says.

The types themselves are compared with the published NodeSets where those are at hand:
`TWIN_NODESETS=folder pytest tests/contract/test_companion_types.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.companion import published, texts
from opcua_server.companion.check import Checker, check
from opcua_server.companion.loader import table_of
from opcua_server.companion.sets import BY_NAME, FIRST_INDEX, SETS
from opcua_server.companion.snapshot import Snapshot, of_server, of_space
from twin.line.index import shipped
from twin.serve.session import Session

pytestmark = pytest.mark.asyncio(loop_scope="module")
A = ua.AttributeIds
NODESETS = os.environ.get("TWIN_NODESETS", "")
LINES = [entry.id for entry in shipped()]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=LINES)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Session, Any, Any]]:
    session = Session(twin.load(request.param), seed=3, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    await session.step(900.0)
    assert adapter._server is not None
    yield session, adapter._server.iserver.aspace, adapter
    await session.stop()


async def test_every_instance_is_what_its_type_says(served: Any) -> None:
    told = check(of_space(served[1]))
    assert not told, "\n".join(map(str, told))


async def test_every_method_of_an_instance_does_something(served: Any) -> None:
    _session, space, adapter = served
    methods = [
        node.node
        for node in of_space(space)
        if node.node_class == ua.NodeClass.Method and node.node.NamespaceIndex == 2
    ]
    idle = [node.Identifier for node in methods if node not in adapter._space.methods]
    idle = [name for name in idle if space[ua.NodeId(name, 2)].call is None]
    assert methods
    assert not idle


async def test_the_lines_machines_are_of_official_types(served: Any) -> None:
    session, space, _adapter = served
    checker = Checker(of_space(space), 2)
    official = {kind.node.NamespaceIndex for _node, kind in checker.instances()}
    assert FIRST_INDEX + list(BY_NAME).index("Machinery") in official
    assert len(list(checker.instances())) > len(session.shown.tags)


async def test_a_client_finds_every_fact_of_the_tables() -> None:
    """Over the network, from the root on: each node, attribute and reference of the tables."""
    session = Session(twin.load("machine-parts/shaft-v1"), seed=3, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        async with Client(adapter.endpoints[0]) as client:
            await client.load_data_type_definitions()
            seen = await of_server(client)
    finally:
        await session.stop()
    tables = [table for table in map(table_of, SETS) if _is_loaded(seen, table)]
    assert len(tables) >= 6
    for table in tables:
        _compare(seen, table)


def _reader(seen: Snapshot, table: dict[str, Any]) -> Callable[[Any], ua.NodeId]:
    spaces = [seen.namespaces.index(uri) for uri in table["uris"]]

    def node_id(written: Any) -> ua.NodeId:
        if isinstance(written, list):
            return ua.NodeId(written[1], spaces[written[0]])
        space, _point, number = str(written).rpartition(".")
        return ua.NodeId(int(number), spaces[int(space or 1)])

    return node_id


def _is_loaded(seen: Snapshot, table: dict[str, Any]) -> bool:
    return _reader(seen, table)(table["nodes"][0][1]) in seen


def _compare(seen: Snapshot, table: dict[str, Any]) -> None:
    node_id = _reader(seen, table)
    for node_class, written, name, *more in table["nodes"]:
        node = seen[node_id(written)]
        facts = more[0] if more else {}
        told = node.attributes
        assert (node.node_class, node.name[1]) == (node_class, name.removeprefix("0:")) or (
            node.name[1] == name.partition(":")[2]
        )
        if "DataType" in facts:
            assert told[A.DataType] == node_id(facts["DataType"]), name
            assert told[A.ValueRank] == facts.get("ValueRank", -1), name
        if node_class in (8, 16, 32, 64):
            assert told[A.IsAbstract] is facts.get("IsAbstract", False), name
        if "struct" in facts.get("Definition", {}):
            fields = [field.Name for field in told[A.DataTypeDefinition].Fields]
            own = [row[0] for row in facts["Definition"]["struct"]]
            assert fields[len(fields) - len(own) :] == own
    for kind, rows in table["references"].items():
        for source, *targets in rows:
            node = seen[node_id(source)]
            assert {node_id(one) for one in targets} <= set(node.targets(node_id(kind)))


@pytest.mark.skipif(not NODESETS, reason="no published NodeSets: set TWIN_NODESETS to their folder")
async def test_the_tables_say_what_the_published_nodesets_say() -> None:
    found = {one.uri: one for one in map(published.read, sorted(Path(NODESETS).glob("*.xml")))}
    compared = []
    for one in SETS:
        if one.uri in found:
            facts = json.loads(published.write(found[one.uri].table()))
            assert facts == table_of(one), f"{one.name} is not what {NODESETS} says"
            compared.append(one.name)
    assert compared


async def test_the_tables_hold_no_text_of_the_specifications() -> None:
    """Facts only: names, numbers and ids; no value is a sentence."""
    for one in SETS:
        for row in table_of(one)["nodes"]:
            facts = row[3] if len(row) > 3 else {}
            kind, value = facts.get("Value", (0, ""))
            if kind == 12 and isinstance(value, str):
                assert len(value.split()) <= 3, (one.name, row)
            assert not {"Description", "Documentation"} & set(facts)


async def test_what_each_specification_builds_on_is_there() -> None:
    uris = {one.uri: one for one in SETS}
    for one in SETS:
        for uri, _version, _date in table_of(one)["requires"]:
            if uri != "http://opcfoundation.org/UA/":
                assert uris[uri].name in one.needs, f"{one.name} needs {uri}"


@pytest.mark.skipif(not NODESETS, reason="no published NodeSets: set TWIN_NODESETS to their folder")
async def test_descriptions_of_an_imported_nodeset_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    imported = [one for one in texts.take(Path(NODESETS)) if one.name]
    assert {"DI", "Machinery"} <= {one.name for one in imported}
    session = Session(twin.load("examples/three-stations-v1"), seed=3, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        async with Client(adapter.endpoints[0]) as client:
            index = await client.get_namespace_index(BY_NAME["DI"].uri)
            kind = await client.get_node(ua.NodeId(1001, index)).read_description()
    finally:
        await session.stop()
    assert kind.Text

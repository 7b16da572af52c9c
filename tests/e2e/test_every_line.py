"""Every shipped line by the same way: OPC UA in steps, a data set, the 3D scene, a unit a code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.units import CODES, UNCODED
from twin.export import export
from twin.line.index import shipped
from twin.serve.session import Session
from visual import gltf
from visual.pose import pose
from visual.scene import build_scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
NAMES = [entry.id for entry in shipped()]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=NAMES)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session = Session(twin.load(request.param), seed=3, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    await session.step(600.0)
    yield session, adapter
    await session.stop()


async def test_a_client_reads_what_the_sensors_show(served):
    session, adapter = served
    await session.step(60.0)
    names = list(session.line.tags)
    async with Client(adapter.endpoints[0]) as client:
        nodes = [client.get_node(ua.NodeId(name, 2)) for name in names]
        found = await client.read_values(nodes)
    shown = session.sample(names, [np.nextafter(session.now, 0.0)])[:, 0]
    assert np.array(found, dtype=float) == pytest.approx(shown)


async def test_history_reaches_back_to_the_first_second(served):
    session, adapter = served
    name = next(key for key in session.line.tags if not key.startswith("Line."))
    async with Client(adapter.endpoints[0]) as client:
        node = client.get_node(ua.NodeId(name, 2))
        rows = await node.read_raw_history(session.started_at, None, numvalues=5)
    assert rows[0].SourceTimestamp.replace(tzinfo=None) == session.started_at.replace(tzinfo=None)


async def test_every_unit_has_a_code_or_is_known_to_have_none(served):
    units = {tag.unit for tag in served[0].line.tags.values()} - {"", "1"}
    assert units - set(CODES) - set(UNCODED) == set()


async def test_it_exports(served, tmp_path: Path):
    trace = served[0].trace
    found = export(trace, "5s", tmp_path / "all.parquet")
    assert found.tags == len(trace.line.tags)
    assert pq.read_table(found.files[0]).num_rows == found.rows > 100


async def test_it_is_drawn(served):
    trace = served[0].trace
    scene = build_scene(trace.line)
    drawn = json.loads(json.dumps(gltf.scene_json(scene), allow_nan=False))
    assert set(drawn["stations"]) == {station.id for station in trace.line.stations}
    assert set(pose(scene, trace, 300.0).states) == set(drawn["stations"])

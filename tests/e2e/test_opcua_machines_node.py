"""Machines found by node-opcua, which knows the specifications and nothing of this product."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest

import twin
from opcua_server import OpcUaAdapter
from tests.e2e.node import FOLDER, node_modules, pytestmark
from twin.serve.session import Session
from twin.trace.tables import State

__all__ = ["node_modules", "pytestmark"]

LINE = "machine-parts/shaft-v1"


@pytest.mark.usefixtures("node_modules")
async def test_node_opcua_finds_every_machine_and_hears_of_its_changes() -> None:
    session = Session(twin.load(LINE), seed=3, clock="paced", speed=60.0)
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        while session.now < 60.0:
            await asyncio.sleep(0.1)
        ask = {"url": adapter.endpoints[0], "machine": "LTH1", "changes": 6}
        process = await asyncio.create_subprocess_exec(
            "node", str(FOLDER / "machines.mjs"), json.dumps(ask),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(120):
            out, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    finally:
        await session.stop()
    (found,) = (json.loads(row) for row in out.decode().splitlines() if row.startswith("{"))
    machines = found["machines"]
    assert set(machines) == {LINE, *(station.id for station in session.line.stations)}
    assert len({row["serial"] for row in machines.values()}) == len(machines)
    assert {name for name, row in machines.items() if row["type"] == found["toolType"]} == {
        "LTH1", "LTH2", "VMC", "GRD",
    }  # fmt: skip
    for name, row in machines.items():
        assert row["state"] in ("Executing", "NotExecuting", "OutOfService", "NotAvailable")
        assert row["mode"] in ("None", "Processing", "Setup", "Maintenance")
        if name != LINE:
            assert row["counted"] > 0.0
            assert row["health"] in range(5)
    assert found["program"] == "pump-shaft rev 1"
    told = found["changes"]
    assert len(told) == 6
    working = session.trace.index.states(session.line.place("LTH1"))
    for item, source in told:
        t = (datetime.fromisoformat(source) - session.started_at).total_seconds()
        row = int((working.t <= t).sum()) - 1
        assert (item == "Executing") == (working.state[row] in (State.WORKING, State.SETUP))

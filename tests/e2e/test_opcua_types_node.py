"""Types and structures of companion specifications with node-opcua, of which nothing is ours."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from opcua_server import OpcUaAdapter
from opcua_server.companion import plant
from opcua_server.companion.loader import table_of
from opcua_server.companion.sets import BY_NAME
from tests.e2e.node import node_modules
from tests.unit.opcua_server.companion.test_types import PART, STORED
from tests.unit.opcua_server.conftest import USERS
from tests.unit.opcua_server.standin import StandInSession

__all__ = ["node_modules"]
FOLDER = Path(__file__).with_name("node_opcua")
ORDER = 3008  # ISA95JobOrderDataType of OPC 10031-4
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("node"), reason="node is not on this machine"),
]


@pytest.mark.usefixtures("node_modules")
async def test_it_builds_and_reads_structures_from_their_definition_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plant, "PARTS", (PART,))
    STORED.clear()
    adapter = OpcUaAdapter(port=0, users=USERS)  # type: ignore[arg-type]
    await adapter.start(StandInSession())
    ask = {
        "url": adapter.endpoints[0],
        "uri": BY_NAME["JobControl"].uri,
        "type": ORDER,
        "user": "olga",
        "password": "operator-pw",
    }
    try:
        process = await asyncio.create_subprocess_exec(
            "node",
            str(FOLDER / "structures.mjs"),
            json.dumps(ask),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(120):
            out, errors = await process.communicate()
    finally:
        await adapter.stop()
    assert process.returncode == 0, errors.decode()
    (line,) = (text for text in out.decode().splitlines() if text.startswith("{"))
    found = json.loads(line)
    assert found["stored"] == "Good"
    (order,) = found["orders"]
    assert (order["jobOrderID"], order["priority"]) == ("N-1", 5)
    (parameter,) = order["jobOrderParameters"]
    assert (parameter["ID"], parameter["value"]["value"]) == ("Quantity", 100)
    assert STORED[0].JobOrderParameters[0].Value.Value == 100.0
    assert found["master"] == [{"ID": "pcb"}]
    rows = {row[1]: row for row in table_of(BY_NAME["JobControl"])["nodes"]}
    assert found["fields"] == [row[0] for row in rows[ORDER][3]["Definition"]["struct"]]

"""node-opcua as a gateway under chaos: what it hears, and that it mends itself."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import twin
from opcua_server import OpcUaAdapter
from opcua_server.chaos.plan import Step
from tests.e2e.node import node_modules
from twin.serve.session import Session

FOLDER = Path(__file__).with_name("node_opcua")
LINE, ZONE = "electronics/smt-v1", "RFL.Zone8Temp"

__all__ = ["node_modules"]  # a fixture
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.usefixtures("node_modules"),
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="node and npm are not on this machine (Debian: apt-get install nodejs npm)",
    ),
]


async def hear(gateway: asyncio.subprocess.Process, rows: list[dict[str, Any]]) -> None:
    assert gateway.stdout is not None
    while line := await gateway.stdout.readline():
        if line.startswith(b"{"):
            rows.append(json.loads(line))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


async def test_a_gateway_hears_bad_values_and_comes_back_after_a_reset_and_a_restart() -> None:
    session = Session(twin.load(LINE), 3, "stepped")
    session.run.advance(600.0)
    adapter = OpcUaAdapter(port=0, anonymous_role="observer", chaos="none")
    await session.start(adapter)
    ask = {"url": adapter.endpoints[0], "tag": f"ns=2;s={ZONE}"}
    gateway = await asyncio.create_subprocess_exec(
        "node", "gateway.mjs", json.dumps(ask), cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    reading = asyncio.create_task(hear(gateway, rows))

    def count(event: str) -> int:
        return sum(row["event"] == event for row in rows)

    async def hears_new_values() -> None:
        known = count("value")
        async with asyncio.timeout(60):
            while count("value") < known + 2:
                await session.step(5.0)
                await asyncio.sleep(0.2)

    try:
        await until(lambda: count("value") > 0)
        assert adapter.chaos is not None
        adapter.chaos.trigger(Step(0.0, "bad-values", ZONE, seconds=8.0, value="BadSensorFailure"))
        await until(lambda: rows[-1].get("status") == "BadSensorFailure")
        await session.step(10.0)
        await until(lambda: rows[-1].get("status") == "Good")
        for number, action in enumerate(("close-connections", "restart"), 1):
            adapter.chaos.trigger(Step(0.0, action, seconds=1.0))
            await until(lambda number=number: count("lost") >= number)
            await until(lambda number=number: count("restored") >= number)
            await hears_new_values()
    finally:
        if gateway.stdin is not None and gateway.returncode is None:
            gateway.stdin.write(b"end\n")
            try:
                await asyncio.wait_for(gateway.wait(), 15)
            except TimeoutError:
                gateway.kill()
        reading.cancel()
        await session.stop()

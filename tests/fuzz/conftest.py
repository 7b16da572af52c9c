"""A server in its own process, its memory, and an honest client that must be served to the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client

from tests.unit.opcua_server.test_server import node_id

ROOT = Path(__file__).parents[2]
GROWTH_MB = 120.0  # what a flood may add to the server's memory: its own bounds and the allocator
ANSWER_S = 3.0  # for an honest client beside a flood


@dataclass
class Served:
    """The server's process."""

    process: asyncio.subprocess.Process
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}"

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (row for row in text.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024.0

    @property
    def files(self) -> int:
        """Open files and sockets."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    async def serves(self) -> float:
        """Let an honest client connect and read; seconds it took."""
        assert self.process.returncode is None, "the server has died"
        begun = monotonic()
        async with asyncio.timeout(20), Client(self.url) as client:
            assert await client.get_node(node_id("RFL.Zone8Temp")).read_value() is not None
        return monotonic() - begun

    async def back_to(self, files: int) -> None:
        """Wait until it holds no more files than this."""
        async with asyncio.timeout(20):
            while self.files > files:
                await asyncio.sleep(0.05)

    async def stop(self) -> dict[str, Any]:
        """Stop it; what it says clients have left behind."""
        self.process.send_signal(signal.SIGTERM)
        out, _errors = await asyncio.wait_for(self.process.communicate(), 20)
        return dict(json.loads(out.splitlines()[-1]))


async def start(folder: Path) -> Served:
    """A fresh server."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fuzz.served",
        str(folder),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        first = await process.stdout.readline()
    if not first:
        assert process.stderr is not None
        pytest.fail((await process.stderr.read()).decode())
    served = Served(process, json.loads(first)["port"], folder)
    await served.serves()
    return served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all of these tests; at the end it must have nothing left over."""
    one = await start(tmp_path_factory.mktemp("fuzz"))
    try:
        yield one
        await asyncio.sleep(0.5)
        left = await one.stop()
    finally:
        if one.process.returncode is None:
            one.process.kill()
    assert left["commands"] == []
    assert left["incomplete"] == 0
    assert left["tasks"] < 30

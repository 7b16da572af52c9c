"""node-opcua for tests: where its programs are, what they need, and that it is installed."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).with_name("node_opcua")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="node and npm are not on this machine (Debian: apt-get install nodejs npm)",
    ),
]


def install() -> None:
    """node-opcua as package-lock.json pins it, when it is missing. Raises CalledProcessError."""
    with (Path(tempfile.gettempdir()) / "twin-npm-ci.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules").is_dir():
            command = ["npm", "ci", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, capture_output=True, check=True)


@pytest.fixture(scope="module")
def node_modules() -> None:
    """node-opcua, installed when missing."""
    install()


async def answer_of(program: str, ask: dict[str, Any]) -> Any:
    """What a program in the folder found: the one line of JSON it prints."""
    process = await asyncio.create_subprocess_exec(
        "node", str(FOLDER / program), json.dumps(ask),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(120):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    (found,) = (json.loads(row) for row in out.decode().splitlines() if row.startswith("{"))
    return found

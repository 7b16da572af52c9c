"""The SMT line, live, with node-opcua: a client implementation of which nothing is ours."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import twin
from opcua_server import OpcUaAdapter, hash_password
from twin.serve.session import Session

FOLDER = Path(__file__).with_name("node_opcua")
LINE = "electronics/smt-v1"
PASSWORD = "instructor-pw"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="node and npm are not on this machine (Debian: apt-get install nodejs npm)",
    ),
]


@pytest.fixture(scope="module")
def node_modules() -> None:
    """node-opcua as package-lock.json pins it, installed when missing."""
    with (Path(tempfile.gettempdir()) / "twin-npm-ci.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules").is_dir():
            done = subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True
            )
            assert done.returncode == 0, f"npm ci failed: {done.stderr}"


async def ask_client(adapter: OpcUaAdapter, session: Session, pki: Path, **named: Any) -> Any:
    """What node-opcua found; `named` says how it connects."""
    ask = {
        "url": adapter.endpoints[0],
        "line": LINE,
        "station": "RFL",
        "tag": "RFL.Zone8Temp",
        "setpoint": "RFL.Zone8Set",
        "good": 240.0,
        "bad": 2000.0,
        "fault": "E-Z8",
        "notifications": 4,
        "history": [
            session.started_at.isoformat(),
            (session.started_at + timedelta(seconds=60)).isoformat(),
        ],
        "pki": str(pki),
    }
    process = await asyncio.create_subprocess_exec(
        "node",
        str(FOLDER / "client.mjs"),
        json.dumps(ask | named),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    # node-opcua prints notes of its own around the answer
    (answer,) = (line for line in out.decode().splitlines() if line.startswith("{"))
    return json.loads(answer)


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize(
    ("how", "injects"),
    [
        ({}, "BadUserAccessDenied"),
        (
            {
                "mode": "SignAndEncrypt",
                "policy": "Basic256Sha256",
                "user": "ines",
                "password": PASSWORD,
            },
            "Good",
        ),
    ],
    ids=["open", "encrypted"],
)
async def test_node_opcua_works_with_the_line(
    tmp_path: Path, how: dict[str, str], injects: str
) -> None:
    session = Session(twin.load(LINE), seed=1, clock="paced", speed=60.0)
    users: Any = {"ines": (hash_password(PASSWORD), "instructor")}
    adapter = OpcUaAdapter(port=0, anonymous_role="operator", users=users, pki=tmp_path / "server")
    await session.start(adapter)
    try:
        async with asyncio.timeout(60):
            while session.now < 120:
                await asyncio.sleep(0.1)
        found = await ask_client(adapter, session, tmp_path / "client", **how)
    finally:
        await session.stop()

    line = session.line
    assert found["login"] == "Good"
    assert found["namespace"] == f"urn:twin:line:{LINE}"
    assert LINE in found["objects"]
    assert {station.id for station in line.stations} <= set(found["stations"])
    assert {tag.name for tag in line.tags.values() if tag.station == "RFL"} <= set(found["tags"])
    assert found["browsed"] > len(line.tags) * 2
    tag = line.tags["RFL.Zone8Temp"]
    assert found["range"] == [tag.low, tag.high]
    assert found["unit"] == ["°C", 4408652]
    assert found["read"]["status"] == "Good"
    assert tag.low < found["read"]["value"] < tag.high
    times = [row[0] for row in found["notified"]]
    assert len(times) == 4
    assert times == sorted(times)
    assert {row[2] for row in found["notified"]} == {"Good"}
    assert (found["write"], found["wrongWrite"]) == ("Good", "BadOutOfRange")
    assert (found["stop"], found["start"], found["inject"]) == ("Good", "Good", injects)
    kinds = [command.kind for command in session.trace.journal]
    assert kinds == ["set", "stop", "start"] + ["fault"] * (injects == "Good")
    assert found["history"]["status"] == "Good"
    rows = found["history"]["rows"][:60]
    first = datetime.fromisoformat(rows[0][0])
    assert first == session.started_at
    shown = session.sample(["RFL.Zone8Temp"], range(60))[0].tolist()
    assert [row[1] for row in rows] == shown


@pytest.mark.usefixtures("node_modules")
async def test_node_opcua_is_turned_away_with_a_wrong_password(tmp_path: Path) -> None:
    session = Session(twin.load(LINE), seed=1, clock="stepped")
    users: Any = {"ines": (hash_password(PASSWORD), "instructor")}
    adapter = OpcUaAdapter(port=0, users=users, pki=tmp_path / "server")
    await session.start(adapter)
    try:
        login = {"user": "ines", "password": "wrong"}
        found = await ask_client(adapter, session, tmp_path / "client", **login)
    finally:
        await session.stop()
    assert "BadUserAccessDenied" in found["login"]

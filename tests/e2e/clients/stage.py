"""The line as every client finds it: live, encrypted; it can be cut off and restarted."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.server.internal_session import InternalSession

import twin
from opcua_server import OpcUaAdapter, hash_password
from opcua_server.pki import Identity, create
from opcua_server.security.certificates import fingerprint
from opcua_server.security.users import Account
from twin.serve.session import Session

LINE = "electronics/smt-v1"
SPEED = 60.0
READY = 150.0  # s of simulated time that have passed when a client comes
PASSWORD = "instructor-pw"
CLIENT_URI = "urn:client-under-test"
# what is asked for of each event: the type that has the field, and the path to it (OPC 10000-9);
# without a path it is the node of the condition itself
FIELDS = (
    (2041, "EventId"), (2041, "EventType"), (2041, "SourceName"), (2041, "Severity"),
    (2782, "ConditionName"), (2782, "Retain"), (2881, "AckedState", "Id"),
    (2915, "ActiveState", "Id"), (2782,),
)  # fmt: skip


@dataclass
class Stage:
    """A session of the SMT line on one port, and what a client needs to know of it."""

    folder: Path
    port: int = 0
    session: Session = field(init=False)
    adapter: OpcUaAdapter = field(init=False)

    async def __aenter__(self) -> Stage:
        (self.folder / "own").mkdir(parents=True, exist_ok=True)
        for file, uri in (("client", CLIENT_URI), ("user", "urn:user")):
            create(Identity.of(self.folder, file), uri)
        await self._start()
        await self.reach(READY)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.stop()

    async def _start(self) -> None:
        user = Identity.of(self.folder, "user").certificate.read_bytes()
        users: Any = {
            "ines": Account(hash_password(PASSWORD), "instructor"),
            "gateway": Account("", "operator", fingerprint(user)),
        }
        self.session = Session(twin.load(LINE), seed=1, clock="paced", speed=SPEED)
        self.adapter = OpcUaAdapter(port=self.port, users=users, pki=self.folder / "server")
        await self.session.start(self.adapter)
        self.port = self.adapter.port

    async def reach(self, second: float) -> None:
        """Let simulated time pass up to a second."""
        async with asyncio.timeout(60):
            while self.session.now < second:
                await asyncio.sleep(0.05)

    async def cut(self) -> None:
        """Break every connection, as a pulled cable does; sessions stay on the server."""
        server: Any = self.adapter._server
        self._sessions = InternalSession._counter
        for connection in list(server.bserver.clients):
            connection.transport.abort()

    def sessions_since(self) -> int:
        """How many sessions were made since the cut."""
        return int(InternalSession._counter - self._sessions)

    async def restart(self) -> None:
        """Stop the server and start another on the same port, with nothing of the old one."""
        await self.session.stop()
        await self._start()

    def reachable(self) -> set[str]:
        """NodeIds a client gets to from Root, forward along hierarchical references."""
        server: Any = self.adapter._server
        space = server.iserver.aspace
        kinds = _subtypes(space, ua.NodeId(ua.ObjectIds.HierarchicalReferences))
        seen, todo = set(), [ua.NodeId(ua.ObjectIds.RootFolder)]
        while todo:
            node = todo.pop()
            if node in seen or node not in space:
                continue
            seen.add(node)
            todo += [
                one.NodeId
                for one in space[node].references
                if one.IsForward and one.ReferenceTypeId in kinds
            ]
        return {node.to_string() for node in seen}

    def ask(self, features: Iterable[str]) -> dict[str, Any]:
        """What a client is told."""
        start = self.session.started_at
        client, user = (Identity.of(self.folder, file) for file in ("client", "user"))
        return {
            "features": list(features),
            "url": self.adapter.endpoints[0],
            "user": "ines",
            "password": PASSWORD,
            "uri": CLIENT_URI,
            "certificate": str(client.certificate),
            "key": str(client.key),
            "userCertificate": str(user.certificate),
            "userKey": str(user.key),
            "serverCertificate": str(Identity.of(self.folder / "server").certificate),
            "pki": str(self.folder / "client-pki"),
            "line": LINE,
            "station": "RFL",
            "tag": "RFL.Zone8Temp",
            "setpoint": "RFL.Zone8Set",
            "right": 240.0,
            "far": 310.0,
            "condition": "RFL.Alarms.Zone8Deviation",
            "fields": FIELDS,
            "wrong": 2000.0,
            "fault": "E-Z8",
            "tags": list(self.session.shown.tags),
            "span": [start.isoformat(), (start + timedelta(seconds=60)).isoformat()],
            "later": (start + timedelta(days=1)).isoformat(),
            "between": [
                (start + timedelta(seconds=second)).isoformat() for second in (10.0, 20.25, 30.5)
            ],
        }


def _subtypes(space: Any, kind: Any) -> set[Any]:
    found, todo = set(), [kind]
    while todo:
        node = todo.pop()
        found.add(node)
        todo += [
            one.NodeId
            for one in space[node].references
            if one.IsForward and one.ReferenceTypeId == ua.NodeId(ua.ObjectIds.HasSubtype)
        ]
    return found


async def play(
    stage: Stage,
    command: list[str],
    features: Iterable[str],
    hear: Callable[[dict[str, Any]], None],
) -> None:
    """Run a client program; `hear` gets what it told of a feature, at once."""
    process = await asyncio.create_subprocess_exec(
        *command,
        json.dumps(stage.ask(features)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr,
        limit=2**26,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    wishes = {"cut": stage.cut, "restart": stage.restart}
    try:
        async for line in process.stdout:
            if not line.startswith(b'{"'):  # notes that client libraries print
                continue
            said = json.loads(line)
            if "please" in said:
                await wishes[said["please"]]()
                process.stdin.write(b"done\n")
            elif "feature" in said:
                hear(said)
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()

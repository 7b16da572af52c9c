"""Reverse Connect: the server calls; behind the call an ordinary client works, encrypted too."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

import twin
from opcua_server import OpcUaAdapter
from opcua_server.chaos.plan import Step
from opcua_server.reverse import address_of
from tests.unit.opcua_server.security.authority import URI, make
from twin.errors import UsageError
from twin.serve.session import Session

pytestmark = pytest.mark.e2e

LINE = "machine-parts/shaft-v1"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Gateway:
    """Listens for calls of the server, and lets ordinary clients speak over them.

    asyncua's client can only connect, so it connects to `url` here and its bytes are passed on.
    """

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Stream] = asyncio.Queue()
        self.greetings: list[tuple[str, str]] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(4) == b"RHEF"
        (size,) = struct.unpack("<I", await reader.readexactly(4))
        body, texts = await reader.readexactly(size - 8), []
        while body:
            (length,) = struct.unpack_from("<i", body)
            texts.append(body[4 : 4 + length].decode())
            body = body[4 + length :]
        uri, endpoint = texts
        self.greetings.append((uri, endpoint))
        await self.calls.put((reader, writer))

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await self.calls.get()
        while there.at_eof():  # a call that ended while nobody wanted it
            there, back = await self.calls.get()
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(pass_on(source, sink))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)


async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()


@asynccontextmanager
async def called(**named: Any) -> AsyncIterator[tuple[Session, OpcUaAdapter, Gateway, str]]:
    gateway = Gateway()
    calls = await asyncio.start_server(gateway.called, "127.0.0.1", 0)
    door = await asyncio.start_server(gateway.connected, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (calls, door)]
    session = Session(twin.load(LINE), 1, "stepped")
    adapter = OpcUaAdapter(port=0, reverse=[f"opc.tcp://127.0.0.1:{ports[0]}"], **named)
    await session.start(adapter)
    try:
        await session.step(10.0)
        yield session, adapter, gateway, f"opc.tcp://127.0.0.1:{ports[1]}"
    finally:
        await session.stop()
        for server in (calls, door):
            server.close()
        for task in list(gateway.tasks):
            task.cancel()


async def read(url: str) -> float:
    async with Client(url, timeout=10) as client:
        node = client.get_node(ua.NodeId("Line.Finished", 2))
        return float(await node.read_value())


async def test_clients_work_over_connections_that_the_server_opened() -> None:
    async with called() as (_session, adapter, gateway, url):
        assert await read(url) == 0.0
        async with Client(url, timeout=10) as one, Client(url, timeout=10) as other:
            for client in (one, other):
                state = client.get_node(ua.ObjectIds.Server_ServerStatus_State)
                assert await state.read_value() == 0
        assert set(gateway.greetings) == {("urn:twin:opcua-server", adapter.endpoints[0])}
        assert len(gateway.greetings) >= 3


async def test_a_called_client_can_have_its_channel_encrypted(tmp_path: Path) -> None:
    async with called(pki=tmp_path / "pki") as (_session, _adapter, _gateway, url):
        certificate, key = make().write(tmp_path, "client")
        client = Client(url, timeout=10)
        client.application_uri = URI
        await client.set_security(SecurityPolicyBasic256Sha256, str(certificate), str(key))
        async with client:
            assert await client.get_node(ua.NodeId("Line.Finished", 2)).read_value() == 0


async def test_after_a_restart_the_server_calls_again() -> None:
    async with called(chaos="none") as (_session, adapter, gateway, url):
        assert await read(url) == 0.0
        assert adapter.chaos is not None
        adapter.chaos.trigger(Step(0.0, "restart", seconds=0.2))
        async with asyncio.timeout(10):
            while not any(row.get("phase") == "end" for row in adapter.chaos.rows):
                await asyncio.sleep(0.05)
        count = len(gateway.greetings)
        async with asyncio.timeout(20):
            while len(gateway.greetings) == count:
                await asyncio.sleep(0.05)
        assert await read(url) == 0.0


def test_an_address_that_is_none_is_refused() -> None:
    assert address_of("opc.tcp://gateway") == ("gateway", 4843)
    for url in ("gateway:4843", "opc.udp://gateway:1", "opc.tcp://a:b"):
        with pytest.raises(UsageError, match=r"opc\.tcp://gateway"):
            address_of(url)

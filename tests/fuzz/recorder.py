"""Requests as real clients send them: a proxy on the wire that keeps what passes."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from datetime import timedelta
from typing import Any

from asyncua import Client, ua

from tests.unit.opcua_server.standin import STARTED
from tests.unit.opcua_server.test_server import node_id


class Recorder:
    """Passes bytes on between a client and the server, and keeps the client's chunks."""

    def __init__(self, port: int) -> None:
        self.server_port = port
        self.port = 0
        self.chunks: list[bytes] = []
        self.others: list[bytes] = []  # bodies that another client sent at another time
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Recorder:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()

    @property
    def bodies(self) -> list[bytes]:
        """Bodies of the requests that came in one chunk, each once, from the type id on."""
        found = [chunk[24:] for chunk in self.chunks if chunk[:4] == b"MSGF"]
        return list(dict.fromkeys(found))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection("127.0.0.1", self.server_port)
        for task in (
            asyncio.create_task(self._pass_on(reader, down, keep=True)),
            asyncio.create_task(self._pass_on(up, writer, keep=False)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keep: bool
    ) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = await reader.readexactly(8)
                (size,) = struct.unpack_from("<I", head, 4)
                chunk = head + await reader.readexactly(size - 8)
                if keep:
                    self.chunks.append(chunk)
                writer.write(chunk)
                await writer.drain()
        writer.close()


class Deaf:
    """A subscriber that ignores what it hears."""

    def datachange_notification(self, *_told: Any) -> None:
        pass

    def event_notification(self, _event: Any) -> None:
        pass


async def record(port: int) -> Recorder:
    """The requests of a session in which asyncua's client does all that clients do."""
    async with Recorder(port) as recorder:
        client = Client(f"opc.tcp://127.0.0.1:{recorder.port}")
        async with client:
            await _use(client)
    return recorder


async def _use(client: Client) -> None:
    belt = client.get_node(node_id("RFL.BeltSpeed"))
    zone = client.get_node(node_id("RFL.Zone8Temp"))
    line = client.get_node(node_id("test/line-v1"))
    await client.get_endpoints()
    await client.find_servers()
    await line.get_children_descriptions()
    await line.get_child("2:RFL")
    await client.read_values([belt, zone])
    await zone.read_raw_history(STARTED, STARTED + timedelta(minutes=1), numvalues=10)
    await client.register_nodes([belt])
    subscription = await client.create_subscription(100, Deaf())
    handles = await subscription.subscribe_data_change([belt, zone])
    await subscription.deadband_monitor(zone, 2.0)
    await subscription.subscribe_events(ua.ObjectIds.Server)
    await subscription.modify_monitored_item(handles[0], 500.0)
    await subscription.set_monitoring_mode(ua.MonitoringMode.Sampling)
    await subscription.set_publishing_mode(False)
    await asyncio.sleep(0.3)
    await subscription.unsubscribe(handles[0])
    for refused in (
        belt.write_value(90.0),
        line.call_method("2:Stop"),
        line.call_method("2:InjectFault", "E-Z8", 1.0),
    ):
        with suppress(ua.UaError):
            await refused
    await subscription.delete()

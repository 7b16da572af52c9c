"""A server that stops lets nobody in any more: a client that comes back at once finds it gone."""

from __future__ import annotations

import asyncio
from typing import Any

from opcua_server import OpcUaAdapter
from tests.unit.opcua_server.standin import StandInSession


class Insistent(asyncio.Protocol):
    """A client that connects again in the moment its connection ends."""

    def __init__(self, port: int, made: list[Insistent]) -> None:
        self.port = port
        self.made = made
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.ended.set()
        if len(self.made) < 100:
            again = asyncio.ensure_future(connect(self.port, self.made))
            again.add_done_callback(lambda done: done.exception())  # refused: as it should be


async def connect(port: int, made: list[Insistent]) -> Insistent:
    loop = asyncio.get_running_loop()
    _transport, client = await loop.create_connection(
        lambda: Insistent(port, made), "127.0.0.1", port
    )
    return client


async def test_no_connection_outlives_the_server() -> None:
    adapter = OpcUaAdapter(port=0)
    await adapter.start(StandInSession())
    made: list[Insistent] = []
    for _ in range(5):
        await connect(adapter.port, made)
    await asyncio.sleep(0.05)
    server: Any = adapter._server
    # the end of another client's session takes its time
    server.bserver.closing_tasks.append(asyncio.create_task(asyncio.sleep(0.2)))
    async with asyncio.timeout(5):
        await adapter.stop()
        for client in made:
            await client.ended.wait()

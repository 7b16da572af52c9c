"""Reverse Connect: the server calls the client, through a firewall that lets only that way pass.

The server opens the TCP connection and sends ReverseHello (OPC 10000-6, 7.1.2.6); from there on the
client speaks as over a connection of its own: Hello, channel, session. One connection waits for
the client at a time; when it is taken, another is opened. asyncua has nothing of this: the message
is made here, the connection behind it is guarded as every other. Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from typing import Any, Protocol

from opcua_server import address

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.binary_server_asyncio", "BinaryServer._make_protocol"),
    ("asyncua.server.binary_server_asyncio", "OPCUAProtocol.connection_made"),
)

log = logging.getLogger("opcua_server.reverse")

AGAIN_S = 5.0  # until the client is called again; assumed
LOOK_S = 0.2  # s between two looks whether the client took the connection
WITHIN_S = 10.0  # s to get through
CLIENT_PORT = 4843  # none is registered for listening clients; assumed


class Calling(Protocol):
    """A server that calls clients."""

    @property
    def listener(self) -> Any:
        """asyncua's BinaryServer; None while the server is down."""

    @property
    def endpoints(self) -> list[str]:
        """Its addresses."""

    @property
    def uri(self) -> str:
        """Its application URI."""


def address_of(url: str) -> tuple[str, int]:
    """Host and port of "opc.tcp://gateway:4843". Raises UsageError."""
    return address.address_of("--reverse", "opc.tcp://gateway:4843", url, CLIENT_PORT)


def reverse_hello(server_uri: str, endpoint: str) -> bytes:
    """The ReverseHello message (OPC 10000-6, table 61)."""
    body = b"".join(
        struct.pack("<i", len(raw)) + raw for raw in (server_uri.encode(), endpoint.encode())
    )
    return b"RHEF" + struct.pack("<I", 8 + len(body)) + body


async def call(server: Calling, url: str) -> None:
    """Keep one connection waiting at a client that listens at `url`, as long as the task lives."""
    host, port = address_of(url)
    reached = True
    while True:
        protocol = await _open(server, host, port)
        if protocol is None:
            if reached:
                log.warning("%s does not answer; it is called again every %g s", url, AGAIN_S)
            reached = False
            await asyncio.sleep(AGAIN_S)
            continue
        reached = True
        while not (protocol.transport.is_closing() or protocol.processor.greeted):
            await asyncio.sleep(LOOK_S)
        if not protocol.processor.greeted:
            await asyncio.sleep(AGAIN_S)


async def _open(server: Calling, host: str, port: int) -> Any:
    listener = server.listener
    if listener is None or not server.endpoints:
        return None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WITHIN_S):
            transport, protocol = await loop.create_connection(listener._make_protocol, host, port)
    except (OSError, TimeoutError):
        return None
    if protocol.transport is None:  # there are too many connections already
        return None
    transport.write(reverse_hello(server.uri, server.endpoints[0]))
    return protocol

"""What an encrypted channel is told by somebody who has not its keys, or plays it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from opcua_server import pki
from tests.fuzz.conftest import Served
from tests.fuzz.wire import Wire
from tests.unit.opcua_server.security.authority import URI, make
from tests.unit.opcua_server.test_server import node_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Tap:
    """A client's transport that keeps what is written and may spoil the next chunk."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.written: list[bytes] = []
        self.spoil: Any = None

    def write(self, data: bytes) -> None:
        if self.spoil is not None:
            data, self.spoil = self.spoil(data), None
        self.written.append(data)
        self.transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)


@pytest_asyncio.fixture(loop_scope="session")
async def client(served: Served, tmp_path: Path) -> AsyncIterator[Client]:
    """A client with an encrypted session of the instructor, its transport tapped."""
    certificate, key = make("fuzz").write(tmp_path, "client")
    one = Client(served.url, timeout=5)
    one.application_uri = URI
    await one.set_security(
        SecurityPolicyBasic256Sha256,
        certificate=str(certificate),
        private_key=str(key),
        server_certificate=str(pki.Identity.of(served.folder / "pki").certificate),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    one.set_user("ines")
    one.set_password("instructor-password")
    await one.connect_socket()
    protocol = one.uaclient.protocol
    protocol.transport = Tap(protocol.transport)
    await one.send_hello()
    await one.open_secure_channel()
    await one.create_session()
    await one.activate_session("ines", "instructor-password", None)
    yield one
    one.disconnect_socket()


def changed(chance: Random) -> Any:
    """A chunk with one bit changed, anywhere behind its size."""

    def spoil(chunk: bytes) -> bytes:
        place = chance.randrange(8, len(chunk))
        return chunk[:place] + bytes([chunk[place] ^ 1 << chance.randrange(8)]) + chunk[place + 1 :]

    return spoil


@pytest.mark.parametrize("seed", range(8))
async def test_one_changed_bit_ends_an_encrypted_connection(
    served: Served, client: Client, seed: int
) -> None:
    tap = client.uaclient.protocol.transport
    tap.spoil = changed(Random(seed))
    with pytest.raises((ConnectionError, TimeoutError, asyncio.CancelledError, ua.UaError)):
        await client.get_node(node_id("RFL.BeltSpeed")).write_value(90.0)
    await served.serves()


async def test_a_chunk_sent_twice_ends_the_connection(served: Served, client: Client) -> None:
    tap = client.uaclient.protocol.transport
    node = client.get_node(node_id("RFL.Zone8Temp"))
    assert await node.read_value() is not None
    tap.transport.write(tap.written[-1])
    await asyncio.sleep(0.2)
    with pytest.raises((ConnectionError, TimeoutError, asyncio.CancelledError, ua.UaError)):
        await node.read_value()


async def test_an_encrypted_connection_played_again_is_worth_nothing(
    served: Served, client: Client
) -> None:
    tap = client.uaclient.protocol.transport
    await client.get_node(node_id("RFL.Zone8Temp")).read_value()
    wire = await Wire.open(served.port)
    kinds, error = await wire.played(b"".join(tap.written))
    assert error.startswith("Bad")
    assert kinds == [b"ACKF", b"OPNF"]  # the new channel has keys of its own
    assert await client.get_node(node_id("RFL.Zone8Temp")).read_value() is not None

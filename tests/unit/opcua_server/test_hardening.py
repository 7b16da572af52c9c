"""Each weakness of the stack that is guarded, tried against a server of our own on loopback."""

from __future__ import annotations

import asyncio
import struct
import threading
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.common.connection import SecureConnection, TransportLimits
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256, SecurityPolicyNone
from asyncua.ua.ua_binary import (
    nodeid_from_binary,
    nodeid_to_binary,
    struct_to_binary,
    uatcp_to_binary,
)

from opcua_server import OpcUaAdapter, pki
from opcua_server.security import passwords
from tests.unit.opcua_server.conftest import USERS
from tests.unit.opcua_server.standin import StandInSession
from tests.unit.opcua_server.test_buffer import BROKEN
from tests.unit.opcua_server.test_server import node_id, status_of
from tests.unit.opcua_server.test_subscriptions import Raw, values

pytestmark = pytest.mark.asyncio(loop_scope="module")

BELT = node_id("RFL.BeltSpeed")
UNKNOWN_SESSION = "BadSessionIdInvalid"


def token_of(client: Client) -> ua.NodeId:
    return client.uaclient.session.authentication_token


async def channel_only(adapter: OpcUaAdapter, identity: pki.Identity | None = None) -> Client:
    """A client with a secure channel and no session."""
    client = Client(adapter.endpoints[0])
    if identity is not None:
        await secure(client, adapter, identity)
    await client.connect_socket()
    await client.send_hello()
    await client.open_secure_channel()
    return client


async def secure(client: Client, adapter: OpcUaAdapter, identity: pki.Identity) -> None:
    server = pki.own_identity(adapter.pki, "urn:twin:opcua-server")  # type: ignore[arg-type]
    client.application_uri = "urn:test:client"
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        certificate=str(identity.certificate),
        private_key=str(identity.key),
        server_certificate=str(server.certificate),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )


@pytest_asyncio.fixture(loop_scope="module")
async def secured(tmp_path: Path) -> AsyncIterator[OpcUaAdapter]:
    """A server with a certificate, and without the endpoint that needs none."""
    adapter = OpcUaAdapter(
        port=0,
        anonymous_role="observer",
        users=USERS,  # type: ignore[arg-type]
        pki=tmp_path / "server",
        allow_none=False,
    )
    await adapter.start(StandInSession())
    yield adapter
    await adapter.stop()


@pytest.fixture
def mine(tmp_path: Path) -> pki.Identity:
    return pki.own_identity(tmp_path / "mine", "urn:test:client")


@pytest.fixture
def other(tmp_path: Path) -> pki.Identity:
    return pki.own_identity(tmp_path / "other", "urn:test:client")


# --- sessions ------------------------------------------------------------------------------


async def test_session_tokens_cannot_be_guessed(connect: Any) -> None:
    tokens = [token_of(await connect()) for _ in range(3)]
    assert all(t.NodeIdType == ua.NodeIdType.ByteString for t in tokens)
    assert all(len(t.Identifier) == 32 for t in tokens)
    assert len({t.Identifier for t in tokens}) == 3


async def test_a_stolen_token_is_worth_nothing_on_another_connection(
    adapter: OpcUaAdapter, connect: Any, session: StandInSession
) -> None:
    victim = await connect("ines")
    thief = await channel_only(adapter)
    thief.uaclient.session.restore_authentication_token(token_of(victim))
    try:
        assert await status_of(thief.activate_session()) == UNKNOWN_SESSION
        assert await status_of(thief.activate_session("ines", "wrong")) == UNKNOWN_SESSION
        assert await status_of(thief.activate_session("ines", "instructor-pw")) == UNKNOWN_SESSION
        assert await status_of(thief.get_node(BELT).read_browse_name()) != "Good"
        assert await status_of(thief.get_node(BELT).write_value(90.0)) != "Good"
    finally:
        thief.disconnect_socket()
    assert session.commands == []
    await victim.get_node(BELT).write_value(91.0)
    assert session.commands[0].role == "instructor"


async def test_a_session_of_ones_own_does_not_carry_anothers_token(
    connect: Any, session: StandInSession
) -> None:
    victim, thief = await connect("ines"), await connect()
    own = token_of(thief)
    thief.uaclient.session.restore_authentication_token(token_of(victim))
    assert await status_of(thief.get_node(BELT).write_value(90.0)) == UNKNOWN_SESSION
    assert await status_of(thief.activate_session()) == UNKNOWN_SESSION
    thief.uaclient.session.restore_authentication_token(own)
    assert await status_of(thief.get_node(BELT).read_browse_name()) == "Good"
    assert session.commands == []


@asynccontextmanager
async def encrypted(
    adapter: OpcUaAdapter, identity: pki.Identity, user: str
) -> AsyncIterator[Client]:
    client = Client(adapter.endpoints[0])
    await secure(client, adapter, identity)
    client.set_user(user)
    client.set_password({"olga": "operator-pw", "ines": "instructor-pw"}[user])
    async with client:
        yield client


async def test_an_encrypted_session_moves_only_with_its_key_and_its_user(
    secured: OpcUaAdapter, mine: pki.Identity, other: pki.Identity
) -> None:
    async with encrypted(secured, mine, "ines") as victim:
        nonce = victim._server_nonce
        for identity, user, word, expected in (
            (other, "ines", "instructor-pw", UNKNOWN_SESSION),
            (mine, "olga", "operator-pw", "BadIdentityTokenRejected"),
            (mine, "ines", "wrong", "BadUserAccessDenied"),
        ):
            client = await channel_only(secured, identity)
            client.uaclient.session.restore_authentication_token(token_of(victim))
            client._server_nonce = nonce
            assert await status_of(client.activate_session(user, word)) == expected
            read = client.get_node(BELT).read_browse_name()
            assert await status_of(read) == UNKNOWN_SESSION
            client.disconnect_socket()
            if expected != UNKNOWN_SESSION:
                nonce = secured._server.iserver.lookup_external_session(token_of(victim)).nonce  # type: ignore[union-attr]
            assert await status_of(victim.get_node(BELT).read_browse_name()) == "Good"


async def test_an_encrypted_session_is_resumed_by_its_owner_on_a_new_channel(
    secured: OpcUaAdapter, mine: pki.Identity
) -> None:
    async with encrypted(secured, mine, "ines") as before:
        after = await channel_only(secured, mine)
        after.uaclient.session.restore_authentication_token(token_of(before))
        after._server_nonce = before._server_nonce
        await after.activate_session("ines", "instructor-pw")
        assert await status_of(after.get_node(BELT).write_value(90.0)) == "Good"
        assert await status_of(before.get_node(BELT).read_browse_name()) == UNKNOWN_SESSION
        await after.uaclient.close_session(True)
        after.disconnect_socket()


async def test_a_subscription_is_transferred_with_its_values_by_its_owner(
    secured: OpcUaAdapter, mine: pki.Identity
) -> None:
    """After a lost connection a new session of the same key and user takes it over (5.14.7)."""
    session = secured._session
    session.adapter = secured
    await session.step(1.0)

    async def logged_in() -> Client:
        client = Client(secured.endpoints[0])
        await secure(client, secured, mine)
        client.set_user("olga")
        client.set_password("operator-pw")
        await client.connect()
        return client

    first = await logged_in()
    raw = await Raw(first).create()
    await raw.monitor()
    before = sorted(values(await raw.publish()))
    first.uaclient.protocol.transport.abort()
    second = await logged_in()
    other = Raw(second)
    other.number = raw.number
    (moved,) = (
        await other.ask(
            "TransferSubscriptions", SubscriptionIds=[raw.number], SendInitialValues=True
        )
    ).Parameters.Results
    assert moved.StatusCode.is_good()
    assert moved.AvailableSequenceNumbers == [1]
    again = await other.ask("Republish", SubscriptionId=raw.number, RetransmitSequenceNumber=1)
    assert again.NotificationMessage.SequenceNumber == 1
    assert sorted(await other.heard()) == before
    await second.disconnect()
    await asyncio.gather(first.disconnect(), return_exceptions=True)


async def test_a_session_without_security_ends_with_its_connection(
    adapter: OpcUaAdapter, connect: Any
) -> None:
    client = await connect()
    subscription = await client.create_subscription(100, None)
    assert subscription.subscription_id
    core = adapter._server.iserver  # type: ignore[union-attr]
    lost = Client(adapter.endpoints[0])
    await lost.connect()
    await lost.create_subscription(100, None)
    assert len(core.subscription_service.subscriptions) == 2
    lost.disconnect_socket()
    async with asyncio.timeout(10):
        while len(core.subscription_service.subscriptions) > 1:
            await asyncio.sleep(0.02)
    assert len(core._external_sessions) == 1


async def test_a_channel_has_one_session_at_a_time(connect: Any) -> None:
    client = await connect()
    assert await status_of(client.create_session()) == "BadTooManySessions"


# --- subscriptions -------------------------------------------------------------------------


async def test_nobody_reaches_anothers_subscription(connect: Any) -> None:
    victim, thief = await connect("ines"), await connect()
    sub = await victim.create_subscription(100, None)
    number = sub.subscription_id
    await thief.create_subscription(100, None)
    ua_client = thief.uaclient
    item = ua.CreateMonitoredItemsParameters(number, ua.TimestampsToReturn.Both, [])
    assert await status_of(ua_client.create_monitored_items(item)) == "BadSubscriptionIdInvalid"
    (deleted,) = await ua_client.delete_subscriptions([number])
    assert deleted.name == "BadSubscriptionIdInvalid"
    moved = await ua_client.transfer_subscriptions(ua.TransferSubscriptionsParameters([number]))
    moved = getattr(moved, "Results", moved)
    assert moved[0].StatusCode.name == "BadSubscriptionIdInvalid"
    mode = ua.SetPublishingModeParameters(False, [number])
    (switched,) = await ua_client.set_publishing_mode(mode)
    assert switched.name == "BadSubscriptionIdInvalid"
    await sub.subscribe_data_change(victim.get_node(BELT))


@pytest.mark.parametrize("asked", [0.0, -5.0, 1e-9, float("nan"), float("inf"), 1e12])
async def test_no_publishing_interval_spins_or_sleeps_for_ever(connect: Any, asked: float) -> None:
    client = await connect()
    params = ua.CreateSubscriptionParameters(asked, 10**6, 10**6, 0, True, 0)
    result = await client.uaclient.create_subscription(params, lambda _: None)
    assert 20.0 <= result.RevisedPublishingInterval <= 60_000.0
    assert result.RevisedLifetimeCount <= 3000


# --- logins --------------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "word"), [("admin", "x"), ("Admin", ""), ("ines", "wrong")])
async def test_a_login_needs_its_password(adapter: OpcUaAdapter, user: str, word: str) -> None:
    client = Client(adapter.endpoints[0])
    client.set_user(user)
    client.set_password(word)
    assert await status_of(client.connect()) == "BadUserAccessDenied"


async def test_a_password_is_checked_beside_the_event_loop(
    connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    real = passwords.hash_password

    def hashed(*given: Any) -> str:
        threads.append(threading.current_thread().name)
        return real(*given)

    monkeypatch.setattr(passwords, "hash_password", hashed)
    await connect("olga")
    assert len(threads) == 1
    assert threads[0].startswith("password")


async def test_a_password_in_clear_is_not_taken_where_it_can_be_encrypted(tmp_path: Path) -> None:
    adapter = OpcUaAdapter(port=0, users=USERS, pki=tmp_path)  # type: ignore[arg-type]
    await adapter.start(StandInSession())
    try:
        client = await channel_only(adapter)
        await client.create_session()
        token = ua.UserNameIdentityToken("username", "ines", b"instructor-pw", None)
        params = ua.ActivateSessionParameters(UserIdentityToken=token)
        refused = await status_of(client.uaclient.activate_session(params))
        assert refused == "BadIdentityTokenRejected"
        client.disconnect_socket()
    finally:
        await adapter.stop()


async def test_a_recorded_password_cannot_be_replayed(tmp_path: Path) -> None:
    adapter = OpcUaAdapter(port=0, users=USERS, pki=tmp_path)  # type: ignore[arg-type]
    await adapter.start(StandInSession())
    seen: list[Any] = []
    try:
        client = Client(adapter.endpoints[0])
        client.set_user("ines")
        client.set_password("instructor-pw")
        async with client:
            activate = client.uaclient.activate_session
            client.uaclient.activate_session = lambda p: (seen.append(p), activate(p))[1]
            await client.activate_session("ines", "instructor-pw")
        again = await channel_only(adapter)
        await again.create_session()
        replayed = await status_of(again.uaclient.activate_session(seen[0]))
        assert replayed == "BadIdentityTokenInvalid"
        again.disconnect_socket()
    finally:
        await adapter.stop()


# --- channels ------------------------------------------------------------------------------


async def test_a_server_without_an_open_endpoint_gives_discovery_and_nothing_else(
    secured: OpcUaAdapter,
) -> None:
    client = await channel_only(secured)
    offered = await client.get_endpoints()
    assert {e.SecurityMode.name for e in offered} == {"Sign", "SignAndEncrypt"}
    assert await status_of(client.create_session()) == "BadSecurityModeInsufficient"
    client.disconnect_socket()


async def test_nobody_registers_servers_or_changes_the_address_space(connect: Any) -> None:
    client = await connect("ines")
    refused = await status_of(client.uaclient.register_server(ua.RegisteredServer()))
    assert refused == "BadServiceUnsupported"
    add = client.nodes.objects.add_variable(2, "Mine", 1.0)
    assert await status_of(add) == "BadServiceUnsupported"


async def test_a_connection_that_never_opens_a_session_is_closed(
    session: StandInSession,
) -> None:
    adapter = OpcUaAdapter(port=0)
    await adapter.start(session)
    try:
        adapter._server.iserver.max_pending_activation_seconds = 0.1  # type: ignore[union-attr]
        reader, writer = await asyncio.open_connection("127.0.0.1", adapter.port)
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
    finally:
        await adapter.stop()


# --- messages ------------------------------------------------------------------------------


class Wire:
    """The bytes of a connection, for messages no client library would send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.connection = SecureConnection(SecurityPolicyNone(), TransportLimits())

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def hello(self, **named: Any) -> None:
        hello = ua.Hello(**({"ReceiveBufferSize": 65535, "SendBufferSize": 65535} | named))
        self.send(uatcp_to_binary(ua.MessageType.Hello, hello))

    def open(self) -> None:
        request = ua.OpenSecureChannelRequest()
        request.Parameters.SecurityMode = ua.MessageSecurityMode.None_
        request.Parameters.RequestedLifetime = 60_000
        data = struct_to_binary(request)
        self.send(self.connection.message_to_binary(data, ua.MessageType.SecureOpen, 1))

    async def opened(self) -> Wire:
        """Hello and an open channel; what comes next is up to the test."""
        self.hello()
        await self.chunk()
        self.open()
        reply = await self.chunk()
        (self.connection.security_token.ChannelId,) = struct.unpack_from("<I", reply, 8)
        self.connection.security_token.TokenId = 13
        return self

    def message(self, body: bytes) -> None:
        self.send(self.connection.message_to_binary(body, ua.MessageType.SecureMessage, 2))

    async def chunk(self) -> bytes:
        async with asyncio.timeout(10):
            head = await self.reader.readexactly(8)
            return head + await self.reader.readexactly(struct.unpack_from("<I", head, 4)[0] - 8)

    async def ends_with(self) -> str:
        """Status name of the Error message after which the server closes."""
        async with asyncio.timeout(20):
            rest = await self.reader.read()
        assert rest[:4] == b"ERRF", rest[:40]
        return ua.StatusCode(struct.unpack_from("<I", rest, 8)[0]).name


@pytest_asyncio.fixture(loop_scope="module")
async def wire(adapter: OpcUaAdapter) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", adapter.port)
    yield Wire(reader, writer)
    writer.close()


async def still_serves(connect: Any) -> bool:
    client = await connect()
    return bool(await client.get_node(BELT).read_browse_name())


def request(name: str, body: bytes = b"", variant: bytes | None = None) -> bytes:
    """A request; `variant` goes into its header, which is read before any session is known."""
    type_id = getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary")
    header = struct_to_binary(ua.RequestHeader())
    if variant is not None:
        kind = nodeid_to_binary(
            ua.FourByteNodeId(ua.ObjectIds.AdditionalParametersType_Encoding_DefaultBinary)
        )
        pairs = struct.pack("<iHi", 1, 0, -1) + variant  # one pair of a name and a value
        header = header[:-3] + kind + struct.pack("<Bi", 1, len(pairs)) + pairs
    return nodeid_to_binary(ua.FourByteNodeId(type_id)) + header + body


async def test_a_message_before_the_handshake_is_refused(wire: Wire) -> None:
    wire.open()
    assert await wire.ends_with() == "BadTcpMessageTypeInvalid"


async def test_a_message_without_a_channel_is_refused(wire: Wire) -> None:
    wire.hello()
    await wire.chunk()
    wire.message(request("GetEndpoints"))
    assert await wire.ends_with() == "BadTcpSecureChannelUnknown"


async def test_a_second_hello_is_refused(wire: Wire) -> None:
    wire.hello()
    await wire.chunk()
    wire.hello()
    assert await wire.ends_with() == "BadTcpMessageTypeInvalid"


async def test_buffers_too_small_to_answer_into_are_refused(wire: Wire) -> None:
    wire.hello(ReceiveBufferSize=10)
    assert await wire.ends_with() == "BadTcpNotEnoughResources"


async def test_a_huge_chunk_is_refused_before_it_is_collected(wire: Wire, connect: Any) -> None:
    wire.send(b"HELF" + struct.pack("<I", 2**32 - 1) + b"x" * 100)
    assert await wire.ends_with() == "BadTcpMessageTooLarge"
    assert await still_serves(connect)


@pytest.mark.parametrize("variant", BROKEN.values(), ids=list(BROKEN))
async def test_lengths_announced_before_a_session_cost_nothing(
    wire: Wire, connect: Any, variant: bytes
) -> None:
    await wire.opened()
    tracemalloc.start()
    wire.message(request("GetEndpoints", variant=variant))
    assert await wire.ends_with() == "BadDecodingError"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20
    assert await still_serves(connect)


@pytest.mark.parametrize("variant", BROKEN.values(), ids=list(BROKEN))
async def test_lengths_announced_in_a_session_cost_nothing(connect: Any, variant: bytes) -> None:
    client = await connect("olga")
    header = ua.RequestHeader(AuthenticationToken=token_of(client))
    type_id = ua.FourByteNodeId(ua.ObjectIds.WriteRequest_Encoding_DefaultBinary)
    write = struct.pack("<i", 1) + nodeid_to_binary(BELT) + struct.pack("<Ii", 13, -1)
    data = nodeid_to_binary(type_id) + struct_to_binary(header) + write + b"\x01" + variant
    protocol = client.uaclient.protocol
    protocol._request_id += 1
    answered = asyncio.get_running_loop().create_future()
    protocol._callbackmap[protocol._request_id] = answered
    tracemalloc.start()
    protocol.transport.write(
        protocol._connection.message_to_binary(data, request_id=protocol._request_id)
    )
    async with asyncio.timeout(20):
        answer = await answered
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert nodeid_from_binary(answer).Identifier == ua.ObjectIds.ServiceFault_Encoding_DefaultBinary
    assert peak < 20 * 2**20
    assert await still_serves(connect)


def small_requests(wire: Wire, count: int) -> bytes:
    """Requests for the endpoints, the smallest there are."""
    parameters = ua.GetEndpointsParameters()
    data = request("GetEndpoints", struct_to_binary(parameters))
    kind = ua.MessageType.SecureMessage
    return b"".join(wire.connection.message_to_binary(data, kind, 2 + i) for i in range(count))


async def test_a_burst_of_small_requests_is_answered_in_full(wire: Wire) -> None:
    await wire.opened()
    wire.send(small_requests(wire, 2000))
    replies = [await wire.chunk() for _ in range(2000)]
    assert {reply[:3] for reply in replies} == {b"MSG"}


async def test_a_client_that_reads_no_answers_fills_no_memory(
    adapter: OpcUaAdapter, wire: Wire, connect: Any
) -> None:
    await wire.opened()
    wire.reader._limit = 1024  # the client's side stops taking bytes
    wire.send(small_requests(wire, 20_000))
    server = adapter._server.bserver.clients[-1]  # type: ignore[union-attr]
    async with asyncio.timeout(30):
        while server._may_write.is_set() or server._reading:
            await asyncio.sleep(0.02)
    assert server.transport.get_write_buffer_size() < 2**20
    assert server.messages.qsize() < 3000
    assert await still_serves(connect)

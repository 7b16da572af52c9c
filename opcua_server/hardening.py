"""Every guard around asyncua that is a matter of security, in one place.

Checked with asyncua 2.1.0. `INTERNALS` names what is overridden or relied on, and a contract test
compares the source of each with what was read then: when asyncua moves, it fails by name. What
each guard is for is told in docs/explanation/security.md.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import math
import secrets
import socket
import struct
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import Buffer, NotEnoughData, ServiceError
from asyncua.crypto import uacrypto
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua import ua_binary
from asyncua.ua.ua_binary import struct_from_binary, uatcp_to_binary

CHECKED_WITH = "2.1.0"
INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.binary_server_asyncio", "OPCUAProtocol"),
    ("asyncua.server.binary_server_asyncio", "BinaryServer"),
    ("asyncua.server.uaprocessor", "UaProcessor"),
    ("asyncua.server.internal_session", "InternalSession"),
    ("asyncua.server.internal_server", "InternalServer"),
    ("asyncua.server.server", "Server.__init__"),
    ("asyncua.server.server", "Server.start"),
    ("asyncua.server.server", "Server.stop"),
    ("asyncua.server.server", "Server._setup_server_nodes"),
    ("asyncua.server.server", "Server._set_endpoints"),
    ("asyncua.server.subscription_service", "SubscriptionService"),
    ("asyncua.common.connection", "SecureConnection"),
    ("asyncua.common.connection", "TransportLimits"),
    ("asyncua.common.utils", "Buffer"),
    ("asyncua.ua.ua_binary", "_Null"),
    ("asyncua.ua.ua_binary", "_Bytes"),
    ("asyncua.ua.ua_binary", "_reshape"),
    ("asyncua.ua.ua_binary", "variant_from_binary"),
    ("asyncua.ua.ua_binary", "extensionobject_from_binary"),
    ("asyncua.ua.ua_binary", "_create_uatype_array_deserializer"),
    ("asyncua.ua.ua_binary", "_create_list_deserializer"),
)

# limits; "assumed" where nothing outside sets them: far above what a plant client asks for
LEAST_BUFFER = 8192  # bytes; OPC 10000-6, 7.1.2.3: both sides hold at least this
CHUNK = 65_535  # bytes
MESSAGE = 4 * 1024 * 1024  # bytes; assumed
URL = 4096  # bytes; OPC 10000-6, 7.1.2.3
EMPTY_ELEMENTS = 1000  # array elements a message may hold that take no bytes; assumed
RESHAPED = 10_000  # elements a matrix may announce; assumed
CONNECTIONS, SESSIONS = 200, 100  # assumed
HANDSHAKE_S = 15.0  # from connecting to an activated session; assumed
BACKLOG = 64  # requests read ahead of the one being answered; assumed
STUCK_READER_S = 30.0  # a client that takes no answers for so long is dropped; assumed
SUBSCRIPTIONS_PER_SESSION = 50  # assumed
ITEMS_PER_SESSION = 110_000  # monitored items; assumed, above one item on each of 100,000 tags
QUEUE = 100  # values a monitored item holds; assumed
LEAST_PUBLISHING_MS, MOST_PUBLISHING_MS = 20.0, 60_000.0  # assumed
OPERATIONS = 10_000  # a request; the figure asyncua shows in ServerCapabilities

log = logging.getLogger("opcua_server.security")


def _ids(*names: str) -> frozenset[ua.NodeId]:
    """Type ids of requests by name."""
    return frozenset(
        ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary")) for name in names
    )


(CREATE,) = _ids("CreateSession")
(ACTIVATE,) = _ids("ActivateSession")
DISCOVERY = _ids("FindServers", "GetEndpoints")
CHANNEL = _ids("CloseSecureChannel")
NOT_OFFERED = _ids(  # a discovery server's services, and changes of the address space
    "RegisterServer", "RegisterServer2", "AddNodes", "DeleteNodes", "AddReferences",
    "DeleteReferences",
)  # fmt: skip


class GuardedBuffer(Buffer):
    """A message's bytes; lengths from the wire are checked before anything is made from them."""

    def __init__(self, data: bytes, start_pos: int = 0, size: int = -1) -> None:
        super().__init__(data, start_pos, size)
        self.empty = [0]  # elements without bytes so far, shared with the copies

    @classmethod
    def over(cls, buffer: Buffer) -> GuardedBuffer:
        """A guarded view of an ordinary buffer."""
        return cls(buffer._data, buffer._cur_pos, buffer._size)

    def read(self, size: int) -> bytes:
        """Next `size` bytes; a negative size would move backwards and never end."""
        if size < 0:
            raise NotEnoughData(f"a length of {size} was announced")
        return super().read(size)

    def skip(self, size: int) -> None:
        """Pass over `size` bytes."""
        if size < 0:
            raise NotEnoughData(f"a length of {size} was announced")
        super().skip(size)

    def copy(self, size: int = -1) -> GuardedBuffer:
        """A view of the next `size` bytes, all that are left for -1."""
        if size < -1:
            raise NotEnoughData(f"a length of {size} was announced")
        size = self._size if size == -1 else min(size, self._size)
        view = GuardedBuffer(self._data, self._cur_pos, size)
        view.empty = self.empty
        return view

    def count_empty(self) -> None:
        """Account for an array element that takes no bytes, of which any number could be told."""
        self.empty[0] += 1
        if self.empty[0] > EMPTY_ELEMENTS:
            raise NotEnoughData("too many array elements without content were announced")


class CountedNull:
    """asyncua's codec of Null, which reads nothing, made to count what it hands out."""

    @staticmethod
    def pack(data: Any) -> bytes:
        """Bytes of a Null: none."""
        return b""

    @staticmethod
    def unpack(data: Any) -> None:
        """One Null."""
        if isinstance(data, GuardedBuffer):
            data.count_empty()


def bound_decoding() -> None:
    """Put the two bounds in place that a buffer alone cannot hold. Harmless to clients."""
    ua_binary.MAX_RESHAPE_ELEMENTS = RESHAPED
    ua_binary.Primitives.Null = CountedNull()
    ua_binary._create_uatype_deserializer.cache_clear()
    ua_binary._create_uatype_array_deserializer.cache_clear()


class GuardedProtocol(OPCUAProtocol):
    """A TCP connection that is never allowed to fill the server's memory."""

    processor: Any
    transport: Any

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, with the guarded processor in the place of asyncua's."""
        super().connection_made(transport)
        if self.processor is not None and self.transport is not None:
            self.processor = GuardedProcessor(self.iserver, self.transport, self.limits)
            self.processor.set_policies(self.policies)

    def data_received(self, data: bytes) -> None:
        """Take bytes; refuse a chunk larger than agreed before it is collected."""
        if self.transport is None or self.transport.is_closing():
            return
        super().data_received(data)
        if len(self._buffer) >= 8:
            (announced,) = struct.unpack_from("<I", self._buffer, 4)
            if not 8 <= announced <= CHUNK:
                self.refuse(ua.StatusCodes.BadTcpMessageTooLarge, f"a chunk of {announced} bytes")
                return
        if self._reading and self.messages.qsize() >= BACKLOG:
            self._reading = False
            self.transport.pause_reading()

    def refuse(self, code: int, reason: str) -> None:
        """Say why, and close."""
        log.warning("closing the connection from %s: %s", self.peer_name, reason)
        self._buffer = b""
        if self.transport is not None:
            self.transport.write(error_message(code, reason))
            self.transport.close()

    def pause_writing(self) -> None:
        """The client does not read its answers: make no more."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._may_write.set()

    async def _process_one_msg(self, header: Any, buf: Buffer) -> bool:
        try:
            async with asyncio.timeout(STUCK_READER_S):
                await self._may_write.wait()
        except TimeoutError:
            log.warning("closing the connection from %s: it reads no answers", self.peer_name)
            if self.transport is not None:
                self.transport.abort()
            return False
        alive = await super()._process_one_msg(header, buf)
        drained = self.messages.qsize() < BACKLOG // 2
        if not self._reading and drained and self.transport is not None:
            self._reading = True
            self.transport.resume_reading()
        return alive


def error_message(code: int, reason: str) -> bytes:
    """An Error message of the transport."""
    error = ua.ErrorMessage(ua.StatusCode(code), reason)
    return bytes(uatcp_to_binary(ua.MessageType.Error, error))


class GuardedProcessor(UaProcessor):
    """A secure channel: order of the handshake, sessions bound to it, answers to what is broken."""

    session: Any
    greeted = False

    async def process(self, header: Any, body: Buffer) -> bool:
        """Handle a chunk. Anything out of order or undecodable is answered, then ends it all."""
        try:
            self._check_order(header, body)
            return bool(await super().process(header, body))
        except (ServiceError, ua.uaerrors.UaStatusCodeError) as error:
            return self._give_up(error.code, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a broken message makes asyncua raise
            return self._give_up(ua.StatusCodes.BadDecodingError, repr(error))

    def _give_up(self, code: int, reason: str) -> bool:
        log.warning("closing the channel from %s: %s", self.name, reason)
        self._transport.write(error_message(code, "message refused"))
        return False

    def _check_order(self, header: Any, body: Buffer) -> None:
        kind = header.MessageType
        if kind == ua.MessageType.Hello:
            hello = struct_from_binary(ua.Hello, GuardedBuffer.over(body))
            if self.greeted:
                raise ServiceError(ua.StatusCodes.BadTcpMessageTypeInvalid)
            if min(hello.ReceiveBufferSize, hello.SendBufferSize) < LEAST_BUFFER:
                raise ServiceError(ua.StatusCodes.BadTcpNotEnoughResources)
            if len((hello.EndpointUrl or "").encode()) > URL:
                raise ServiceError(ua.StatusCodes.BadTcpEndpointUrlInvalid)
            self.greeted = True
        elif not self.greeted:
            raise ServiceError(ua.StatusCodes.BadTcpMessageTypeInvalid)
        elif kind != ua.MessageType.SecureOpen and not self._connection.is_open():
            # asyncua would take it as sent over an unsecured channel, offered or not
            raise ServiceError(ua.StatusCodes.BadTcpSecureChannelUnknown)

    def open_secure_channel(self, algohdr: Any, seqhdr: Any, body: Buffer) -> None:
        """Open or renew the channel, reading the request through the guarded buffer."""
        super().open_secure_channel(algohdr, seqhdr, GuardedBuffer.over(body))

    async def process_message(self, seqhdr: Any, body: Buffer) -> Any:
        """Decode through the guarded buffer and answer."""
        alive = await super().process_message(seqhdr, GuardedBuffer.over(body))
        return alive is None or alive

    @property
    def policy(self) -> Any:
        """The channel's security policy with keys and certificates."""
        return self._connection.security_policy

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the wire can read this channel."""
        return bool(self.policy.Mode == ua.MessageSecurityMode.SignAndEncrypt)

    @property
    def signed_by(self) -> bytes | None:
        """Certificate whose key signs this channel; None over an unsecured one."""
        if self.policy.Mode == ua.MessageSecurityMode.None_:
            return None
        return self.policy.peer_certificate or None

    async def _process_message(self, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        if typeid in NOT_OFFERED:
            raise ServiceError(ua.StatusCodes.BadServiceUnsupported)
        handle = super()._process_message
        if typeid in DISCOVERY or typeid in CHANNEL:
            return await handle(typeid, requesthdr, seqhdr, body)
        if self.policy.permissions is None and self.policy.URI == SecurityPolicyNone.URI:
            # the channel everyone gets for discovery; no endpoint without security is offered
            raise ServiceError(ua.StatusCodes.BadSecurityModeInsufficient)
        if typeid == CREATE:
            await self._admit(body)
            await handle(typeid, requesthdr, seqhdr, body)
            self.session.channel = self
            return True
        token = requesthdr.AuthenticationToken
        if self._holds(token):
            return await handle(typeid, requesthdr, seqhdr, body)
        if typeid == ACTIVATE and (self.session is None or self.session.channel is not self):
            return await self._move_here(token, lambda: handle(typeid, requesthdr, seqhdr, body))
        raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)

    def _holds(self, token: ua.NodeId) -> bool:
        session = self.session
        if session is None or session.channel is not self:
            return False
        ours, theirs = session.auth_token.Identifier, token.Identifier
        return isinstance(theirs, bytes) and hmac.compare_digest(ours, theirs)

    async def _admit(self, body: GuardedBuffer) -> None:
        """Let the channel have a session: one at a time, few in all, its certificate the same."""
        if len(self.iserver._external_sessions) >= SESSIONS:
            raise ServiceError(ua.StatusCodes.BadTooManySessions)
        old = self.session
        if old is not None and old.channel is self and old.is_activated():
            raise ServiceError(ua.StatusCodes.BadTooManySessions)
        if old is not None and old.channel is self:
            await old.close_session(True)
        if self._session_watchdog_task is not None:
            self._session_watchdog_task.cancel()
        self.session = None
        request = struct_from_binary(ua.CreateSessionParameters, body.copy())
        if self.signed_by is not None:
            if request.ClientCertificate != self.signed_by:
                raise ServiceError(ua.StatusCodes.BadCertificateInvalid)
            if len(request.ClientNonce or b"") < 32:  # OPC 10000-4, 5.6.2.2
                raise ServiceError(ua.StatusCodes.BadNonceInvalid)

    async def _move_here(self, token: ua.NodeId, activate: Callable[[], Any]) -> bool:
        """Take over a live session from a lost channel: same certificate, same user, or not at all.

        asyncua binds the session before it looks at credentials; when they turn out wrong, all of
        it is undone here.
        """
        session = self.iserver.lookup_external_session(token)
        if session is None or self.signed_by is None or session.signed_by != self.signed_by:
            raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)
        owned = session.own_subscriptions()
        callbacks = [(sub, sub.pub_result_callback, sub.pub_request_callback) for sub in owned]
        self.session, session.moving = None, True
        try:
            await activate()
        except BaseException:
            self.session = None
            if self._session_watchdog_task is not None:
                self._session_watchdog_task.cancel()
            for sub, result, request in callbacks:
                sub.pub_result_callback, sub.pub_request_callback = result, request
            raise
        finally:
            session.moving = False
        if session.channel is not None:
            session.channel.session = None
        session.channel = self
        return True

    def _should_close_session_on_transport_loss(self) -> bool:
        session = self.session
        if session is None or session.channel is not self:
            return False
        # without a signature nobody can prove that a session is his: it ends with its channel
        return self.signed_by is None or super()._should_close_session_on_transport_loss()


class GuardedSession(InternalSession):
    """A session with a token nobody can guess, its own subscriptions and bounds on all it asks."""

    user: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.channel: GuardedProcessor | None = None
        self.signed_by: bytes | None = None
        self.moving = False
        self.iserver.unregister_external_session(self)
        token = secrets.token_bytes(32)
        self.auth_token = ua.NodeId(token, 0, ua.NodeIdType.ByteString)
        self.iserver.register_external_session(self)

    def activate_session(self, params: Any, peer_certificate: bytes | None) -> Any:
        """Activate; a session that moves to another channel keeps its user."""
        before, was_active = self.user, self.is_activated()
        result = super().activate_session(params, peer_certificate)
        if self.moving and was_active and self.user != before:
            self.user = before
            raise ServiceError(ua.StatusCodes.BadIdentityTokenRejected)
        if self.channel is not None and not self.moving:
            self.signed_by = self.channel.signed_by
        return result

    def own_subscriptions(self) -> list[Any]:
        """Subscriptions of this session."""
        known = self.subscription_service.subscriptions.values()
        return [sub for sub in known if sub.session_id == self.session_id]

    def _own(self, subscription: int) -> bool:
        sub = self.subscription_service.subscriptions.get(subscription)
        return sub is not None and sub.session_id == self.session_id

    def _need(self, subscription: int) -> None:
        if not self._own(subscription):
            raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)

    async def read(self, params: Any) -> Any:
        """Read attributes, a bounded number."""
        bounded(params.NodesToRead)
        return await super().read(params)

    async def browse(self, params: Any) -> Any:
        """Browse nodes, a bounded number."""
        bounded(params.NodesToBrowse)
        return await super().browse(params)

    async def translate_browsepaths_to_nodeids(self, params: Any) -> Any:
        """Follow paths, a bounded number."""
        bounded(params)
        return await super().translate_browsepaths_to_nodeids(params)

    async def create_subscription(
        self, params: Any, callback: Any, request_callback: Any = None
    ) -> Any:
        """Make a subscription with an interval that neither spins nor outlives its client."""
        if len(self.own_subscriptions()) >= SUBSCRIPTIONS_PER_SESSION:
            raise ServiceError(ua.StatusCodes.BadTooManySubscriptions)
        wanted = params.RequestedPublishingInterval
        wanted = wanted if math.isfinite(wanted) else MOST_PUBLISHING_MS
        wanted = min(max(wanted, LEAST_PUBLISHING_MS), MOST_PUBLISHING_MS)
        params.RequestedPublishingInterval = wanted
        return await super().create_subscription(params, callback, request_callback)

    async def create_monitored_items(self, params: Any) -> Any:
        """Monitor items in an own subscription, a bounded number."""
        self._need(params.SubscriptionId)
        bounded(params.ItemsToCreate)
        held = (sub.monitored_item_srv._monitored_items for sub in self.own_subscriptions())
        if sum(map(len, held)) + len(params.ItemsToCreate) > ITEMS_PER_SESSION:
            raise ServiceError(ua.StatusCodes.BadTooManyMonitoredItems)
        return await super().create_monitored_items(params)

    async def modify_monitored_items(self, params: Any) -> Any:
        """Change monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        for item in bounded(params.ItemsToModify):
            size = item.RequestedParameters.QueueSize
            item.RequestedParameters.QueueSize = min(max(size, 1), QUEUE)
        return await super().modify_monitored_items(params)

    async def delete_monitored_items(self, params: Any) -> Any:
        """Drop monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        return await super().delete_monitored_items(params)

    async def set_monitoring_mode(self, params: Any) -> Any:
        """Switch monitored items of an own subscription."""
        self._need(params.SubscriptionId)
        return await super().set_monitoring_mode(params)

    async def set_publishing_mode(self, params: Any) -> Any:
        """Switch own subscriptions; a foreign one is unknown."""
        return await self._for_own(
            params.SubscriptionIds,
            lambda ids: super(GuardedSession, self).set_publishing_mode(
                ua.SetPublishingModeParameters(params.PublishingEnabled, ids)
            ),
        )

    async def delete_subscriptions(self, ids: Any) -> Any:
        """Drop own subscriptions; a foreign one is unknown."""
        return await self._for_own(ids, super().delete_subscriptions)

    async def _for_own(self, ids: Iterable[int], act: Callable[[list[int]], Any]) -> list[Any]:
        ids = bounded(list(ids))
        mine = [i for i in ids if self._own(i)]
        done = iter(await act(mine) if mine else [])
        unknown = ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid)
        mine_set = set(mine)
        return [next(done) if i in mine_set else unknown for i in ids]

    def modify_subscription(self, params: Any) -> Any:
        """Ask for other intervals of an own subscription."""
        self._need(params.SubscriptionId)
        return super().modify_subscription(params)

    def republish(self, params: Any) -> Any:
        """Send a message of an own subscription once more."""
        self._need(params.SubscriptionId)
        held = self.subscription_service.subscriptions[params.SubscriptionId]
        if params.RetransmitSequenceNumber not in held._not_acknowledged_results:
            raise ServiceError(ua.StatusCodes.BadMessageNotAvailable)
        return super().republish(params)

    def publish(self, acks: Any = None) -> tuple[int, list[Any]]:
        """Acknowledge messages of own subscriptions; the count is of own ones too."""
        mine = len(self.own_subscriptions())
        if not mine:
            raise ServiceError(ua.StatusCodes.BadNoSubscription)
        results = []
        for ack in bounded(acks or []):
            if self._own(ack.SubscriptionId):
                results += super().publish([ack])[1]
            else:
                results.append(ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid))
        return mine, results

    async def transfer_subscriptions(self, params: Any, callback: Any) -> Any:
        """Take over subscriptions that the same user left behind on a channel of the same key."""
        unknown = ua.StatusCode(ua.StatusCodes.BadSubscriptionIdInvalid)
        results = []
        for wanted in bounded(params.SubscriptionIds):
            one = ua.TransferSubscriptionsParameters([wanted], params.SendInitialValues)
            if self._may_take(int(wanted)):
                moved = await super().transfer_subscriptions(one, callback)
                if self.channel is not None:  # asyncua leaves the old channel's half in place
                    sub = self.subscription_service.subscriptions[int(wanted)]
                    sub.pub_request_callback = self.channel.get_publish_request
                results += moved
            else:
                results.append(ua.TransferResult(StatusCode=unknown))
        return results

    def _may_take(self, subscription: int) -> bool:
        sub = self.subscription_service.subscriptions.get(subscription)
        if sub is None or self.signed_by is None:
            return False
        for other in self.iserver._external_sessions.values():
            if other.session_id == sub.session_id:
                same_key = other.signed_by == self.signed_by
                return bool(same_key and other.user == self.user)
        return False

    async def close_session(self, delete_subs: bool = True) -> None:
        """End, with all subscriptions: nobody could prove afterwards that they are his."""
        await super().close_session(True)


def bounded(operations: Any) -> Any:
    """The operations of a request, unless there are too many."""
    if operations is not None and len(operations) > OPERATIONS:
        raise ServiceError(ua.StatusCodes.BadTooManyOperations)
    return operations or []


# how a password may come: asymmetric padding schemes without a padding oracle
_DECRYPT: dict[str, Callable[[Any, bytes], bytes]] = {
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep": uacrypto.decrypt_rsa_oaep,
    "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256": uacrypto.decrypt_rsa_oaep_sha256,
}


class GuardedInternalServer(InternalServer):
    """asyncua's core with guarded sessions, tight limits and passwords that cannot be replayed."""

    session_class: type[GuardedSession] = GuardedSession
    clear_passwords = False

    def __init__(self, user_manager: Any) -> None:
        super().__init__(user_manager=user_manager)
        bound_decoding()
        self.allow_remote_admin = False
        self.disabled_clock = True  # ours ends at once when the server stops
        self.max_connections = CONNECTIONS
        self.max_pending_activation_seconds = HANDSHAKE_S
        self.max_monitored_item_queue_size = QUEUE
        self.max_unacked_messages_per_subscription = 100
        self.max_subscriptions = SESSIONS * SUBSCRIPTIONS_PER_SESSION
        self.max_lifetime_count, self.max_keep_alive_count = 3000, 1000

    def create_session(self, name: str, user: Any = None, external: bool = False) -> Any:
        """A session for a client, without any right until it is activated."""
        return self.session_class(
            self, self.aspace, self.subscription_service, name, external=external
        )

    def decrypt_user_token(self, isession: Any, token: Any) -> tuple[str, str]:
        """User name and password of a login.

        The password is taken in clear only over an encrypted channel (or where the server was
        told so), otherwise encrypted together with the nonce of this very session.
        """
        channel = isession.channel
        if not token.EncryptionAlgorithm:
            if not (self.clear_passwords or (channel is not None and channel.encrypted)):
                raise ServiceError(ua.StatusCodes.BadIdentityTokenRejected)
            return token.UserName or "", (token.Password or b"").decode()
        decrypt = _DECRYPT.get(token.EncryptionAlgorithm)
        if decrypt is None or self.private_key is None:
            raise ServiceError(ua.StatusCodes.BadIdentityTokenInvalid)
        secret = decrypt(self.private_key, token.Password)
        nonce = isession.nonce or b""
        (length,) = struct.unpack_from("<I", secret)
        password, sent = secret[4 : 4 + length - len(nonce)], secret[4 + length - len(nonce) :]
        if not nonce or not hmac.compare_digest(sent[: len(nonce)], nonce):
            raise ServiceError(ua.StatusCodes.BadIdentityTokenInvalid)
        return token.UserName or "", password.decode()


class GuardedBinaryServer(BinaryServer):
    """The listener, on a socket that is bound already."""

    def __init__(self, internal_server: Any, sock: socket.socket, limits: TransportLimits) -> None:
        host, port = sock.getsockname()[:2]
        super().__init__(internal_server, host, port, limits)
        self.sock = sock

    def _make_protocol(self) -> GuardedProtocol:
        return GuardedProtocol(
            iserver=self.iserver,
            policies=self._policies,
            clients=self.clients,
            closing_tasks=self.closing_tasks,
            limits=self.limits,
        )

    async def start(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._make_protocol, sock=self.sock)
        self.cleanup_task = asyncio.create_task(self._close_task_loop())


class GuardedServer(Server):
    """asyncua's server made of the guarded parts; `start` takes the bound socket."""

    def __init__(self, iserver: GuardedInternalServer) -> None:
        super().__init__(iserver=iserver)
        self.limits = TransportLimits(CHUNK, CHUNK, math.ceil(MESSAGE / LEAST_BUFFER), MESSAGE)
        self._clock: asyncio.Task[None] | None = None

    async def start_on(self, sock: socket.socket) -> None:
        """Offer the endpoints and listen."""
        await self._setup_server_nodes()
        await self.iserver.start()
        self.bserver = GuardedBinaryServer(self.iserver, sock, self.limits)
        self.bserver.set_policies(self._policies)
        await self.bserver.start()
        self._clock = asyncio.create_task(self._tell_time())

    async def stop(self) -> None:
        """Close all connections and stop."""
        if self._clock is not None:
            self._clock.cancel()
        await super().stop()

    async def _tell_time(self) -> None:
        while True:
            await self.iserver.current_time_node.write_value(datetime.now(UTC))
            await asyncio.sleep(1)

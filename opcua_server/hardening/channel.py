"""Connections and secure channels: memory, order of the handshake, whose session it is."""

from __future__ import annotations

import asyncio
import hmac
import logging
import struct
from collections.abc import Callable
from time import monotonic
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer, NotEnoughData, ServiceError
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.server.binary_server_asyncio import OPCUAProtocol
from asyncua.server.uaprocessor import PublishRequestData
from asyncua.ua.ua_binary import struct_from_binary, uatcp_to_binary

from opcua_server.hardening.buffer import GuardedBuffer
from opcua_server.hardening.limits import (
    BACKLOG,
    BACKLOG_BYTES,
    CHUNK,
    CONNECTIONS_PER_ADDRESS,
    EARLY_MESSAGE,
    INCOMPLETE,
    LEAST_BUFFER,
    OPENING_COST,
    PLAIN_OPENING,
    REQUEST_BURST,
    REQUESTS_PER_S,
    SESSIONS,
    STUCK_READER_S,
    UNFINISHED_S,
    URL,
)
from opcua_server.hardening.quiet import Quiet
from opcua_server.hardening.rates import Bucket
from opcua_server.hardening.sessions import claimed_name
from opcua_server.requests import Requests
from opcua_server.security.certificates import split

log = logging.getLogger("opcua_server.security")
log.addFilter(Quiet())

HEADER = 8  # bytes of a chunk's header: type, and the size of all of it
# type of a chunk a client may send, with the fewest bytes of one (OPC 10000-6, 6.7.2 and 7.1.2)
LEAST_CHUNK = {b"HELF": 32, b"OPNF": 24, b"CLOF": 24} | dict.fromkeys(
    (b"MSGF", b"MSGC", b"MSGA"), 24
)


def _ids(*names: str) -> frozenset[ua.NodeId]:
    """Type ids of requests by name."""
    return frozenset(
        ua.NodeId(getattr(ua.ObjectIds, f"{name}Request_Encoding_DefaultBinary")) for name in names
    )


(CREATE,) = _ids("CreateSession")
(ACTIVATE,) = _ids("ActivateSession")
(CLOSE,) = _ids("CloseSession")
(PUBLISH,) = _ids("Publish")
(BROWSE_NEXT,) = _ids("BrowseNext")
DISCOVERY = _ids("FindServers", "GetEndpoints")
CHANNEL = _ids("CloseSecureChannel")
# what asyncua raises while it decodes a request's fields, and hardly anywhere else
UNDECODABLE = (NotEnoughData, struct.error, UnicodeDecodeError, RecursionError, OverflowError)
NOT_OFFERED = _ids(  # a discovery server's services, and changes of the address space
    "RegisterServer", "RegisterServer2", "AddNodes", "DeleteNodes", "AddReferences",
    "DeleteReferences",
)  # fmt: skip


class GuardedProtocol(OPCUAProtocol):
    """A TCP connection that is never allowed to fill the server's memory."""

    processor: Any
    transport: Any

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._reading = True
        self._pending = bytearray()
        self._waiting = 0  # bytes of chunks that are read and not yet handled

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, with the guarded processor in the place of asyncua's."""
        if self.iserver.leaving:
            transport.close()
            return
        address = address_of(transport.get_extra_info("peername"))
        from_there = sum(address_of(client.peer_name) == address for client in self.clients)
        if from_there >= CONNECTIONS_PER_ADDRESS:
            log.warning("refusing a connection from %s: it has %s", address, from_there)
            transport.close()
            return
        super().connection_made(transport)
        if self.processor is not None and self.transport is not None:
            kind = self.iserver.processor_class
            self.processor = kind(self.iserver, self.transport, self.limits)
            self.processor.set_policies(self.policies)

    def data_received(self, data: bytes) -> None:
        """Take bytes, and hand on whole chunks one by one.

        A chunk larger than agreed is refused when its header is read. asyncua would keep a copy
        of everything behind a chunk with each chunk.
        """
        if self.transport is None or self.transport.is_closing():
            return
        self._pending += data
        while len(self._pending) >= HEADER:
            (size,) = struct.unpack_from("<I", self._pending, 4)
            least = LEAST_CHUNK.get(bytes(self._pending[:4]))
            if least is None:
                self.refuse(ua.StatusCodes.BadTcpMessageTypeInvalid, "no message of a client")
                return
            if size > CHUNK:
                self.refuse(ua.StatusCodes.BadTcpMessageTooLarge, f"a chunk of {size} bytes")
                return
            if size < least:
                self.refuse(ua.StatusCodes.BadDecodingError, f"a chunk of {size} bytes")
                return
            if len(self._pending) < size:
                break
            chunk = bytes(self._pending[:size])
            del self._pending[:size]
            self._waiting += size
            super().data_received(chunk)
        full = self.messages.qsize() >= BACKLOG or self._waiting >= BACKLOG_BYTES
        if self._reading and full:
            self._reading = False
            self.transport.pause_reading()

    def refuse(self, code: int, reason: str) -> None:
        """Say why, and close."""
        log.warning("closing the connection from %s: %s", self.peer_name, reason)
        self._pending.clear()
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
        self._waiting -= header.packet_size
        drained = self.messages.qsize() < BACKLOG // 2 and self._waiting < BACKLOG_BYTES
        if not self._reading and drained and self.transport is not None:
            self._reading = True
            self.transport.resume_reading()
        return alive


def address_of(peer: Any) -> str:
    """The host part of a connection's other end."""
    return str(peer[0]) if peer else ""


def error_message(code: int, reason: str) -> bytes:
    """An Error message of the transport."""
    error = ua.ErrorMessage(ua.StatusCode(code), reason)
    return bytes(uatcp_to_binary(ua.MessageType.Error, error))


def leaf_of(chain: bytes | None) -> bytes | None:
    """The first certificate of a chain; None when it is none."""
    try:
        return split(chain or b"")[0]
    except (ValueError, IndexError):
        return None


class GuardedProcessor(Requests):
    """A secure channel: order of the handshake, sessions bound to it, answers to what is broken."""

    session: Any
    greeted = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.address = address_of(self.name)
        self._incomplete = 0  # bytes of an unfinished message
        self._deadline: asyncio.TimerHandle | None = None
        self._rate = Bucket(REQUESTS_PER_S, REQUEST_BURST, monotonic())

    async def process(self, header: Any, body: Buffer) -> bool:
        """Handle a chunk. Anything out of order or undecodable is answered, then ends it all."""
        try:
            await self._take_turn(header)
            self._check_order(header, body)
            self._check_size(header)
            return bool(await super().process(header, body))
        except (ServiceError, ua.uaerrors.UaStatusCodeError) as error:
            return self._give_up(error.code, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a broken message makes asyncua raise
            return self._give_up(ua.StatusCodes.BadDecodingError, repr(error))
        finally:
            self._count_incomplete()

    def _check_size(self, header: Any) -> None:
        """Refuse a message that grows too large, before a login much sooner than after."""
        session = self.session
        known = session is not None and session.channel is self and session.is_activated()
        if not known and self._connection._incoming_size + header.body_size > EARLY_MESSAGE:
            raise ServiceError(ua.StatusCodes.BadRequestTooLarge)
        unfinished = header.ChunkType == ua.ChunkType.Intermediate
        if unfinished and self.iserver.incomplete + header.body_size > INCOMPLETE:
            raise ServiceError(ua.StatusCodes.BadTcpNotEnoughResources)

    def _count_incomplete(self, closed: bool = False) -> None:
        """Keep the count of bytes in unfinished messages over all connections."""
        held = 0 if closed else self._connection._incoming_size
        self.iserver.incomplete += held - self._incomplete
        if held and not self._incomplete:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(UNFINISHED_S, self._drop_unfinished)
        elif not held and self._deadline is not None:
            self._deadline.cancel()
        self._incomplete = held

    def _drop_unfinished(self) -> None:
        if self._incomplete:
            self._give_up(ua.StatusCodes.BadTimeout, "a message was begun and not finished")
            self._transport.close()

    async def close(self) -> None:
        """Clean up after the connection."""
        self._connection._drop_incoming_parts()
        self._count_incomplete(closed=True)
        await super().close()

    async def _take_turn(self, header: Any) -> None:
        """Wait until this connection and its address may go on; who asks too fast is slowed."""
        now = monotonic()
        opens = header.MessageType == ua.MessageType.SecureOpen
        cost = OPENING_COST if opens and header.packet_size > PLAIN_OPENING else 1.0
        delay = max(self._rate.take(now), self.iserver.rates.of(self.address).take(now, cost))
        if delay > 0.0:
            await asyncio.sleep(delay)

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
        """Open or renew the channel, if the certificate may; the request is read guarded.

        The signature of the request is checked already: the client has the certificate's key.
        """
        gate = self.iserver.gate
        if gate is not None and self.policy.URI != SecurityPolicyNone.URI:
            gate.admit(self.policy.peer_chain or b"", self.address)
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
        asks = self.session if self._holds(requesthdr.AuthenticationToken) else None
        try:
            alive = await self._serve(typeid, requesthdr, seqhdr, body)
        except UNDECODABLE as error:
            log.warning("a request from %s cannot be decoded: %r", self.name, error)
            self.iserver.tally.count(asks, typeid, ua.StatusCodes.BadDecodingError)
            raise ServiceError(ua.StatusCodes.BadDecodingError) from error
        except (ServiceError, ua.uaerrors.UaStatusCodeError) as error:
            self.iserver.tally.count(asks, typeid, error.code)
            raise
        self.iserver.tally.count(asks or self.session, typeid, None)
        return alive

    async def _serve(self, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
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
        if typeid == ACTIVATE:  # before the session is looked at: it may move meanwhile
            await asyncio.sleep(self.iserver.logins.wait(self.address))
            await self._prove(requesthdr.AuthenticationToken, body)
        token = requesthdr.AuthenticationToken
        if self._holds(token):
            self.session.leaves = typeid == CLOSE
            if typeid == BROWSE_NEXT and self.session.is_activated():  # asyncua does not know it
                await self._browse_next(requesthdr, seqhdr, body)
                return True
            if typeid == PUBLISH and self.session.farewells and self.session.is_activated():
                await self._say_farewell(requesthdr, seqhdr, body)
                return True
            return await handle(typeid, requesthdr, seqhdr, body)
        if typeid == ACTIVATE and (self.session is None or self.session.channel is not self):
            return await self._move_here(token, lambda: handle(typeid, requesthdr, seqhdr, body))
        raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)

    async def _prove(self, token: ua.NodeId, body: GuardedBuffer) -> None:
        """Check the password of a login that is about to come: the server goes on meanwhile."""
        core = self.iserver
        session = self.session if self._holds(token) else core.lookup_external_session(token)
        ours = session is not None and (session.channel is self or self.signed_by is not None)
        if not ours or session.signed_by not in (None, self.signed_by):
            return
        login = struct_from_binary(ua.ActivateSessionParameters, body.copy()).UserIdentityToken
        asks = isinstance(login, ua.UserNameIdentityToken)
        asks = asks and isinstance(login, core.supported_tokens)
        if asks and not core.logins.locked(claimed_name(login), self.address):
            await core.prove(session, login)

    async def _browse_next(self, requesthdr: Any, seqhdr: Any, body: Any) -> None:
        params = struct_from_binary(ua.BrowseNextParameters, body)
        response = ua.BrowseNextResponse()
        response.Parameters.Results = await self.session.browse_next(params)
        self.send_response(requesthdr.RequestHandle, seqhdr, response)

    async def _say_farewell(self, requesthdr: Any, seqhdr: Any, body: Any) -> None:
        """Answer a Publish request with the end of a subscription that expired."""
        params = struct_from_binary(ua.PublishParameters, body)
        _mine, results = self.session.publish(params.SubscriptionAcknowledgements)
        asked = PublishRequestData(requesthdr=requesthdr, seqhdr=seqhdr, results=results)
        await self.forward_publish_response(self.session.farewells.popleft(), asked)

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
            if leaf_of(request.ClientCertificate) != self.signed_by:
                raise ServiceError(ua.StatusCodes.BadCertificateInvalid)
            if self.iserver.gate is not None:
                named = request.ClientDescription.ApplicationUri
                self.iserver.gate.check_name(self.signed_by, named, self.address)
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

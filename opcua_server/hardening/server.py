"""The server made of the guarded parts: limits, logins, listener, start and stop."""

from __future__ import annotations

import asyncio
import dataclasses
import hmac
import math
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from asyncua import Server, ua
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import ServiceError
from asyncua.crypto import uacrypto
from asyncua.server.binary_server_asyncio import BinaryServer
from asyncua.server.internal_server import InternalServer

from opcua_server.diagnostics.tally import Tally
from opcua_server.hardening.buffer import bound_decoding
from opcua_server.hardening.channel import GuardedProcessor, GuardedProtocol
from opcua_server.hardening.limits import (
    ADDRESS_BURST,
    ADDRESS_REQUESTS_PER_S,
    ADDRESSES,
    CHUNK,
    CONNECTIONS,
    HANDSHAKE_S,
    LEAST_BUFFER,
    MESSAGE,
    MOST_READ_AHEAD,
    QUEUE,
    SESSIONS,
    SUBSCRIPTIONS_PER_SESSION,
)
from opcua_server.hardening.rates import Bucket, FailedLogins, Remembered
from opcua_server.hardening.sessions import GuardedSession
from opcua_server.security.audit import Audit
from opcua_server.security.gate import ChainFactory, Gate
from opcua_server.security.tokens import UserCertificate, proved

# how a password may come: asymmetric padding schemes without a padding oracle
_DECRYPT: dict[str, Callable[[Any, bytes], bytes]] = {
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep": uacrypto.decrypt_rsa_oaep,
    "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256": uacrypto.decrypt_rsa_oaep_sha256,
}


class GuardedInternalServer(InternalServer):
    """asyncua's core with guarded sessions, tight limits and passwords that cannot be replayed."""

    session_class: type[GuardedSession] = GuardedSession
    processor_class: type[GuardedProcessor] = GuardedProcessor
    clear_passwords = False
    leaving = False  # the server stops: no connection is taken any more
    gate: Gate | None = None  # without a PKI folder nothing is asked of certificates

    def __init__(self, user_manager: Any) -> None:
        super().__init__(user_manager=user_manager)
        bound_decoding()
        self.audit = Audit()
        self.tally = Tally()
        self.logins = FailedLogins()
        self.incomplete = 0  # bytes of unfinished messages, all connections
        self.rates = Remembered(
            lambda: Bucket(ADDRESS_REQUESTS_PER_S, ADDRESS_BURST, monotonic()), ADDRESSES
        )
        self.allow_remote_admin = False
        self.disabled_clock = True  # ours ends at once when the server stops
        self.max_connections = CONNECTIONS
        self.max_pending_messages_per_connection = MOST_READ_AHEAD
        self.max_pending_activation_seconds = HANDSHAKE_S
        self.max_monitored_item_queue_size = QUEUE
        self.max_unacked_messages_per_subscription = 100
        self.max_subscriptions = SESSIONS * SUBSCRIPTIONS_PER_SESSION
        self.max_lifetime_count, self.max_keep_alive_count = 3000, 1000

    @property
    def clock_error(self) -> timedelta:
        """What this server's clock is wrong by."""
        return timedelta(0)

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

    async def prove(self, isession: Any, token: Any) -> None:
        """Have the password of a login checked beside the event loop, before the login itself."""
        try:
            name, password = self.decrypt_user_token(isession, token)
        except Exception:  # noqa: BLE001 - the login decrypts it again and says what is wrong
            return
        await self.user_manager.prove(name, password)

    def verify_x509_token(self, isession: Any, token: Any, signature: Any) -> UserCertificate:
        """The user's certificate, when its key signed this server's and this session's nonce."""
        if self.certificate is None or not isession.nonce:
            raise ServiceError(ua.StatusCodes.BadIdentityTokenInvalid)
        challenge = uacrypto.der_from_x509(self.certificate) + isession.nonce
        return proved(token.CertificateData or b"", challenge, signature)


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

    async def stop(self) -> None:
        """Let nobody in any more, then close all connections.

        asyncua closes them first: a client that comes back meanwhile would stay with a dead
        server, and the stop would wait for it to go.
        """
        self.iserver.leaving = True
        if self._server is not None:
            self._server.close()
        await super().stop()


class GuardedServer(Server):
    """asyncua's server made of the guarded parts; `start` takes the bound socket."""

    def __init__(self, iserver: GuardedInternalServer) -> None:
        super().__init__(iserver=iserver)
        self.limits = TransportLimits(CHUNK, CHUNK, math.ceil(MESSAGE / LEAST_BUFFER), MESSAGE)
        self._clock: asyncio.Task[None] | None = None

    async def start_on(self, sock: socket.socket) -> None:
        """Offer the endpoints and listen."""
        await self._setup_server_nodes()
        self._policies[:] = [ChainFactory.like(policy) for policy in self._policies]
        await self.iserver.start()
        self.bserver = GuardedBinaryServer(self.iserver, sock, self.limits)
        self.bserver.set_policies(self._policies)
        await self.bserver.start()
        self._clock = asyncio.create_task(self._tell_time())

    async def use_identity(self, certificate: Path, key: Path) -> None:
        """Show another certificate from now on; channels that are open keep the one they have."""
        await self.load_certificate(certificate)
        await self.load_private_key(key)
        core = self.iserver
        for policy in self._policies:
            if policy.mode != ua.MessageSecurityMode.None_:
                policy.certificate, policy.private_key = core.certificate, core.private_key
        for endpoint in core.endpoints:
            endpoint.ServerCertificate = uacrypto.der_from_x509(core.certificate)

    async def stop(self) -> None:
        """Close all connections and stop."""
        if self._clock is not None:
            self._clock.cancel()
        await super().stop()

    async def _tell_time(self) -> None:
        status = self.iserver.server_status_node
        while True:
            now = datetime.now(UTC) + self.iserver.clock_error
            told = dataclasses.replace(await status.read_value(), CurrentTime=now)
            await status.write_value(told)
            await self.iserver.current_time_node.write_value(now)
            await self.iserver.diagnostics.publish()
            await asyncio.sleep(1)

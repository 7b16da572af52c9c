"""The adapter that shows a live session over OPC UA."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import ua

from opcua_server import claims, nodes, pki
from opcua_server.accounts import Accounts
from opcua_server.alarms.bells import Bells
from opcua_server.alarms.history import EventHistory
from opcua_server.bulk import SpaceBuilder
from opcua_server.chaos import Chaos, plan_of
from opcua_server.chaos.method import offer
from opcua_server.chaos.weather import Weather
from opcua_server.companion import plant
from opcua_server.companion.derived import Derivations
from opcua_server.desk import Desk
from opcua_server.diagnostics.shown import Diagnostics
from opcua_server.hardening import GuardedServer
from opcua_server.hardening.limits import PUBLISHED
from opcua_server.history import NODES, PAGE, TraceHistory
from opcua_server.history import shown as history
from opcua_server.lazy import settle
from opcua_server.pki import APPLICATION_URI
from opcua_server.pubsub import UadpPublisher
from opcua_server.reverse import call
from opcua_server.security import roleset
from opcua_server.security.audit import Audit
from opcua_server.security.audit_events import AuditEvents
from opcua_server.security.gate import Gate
from opcua_server.security.renewal import keep_current
from opcua_server.security.rights import Rights
from opcua_server.security.users import UserFile
from opcua_server.services import LineInternalServer
from opcua_server.shared import SharedTypes, move_namespace
from opcua_server.store import LiveStore
from opcua_server.subscriptions import Hub
from opcua_server.subscriptions.granted import granted
from opcua_server.subscriptions.settle import Settling
from twin.errors import PortInUse
from twin.i18n import _
from twin.trace.journal import Role
from twin.version import __version__

log = logging.getLogger("opcua_server")

Policy, Kind = ua.SecurityPolicyType, ua.VariantType
SECURE: tuple[ua.SecurityPolicyType, ...] = (
    Policy.Basic256Sha256_Sign,
    Policy.Basic256Sha256_SignAndEncrypt,
    Policy.Aes256Sha256RsaPss_Sign,
    Policy.Aes256Sha256RsaPss_SignAndEncrypt,
)


# asyncua logs each refusal as an error of its own; the desk and the guards say it with its reason
EXPECTED = ("sending service fault response", "No encrypting policy available")


def unexpected(record: logging.LogRecord) -> bool:
    """Whether a log record of asyncua tells more than that a request was answered with a no."""
    return not str(record.msg).startswith(EXPECTED)


# no profile was tested by the OPC Foundation's conformance tool, so none is claimed
NONE_CLAIMED = ua.Variant([], Kind.String, is_array=True)
NO_CERTIFICATES = ua.Variant([], Kind.ExtensionObject, is_array=True)


@dataclass(frozen=True)
class Application:
    """Who a server is: its URI, its name (the line's when empty), its file in the PKI folder."""

    uri: str = APPLICATION_URI
    name: str = ""
    file: str = "server"


class OpcUaAdapter:
    """A session's line as an OPC UA server.

    `port` 0 takes a free one. `anonymous_role` is what clients without a login may do; None turns
    them away. `users` gives each name its password hash (`hash_password`) and role. With a `pki`
    folder the server has a certificate, made there at the first start, and offers signed and
    encrypted endpoints to clients whose certificates the folder's trust list knows. `allow_none`
    offers the endpoint without security, `auto_trust` takes certificates that nobody trusts yet;
    each is so on a loopback address only, when left out. `users_file` holds more users and may
    change while the server runs; `audit` is a file, or the log of several servers. `application`
    says who the server is; `types` are those of a server beside it. `chaos` names a profile or
    a script of disturbances; `weather` is what one suffers that is disturbed from outside.
    `pubsub` is an address to which all values are sent as UADP over UDP, `reverse` are those of
    clients that the server calls.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 4840,
        *,
        anonymous_role: Role | None = "observer",
        users: Mapping[str, tuple[str, Role]] | None = None,
        pki: Path | None = None,
        allow_none: bool | None = None,
        auto_trust: bool | None = None,
        users_file: Path | None = None,
        audit: Path | Audit | None = None,
        application: Application = Application(),
        types: SharedTypes | None = None,
        weather: Weather | None = None,
        chaos: str = "",
        pubsub: str = "",
        reverse: Iterable[str] = (),
    ) -> None:
        self.host, self.port = host, port
        self.application, self.types = application, types
        self.weather = weather or (Weather() if chaos else None)
        self.plan = chaos
        self.pubsub_url = pubsub
        self.pubsub: UadpPublisher | None = None
        self.reverse = tuple(reverse)
        self._calls: list[asyncio.Task[None]] = []
        self.chaos: Chaos | None = None
        self.pki = pki
        self.allow_none = is_loopback(host) if allow_none is None else allow_none
        self.auto_trust = is_loopback(host) if auto_trust is None else auto_trust
        file = None if users_file is None else UserFile(users_file)
        self.accounts = Accounts(users, anonymous_role, file)
        self.audit = audit.of(application.uri) if isinstance(audit, Audit) else Audit(audit)
        self._auditing: AuditEvents | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._server: GuardedServer | None = None
        self._store: LiveStore | None = None
        self._space: nodes.Space | None = None
        self._session: Any = None
        self._hub: Hub | None = None
        self._others: tuple[tuple[str, str, int], ...] = ()
        self._shift = 0  # namespaces before the line's that are there for nothing
        self._derivations = Derivations()
        self._settling: tuple[Any, Settling] | None = None  # and of which server

    @property
    def endpoints(self) -> list[str]:
        """Addresses a client can connect to; empty before the start."""
        if self._server is None:
            return []
        host = socket.gethostname() if self.host in ("", "0.0.0.0", "::") else self.host
        return [f"opc.tcp://{f'[{host}]' if ':' in host else host}:{self.port}"]

    async def start(self, session: Any) -> None:
        """Build the address space and listen. Raises PortInUse when the port is taken."""
        for name in ("asyncua.server.uaprocessor", "asyncua.server.server"):
            logging.getLogger(name).addFilter(unexpected)
        self._session = session
        await self._open()
        self._calls = [asyncio.create_task(call(self, url)) for url in self.reverse]
        if self.pubsub_url and self._store is not None:
            paced = session.clock == "paced"
            self.pubsub = UadpPublisher(self.pubsub_url, self.application.uri, self._store, paced)
            await self.pubsub.start()
        if self.plan:
            seed = session.run.trace.seed
            plan = plan_of(self.plan, seed, session.shown.tags)
            self.chaos = Chaos(plan, seed, session, lambda _target: {"": self})
            self.chaos.start()

    async def _open(self) -> None:
        sock = bind(self.host, self.port)
        try:
            await self._start(self._session, sock)
        except BaseException:
            sock.close()
            raise

    async def _start(self, session: Any, sock: socket.socket) -> None:
        self.port = sock.getsockname()[1]
        line = session.line
        core = LineInternalServer(self.accounts, self.types, self.weather)
        core.others = self._others
        core.audit, self.audit.simulated = self.audit, lambda: float(session.now)
        server = GuardedServer(core)
        shown = session.shown
        tags = tuple(shown.tags.values())
        store = self._store or LiveStore(tags, session.started_at)  # kept over restarts
        with collector_paused():
            await server.init()
            await server.register_namespace(nodes.namespace_uri(line))
            plant.load_types(core.aspace, session)
            self.types = self.types or SharedTypes(core.aspace)
            await self._describe(server, self.application.name or line.title.en)
            await self._tell_capabilities(server)
            index = move_namespace(core.aspace, nodes.namespace_uri(line), self._shift)
            stepped = session.clock == "stepped"
            space = nodes.build(
                core.aspace,
                index,
                line,
                store,
                stepped,
                shown,
                session.keeps_history,
                getattr(session, "whole_line", True),
            )
            space.subscriptions = core.subscription_service.subscriptions.values
            builder = SpaceBuilder(core.aspace, index)
            if self.weather is not None and getattr(session, "whole_line", True):
                offer(builder, space, session, self.weather)
            claims.offer(builder, space, session)
            history.capabilities(core.aspace, PAGE, NODES)
            history.configurations(builder, space, session)  # before anyone asks for a tag
            self._derivations = plant.assemble(core.aspace, index, session, store, space)
            core.bells = Bells(session, builder, space, store)
            roleset.show(core.aspace, self.accounts)
            settle(core.aspace._nodes)
        core.diagnostics = Diagnostics(core)
        core.rights = Rights(core.aspace, space, self.pki is not None)
        self._auditing = AuditEvents(core, self.application.uri, secured=self.pki is not None)
        self.audit.listeners.append(self._auditing)
        core.desk = Desk(session, space, lambda reason: self._tell(core, space, reason))
        core.history_manager = TraceHistory(session, space, EventHistory(core.bells))
        core.subscription_service.hub = self._hub = Hub(store, space.tags, space.variables)
        await server.start_on(sock)
        if self.pki is not None:
            who = self.application
            self._renewal = asyncio.create_task(keep_current(server, self.pki, who.uri, who.file))
        self._server, self._store, self._space = server, store, space
        log.info("listening on %s", self.endpoints[0])

    async def _tell_capabilities(self, server: GuardedServer) -> None:
        """Say what the server can do and how much at once."""
        told = {
            "Server_ServerCapabilities_LocaleIdArray": ua.Variant(["en", "ko"], Kind.String),
            "Server_ServerCapabilities_MinSupportedSampleRate": ua.Variant(
                1000.0 * min((tag.period for tag in self._session.shown.tags.values()), default=1),
                Kind.Double,
            ),
            "Server_ServerCapabilities_ServerProfileArray": NONE_CLAIMED,
            "Server_ServerCapabilities_SoftwareCertificates": NO_CERTIFICATES,
        }
        for name, most in PUBLISHED.items():
            kind = Kind.UInt16 if name.endswith("ContinuationPoints") else Kind.UInt32
            told[f"Server_ServerCapabilities_{name}"] = ua.Variant(most, kind)
        for name, value in told.items():
            await server.get_node(ua.NodeId(getattr(ua.ObjectIds, name))).write_value(value)

    async def _describe(self, server: GuardedServer, name: str) -> None:
        server.set_server_name(name)
        server.application_type = ua.ApplicationType.Server
        server.product_uri = "urn:twin"
        server.set_endpoint(f"opc.tcp://{self.host}:{self.port}")
        who = self.application
        await server.set_application_uri(who.uri)
        built = datetime.fromtimestamp(Path(__file__).stat().st_mtime)
        await server.set_build_info("urn:twin", "twin", name, __version__, "", built)
        policies: Sequence[ua.SecurityPolicyType] = ()
        if self.pki is not None:
            identity = await asyncio.to_thread(pki.own_identity, self.pki, who.uri, who.file)
            await server.load_certificate(identity.certificate)
            await server.load_private_key(identity.key)
            server.iserver.gate = Gate(self.pki, self.auto_trust, self.audit)
            policies = SECURE
        else:
            server.iserver.clear_passwords = is_loopback(self.host)
        known = bool(self.accounts.users) or self.accounts.file is not None
        tokens: list[type] = [ua.UserNameIdentityToken] if known else []
        if known and self.pki is not None:
            tokens.append(ua.X509IdentityToken)
        if self.accounts.anonymous_role is not None:
            tokens.append(ua.AnonymousIdentityToken)
        server.set_identity_tokens(tokens)
        server.set_security_policy([Policy.NoSecurity] * self.allow_none + list(policies))

    def list_others(self, others: Iterable[tuple[Application, int]]) -> None:
        """Name servers beside this one, with their ports, to clients that ask FindServers."""
        self._others = tuple((who.uri, who.name, port) for who, port in others)
        if self._server is not None:
            self._server.iserver.others = self._others

    def _tell(self, core: LineInternalServer, space: nodes.Space, reason: str) -> None:
        value = ua.DataValue(
            ua.Variant(reason, ua.VariantType.String), SourceTimestamp=datetime.now().astimezone()
        )
        task = asyncio.ensure_future(core.write_attribute_value(space.rejection, value))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def settle(self, t: float) -> None:
        """Let every subscription send what is due by simulated time, `t` s."""
        core = self.core
        if core is not None:
            if self._settling is None or self._settling[0] is not core:
                found = core.subscription_service.subscriptions.values
                self._settling = (core, Settling(found))
            await self._settling[1].settle(t)

    def granted(self) -> list[dict[str, Any]]:
        """What every subscriber was granted (see `subscriptions.granted`); none while down."""
        return [] if self.core is None else granted(self.core)

    async def publish(self, block: Any) -> None:
        """Take a block of values; clients are told of those that changed."""
        store = self._store
        if store is None:
            return
        if self.chaos is not None:
            await self.chaos.follow()
        if self._hub is not None:
            await self._hub.take(block)
        if self.pubsub is not None:
            self.pubsub.publish(block.wall)
        await self._derivations.publish()
        if self.core is not None:
            await self.core.bells.publish()

    @property
    def listener(self) -> Any:
        """asyncua's BinaryServer; None while the server is down."""
        return None if self._server is None else self._server.bserver

    @property
    def uri(self) -> str:
        """Its application URI."""
        return self.application.uri

    @property
    def core(self) -> LineInternalServer | None:
        """The internal server; None while it is down."""
        return None if self._server is None else self._server.iserver

    @property
    def store(self) -> LiveStore | None:
        """The live values."""
        return self._store

    def told(self, key: str) -> ua.DataValue | None:
        """What clients are told of a tag; None when it is not shown, or nothing is known yet."""
        store = self._store
        rows = (
            [] if store is None else [row for row, tag in enumerate(store.tags) if tag.key == key]
        )
        return store.data_value(rows[0]) if store is not None and rows else None

    async def retell(self, rows: list[int]) -> None:
        """Tell subscribers the present state of these rows."""
        if self._hub is not None:
            await self._hub.tell(np.array(rows, dtype=np.intp))
            await self._derivations.publish()

    async def come_back(self, *, shift: bool = False, new_identity: bool = False) -> None:
        """Start again at the same address, after `go_down`.

        `shift` gives the line's namespace another index, `new_identity` the server another key
        and certificate; the one of the user's PKI folder stays for the next run.
        """
        await self.go_down()
        self._shift += shift
        if new_identity and self.pki is not None:
            file = f"chaos-{self.application.file.removeprefix('chaos-')}"
            self.application = replace(self.application, file=file)
            pki.forget(self.pki, file)
        await self._open()

    def keep(self, folder: Path) -> None:
        """Write what chaos did into the run's folder."""
        if self.chaos is not None:
            self.chaos.keep(folder)

    async def stop(self) -> None:
        """Close all connections and the port, for good."""
        if self.chaos is not None:
            await self.chaos.stop()
        if self.pubsub is not None:
            self.pubsub.stop()
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self.go_down()
        self.audit.close()

    async def go_down(self) -> None:
        """Close all connections and the port."""
        server, self._server = self._server, None
        if self._renewal is not None:
            self._renewal.cancel()
        if self._auditing in self.audit.listeners:
            self.audit.listeners.remove(self._auditing)
        if server is not None:
            await server.stop()
            gc.unfreeze()


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address and holding it, so that a second server is refused at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        text = _(
            "OPC UA cannot listen on {host}:{port} ({reason}). Stop the program that uses the "
            "port, or choose another with --opcua-port; 0 takes a free one."
        ).format(host=host, port=port, reason=error.strerror or error)
        raise PortInUse(text, host=host, port=port) from error
    sock.setblocking(False)
    return sock


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class collector_paused:  # noqa: N801 - read as a statement: with collector_paused():
    """No garbage collection while many lasting objects are made; they are then left out of it.

    Half of the start was the collector; later full collections over the address space would
    stall the loop.
    """

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_error: object) -> None:
        gc.freeze()
        if self._was_on:
            gc.enable()

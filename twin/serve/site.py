"""A site: a session with its faces, as clients find it; opened, and closed again whatever happens.

`twin serve`, the judge and the test fixture all stand on it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from twin.errors import TwinError
from twin.line.line import Line
from twin.serve.adapter import Adapter
from twin.serve.faces import ADAPTERS, PASSWORDS, VIEWS, MissingFace, face, page
from twin.serve.session import Session
from twin.trace.journal import Role

INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Account:
    """A user of a site's servers and what this user may do."""

    user: str
    password: str
    role: Role


def account(user: str, role: Role, password: str = "") -> Account:
    """An account, with a password of its own making unless one is given."""
    return Account(user, password or secrets.token_urlsafe(9), role)


@dataclass(frozen=True)
class Doors:
    """Where a site listens, and how: ports (0 takes a free one) and more of the OPC UA adapter.

    `opcua` are further keyword arguments of the adapter, such as chaos, pki or audit.
    """

    host: str = "127.0.0.1"
    opcua_port: int = 0
    http_port: int = 0
    endpoints: Literal["line", "machine"] = "line"
    opcua: Mapping[str, Any] = field(default_factory=dict)


class Site:
    """A session and its faces. Use it as `async with Site(session, doors, accounts) as site`.

    `others` are adapters of the caller's. `missing` says why there is no 3D scene, if so.
    """

    def __init__(
        self,
        session: Session,
        doors: Doors = Doors(),
        accounts: tuple[Account, ...] = (),
        others: tuple[Adapter, ...] = (),
    ) -> None:
        self._others = others
        self.session, self.doors, self.accounts = session, doors, accounts
        self.missing: TwinError | None = None
        scene = self._scene(session.line)
        opcua = face(ADAPTERS, "opcua" if doors.endpoints == "line" else "opcua-machines")
        hashed = face(PASSWORDS, "opcua")
        users = {one.user: (hashed(one.password), one.role) for one in accounts}
        self.opcua: Any = opcua(doors.host, doors.opcua_port, users=users, **doors.opcua)
        self.http: Any = face(ADAPTERS, "http")(
            doors.host, doors.http_port, static=page(), scene=scene
        )

    def _scene(self, line: Line) -> Any:
        try:
            return face(VIEWS, "scene")(line)
        except MissingFace as error:
            self.missing = error
            return None

    @property
    def opcua_url(self) -> str:
        """Where OPC UA clients connect."""
        return str(self.opcua.endpoints[0])

    @property
    def rest_url(self) -> str:
        """Where REST clients connect, without a slash at the end."""
        return str(self.http.endpoints[0]).rstrip("/")

    async def open(self) -> None:
        """Start the session and its faces; raises PortInUse when a port is taken."""
        await self.session.start(self.opcua, self.http, *self._others)

    async def close(self) -> None:
        """Stop the clock and the faces."""
        await self.session.stop()

    async def __aenter__(self) -> Site:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

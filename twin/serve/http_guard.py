"""Who may talk to the server: the Host and Origin rules that keep other web pages out.

A server on 127.0.0.1 is reachable from every page the user's browser shows. Two rules stop such a
page: the Host header must name this server (a name that was re-pointed here, "DNS rebinding", is
refused), and what changes something must come from a page of this very server.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twin.i18n import _

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_LIMIT = 65_536  # bytes; the longest command is about a hundred


class TooLong(HTTPException):
    """A body went on after its limit, whatever length it announced."""

    def __init__(self) -> None:
        super().__init__(413, _too_long(_("more")))


def _too_long(found: str) -> dict[str, str]:
    return {
        "error": _("The request is too long."),
        "expected": _("at most {limit} bytes").format(limit=BODY_LIMIT),
        "found": found,
    }


def _limited(receive: Receive) -> Receive:
    """The same messages, until more bytes have come than a body may have."""
    left = BODY_LIMIT

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLong
        return message

    return counted


class Guard:
    """ASGI middleware that refuses foreign hosts, foreign origins and oversized bodies."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.names = {"localhost", socket.gethostname().lower(), *(h.lower() for h in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason for refusing."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            limited = _limited(receive) if scope["type"] == "http" else receive
            await self.app(scope, limited, send)
        elif scope["type"] == "http":
            status, body = refusal
            await JSONResponse(body, status)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]["error"]})

    def _refusal(self, scope: Scope) -> tuple[int, dict[str, str]] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return 421, {
                "error": _("This server does not answer under that host name."),
                "expected": ", ".join(sorted(self.names)) + _(" or an IP address"),
                "found": host,
            }
        reading = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        origin = headers.get("origin")
        if not reading and origin is not None and urlsplit(origin).netloc != host:
            return 403, {
                "error": _("A page of another server may not do this."),
                "expected": f"Origin: http://{host}",
                "found": origin,
            }
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413, _too_long(length)
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server; an IP address cannot be re-pointed."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

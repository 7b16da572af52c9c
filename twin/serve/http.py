"""The HTTP face of a live session: REST, the stream for the 3D page, and the page itself.

The page and the scene are passed in (a folder and a `Scene`): this package draws nothing.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twin.errors import TwinError
from twin.i18n import _
from twin.serve.http_guard import Guard
from twin.serve.http_routes import Desk, routes
from twin.serve.present import Present
from twin.serve.scene import Scene as LineScene
from twin.serve.stream import Channel
from twin.serve.web import WebServer

if TYPE_CHECKING:
    from twin.serve.adapter import Block
    from twin.serve.session import Session

ABOUT = """
Read a simulated production line and send commands to it. Times are simulated seconds since the
start of the run unless they say otherwise; stretches of time are half-open, [start, end).

The websocket `/api/stream` sends JSON messages: `hello` with the line, its 3D scene and its
present state, then `rows` with what was added to the trace, `[t, place, state, part]` each: "from
t on, this place is in this state with this part"; at a buffer or a sink, "this part came".
"""
RULES = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
DOCS_RULES = RULES.replace("default-src 'self'", "default-src 'self' 'unsafe-inline'")
STATUS = {"unknown-scenario": 404, "future": 422, "usage": 422, "command": 409}


def create_app(
    session: Session,
    *,
    static: Path | None = None,
    scene: LineScene | None = None,
    hosts: Iterable[str] = (),
) -> FastAPI:
    """The web application over a session.

    `static` is the folder of the built page, served at "/"; `scene` its geometry; `hosts` are
    names this server is reached by besides localhost and plain IP addresses.
    """
    present = Present(session)
    channel = Channel(session, scene, present)
    app = FastAPI(
        title=session.line.title.en, version=session.line.version, description=ABOUT,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.include_router(routes(Desk(session, scene, present, channel)))
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_refused)
    app.add_exception_handler(TwinError, _on_error)
    _add_docs(app, static)
    if static is not None and (static / "index.html").is_file():
        app.mount("/", StaticFiles(directory=static, html=True))
    else:
        app.add_api_route("/", lambda: HTMLResponse(_no_page(app)), include_in_schema=False)
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Guard, hosts=tuple(hosts))
    return app


class SafeHeaders:
    """ASGI middleware: no answer of this server loads anything from elsewhere or is framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        rules = DOCS_RULES if scope.get("path") == "/docs" else RULES

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", rules.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class HttpAdapter:
    """Serves a session over HTTP on one port; port 0 lets the system choose."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8080,
        *,
        static: Path | None = None,
        scene: LineScene | None = None,
        hosts: Iterable[str] = (),
    ) -> None:
        self.host = host
        self.port = port
        self._static, self._scene, self._hosts = static, scene, tuple(hosts)
        self._server: WebServer | None = None

    @property
    def endpoints(self) -> list[str]:
        """Addresses for people: the page, and the REST documentation."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return [f"http://{host}:{self.port}/", f"http://{host}:{self.port}/docs"]

    async def start(self, session: Session) -> None:
        """Listen. Raises PortInUse when the port is taken."""
        app = create_app(
            session, static=self._static, scene=self._scene, hosts=(self.host, *self._hosts)
        )
        self._server = WebServer(app, self.host, self.port)
        await self._server.start()
        self.port = self._server.port

    async def publish(self, block: Block) -> None:
        """Nothing to push: every viewer's stream reads the trace at its own pace."""

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._server is not None:
            await self._server.stop()
            self._server = None


async def _on_malformed(request: Request, exc: Exception) -> JSONResponse:
    errors = cast(RequestValidationError, exc).errors()
    problems = [
        {
            "error": f"{'.'.join(map(str, e['loc']))}: {e['msg']}",
            "expected": str((e.get("ctx") or {}).get("expected") or e["msg"]),
            "found": _short(e.get("input")),
        }
        for e in errors
    ]
    return JSONResponse({**problems[0], "problems": problems}, 422)


async def _on_refused(request: Request, exc: Exception) -> JSONResponse:
    refusal = cast(HTTPException, exc)
    detail: object = refusal.detail
    if isinstance(detail, dict):
        return JSONResponse(detail, refusal.status_code)
    body = {
        "error": str(detail),
        "expected": _("an address from /docs"),
        "found": f"{request.method} {_short(request.url.path)}",
    }
    return JSONResponse(body, refusal.status_code, headers=refusal.headers)


async def _on_error(request: Request, exc: Exception) -> JSONResponse:
    error = cast(TwinError, exc)
    fields = {name: _short(value) for name, value in error.fields.items()}
    body = {
        "error": error.message,
        "expected": fields.pop("expected", ""),
        "found": ", ".join(f"{name}={value}" for name, value in fields.items()),
        "code": error.code,
    }
    return JSONResponse(body, STATUS.get(error.code, 400))


def _short(value: Any) -> str:
    found = repr(value) if not isinstance(value, str) else value
    return found if len(found) <= 200 else found[:200] + "…"


def _add_docs(app: FastAPI, static: Path | None) -> None:
    """REST documentation that loads nothing from elsewhere; a plain list where no page is built."""

    async def docs() -> HTMLResponse:
        if static is None or not (static / "swagger-ui-bundle.js").is_file():
            return HTMLResponse(_list_of_routes(app))
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url="swagger-ui-bundle.js",
            swagger_css_url="swagger-ui.css",
            swagger_favicon_url="favicon.svg",
        )

    app.add_api_route("/docs", docs, include_in_schema=False)


def _list_of_routes(app: FastAPI) -> str:
    rows = "".join(
        f"<tr><td><code>{method.upper()} {html.escape(path)}</code></td>"
        f"<td>{html.escape(operation.get('summary', ''))}. "
        f"{html.escape(operation.get('description', ''))}</td></tr>"
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    )
    return _document(
        app.title,
        f"<table>{rows}</table><p><a href='openapi.json'>openapi.json</a></p>",
    )


def _no_page(app: FastAPI) -> str:
    note = _("The 3D page is not part of this installation. The data is here:")
    return _document(
        app.title,
        f"<p>{html.escape(note)} <a href='docs'>REST</a> · <a href='api/state'>api/state</a></p>",
    )


def _document(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title>"
        "<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:60rem}td{padding:.3rem .8rem;"
        f"vertical-align:top}}</style><h1>{html.escape(title)}</h1>{body}</html>"
    )

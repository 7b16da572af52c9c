"""A web application on a port of its own, beside whatever else the event loop does."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp

from twin.errors import PortInUse, TwinError
from twin.i18n import _


class WebServer:
    """Serves an application; port 0 lets the system choose, and `port` says which it was."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app, self.host, self.port = app, host, port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises PortInUse when the port is taken."""
        listener = _listen(self.host, self.port)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.app, log_level="warning", access_log=False, lifespan="off",
            ws="websockets-sansio", ws_max_size=65_536, proxy_headers=False,
            timeout_graceful_shutdown=1, server_header=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        # Ctrl-C belongs to whoever runs the loop, not to one of its servers
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        while not self._server.started:
            if self._task.done():
                await self._task
                raise TwinError(_("The HTTP server did not start."))
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = self._task = None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as cause:
        listener.close()
        raise PortInUse(
            _("Cannot listen on {host}:{port}: {cause}. Choose another port.").format(
                host=host, port=port, cause=cause.strerror or cause
            ),
            host=host,
            port=port,
        ) from cause
    listener.setblocking(False)
    return listener

"""Claims over REST: a small server of the judge's own, with a key for each solution."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import polars as pl
from fastapi import FastAPI, Header, HTTPException, Request
from polars.exceptions import PolarsError

from twin.judge.asking import Asking
from twin.judge.claims import CLAIMS
from twin.judge.sources.inbox import Inbox
from twin.serve.web import WebServer

LARGEST = 256 * 2**20  # bytes of one request
TABLES: Mapping[str, Callable[[bytes], pl.DataFrame]] = {
    "text/csv": lambda body: pl.read_csv(io.BytesIO(body), infer_schema=False),
    "application/vnd.apache.parquet": lambda body: pl.read_parquet(io.BytesIO(body)),
}


class ClaimDesk:
    """Takes claims by `POST {url}/claims/TABLE`: JSON, JSON lines, CSV or Parquet.

    Each solution shows its key as a bearer token. What the judge asks so far is had by
    `GET {url}/orders` (of the ERP), `GET {url}/questions` (recall drills) and
    `GET {url}/charts` (control charts).
    """

    def __init__(
        self, inbox: Inbox, solutions: list[str], asking: Asking, host: str = "127.0.0.1"
    ) -> None:
        self.inbox, self.asking = inbox, asking
        self.keys = {secrets.token_urlsafe(16): name for name in solutions}
        self.server = WebServer(self._app(), host)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.server.host}:{self.server.port}"

    def key_of(self, solution: str) -> str:
        """The key of a solution."""
        return next(key for key, name in self.keys.items() if name == solution)

    def _solution(self, authorization: str) -> str:
        name = self.keys.get(authorization.removeprefix("Bearer ").strip())
        if name is None:
            raise HTTPException(401, "expected the solution's key as a bearer token")
        return name

    def _app(self) -> FastAPI:
        app = FastAPI(title="Claims", docs_url=None, redoc_url=None)

        async def claims(
            table: str, request: Request, authorization: Annotated[str, Header()] = ""
        ) -> dict[str, int]:
            """Hand in rows of a claim table."""
            solution = self._solution(authorization)
            if table not in CLAIMS:
                raise HTTPException(404, f"expected one of {', '.join(CLAIMS)}, found {table}")
            body = bytearray()
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise HTTPException(413, f"expected at most {LARGEST} bytes")
            read = TABLES.get(request.headers.get("content-type", "").split(";")[0])
            if read is None:
                return {"kept": self.inbox.take_text(solution, table, bytes(body))}
            try:
                rows = read(bytes(body)).to_dicts()
            except (PolarsError, ValueError) as error:
                raise HTTPException(422, str(error)[:200]) from error
            return {"kept": self.inbox.take(solution, table, rows)}

        async def questions(
            authorization: Annotated[str, Header()] = "",
        ) -> list[dict[str, Any]]:
            """Recall drills so far: a question's id, when it was asked, material and lot."""
            self._solution(authorization)
            return self.asking.drills

        async def orders(authorization: Annotated[str, Header()] = "") -> list[dict[str, Any]]:
            """Orders released so far: id, product, quantity, parameters of its recipe."""
            self._solution(authorization)
            return self.asking.orders

        async def charts(authorization: Annotated[str, Header()] = "") -> list[dict[str, Any]]:
            """Control charts to keep: tag, centre line, sigma."""
            self._solution(authorization)
            return self.asking.charts

        app.post("/claims/{table}")(claims)
        app.get("/questions")(questions)
        app.get("/orders")(orders)
        app.get("/charts")(charts)
        return app

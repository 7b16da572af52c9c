"""REST behind a plant network: what a level hides, and values as they came."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Header, HTTPException, Query

from twin.field import LEVELS, QUALITIES
from twin.field.network import choose
from twin.i18n import _
from twin.serve import http_models as m
from twin.serve import http_views as view
from twin.signals import select

if TYPE_CHECKING:
    from twin.serve.front import Front
    from twin.serve.session import Session

MOST_RECORDS = 10_000
What = Literal["states", "parts", "alarms", "history"]
Token = Annotated[
    str | None,
    Header(alias="X-Twin-Role-Token", description="Instructor's token, where the server wants one"),
]


def refuse(
    status: int, error: str, expected: str, found: object, code: str = "refused"
) -> HTTPException:
    """The exception that answers a request with a reason; programs may look at `code`."""
    body = {"error": error, "expected": expected, "found": str(found), "code": code}
    return HTTPException(status, body)


def proven(session: Session, token: str | None, without: bool) -> bool:
    """Whether the token is the instructor's; `without`: the answer where none is set."""
    secret = session.instructor_token
    return hmac.compare_digest(secret.encode(), (token or "").encode()) if secret else without


def shows(session: Session, what: What) -> Any:
    """Dependency of a route: 403 where the level does not show this, but to an instructor."""
    least = min(row.number for row in LEVELS.values() if getattr(row, what))

    def check(token: Token = None) -> None:
        level = session.shown.level
        if not getattr(level, what) and not proven(session, token, without=False):
            raise refuse(
                403, _("This line does not show that at its level of digitalisation."),
                _("a server with --level {least} or above").format(least=least),
                f"--level {level.number}", code="level",
            )  # fmt: skip

    return Depends(check)


def names(session: Session, text: str) -> list[str]:
    """Tags that are shown and match names or globs with commas between."""
    patterns = [name.strip() for name in text.split(",") if name.strip()]
    if session.front is not None:
        return list(choose(session.front.network, patterns))
    return [tag.key for tag in select(session.line, patterns)]


def latest(session: Session, keys: list[str]) -> m.ValuesBody:
    """The value each tag shows now; behind a network what came last, with time and quality."""
    front = session.front
    if front is None:
        return m.ValuesBody(t=session.now, values=view.values_view(session, keys))
    front.follow(session.trace, session.now)
    rows = [front.names.index(key) for key in keys]
    reachable = front.reachable(session.now)
    quality = [QUALITIES[int(q)] for q in np.where(reachable[rows], front.quality[rows], 1)]
    return m.ValuesBody(
        t=session.now,
        values=dict(zip(keys, view.numbers(front.values[rows]), strict=True)),
        times=dict(zip(keys, view.numbers(front.stamps[rows]), strict=True)),
        quality=dict(zip(keys, quality, strict=True)),
    )


def history(session: Session, name: str, start: float, stop: float, most: int) -> m.HistoryBody:
    """Values of a tag as they came, with the timestamps they carry: the latest `most`."""
    rows = session.received(name, start, stop)
    rows = rows.take(np.arange(len(rows))[-most:])
    tag = session.shown.tags[name]
    return m.HistoryBody(
        name=name, unit=tag.unit, step=0.0, t=rows.stamp.tolist(), values=view.numbers(rows.value)
    )


def field_routes(session: Session) -> APIRouter:
    """Routes that only a server behind a plant network has."""
    router = APIRouter()

    @router.get("/api/records", tags=["tags"], summary="Values in the order they came")
    async def records(
        since: Annotated[
            float, Query(ge=0, allow_inf_nan=False, description="Simulated time of arrival, s")
        ] = 0.0,
        limit: Annotated[int, Query(ge=1, le=MOST_RECORDS)] = 1000,
    ) -> m.RecordsBody:
        """Rows that came at `since` or after, oldest first: late and double ones as they are.

        Ask again with `since` set to the `t` of the answer.
        """
        front = network_of(session)
        rows, t = front.since(since, limit + 1), front.now
        if len(rows) > limit:  # what comes at one instant is not torn apart
            t = float(rows.arrival[limit])
            if rows.arrival[0] == t:
                rows, t = front.since(since, MOST_RECORDS), float(np.nextafter(t, np.inf))
            rows = rows.take(rows.arrival < t)
        return m.RecordsBody.model_validate({"t": t, "records": view.received_view(rows)})

    return router


def network_of(session: Session) -> Front:
    """What the network brought; 409 where there is none."""
    if session.front is None:
        raise refuse(
            409, _("This server shows the signals as they are."),
            _("a server with --dirt or --level"), "",
        )  # fmt: skip
    session.front.follow(session.trace, session.now)
    return session.front

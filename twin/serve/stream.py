"""What the page streams: the trace's new rows, a few times a second, to every viewer.

A viewer holds no queue. It holds a number, the first log row it has not been sent; whatever
happened since goes into its next message, so a slow viewer gets fewer and longer messages. One
that falls too far behind is given the present state instead of the way there.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from twin.i18n import _
from twin.serve.http_views import (
    event_views,
    is_news,
    oee,
    received_view,
    session_line,
    wall_time,
)
from twin.serve.present import Present, milliseconds, paces
from twin.trace import EventKind
from twin.trace.tables import Table

if TYPE_CHECKING:
    from twin.serve.scene import Scene
    from twin.serve.session import Session

log = logging.getLogger("twin.serve")

JSON = dict[str, Any]
INTERVAL = 0.2  # s between messages; the page moves the parts between them by itself
HEARTBEAT = 2.0  # s; a stepped clock stands still, its viewers must still see the server live
CATCH_UP = 20_000  # log rows a viewer may be behind before it gets the present state instead
NEWS = 100  # events a message carries at most, the latest
MAXIMUM_VIEWERS = 500  # assumed to be within what one core bears; not measured here
MOST_RECORDS = 5000  # received rows a message carries at most; the rest is in /api/records
NOTHING: JSON = {"stations": [], "parts": []}
PATIENCE = 30.0  # s a viewer may leave a message unread before it is dropped


class Cursor(NamedTuple):
    """How far a viewer has been told: log rows, event rows, simulated time, arrivals (s)."""

    rows: int
    events: int
    t: float
    arrived: float = 0.0


class Channel:
    """All viewers of one session: what they are sent, and how many there are."""

    def __init__(self, session: Session, scene: Scene | None, present: Present) -> None:
        self.session = session
        self.viewers = 0
        self._scene = scene
        self._present = present
        self._open = session.shown.level.parts  # else a viewer sees only what the network brings
        self._encoded: dict[tuple[Cursor, bool], str] = {}  # messages of this moment
        self._moment: tuple[float, float, bool] = (-1.0, 0.0, False)

    async def serve(self, socket: WebSocket) -> None:
        """Send a viewer what happens until it goes."""
        await socket.accept()
        if self.viewers >= MAXIMUM_VIEWERS:
            await socket.close(1013, _("Too many viewers"))
            return
        self.viewers += 1
        talk = asyncio.ensure_future(self._talk(socket))
        try:
            await _until_closed(socket)
        finally:
            talk.cancel()
            (end,) = await asyncio.gather(talk, return_exceptions=True)
            if isinstance(end, Exception):
                log.error("a viewer's stream broke", exc_info=end)
            self.viewers -= 1

    async def _talk(self, socket: WebSocket) -> None:
        cursor, text = self.hello()
        try:
            await self._send(socket, text)
            loop, spoken, seen = asyncio.get_running_loop(), 0.0, self._state()
            while True:
                await asyncio.sleep(INTERVAL)
                if self._state() == seen and loop.time() - spoken < HEARTBEAT:
                    continue
                seen = self._state()
                cursor, text = self.news(cursor)
                await self._send(socket, text)
                spoken = loop.time()
        except (WebSocketDisconnect, RuntimeError, TimeoutError, OSError):
            await _close(socket)

    async def _send(self, socket: WebSocket, text: str) -> None:
        await asyncio.wait_for(socket.send_text(text), PATIENCE)

    def hello(self) -> tuple[Cursor, str]:
        """First message, and where the next one goes on."""
        session = self.session
        self._present.follow()
        message = {
            "type": "hello",
            "line": session_line(session),
            "scene": self._scene_data(),
            "wall": wall_time(session, session.now),
            "clock": session.clock,
            "present": self._present.message() if self._open else NOTHING,
            **self._head(),
        }
        cursor = self._cursor()
        message["events"] = self._news(0, cursor.events)
        oldest = min((stay.since for stay in self._present.parts.values()), default=session.now)
        message["paces"] = paces(session, oldest) if self._open else {}
        return cursor, _encode(message)

    def _cursor(self) -> Cursor:
        front = self.session.front
        if front is not None:
            front.follow(self.session.trace, self.session.now)
        arrived = 0.0 if front is None else front.now
        return Cursor(self._present.rows, len(self.session.trace.events), self.session.now, arrived)

    def _scene_data(self) -> Mapping[str, Any] | None:
        """The scene's paths; None, and a line in the log, when it cannot be made."""
        if self._scene is None:
            return None
        try:
            return self._scene.data
        except Exception:  # a scene is drawn by others; the page goes on without it
            log.exception("the scene of %s could not be made", self.session.line.id)
            return None

    def news(self, cursor: Cursor) -> tuple[Cursor, str]:
        """What happened since, and where to go on."""
        self._present.follow()
        end = self._cursor()
        behind = end.rows - cursor.rows > CATCH_UP
        moment = self._state()
        if moment != self._moment:
            self._encoded.clear()
            self._moment = moment
        key = (cursor, behind)
        if key not in self._encoded:
            message = {
                "type": "rows",
                **self._head(),
                "events": self._news(cursor.events, end.events),
                "paces": paces(self.session, cursor.t, changes_only=True) if self._open else {},
            }
            if self.session.front is not None:
                rows = self.session.front.since(cursor.arrived, MOST_RECORDS)
                message["received"] = received_view(rows.take(rows.arrival < end.arrived))
            if not self._open:
                message |= {"log": [], "parts": {}}
            elif behind:
                message |= {"log": [], "parts": {}, "present": self._present.message()}
            else:
                message |= self._rows(cursor.rows, end.rows)
            self._encoded[key] = _encode(message)
        return end, self._encoded[key]

    def _state(self) -> tuple[float, float, bool]:
        return self.session.now, self.session.speed, self._running()

    def _running(self) -> bool:
        return self.session.run_state == "running"

    def _head(self) -> JSON:
        return {
            "t": self.session.now,
            "speed": self.session.speed,
            "running": self._running(),
            "kpi": {
                "oee": oee(self.session) if self.session.shown.level.states else None,
                "finished": self._present.finished,
                "scrapped": self._present.scrapped,
                "wip": len(self._present.parts),
            },
        }

    def _rows(self, begin: int, end: int) -> JSON:
        log, product = self.session.trace.log, self.session.trace.parts.product
        part = log.part[begin:end].tolist()
        rows = zip(
            log.t[begin:end].tolist(),
            log.place[begin:end].tolist(),
            log.state[begin:end].tolist(),
            part,
            strict=True,
        )
        return {
            "log": [[milliseconds(t), *row] for t, *row in rows],
            "parts": {number: int(product[number]) for number in sorted(set(part)) if number >= 0},
        }

    def _news(self, begin: int, end: int) -> list[JSON]:
        table, news = self.session.trace.events, []
        if not self.session.shown.level.alarms:
            return []
        for row in range(end - 1, begin - 1, -1):
            if is_news(*_facts(table, row)):
                news.append(row)
                if len(news) == NEWS:
                    break
        return event_views(self.session, reversed(news))


async def _until_closed(socket: WebSocket) -> None:
    """Return when the viewer has gone; what it says is not for us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(socket: WebSocket) -> None:
    try:
        await asyncio.wait_for(socket.close(1011), 1.0)
    except (RuntimeError, TimeoutError, OSError):
        return


def _facts(table: Table, row: int) -> tuple[EventKind, float, float]:
    return EventKind(int(table.kind[row])), float(table.value[row]), float(table.t[row])


def _encode(message: JSON) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

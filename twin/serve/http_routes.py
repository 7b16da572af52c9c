"""The REST routes: what the line is, how it stands, what it did, and commands to it."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response, WebSocket

from twin.i18n import _
from twin.metrics import breakdown
from twin.serve import http_field as field
from twin.serve import http_models as m
from twin.serve import http_views as view
from twin.serve.http_field import Token, proven, refuse, shows
from twin.serve.present import Present
from twin.serve.scene import Scene
from twin.serve.stream import Channel
from twin.trace import Command, EventKind, State

if TYPE_CHECKING:
    from twin.serve.session import Session

log = logging.getLogger("twin.serve")

POINTS = 5000  # a history holds at most
USUAL_POINTS = 600  # and this many where the request names no step
MAXIMUM_EVENTS = 1000

Seconds = Annotated[float, Query(ge=0, allow_inf_nan=False, description="Simulated time, s")]
Until = Annotated[
    float | None,
    Query(ge=0, allow_inf_nan=False, description="Simulated time, s, not after now; default: now"),
]
From = Annotated[
    float | None,
    Query(ge=0, allow_inf_nan=False, description="Simulated time, s; default: 10 min before end"),
]
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": m.Problem} for code in (403, 404, 409, 422)
}


@dataclass(frozen=True)
class Desk:
    """What the routes work with."""

    session: Session
    scene: Scene | None
    present: Present
    channel: Channel


def routes(desk: Desk) -> APIRouter:
    """All routes over one session."""
    router = APIRouter(responses=REFUSALS)
    _reading(router, desk)
    _histories(router, desk)
    _commands(router, desk)
    _pictures(router, desk)
    router.include_router(field.field_routes(desk.session))
    return router


def _reading(router: APIRouter, desk: Desk) -> None:
    session = desk.session

    @router.get("/api/line", response_model=m.LineBody, tags=["line"], summary="What the line is")
    async def line() -> dict[str, Any]:
        """Stations, buffers, tags with units and ranges, set points. Constant for a server."""
        return view.session_line(session)

    states = [shows(session, "states")]
    alarmed = [shows(session, "alarms")]

    @router.get("/api/state", tags=["line"], summary="How the line stands now", dependencies=states)
    async def state() -> m.StateBody:
        """State of every station, parts in every buffer, counters and OEE."""
        return _state(desk)

    @router.get("/api/kpis", tags=["line"], summary="Key figures", dependencies=states)
    async def kpis(
        by: Annotated[
            Literal["shift", "hour", "order", "product"] | None,
            Query(description="Key figures of each of these instead of the whole run"),
        ] = None,
    ) -> dict[str, Any]:
        """Key figures of ISO 22400 from the start of the run to now; ratios are 0 to 1."""
        if by is None:
            return {"t": session.now, "kpis": _plain(session.kpis.as_dict())}
        if by == "shift" and session.line.calendar is None:
            raise refuse(409, _("This line has no shifts."), _("a line with a calendar"), by)
        return {"t": session.now, "kpis": _plain(breakdown(session.trace, by).as_dict())}

    @router.get("/api/events", tags=["line"], summary="What happened", dependencies=alarmed)
    async def events(
        since: Seconds = 0.0,
        limit: Annotated[int, Query(ge=1, le=MAXIMUM_EVENTS)] = 200,
        kind: Annotated[
            list[str] | None, Query(description="Only these kinds; may be repeated")
        ] = None,
    ) -> m.EventsBody:
        """The latest `limit` events from `since` on, oldest first. Hidden faults are not shown."""
        table = session.trace.events
        wanted = _kinds(kind)
        begin = int(np.searchsorted(table.t, since, side="left"))
        shown = np.isin(table.kind[begin:], [int(k) for k in wanted])
        rows = view.tellable(session, (np.flatnonzero(shown) + begin).tolist())[-limit:]
        return m.EventsBody.model_validate(
            {"t": session.now, "events": view.event_views(session, rows)}
        )

    @router.get("/api/alarms", tags=["line"], summary="Alarms that stand", dependencies=alarmed)
    async def alarms() -> m.AlarmsBody:
        """Alarms that are active, or that nobody has acknowledged, or that are shelved."""
        session.alarms.follow()
        rows = view.alarm_views(session, session.alarms.changes)
        return m.AlarmsBody.model_validate({"t": session.now, "alarms": rows})

    @router.get("/healthz", tags=["server"], summary="Is the server alive")
    async def healthz() -> m.HealthBody:
        """Answers as long as the event loop turns."""
        viewers = desk.channel.viewers
        return m.HealthBody(ok=True, line=session.line.id, t=session.now, viewers=viewers)


def _histories(router: APIRouter, desk: Desk) -> None:
    session = desk.session

    past = [shows(session, "history")]

    @router.get(
        "/api/tags", tags=["tags"], summary="Latest values", response_model_exclude_unset=True
    )
    async def values(
        names: Annotated[
            str, Query(max_length=4096, description="Names or globs, comma between: RFL.*,Line.*")
        ] = "*",
    ) -> m.ValuesBody:
        """The value each tag shows now."""
        return field.latest(session, field.names(session, names))

    @router.get(
        "/api/tags/{name}/history", tags=["tags"], summary="Values over time", dependencies=past
    )
    async def history(
        name: str,
        start: From = None,
        end: Until = None,
        step: Annotated[
            float | None,
            Query(ge=1e-6, allow_inf_nan=False, description="From value to value, s; default: fit"),
        ] = None,
    ) -> m.HistoryBody:
        """Values in [start, end) at whole multiples of `step`, 5000 at most.

        Behind a plant network: the values that came, with the timestamps they carry; step is 0.
        """
        tag = session.shown.tags.get(name)
        if tag is None:
            raise refuse(404, _("There is no such tag."), _("a name from /api/line"), name)
        begin, stop = _window(session, start, end)
        if session.front is not None:
            return field.history(session, name, begin, stop, POINTS)
        if step is None:
            step = max(tag.period, (stop - begin) / USUAL_POINTS)
        first, beyond = int(np.ceil(begin / step)), int(np.ceil(stop / step))
        if beyond - first > POINTS:
            raise refuse(
                422,
                _("That is too many values for one answer."),
                _("a step of at least {step:.6g} s").format(step=(stop - begin) / POINTS),
                f"step={step:g}",
            )
        ticks = np.arange(first, beyond) * step
        ticks = ticks[(ticks >= begin) & (ticks < stop)]
        found = session.sample([name], ticks)[0] if len(ticks) else ticks
        return m.HistoryBody(
            name=name, unit=tag.unit, step=step, t=ticks.tolist(), values=view.numbers(found)
        )

    @router.get(
        "/api/stations/{station}/history", tags=["line"], summary="States over time",
        dependencies=past,
    )  # fmt: skip
    async def states(station: str, start: From = None, end: Until = None) -> m.StateHistoryBody:
        """States of a station in [start, end), the one at `start` first; the latest 5000."""
        if station not in session.line.station_by_id:
            raise refuse(404, _("There is no such station."), _("an id from /api/line"), station)
        begin, stop = _window(session, start, end)
        rows = session.trace.index.states(session.line.place(station))
        first = max(int(np.searchsorted(rows.t, begin, side="right")) - 1, 0)
        last = int(np.searchsorted(rows.t, stop, side="left"))
        window = slice(max(first, last - POINTS), last)
        return m.StateHistoryBody(
            station=station,
            start=begin,
            end=stop,
            t=rows.t[window].tolist(),
            state=rows.state[window].tolist(),
            part=rows.part[window].tolist(),
        )


def _commands(router: APIRouter, desk: Desk) -> None:
    session = desk.session

    @router.post(
        "/api/commands", tags=["commands"], summary="Start, stop, set, inject",
        responses={409: {"model": m.ReceiptBody, "description": "The line refused it"}},
    )  # fmt: skip
    async def command(
        body: m.CommandBody, request: Request, response: Response, token: Token = None
    ) -> m.ReceiptBody:
        """Enter a command in the journal; answers when it has taken effect or was refused."""
        _allow_from(session, request, token)
        _allow(session, body, token)
        receipt = await session.submit(
            Command(body.kind, body.target, body.value, body.role, source="rest")
        )
        response.status_code = 200 if receipt.ok else 409
        return m.ReceiptBody(ok=receipt.ok, reason=receipt.reason)

    @router.post("/api/clock", tags=["commands"], summary="Speed, pause, go on")
    async def clock(body: m.ClockBody, request: Request, token: Token = None) -> m.ClockReceipt:
        """Change how fast a paced clock runs. What happens in the line does not depend on it."""
        _allow_from(session, request, token)
        _need_clock(session, "paced", _("This clock moves only by steps."))
        if body.speed is not None:
            session.set_speed(body.speed)
        if body.running is not None:
            (session.resume if body.running else session.pause)()
        return m.ClockReceipt(speed=session.speed, running=session.run_state == "running")

    @router.post("/step", tags=["commands"], summary="Advance a stepped clock")
    @router.post("/api/step", tags=["commands"], include_in_schema=False)
    async def step(body: m.StepBody, request: Request, token: Token = None) -> m.StepReceipt:
        """Advance simulated time and return when it is reached."""
        _allow_from(session, request, token)
        _need_clock(session, "stepped", _("This clock runs by itself."))
        await session.step(body.seconds)
        return m.StepReceipt(t=session.now)


def _need_clock(session: Session, kind: str, otherwise: str) -> None:
    if session.clock != kind:
        expected = _("a server with --clock {kind}").format(kind=kind)
        raise refuse(409, otherwise, expected, session.clock)


def _pictures(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/api/scene.glb", tags=["3D"], summary="Geometry of the line", response_class=Response,
        responses={200: {"content": {"model/gltf-binary": {}}}},
    )  # fmt: skip
    async def scene() -> Response:
        """Binary glTF: metres, y up, node name = station id, `__part_board` a part's template."""
        if desk.scene is None:
            raise refuse(404, _("This server has no 3D scene."), "twin serve", "scene=None")
        try:
            data = await asyncio.to_thread(getattr, desk.scene, "glb")
        except Exception as cause:  # a scene is drawn by others; the page shows simple shapes
            log.exception("the geometry of %s could not be made", desk.session.line.id)
            raise refuse(
                503, _("The 3D geometry could not be made."), "", type(cause).__name__
            ) from cause
        return Response(data, media_type="model/gltf-binary", headers={"Cache-Control": "no-cache"})

    @router.websocket("/api/stream")
    async def stream(socket: WebSocket) -> None:
        await desk.channel.serve(socket)


def _window(session: Session, start: float | None, end: float | None) -> tuple[float, float]:
    """A half-open stretch of the past, s."""
    stop = session.now if end is None else end
    if stop > session.now:
        raise refuse(
            422, _("That has not happened yet."),
            _("an end not after {now:g} s").format(now=session.now), f"end={stop:g}",
        )  # fmt: skip
    begin = max(0.0, stop - 600.0) if start is None else start
    if begin > stop:
        raise refuse(
            422, _("The stretch of time ends before it begins."), f"start <= {stop:g}",
            f"start={begin:g}",
        )  # fmt: skip
    return begin, stop


def _allow_from(session: Session, request: Request, token: str | None) -> None:
    """Raise 403 when a command comes from another machine without the instructor's token.

    Whoever is at this machine may operate the line; from elsewhere one only looks.
    """
    peer = request.client.host if request.client else ""
    try:
        here = ipaddress.ip_address(peer.removeprefix("::ffff:")).is_loopback
    except ValueError:
        here = False
    if not here and not proven(session, token, without=False):
        raise _unproven(token)


def _unproven(token: str | None) -> HTTPException:
    return refuse(
        403, _("The instructor's token is missing or wrong."),
        _("the token of this server in the header X-Twin-Role-Token"),
        _("none") if token is None else _("another token"),
        code="token",
    )  # fmt: skip


def _allow(session: Session, body: m.CommandBody, token: str | None) -> None:
    """Raise 403 when the role may not give this command, or is not proven."""
    if body.role == "observer":
        raise refuse(403, _("An observer only looks."), "operator, engineer, instructor", body.role)
    if body.kind in ("fault", "repair") and body.role != "instructor":
        raise refuse(403, _("Only an instructor may do this."), "role: instructor", body.role)
    if body.role == "instructor" and not proven(session, token, without=True):
        raise _unproven(token)
    _allow_level(session, body)
    if body.kind == "set" and body.value is None:
        raise refuse(422, _("A set point needs a value."), "value: number", "value: null")


def _allow_level(session: Session, body: m.CommandBody) -> None:
    """Raise 403 when a client may not do this at the line's level of digitalisation."""
    if body.role == "instructor":
        return
    readonly = body.kind == "set" and not session.shown.settings
    uncontrolled = body.kind in ("start", "stop", "reset") and not session.shown.level.control
    if readonly or uncontrolled:
        raise refuse(
            403, _("At its level of digitalisation this line is only read."),
            _("a server with --level 4 or above"), f"--level {session.shown.level.number}",
            code="level",
        )  # fmt: skip


def _state(desk: Desk) -> m.StateBody:
    session, line, present = desk.session, desk.session.line, desk.present
    present.follow()
    stations = {}
    for place, station in enumerate(line.stations):
        t, state, part = present.stations.get(place, (0.0, int(State.IDLE), -1))
        stations[station.id] = m.StationNow(
            state=State(state).name,
            since=t,
            part=part if part >= 0 else None,
            product=_product(desk, part),
        )
    levels = {buffer.id: 0 for buffer in line.buffers}
    for stay in present.parts.values():
        name = line.places[stay.place]
        if name in levels:
            levels[name] += 1
    return m.StateBody(
        t=session.now,
        wall=view.wall_time(session, session.now),
        clock=session.clock,
        speed=session.speed,
        running=session.run_state == "running",
        stations=stations,
        buffers=levels,
        oee=view.oee(session),
        finished=present.finished,
        scrapped=present.scrapped,
        wip=len(present.parts),
    )


def _product(desk: Desk, part: int) -> str | None:
    if part < 0:
        return None
    return desk.session.line.products[int(desk.session.trace.parts.product[part])]


def _kinds(names: list[str] | None) -> set[EventKind]:
    open_kinds = set(EventKind) - view.TRUTH
    by_name = {kind.name: kind for kind in open_kinds}
    unknown = [name for name in names or () if name not in by_name]
    if unknown:
        raise refuse(
            422, _("There is no such kind of event."), ", ".join(sorted(by_name)), unknown[0]
        )
    return {by_name[name] for name in names} if names else open_kinds


def _plain(value: Any) -> Any:
    """Key figures as they are told, in words that JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return view.figure(value)
    return value

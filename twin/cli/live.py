"""The commands that show a line live: serve, and replay of what was served."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from twin.cli.access import Access
from twin.cli.console import span, width
from twin.cli.guard import guarded, say
from twin.cli.lookup import show
from twin.cli.status import watch
from twin.errors import RunDirError, UsageError
from twin.i18n import _, language
from twin.serve.site import INSTRUCTOR, Doors, Site, account
from twin.units import clock

if TYPE_CHECKING:
    from twin.line import Line
    from twin.serve.adapter import Adapter
    from twin.serve.recording import Witness
    from twin.serve.session import Session


@dataclass(frozen=True)
class Options:
    """What `twin serve` was asked for."""

    clock: Literal["paced", "stepped"]
    speed: float
    seed: int
    host: str
    opcua_port: int
    http_port: int
    duration: str | None
    out: Path | None
    password: str | None
    head_start: str
    force: bool
    dirt: str = "clean"
    level: int | None = None
    endpoints: Literal["line", "machine"] = "line"
    chaos: str = ""
    alarms: Path | None = None
    pubsub: str = ""
    reverse: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)


def serve(name: str, options: Options) -> None:
    """Run a line live until Ctrl-C, SIGTERM or the end of `--for`; keep the run if asked to."""
    from twin.alarms.script import read_script
    from twin.line import load
    from twin.serve.session import Session
    from twin.trace.store import check_free

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("asyncua").setLevel(logging.WARNING if guarded.debug else logging.CRITICAL)
    limit = None if options.duration is None else span(options.duration, "--for")
    before = span(options.head_start, "--head-start")
    _possible_ports(options)
    if options.out is not None:
        check_free(options.out, force=options.force)
    line = load(name)
    password = options.password or secrets.token_urlsafe(9)
    session = Session(
        line,
        options.seed,
        options.clock,
        options.speed,
        started_at=_started_at(line, options.clock, before),
        instructor_token=password,
        dirt=options.dirt,
        level=options.level,
    )
    if options.alarms is not None:
        session.agenda.plan(read_script(options.alarms, line))
    if before:
        session.agenda.advance(session.run, before)
    _live(session, options, password, limit)


def replay(folder: Path, options: Options, speed: float | None) -> None:
    """Show a recorded run to clients again until Ctrl-C, SIGTERM or the end of `--for`."""
    from twin.serve import recording
    from twin.serve.session import Session

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    limit = None if options.duration is None else span(options.duration, "--for")
    _possible_ports(options)
    found = recording.read(folder)
    password = options.password or secrets.token_urlsafe(9)
    session = Session(
        found.line,
        found.seed,
        options.clock,
        found.speed if speed is None else speed,
        started_at=found.started_at,
        instructor_token=password,
        dirt=found.dirt,
        level=found.level,
        recording=found,
    )
    if found.begin:
        session.agenda.advance(session.run, found.begin)
    _live(session, options, password, limit)
    if session.now >= session.end and session.trace.digest != found.digest:
        raise RunDirError(
            _("{path}: the line did not come out as it was recorded").format(path=folder)
        )


def _live(session: Session, options: Options, password: str, limit: float | None) -> None:
    """Open a session to clients, and keep the run at the end if asked to."""
    from twin.serve.recording import Witness

    witness = Witness()
    site = site_of(session, options, password, witness)
    gc.disable()  # until the start is over: it makes lasting objects only, and is a sixth faster
    try:
        asyncio.run(_run(site, password, limit))
    finally:
        gc.enable()
        if options.out is not None and session.now > 0.0:
            _keep(site, options, options.out, witness)


def _possible_ports(options: Options) -> None:
    for option, port in (("opcua", options.opcua_port), ("http", options.http_port)):
        if not 0 <= port <= 65535:
            raise UsageError(
                _("--{option}-port: expected 0 to 65535, found {port}").format(
                    option=option, port=port
                )
            )


def _started_at(line: Line, clock: str, before: float) -> datetime | None:
    """Date of simulated 0; None leaves it to the calendar of a line whose time a client moves.

    With a head start it lies in the past: now is now for a client.
    """
    if clock == "stepped" and line.calendar is not None:
        return None
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=before)


def site_of(session: Session, options: Options, password: str, *others: Adapter) -> Site:
    """The session with its faces, not yet open."""
    doors = Doors(
        options.host,
        options.opcua_port,
        options.http_port,
        options.endpoints,
        {
            "chaos": options.chaos,
            "pubsub": options.pubsub,
            "reverse": options.reverse,
            **options.access.arguments(options.host),
        },
    )
    site = Site(session, doors, (account(INSTRUCTOR, "instructor", password),), others)
    if site.missing is not None:
        say(_("There is no 3D view: {reason}").format(reason=site.missing.message))
    return site


async def _run(site: Site, password: str, limit: float | None) -> None:
    session = site.session
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    waiting: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
    try:
        await site.open()
        gc.enable()
        for row in _welcome(site, password):
            show(row)
        waiting.append(asyncio.create_task(watch(session)))
        if session.clock == "paced":
            waiting.append(asyncio.create_task(session.wait()))
        done, _rest = await asyncio.wait(
            waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            task.result()  # a broken clock or status line ends the session with its error
    finally:
        for task in waiting:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        await site.close()
    show(_("Stopped after {time} of simulated time.").format(time=clock(session.now)))


def _welcome(site: Site, password: str) -> list[str]:
    """Where to connect, and the password."""
    session, opcua, http = site.session, site.opcua, site.http
    line = session.line
    rows = [f"{line.title.in_language(language())} ({line.id})", ""]
    view, rest = http.endpoints[:2]
    table = [
        (_("OPC UA"), opcua.endpoints[0]),
        *((f"  {station}", address) for station, address in _machines(opcua)),
        (_("3D view"), view),
        (_("REST"), rest),
        (_("Instructor"), _("user {user}, password {password}").format(
            user=INSTRUCTOR, password=password)),
    ]  # fmt: skip
    widest = max(width(title) for title, _text in table)
    rows += [f"  {title}{' ' * (widest - width(title))}  {text}" for title, text in table]
    if session.clock == "stepped":
        rows += ["", _('The line waits for POST {base}step {{"seconds": 10}}').format(base=view)]
    return [*rows, "", _("Ctrl-C stops."), ""]


def _machines(opcua: Any) -> list[tuple[str, str]]:
    """Stations that have an OPC UA server of their own, and its address."""
    return list(getattr(opcua, "endpoint_of", {}).items())[1:]


def _keep(site: Site, options: Options, out: Path, witness: Witness) -> None:
    from twin.serve import recording
    from twin.trace.store import save

    session = site.session
    save(session.trace, out, force=options.force)
    recording.keep(
        out, witness.instants, session.started_at, dirt=options.dirt, level=options.level,
        speed=session.speed,
    )  # fmt: skip
    for adapter in (site.opcua, site.http):
        if hasattr(adapter, "keep"):
            adapter.keep(out)
    say(_("The run is in {folder}").format(folder=out))

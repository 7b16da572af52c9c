"""The command `replay`: a recorded live run is shown to clients again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.access import (
    Access,
    Anonymous,
    allow_none,
    anonymous,
    audit,
    auto_trust,
    pki_option,
    users_option,
)
from twin.cli.options import Clock
from twin.i18n import _


def _replay(
    folder: Annotated[
        Path,
        typer.Argument(metavar="RUN", help=_("A run folder, as of `twin serve --record`.")),
    ],
    clock: Annotated[
        Clock,
        typer.Option("--clock", help=_("Paced by the wall clock, or stepped by a client.")),
    ] = Clock.PACED,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed", metavar="X", help=_("Simulated seconds a second; else as recorded.")
        ),
    ] = None,
    opcua_port: Annotated[
        int, typer.Option("--opcua-port", metavar="P", help=_("OPC UA; 0 takes a free port."))
    ] = 4840,
    http_port: Annotated[
        int,
        typer.Option("--http-port", metavar="P", help=_("3D view and REST; 0 takes a free port.")),
    ] = 8080,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help=_("Listen here; others than this machine reach 0.0.0.0."),
        ),
    ] = "127.0.0.1",
    duration: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help=_("End after this time by the wall clock.")),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(
            "--password",
            metavar="TEXT",
            envvar="TWIN_PASSWORD",
            help=_("The instructor's password; else a new one is made and shown."),
        ),
    ] = None,
    anonymous: Annotated[Anonymous, anonymous()] = Anonymous.OBSERVER,
    allow_none: Annotated[bool | None, allow_none()] = None,
    auto_trust: Annotated[bool | None, auto_trust()] = None,
    pki: Annotated[Path | None, pki_option()] = None,
    users: Annotated[Path | None, users_option()] = None,
    audit: Annotated[Path | None, audit()] = None,
) -> None:
    from twin.cli import live

    live.replay(
        folder,
        live.Options(
            clock=clock.value,
            speed=1.0,
            seed=0,
            host=host,
            opcua_port=opcua_port,
            http_port=http_port,
            duration=duration,
            out=None,
            password=password,
            head_start="0s",
            force=False,
            access=Access(anonymous.value, allow_none, auto_trust, pki, users, audit),
        ),
        speed,
    )

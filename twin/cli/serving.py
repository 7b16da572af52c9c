"""The command `serve`: its options are many, as a live line has many faces and doors."""

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
from twin.cli.options import (
    Clock,
    Endpoints,
    alarm_script,
    dirt,
    force,
    level,
    scenario,
    seed,
)
from twin.i18n import _


def _serve(
    name: Annotated[str, scenario()],
    clock: Annotated[
        Clock,
        typer.Option("--clock", help=_("Paced by the wall clock, or stepped by a client.")),
    ] = Clock.PACED,
    speed: Annotated[
        float,
        typer.Option("--speed", metavar="X", help=_("Simulated seconds a second (paced clock).")),
    ] = 1.0,
    seed: Annotated[int, seed()] = 0,
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
    out: Annotated[
        Path | None,
        typer.Option(
            "--record",
            "--out",
            metavar="DIR",
            help=_("Keep the run in this new folder at the end, for `twin replay` too."),
        ),
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
    head_start: Annotated[
        str,
        typer.Option(
            "--head-start",
            metavar="TIME",
            help=_("Simulated time that has passed when clients come: the line is already full."),
        ),
    ] = "0s",
    dirt: Annotated[str, dirt()] = "clean",
    level: Annotated[int | None, level()] = None,
    endpoints: Annotated[
        Endpoints,
        typer.Option(
            "--endpoints",
            help=_("One OPC UA server for the line, or one more for each machine (next ports)."),
        ),
    ] = Endpoints.LINE,
    chaos: Annotated[
        str,
        typer.Option(
            "--chaos",
            metavar="PROFILE|FILE",
            help=_("Disturb the OPC UA server: none, gentle, field, hostile, or a .yaml script."),
        ),
    ] = "",
    alarms: Annotated[Path | None, alarm_script()] = None,
    pubsub: Annotated[
        str,
        typer.Option(
            "--pubsub",
            metavar="URL",
            help=_("Send all tags as UADP messages too, as to opc.udp://239.0.0.1:4840."),
        ),
    ] = "",
    reverse: Annotated[
        list[str] | None,
        typer.Option(
            "--reverse",
            metavar="URL",
            help=_("Call a client that listens there, as at opc.tcp://gateway:4843."),
        ),
    ] = None,
    force: Annotated[bool, force()] = False,
    anonymous: Annotated[Anonymous, anonymous()] = Anonymous.OBSERVER,
    allow_none: Annotated[bool | None, allow_none()] = None,
    auto_trust: Annotated[bool | None, auto_trust()] = None,
    pki: Annotated[Path | None, pki_option()] = None,
    users: Annotated[Path | None, users_option()] = None,
    audit: Annotated[Path | None, audit()] = None,
) -> None:
    from twin.cli import live

    live.serve(
        name,
        live.Options(
            clock=clock.value,
            speed=speed,
            seed=seed,
            host=host,
            opcua_port=opcua_port,
            http_port=http_port,
            duration=duration,
            out=out,
            password=password,
            head_start=head_start,
            force=force,
            dirt=dirt,
            level=level,
            endpoints=endpoints.value,
            chaos=chaos,
            alarms=alarms,
            pubsub=pubsub,
            reverse=tuple(reverse or ()),
            access=Access(anonymous.value, allow_none, auto_trust, pki, users, audit),
        ),
    )

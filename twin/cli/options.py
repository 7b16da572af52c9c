"""Arguments and options that several commands share, and the choices some of them offer."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import typer

from twin.i18n import _


class Lang(StrEnum):
    """A language of the product."""

    KO = "ko"
    EN = "en"


class Clock(StrEnum):
    """Who moves a live line's time."""

    PACED = "paced"
    STEPPED = "stepped"


class Endpoints(StrEnum):
    """What an OPC UA server stands for."""

    LINE = "line"
    MACHINE = "machine"


class Format(StrEnum):
    """A file format of data sets."""

    PARQUET = "parquet"
    CSV = "csv"


class By(StrEnum):
    """What key figures are told apart by."""

    SHIFT = "shift"
    ORDER = "order"
    PRODUCT = "product"
    HOUR = "hour"


def scenario() -> Any:
    """The argument that names a line."""
    return typer.Argument(
        metavar="ID|FILE", help=_("A scenario id from `twin lines`, or a scenario file.")
    )


def source() -> Any:
    """The argument that names a finished run or a line to run."""
    return typer.Argument(
        metavar="RUN|ID|FILE", help=_("A run folder, a scenario id or a scenario file.")
    )


def seed() -> Any:
    """The option that chooses the random numbers."""
    return typer.Option("--seed", metavar="N", help=_("Chooses the random numbers."))


def force() -> Any:
    """The option that allows to replace."""
    return typer.Option("--force", help=_("Replace what is there."))


def fault() -> Any:
    """The option that injects faults."""
    return typer.Option(
        "--fault",
        metavar="FAULT@TIME",
        help=_("Inject a fault, as in E-Z8@2h; E-Z8@2h*0.5 at half its size. May be repeated."),
    )


def until(default: str) -> Any:
    """The option that says how long to simulate."""
    text = _("Simulated time to run, as in 8h or 1h30min.")
    return typer.Option("--for", metavar="TIME", help=f"{text}{default}")


def dirt() -> Any:
    """The option that puts a plant network between the sensors and the receiver."""
    return typer.Option(
        "--dirt", metavar="PROFILE", help=_("Dirt of the plant network, from `twin dirt`.")
    )


def level() -> Any:
    """The option that chooses what the factory's network shows."""
    return typer.Option(
        "--level", metavar="N", help=_("Level of digitalisation, from `twin levels`; else all.")
    )


def alarm_script() -> Any:
    """The option that names an alarm script."""
    return typer.Option(
        "--alarms", metavar="FILE", help=_("Force alarms by a .yaml script, at its times.")
    )

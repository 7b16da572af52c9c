"""The status of a live line: one line that renews itself, or plain lines in a pipe."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin.cli.console import number, width
from twin.i18n import _, language
from twin.units import clock

if TYPE_CHECKING:
    from twin.serve.session import Session

RENEW, PLAIN_EVERY = 0.5, 5.0  # s
UNREMARKABLE = ("WORKING", "STARVED", "BLOCKED")
"""States that are counted; stations in the others are named."""


async def watch(session: Session) -> None:
    """Show the status until cancelled."""
    if sys.stdout.isatty():
        with _hidden_cursor():
            while True:
                sys.stdout.write("\r\x1b[2K" + _cut(status(session)))
                sys.stdout.flush()
                await asyncio.sleep(RENEW)
    shown = -1.0
    while True:
        if session.now != shown:
            shown = session.now
            sys.stdout.write(status(session) + "\n")
            sys.stdout.flush()
        await asyncio.sleep(PLAIN_EVERY)


def status(session: Session) -> str:
    """Simulated time, speed, states of the machines, OEE and output, on one line."""
    from twin.equipment.standard import STATE_TITLES

    names: dict[int, list[str]] = {}
    for name, state in session.trace.state_at(math.nextafter(session.now, 0.0)).items():
        names.setdefault(int(state), []).append(name)
    words = []
    for code, stations in sorted(names.items(), key=lambda row: -len(row[1])):
        title = STATE_TITLES[code].in_language(language())
        counted = len(stations) if _is_unremarkable(code) else " ".join(stations)
        words.append(f"{title} {counted}")
    figures = session.kpis.line
    speed = _("paused") if session.run_state == "paused" else f"×{session.speed:g}"
    if session.clock == "stepped":
        speed = _("stepped")
    return " | ".join(
        (
            f"{clock(session.now)} {speed}",
            ", ".join(words),
            f"OEE {number(figures['oee'], '%')} %",
            _("finished {count}").format(count=number(figures["finished"], "1")),
        )
    )


def _is_unremarkable(code: int) -> bool:
    from twin.trace.tables import State

    return State(code).name in UNREMARKABLE


def _cut(text: str) -> str:
    """As much of a text as fits one line of the terminal."""
    room = shutil.get_terminal_size().columns - 1
    while width(text) > room:
        text = text[:-1]
    return text


@contextmanager
def _hidden_cursor() -> Iterator[None]:
    sys.stdout.write("\x1b[?25l")
    try:
        yield
    finally:
        sys.stdout.write("\x1b[?25h\n")
        sys.stdout.flush()

"""Commands that run a line, or read a run: run, kpi."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.cli.console import number, progress, span, table
from twin.cli.guard import say
from twin.cli.lookup import show
from twin.errors import UsageError
from twin.i18n import _, language
from twin.units import clock

if TYPE_CHECKING:
    from twin.line import Line
    from twin.metrics import Kpis
    from twin.trace import Command, Trace

# columns of the table of stations; the others are in --json
STATION_COLUMNS = (
    "oee", "availability", "effectiveness", "quality", "starved", "blocked", "down", "setup",
    "produced", "rejected",
)  # fmt: skip
INJECTION = re.compile(r"(?P<fault>[^@]+)@(?P<time>[^*]+)(\*(?P<size>[0-9.]+))?")


def run(
    name: str, duration: str, seed: int, out: Path | None, faults: Sequence[str], force: bool
) -> None:
    """Run a line, keep the run if a folder is named, and show its key figures.

    Rows go to the disk and into sums as they come, so a long run needs no more memory.
    """
    from contextlib import ExitStack

    from twin.kernel.run import run as run_line
    from twin.line import load
    from twin.metrics import Tally, summarise
    from twin.trace.store import new_run

    end = span(duration, "--for")
    line = load(name)
    journal = injections(line, faults)
    sums, begin = Tally(line), time.perf_counter()
    with ExitStack() as stack:
        writer = stack.enter_context(new_run(out, line, seed, force=force)) if out else None

        def consume(chunk, now):  # type: ignore[no-untyped-def]
            sums.feed(chunk, now)
            if writer is not None:
                writer(chunk, now)

        with progress(line.id) as update:
            trace = run_line(line, end, seed, journal, update, consume)
        if writer is not None:
            writer.finish(trace.now, trace.journal)
    show_kpis(line, summarise(sums))
    wall = time.perf_counter() - begin
    say(_("{time} simulated in {wall:.1f} s").format(time=clock(end), wall=wall))
    if out:
        say(_("The run is in {folder}").format(folder=out))


def kpi(folder: Path, as_json: bool) -> None:
    """Key figures of a finished run."""
    from twin.metrics import kpi as figures_of
    from twin.trace.store import open_run

    trace = open_run(folder)
    figures = figures_of(trace)
    if as_json:
        show(json.dumps(figures.as_dict(), indent=1, allow_nan=False))
    else:
        show_kpis(trace.line, figures)


def trace_of(name: str, duration: float, seed: int, faults: Sequence[str]) -> Trace:
    """The trace of a run folder, or of a line that is run now."""
    from twin.kernel.run import run as run_line
    from twin.line import load
    from twin.trace.store import open_run

    if Path(name).is_dir():
        if faults:
            raise UsageError(
                _("--fault is for a line to be run; {name} is a run").format(name=name)
            )
        return open_run(name)
    line = load(name)
    with progress(line.id) as update:
        return run_line(line, duration, seed, injections(line, faults), update)


def injections(line: Line, texts: Sequence[str]) -> list[Command]:
    """Commands from texts such as "E-Z8@2h" or "E-Z8@2h*0.5"."""
    from twin.trace import Command

    commands = []
    for text in texts:
        match = INJECTION.fullmatch(text)
        if match is None:
            raise UsageError(
                _("--fault: expected FAULT@TIME as in E-Z8@2h, found {found}").format(found=text)
            )
        if match["fault"] not in {fault.id for fault in line.faults}:
            known = ", ".join(fault.id for fault in line.faults) or _("none")
            raise UsageError(
                _("--fault: {line} has no fault {fault}; it has {known}").format(
                    line=line.id, fault=match["fault"], known=known
                )
            )
        at = span(match["time"], "--fault")
        try:
            size = float(match["size"]) if match["size"] else None
        except ValueError:
            raise UsageError(f"--fault: {text}") from None
        commands.append(Command("fault", match["fault"], size, "instructor", "cli", at))
    return commands


def show_kpis(line: Line, figures: Kpis) -> None:
    """Key figures of the line, then a row for each station."""
    from twin.metrics import LINE_KPIS, STATION_KPIS

    lang = language()
    head = f"{line.title.in_language(lang)} ({line.id}), {clock(figures.duration)}"
    rows = [
        (kpi.title.in_language(lang), number(figures.line[kpi.key], kpi.unit), unit(kpi.unit))
        for kpi in LINE_KPIS
    ]
    rows.append((_("Bottleneck"), figures.bottleneck, ""))
    show(head + "\n\n" + table((_("Key figure"), _("Value"), _("Unit")), rows, right=(1,)))
    chosen = [kpi for kpi in STATION_KPIS if kpi.key in STATION_COLUMNS]
    names = [_heading(kpi.title.in_language(lang), unit(kpi.unit)) for kpi in chosen]
    stations = [
        (name, *(number(values[kpi.key], kpi.unit) for kpi in chosen))
        for name, values in figures.stations.items()
    ]
    right = range(1, len(chosen) + 1)
    show("\n" + table((_("Station"), *names), stations, right=tuple(right)))


def _heading(title: str, unit: str) -> str:
    """A narrow heading: a word a line, the unit below."""
    return "\n".join([*title.split(), unit])


def unit(text: str) -> str:
    """A unit as people read it: a count has none."""
    return "" if text == "1" else text

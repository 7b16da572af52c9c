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
    name: str,
    duration: str,
    seed: int,
    out: Path | None,
    faults: Sequence[str],
    force: bool,
    recipe: Path | None = None,
    alarms: Path | None = None,
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
    if recipe is not None:
        from twin.cli.recipes import commands

        journal = [*commands(line, recipe), *journal]
    if alarms is not None:
        from twin.alarms.script import read_script

        journal += [one for one in read_script(alarms, line) if (one.t or 0.0) <= end]
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


def kpi(folder: Path, by: str | None, station: str | None, as_json: bool, as_csv: bool) -> None:
    """Key figures of a finished run, or of each part of it."""
    from twin.cli import periods
    from twin.metrics import Breakdown
    from twin.metrics import kpi as figures_of
    from twin.trace.store import open_run

    if as_json and as_csv:
        raise UsageError(_("either --json or --csv"))
    trace = open_run(folder)
    periods.known_station(trace.line, station)
    figures = figures_of(trace) if by is None else figures_of(trace, by)
    if as_json:
        show(json.dumps(figures.as_dict(), indent=1, allow_nan=False))
    elif as_csv:
        periods.show_csv(trace.line, figures, station)
    elif isinstance(figures, Breakdown):
        periods.show_breakdown(trace.line, figures, station)
    else:
        show_kpis(trace.line, figures, station)


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


def show_kpis(line: Line, figures: Kpis, station: str | None = None) -> None:
    """Key figures of the line, then a row for each station; or all those of one station."""
    from twin.cli.periods import has, heading, unit
    from twin.metrics import LINE_KPIS, STATION_KPIS

    lang = language()
    head = f"{line.title.in_language(lang)} ({line.id}), {clock(figures.duration)}"
    kpis = LINE_KPIS if station is None else STATION_KPIS
    values = figures.line if station is None else figures.stations[station]
    rows = [
        (kpi.title.in_language(lang), number(values[kpi.key], kpi.unit), unit(line, kpi))
        for kpi in kpis
        if has(line, kpi)
    ]
    rows.append((_("Bottleneck"), figures.bottleneck, ""))
    show(head + "\n\n" + table((_("Key figure"), _("Value"), _("Unit")), rows, right=(1,)))
    if station is not None:
        return
    chosen = [kpi for kpi in STATION_KPIS if kpi.key in STATION_COLUMNS]
    names = [heading(line, kpi) for kpi in chosen]
    stations = [
        (name, *(number(own[kpi.key], kpi.unit) for kpi in chosen))
        for name, own in figures.stations.items()
    ]
    right = range(1, len(chosen) + 1)
    show("\n" + table((_("Station"), *names), stations, right=tuple(right)))

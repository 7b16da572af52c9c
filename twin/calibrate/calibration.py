"""Calibrates a line: fits what the tables tell, writes the scenario, and looks what the twin shows.

A machine's own physics may add to the time the scenario gives (picks repeated, a wipe of the
stencil), so the calibrated line is run, and times that come out too long or short in the mean are
shifted once by the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from twin.calibrate import observe
from twin.calibrate.fits import Fit, Unfit
from twin.calibrate.machines import Names, cycles, rows_by_station, stops
from twin.calibrate.scenario import calibrated
from twin.calibrate.spells import Spells
from twin.calibrate.tables import Table
from twin.calibrate.tags import TagFit, shown, textures
from twin.calibrate.writing import written
from twin.errors import UsageError
from twin.i18n import _
from twin.kernel.run import Run
from twin.line.line import Line
from twin.line.loading import parse
from twin.trace.trace import Trace

Floats = NDArray[np.float64]
RECORDS, LEAST, MOST = 300.0, 4.0 * 3600.0, 14.0 * 86_400.0  # of a run: wanted; s
OWN = 0.005  # share of a cycle that the machine adds of its own, from which it is taken off


@dataclass(frozen=True)
class Calibration:
    """The fitted scenario's text, its line, what was fitted and what was not."""

    text: str
    line: Line
    fits: tuple[Fit, ...]
    tags: tuple[TagFit, ...]
    unfits: tuple[Unfit, ...]


def calibrate(
    line: Line,
    tables: Sequence[Table],
    *,
    names: Mapping[str, str] | None = None,
    name: str = "my/line-v1",
    seed: int = 0,
    today: date | None = None,
) -> Calibration:
    """Fit a line to a factory's tables; `names` are own names and the scenario's for them.

    Raises UsageError when nothing at all could be fitted.
    """
    known = Names(names or {})
    found = [*_times(line, tables, known), *_textures(line, tables, known, seed)]
    fits = [one for one in found if isinstance(one, Fit)]
    moves = [one for one in found if isinstance(one, TagFit)]
    unfits = [one for one in found if isinstance(one, Unfit)]
    if not fits and not moves:
        reasons = "\n".join(f"{one.what}: {one.why}" for one in unfits)
        raise UsageError(_("nothing could be fitted.\n{reasons}").format(reasons=reasons))
    day = today or datetime.now(UTC).date()
    first = parse(calibrated(line, name, [*fits, *moves], day))
    trace = _run(first, fits, seed)
    shifted = [_shifted(first, trace, fit) for fit in fits]
    text = calibrated(line, name, [*shifted, *moves], day)
    final = parse(text)
    if shifted != fits:
        trace = _run(final, fits, seed)
    return Calibration(
        text,
        final,
        tuple(_shown(trace, fit) for fit in shifted),
        tuple(shown(trace, one) for one in moves),
        tuple(unfits),
    )


def _textures(
    line: Line, tables: Sequence[Table], names: Names, seed: int
) -> Iterator[TagFit | Unfit]:
    if any(table.signals for table in tables):
        yield from textures(line, tables, names, _run(line, (), seed))


def _times(line: Line, tables: Sequence[Table], names: Names) -> list[Fit | Unfit]:
    found: list[Fit | Unfit] = []
    run = rows_by_station(tables, "cycles", names)
    stopped = rows_by_station(tables, "stops", names)
    for name in dict.fromkeys([*run, *stopped]):
        station = line.station_by_id.get(name)
        if station is None:
            why = _("the line has no such station; map it to one of {known}").format(
                known=", ".join(line.station_by_id)
            )
            found.append(Unfit(name, why))
            continue
        if name in run:
            found += cycles(line, station, run[name], stopped.get(name))
        if name in stopped:
            found += stops(station, stopped[name], run.get(name))
    if not run and not stopped:
        return found
    for station in line.stations:
        if station.id not in run and station.id not in stopped:
            why = _("no records: left as it was")
            found.append(Unfit(station.id, why))
    return found


def _run(line: Line, fits: Sequence[Fit], seed: int) -> Trace:
    """A run long enough to compare with."""
    shown = [float(np.mean(fit.sample)) for fit in fits if fit.path[-1] != "after"]
    longest = max(shown, default=0.0)
    run = Run(line, seed)
    run.advance(min(max(RECORDS * longest, LEAST), MOST))
    return run.trace


def _observed(trace: Trace, fit: Fit) -> Floats:
    """The times that a fit is of, as a run shows them, s."""
    station, what = str(fit.path[1]), fit.path[2]
    stopped = observe.stops(trace, station)
    if what == "cycle":
        seen = observe.cycles(trace, station)
        down = Spells(stopped.begin, stopped.end)
        times = seen.duration - (down(seen.end) - down(seen.begin))
        if len(fit.path) == 4:
            times = times[seen.number == trace.line.products.index(str(fit.path[3]))]
        return times
    mine = stopped.number == fit.path[3]
    if fit.path[4] == "repair":
        return np.asarray(stopped.duration[mine])
    return np.empty(0)  # time between stops is working time: nothing to add to it


def _shifted(line: Line, trace: Trace, fit: Fit) -> Fit:
    """A cycle's law moved by what the machine's own physics adds to it."""
    if fit.path[2] != "cycle" or line.station_by_id[str(fit.path[1])].equipment.cycle is None:
        return fit
    seen = _observed(trace, fit)
    law = fit.fitted.law
    if len(seen) < RECORDS / 10 or not hasattr(law, "mean"):
        return fit
    added = float(np.median(seen) - np.median(fit.sample))
    if abs(added) < OWN * law.mean:
        return fit
    mean = max(law.mean - added, 0.01 * law.mean)
    moved = law.model_copy(update={"mean": mean})
    note = _("{time:.3g} s of it are the machine's own (its parameters), and taken off").format(
        time=added
    )
    return replace(fit, value=written(moved), notes=(*fit.notes, note))


def _shown(trace: Trace, fit: Fit) -> Fit:
    return replace(fit, shown=_observed(trace, fit))

"""`export`: telemetry, truth and data sheet of a run, together or not at all.

For `oven.parquet` these files appear:

    oven.parquet         telemetry: one row an instant, one column a tag; no truth in it
    oven.md              data sheet: where it comes from, and what each column means
    oven.truth.parquet   the same instants: which faults were at work, and how far they had come
    oven.faults.csv      one row a fault: its four label times
    oven.parts.parquet   one row a hidden value of a part
    oven.origin.md       scenario, seed and commands: with it anybody can make the run again
    oven.genealogy.parquet  one row a lot or part that went into a part, where the line has such

Telemetry and truth are written in pieces: memory does not grow with the number of rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args

import numpy as np
import pyarrow as pa

from twin.equipment.tag import Tag
from twin.errors import RunDirError, UsageError
from twin.export import genealogy, truth
from twin.export.columns import TAG_TYPES, TIME, Format, TableFile, dates, tag_column
from twin.export.origin import origin
from twin.export.sheet import Facts, sheet
from twin.i18n import _
from twin.signals import select, stream
from twin.trace.folder import whole_files, writing
from twin.trace.trace import Trace
from twin.units import seconds

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
FORMATS: Final[tuple[str, ...]] = get_args(Format)
VALUES_AT_ONCE: Final = 1 << 22
Progress = Callable[[float, float], None]


DEFAULT_LICENCE = "Apache-2.0"  # the product's own, for scenarios that name none


@dataclass(frozen=True)
class Exported:
    """What was written: the files, telemetry first, and how many rows and tags it has."""

    files: tuple[Path, ...]
    rows: int
    tags: int


@dataclass(frozen=True)
class Window:
    """The grid of a data set: instants `k * every` in [start, stop), s."""

    every: float
    start: float
    stop: float

    @property
    def rows(self) -> int:
        """How many instants it has."""
        first, end = (int(np.ceil(x / self.every - 1e-9)) for x in (self.start, self.stop))
        return max(0, end - first)


def export(
    trace: Trace,
    every: str | float,
    out: str | os.PathLike[str],
    tags: str | Sequence[str] = "*",
    start: str | float = 0.0,
    stop: str | float | None = None,
    format: str | None = None,
    *,
    epoch: datetime | None = None,
    licence: str = "",
    force: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write what the tags showed every `every` ("1s" or s) in [start, stop) to the file `out`.

    `format` is "parquet" or "csv"; left out, the ending of `out` decides. `epoch` is the date of
    simulated 0; left out, the start of the line's calendar. Both formats hold the same values, and
    `twin.sample` gives them too.
    `licence` is named in the data sheet; left out, the scenario's own. Raises
    UsageError for what cannot be asked for, and RunDirError when a file exists (unless `force`)
    or cannot be written; then none of them is written.
    """
    path = Path(os.path.abspath(out))
    form = form_of(path, format)
    window = window_of(trace, every, start, stop)
    chosen = select(trace.line, tags)
    epoch = epoch or epoch_of(trace)
    stem = path.name.removesuffix(path.suffix) if path.suffix[1:] in FORMATS else path.name
    descent = [f".genealogy.{form}"] if genealogy.traceable(trace.line) else []
    endings = (*descent, ".origin.md", f".parts.{form}", ".faults.csv", f".truth.{form}", ".md")
    paths = (*(path.with_name(stem + ending) for ending in endings), path)
    refuse_existing(paths, force)
    facts = Facts(
        path.name, window.every, window.start, window.stop, window.rows, epoch,
        licence or trace.line.scenario.licence or DEFAULT_LICENCE,
        [(p.name, what) for p, what in zip(paths[:-2], COMPANIONS[2 - len(paths) :], strict=True)],
    )  # fmt: skip
    with whole_files(*paths) as temporary, writing(path):
        *rest, again, parts, faults, labels, data_sheet, telemetry = temporary
        for file in rest:
            _write_genealogy(trace, file, form, window, epoch)
        again.write_text(origin(trace), encoding="utf-8")
        write_parts(trace, parts, form, window, epoch)
        write_faults(trace, faults, window)
        data_sheet.write_text(sheet(trace, chosen, facts), encoding="utf-8")
        _write_rows(trace, chosen, telemetry, labels, form, window, epoch, progress)
    return Exported((path, *reversed(paths[:-1])), window.rows, len(chosen))


def epoch_of(trace: Trace) -> datetime:
    """Date of simulated 0: the start of the line's calendar, in UTC, or an agreed one without."""
    calendar = trace.line.calendar
    return EPOCH if calendar is None else calendar.start.astimezone(UTC)


COMPANIONS = (
    "no truth: which lots and parts went into which part, one row each",
    "truth: scenario, seed and commands, with which anybody can make the run again",
    "truth: hidden values of parts, one row each",
    "truth: one row a fault, with its label times",
    "truth: active faults and the phase of each, at the same instants",
)


def _write_rows(
    trace: Trace,
    tags: Sequence[Tag],
    telemetry: Path,
    labels: Path,
    form: Format,
    window: Window,
    epoch: datetime,
    progress: Progress | None,
) -> None:
    """Telemetry and labels side by side, a piece at a time."""
    fields = [("t", pa.float64()), ("time", TIME), *((t.key, TAG_TYPES[t.kind]) for t in tags)]
    truths = truth.Labels(trace)
    piece = max(256, VALUES_AT_ONCE // max(1, len(tags)))
    keys, done = [tag.key for tag in tags], 0
    with ExitStack() as stack:
        shown = stack.enter_context(TableFile(telemetry, pa.schema(fields), form))
        hidden = stack.enter_context(TableFile(labels, truths.schema, form))
        for ticks, values in stream(trace, keys, window.start, window.stop, window.every, piece):
            columns = {tag.key: tag_column(tag, row) for tag, row in zip(tags, values, strict=True)}
            shown.write({"t": pa.array(ticks), "time": dates(ticks, epoch), **columns})
            hidden.write(truths.columns(ticks, epoch))
            done += len(ticks)
            if progress is not None:
                progress(float(done), float(window.rows))


def write_faults(trace: Trace, path: Path, window: Window) -> None:
    """The faults at work in the window, with their label times."""
    with TableFile(path, truth.FAULT_SCHEMA, "csv") as file:
        file.write(truth.fault_columns(trace, window.start, window.stop))


def write_parts(trace: Trace, path: Path, form: Format, window: Window, epoch: datetime) -> None:
    """The hidden values of parts in the window."""
    with TableFile(path, truth.PART_SCHEMA, form) as file:
        for columns in truth.part_columns(trace, window.start, window.stop, epoch):
            file.write(columns)


def _write_genealogy(
    trace: Trace, path: Path, form: Format, window: Window, epoch: datetime
) -> None:
    with TableFile(path, genealogy.SCHEMA, form) as file:
        file.write(genealogy.columns(trace, window.start, window.stop, epoch))


def form_of(path: Path, wanted: str | None) -> Format:
    """The file format that is wanted, or that the ending of the file says."""
    ending = path.suffix[1:]
    for form in get_args(Format):
        if wanted == form or (wanted is None and ending == form):
            if ending in FORMATS and ending != form:
                break
            return form  # type: ignore[no-any-return]
    raise UsageError(
        _("{path}: expected a file that ends in .parquet or .csv, or a matching format").format(
            path=path.name
        )
    )


def window_of(
    trace: Trace, every: str | float, start: str | float, stop: str | float | None
) -> Window:
    """The grid that is asked for. Raises UsageError when the run does not cover it."""
    try:
        step, begin = seconds(every), seconds(start)
        end = trace.now if stop is None else seconds(stop)
    except ValueError as error:
        raise UsageError(_("expected {problem}").format(problem=error)) from None
    if not 0.0 < step < float("inf"):
        raise UsageError(
            _("the time between rows must be above 0 s, got {step:g} s").format(step=step)
        )
    if not 0.0 <= begin < end <= trace.now:
        raise UsageError(
            _(
                "the rows must lie in [0 s, {now:g} s), which is what the run covers; "
                "got [{begin:g} s, {end:g} s)"
            ).format(now=trace.now, begin=begin, end=end)
        )
    return Window(step, begin, end)


def refuse_existing(paths: Sequence[Path], force: bool) -> None:
    """Raise RunDirError for the first file that is there already."""
    for path in paths:
        if path.is_dir() or (path.exists() and not force):
            raise RunDirError(
                _("{path} exists already: choose another name, or replace it with --force").format(
                    path=path
                ),
                path=str(path),
            )

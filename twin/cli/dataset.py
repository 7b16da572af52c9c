"""The command that writes data sets: export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twin.cli.console import progress, span
from twin.cli.guard import say
from twin.cli.simulate import trace_of
from twin.errors import UsageError
from twin.i18n import _


@dataclass(frozen=True)
class Source:
    """The run to export: a run folder, or a line with how to run it."""

    name: str
    duration: str
    seed: int
    faults: Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """The data set to make."""

    out: Path
    every: str
    tags: Sequence[str]
    start: str
    stop: str | None
    format: str | None
    epoch: str | None
    licence: str
    dirt: str = "clean"
    level: int | None = None
    records: bool = False

    @property
    def arrived(self) -> bool:
        """Whether what arrived is wanted, instead of what the sensors showed on a grid."""
        return self.records or self.dirt != "clean" or self.level is not None


def export(source: Source, wanted: Wanted, force: bool) -> None:
    """Write a data set and its companions, and name them."""
    from twin.export import export as write
    from twin.export import export_records
    from twin.field import level, profile

    profile(wanted.dirt)
    if wanted.level is not None:
        level(wanted.level)
    if wanted.level == 0:
        sheet(source, wanted.out, wanted.epoch, force)
        return
    every, start = span(wanted.every, "--every"), span(wanted.start, "--from")
    stop = None if wanted.stop is None else span(wanted.stop, "--to")
    epoch = None if wanted.epoch is None else date(wanted.epoch)
    trace = trace_of(source.name, span(source.duration, "--for"), source.seed, source.faults)
    with progress(wanted.out.name) as update:
        if wanted.arrived:
            done = export_records(
                trace, wanted.out, wanted.tags, start, stop, wanted.format, dirt=wanted.dirt,
                level=wanted.level, epoch=epoch, licence=wanted.licence, force=force,
                progress=update,
            )  # fmt: skip
        else:
            done = write(
                trace, every, wanted.out, wanted.tags, start, stop, wanted.format,
                epoch=epoch, licence=wanted.licence, force=force, progress=update,
            )  # fmt: skip
    say(_("{rows} rows of {tags} tags:").format(rows=done.rows, tags=done.tags))
    for file in done.files:
        say(f"  {file}")


def sheet(source: Source, out: Path, epoch: str | None, force: bool) -> None:
    """Write the shift sheets of a run and their truth, and name them."""
    from twin.export import export_sheet

    trace = trace_of(source.name, span(source.duration, "--for"), source.seed, source.faults)
    done = export_sheet(trace, out, epoch=None if epoch is None else date(epoch), force=force)
    say(_("{rows} entries:").format(rows=done.rows))
    for file in done.files:
        say(f"  {file}")


def date(text: str) -> datetime:
    """A date and time; UTC when it names no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("--epoch: expected a date such as 2026-01-01T00:00:00Z, found {found}").format(
                found=text
            )
        ) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

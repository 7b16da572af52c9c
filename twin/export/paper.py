"""Level 0 as files: the shift sheets of a run, and what really happened."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from twin.errors import UsageError
from twin.export.dataset import Exported, epoch_of, refuse_existing
from twin.field.sheet import HEAD, TRUTH_HEAD, as_rows, sheet, truth_rows
from twin.i18n import _
from twin.trace.folder import whole_files, writing
from twin.trace.trace import Trace


def export_sheet(
    trace: Trace,
    out: str | os.PathLike[str],
    *,
    epoch: datetime | None = None,
    force: bool = False,
) -> Exported:
    """Write the sheets of all shifts that are over to the CSV file `out`.

    The truth goes to a file of its own, `.truth.csv`. Raises UsageError when no shift is over, and
    RunDirError when a file exists (unless `force`) or cannot be written.
    """
    path = Path(os.path.abspath(out))
    if path.suffix != ".csv":
        raise UsageError(_("{path}: a shift sheet ends in .csv").format(path=path.name))
    truth = path.with_name(path.stem + ".truth.csv")
    refuse_existing((truth, path), force)
    entries = sheet(trace)
    date = epoch or epoch_of(trace)
    with whole_files(truth, path) as (hidden, shown), writing(path):
        _write(hidden, TRUTH_HEAD, truth_rows(trace, entries, date))
        _write(shown, HEAD, as_rows(trace, entries, date))
    return Exported((path, truth), len(entries.written), 0)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)

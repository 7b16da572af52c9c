"""Claims from files in the solution's folder: CSV, Parquet or JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from twin.i18n import _
from twin.judge.claims import Complaint

READERS: Mapping[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": lambda path: pl.read_csv(path, infer_schema=False),  # texts: types come later
    ".parquet": pl.read_parquet,
    ".jsonl": lambda path: pl.read_ndjson(path, infer_schema_length=None),
}


def read_files(table: str, folder: Path, pattern: str) -> tuple[pl.DataFrame, list[Complaint]]:
    """Rows of all files a pattern means, one after the other by name; a broken file is left out."""
    frames, complaints = [], []
    for path in sorted(folder.glob(pattern)):
        if not path.resolve().is_relative_to(folder.resolve()):
            complaints.append(Complaint(table, path.name, _("outside the solution's folder"), 0))
            continue
        reader = READERS.get(path.suffix)
        if reader is None:
            wanted = ", ".join(READERS)
            complaints.append(
                Complaint(table, path.name, _("expected {wanted}").format(wanted=wanted), 0)
            )
            continue
        if path.stat().st_size == 0:
            continue
        try:
            frames.append(reader(path))
        except (PolarsError, OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:200]
            complaints.append(
                Complaint(table, path.name, _("cannot be read: {why}").format(why=reason), 0)
            )
    if not frames:
        return pl.DataFrame(), complaints
    return joined(frames), complaints


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames below one another; where their types differ, all become text."""
    try:
        return pl.concat(frames, how="diagonal_relaxed")
    except PolarsError:
        return pl.concat([one.cast(pl.String) for one in frames], how="diagonal")

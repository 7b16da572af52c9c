"""Writing a run: rows as they come, in bounded memory, into a folder that appears when complete."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from twin.errors import RunDirError
from twin.i18n import _
from twin.line.line import Line
from twin.trace.folder import whole_folder, writing
from twin.trace.journal import Command, to_lines
from twin.trace.tables import TABLES, Column
from twin.version import __version__

FORMAT: Final = "twin-run"
SCHEMA: Final = 1
MANIFEST, SCENARIO, JOURNAL = "manifest.json", "line.yaml", "journal.jsonl"
ROW_GROUP: Final = 1 << 17
"""Rows written at once; more rows make no more memory."""

_ARROW = {"f8": pa.float64(), "i1": pa.int8(), "i4": pa.int32(), "i8": pa.int64()}
_CODES = ["place", "state", "kind", "quantity", "product"]  # few different values: dictionaries


@contextmanager
def new_run(
    folder: str | os.PathLike[str], line: Line, seed: int, *, force: bool = False
) -> Iterator[RunWriter]:
    """A writer of a new run folder, which appears when the block ends after `finish`.

    Left in any other way, nothing stays of it. Raises RunDirError when the folder exists (`force`
    replaces a run by a run), cannot be written, or the disk is full.
    """
    path = Path(os.path.abspath(folder))
    check_free(path, force=force)
    with whole_folder(path, force) as temporary:
        writer = RunWriter(temporary, path, line, seed)
        try:
            yield writer
            if writer.manifest is None:
                raise RunDirError(_("{path}: the run was not finished").format(path=path))
        except BaseException:
            writer.abandon()
            raise


class RunWriter:
    """Takes a run's rows as they come and keeps at most a row group of each table in memory."""

    def __init__(self, folder: Path, name: Path, line: Line, seed: int) -> None:
        self.line, self.seed = line, seed
        self.manifest: dict[str, Any] | None = None
        self._folder, self._name = folder, name
        with writing(name):
            self._tables = {
                table: _TableFile(folder / f"{table}.parquet", columns)
                for table, columns in TABLES.items()
            }

    def __call__(self, chunk: Mapping[str, Mapping[str, Column]], now: float) -> None:
        """Take the rows recorded up to `now`; fits `consume` of `twin.kernel.run.run`."""
        with writing(self._name):
            for name, table in self._tables.items():
                table.add(chunk[name])

    def finish(self, now: float, journal: Sequence[Command] = ()) -> dict[str, Any]:
        """Complete the run, which is known before `now` (s); return its manifest."""
        with writing(self._name):
            for table in self._tables.values():
                table.close()
            (self._folder / SCENARIO).write_text(self.line.text, encoding="utf-8", newline="")
            (self._folder / JOURNAL).write_text(to_lines(journal), encoding="utf-8")
            self.manifest = self._manifest(float(now), journal)
            text = json.dumps(self.manifest, indent=1, ensure_ascii=False) + "\n"
            (self._folder / MANIFEST).write_text(text, encoding="utf-8")
        return self.manifest

    def abandon(self) -> None:
        """Let go of the files; what is in them does not matter any more."""
        for table in self._tables.values():
            table.abandon()

    def _manifest(self, now: float, journal: Sequence[Command]) -> dict[str, Any]:
        line, names = self.line, sorted(p.name for p in self._folder.iterdir())
        files: dict[str, dict[str, object]] = {}
        for name in names:
            path = self._folder / name
            files[name] = {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for name, table in self._tables.items():
            files[f"{name}.parquet"]["rows"] = table.rows
        return {
            "format": FORMAT,
            "schema": SCHEMA,
            "twin": __version__,
            "scenario": {"id": line.id, "version": line.version, "digest": line.digest},
            "seed": self.seed,
            "duration_s": now,
            "commands": len(journal),
            "digest": _trace_digest(self._folder, line, self.seed, now, journal),
            "files": files,
            "places": list(line.places),
            "products": list(line.products),
            "quantities": list(line.quantities),
            "readings": list(line.readings),
            "faults": [fault.id for fault in line.faults],
        }


class _TableFile:
    """One Parquet file; rows wait until a row group is full, so cuts leave no mark in it."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self.rows = 0
        self._columns = columns
        self._waiting: list[Mapping[str, Column]] = []
        self._count = 0
        self._schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
        self._file = path.open("wb")
        self._writer: Any = pq.ParquetWriter(
            self._file,
            self._schema,
            compression="zstd",
            use_dictionary=[name for name in columns if name in _CODES],
        )

    def add(self, chunk: Mapping[str, Column]) -> None:
        """Take rows; full row groups go to the file."""
        rows = len(chunk["t"])
        if not rows:
            return
        self._waiting.append(chunk)
        self._count += rows
        self.rows += rows
        if self._count < ROW_GROUP:
            return
        whole = self._joined()
        full = self._count - self._count % ROW_GROUP
        for begin in range(0, full, ROW_GROUP):
            self._write({name: v[begin : begin + ROW_GROUP] for name, v in whole.items()})
        self._waiting = [{name: values[full:].copy() for name, values in whole.items()}]
        self._count -= full

    def close(self) -> None:
        """Write the rows that wait, and the file's end."""
        if self._count:
            self._write(self._joined())
        self._waiting, self._count = [], 0
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file, whatever state it is in."""
        for closing in (self._writer, self._file):
            try:
                closing.close()
            except (OSError, pa.ArrowException):
                continue

    def _joined(self) -> dict[str, Column]:
        return {
            name: np.concatenate([chunk[name] for chunk in self._waiting]) for name in self._columns
        }

    def _write(self, columns: Mapping[str, Column]) -> None:
        arrays = [pa.array(columns[name]) for name in self._columns]
        self._writer.write_table(pa.table(arrays, schema=self._schema), row_group_size=ROW_GROUP)


def check_free(folder: str | os.PathLike[str], *, force: bool = False) -> None:
    """Raise RunDirError when a run cannot go there: a long run should know before it begins.

    `force` allows to replace a run, never a folder that holds something else.
    """
    path = Path(folder)
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not (path / MANIFEST).is_file():
        text = _("{path} exists and is not a run: choose another name")
    elif not force:
        text = _("{path} exists already: choose another name, or replace it with --force")
    else:
        return
    raise RunDirError(text.format(path=path), path=str(path))


def _trace_digest(path: Path, line: Line, seed: int, now: float, journal: Sequence[Command]) -> str:
    """`Trace.digest` of what the files hold, read back column by column."""
    total = hashlib.sha256(f"{line.digest} {seed} {now!r}".encode())
    total.update(to_lines(journal).encode())
    for name, columns in TABLES.items():
        with pq.ParquetFile(path / f"{name}.parquet") as file:
            for column in columns:
                for number in range(file.num_row_groups):
                    group = file.read_row_group(number, columns=[column])
                    total.update(group.column(0).to_numpy().tobytes())
    return total.hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

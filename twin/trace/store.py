"""A run on disk: a folder with the scenario, the journal, one Parquet file a table, a manifest.

    run/manifest.json   written last: versions, seed, counts, a SHA-256 of each other file
    run/line.yaml       the scenario's text, so that the folder can be read alone
    run/journal.jsonl   every command with its time
    run/log.parquet     and parts, events, readings, tracks: see `twin.trace.tables`

The folder is the instructor's: it holds the truth. `twin.export` makes what others may see. The
same run gives the same bytes, however it was cut into pieces.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from twin.errors import RunDirError, ScenarioError
from twin.i18n import _
from twin.line.loading import load
from twin.trace.journal import from_lines
from twin.trace.tables import TABLES
from twin.trace.trace import Trace
from twin.trace.writer import (
    FORMAT,
    JOURNAL,
    MANIFEST,
    SCENARIO,
    SCHEMA,
    check_free,
    new_run,
    sha256_of,
)
from twin.version import __version__

__all__ = ["check_free", "is_run", "new_run", "open_run", "read_manifest", "save"]


def save(trace: Trace, folder: str | os.PathLike[str], *, force: bool = False) -> dict[str, Any]:
    """Write a trace to a new run folder and return its manifest.

    Raises RunDirError when the folder exists (unless `force`) or cannot be written; nothing
    half-written stays.

    >>> import tempfile, twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "10min", seed=1)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     manifest = twin.save(trace, f"{place}/run")
    >>> manifest["seed"], manifest["duration_s"]
    (1, 600.0)
    """
    with new_run(folder, trace.line, trace.seed, force=force) as writer:
        writer({name: trace.table(name).as_dict() for name in TABLES}, trace.now)
        return writer.finish(trace.now, trace.journal)


def open_run(folder: str | os.PathLike[str]) -> Trace:
    """The trace of a run folder, every file checked against the manifest.

    Raises RunDirError when the folder is not a finished run, is damaged, or was written in a
    format this version does not read.

    >>> import tempfile, twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "10min", seed=1)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     manifest = twin.save(trace, f"{place}/run")
    ...     same = twin.open_run(f"{place}/run")
    >>> same.digest == trace.digest == manifest["digest"]
    True
    """
    path = Path(folder)
    manifest = read_manifest(path)
    _verify(path, manifest)
    try:
        line = load(path / SCENARIO)
    except ScenarioError as error:
        raise RunDirError(
            _("{path}: twin {version} cannot read the scenario of this run:\n{problems}").format(
                path=path, version=__version__, problems=error.message
            )
        ) from error
    trace = Trace(line, manifest["seed"])
    for name, columns in TABLES.items():
        for group in _groups(path / f"{name}.parquet"):
            trace.table(name).extend(
                {column: group.column(column).to_numpy() for column in columns}
            )
    trace.journal = from_lines((path / JOURNAL).read_text(encoding="utf-8"))
    trace.now = float(manifest["duration_s"])
    return trace


def read_manifest(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The manifest of a finished run. Raises RunDirError when there is none this version reads."""
    path = Path(folder)
    if not path.is_dir():
        raise RunDirError(_("{path}: there is no run folder of this name").format(path=path))
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT
        schema = manifest["schema"]
    except FileNotFoundError:
        raise RunDirError(
            _(
                "{path} is not a finished run: {file} is missing. It was interrupted, or is "
                "something else; run it again."
            ).format(path=path, file=MANIFEST),
            path=str(path),
        ) from None
    except OSError as error:
        reason = error.strerror or error
        raise RunDirError(f"{path / MANIFEST}: {reason}", path=str(path)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, MANIFEST) from error
    if not known or schema != SCHEMA:
        raise RunDirError(
            _(
                "{path}: this run was written in format {found} by twin {writer}; twin {version} "
                "reads format {expected}. Run it again with this version."
            ).format(
                path=path,
                found=f"{manifest['format']} {schema}",
                expected=f"{FORMAT} {SCHEMA}",
                writer=manifest.get("twin", "?"),
                version=__version__,
            ),
            path=str(path),
        )
    return dict(manifest)


def is_run(folder: str | os.PathLike[str]) -> bool:
    """Whether a path is a folder that holds a run's manifest."""
    return (Path(folder) / MANIFEST).is_file()


def _verify(path: Path, manifest: Mapping[str, Any]) -> None:
    try:
        expected = {name: entry["sha256"] for name, entry in manifest["files"].items()}
        needed = {SCENARIO, JOURNAL, *(f"{name}.parquet" for name in TABLES)}
        complete = needed <= set(expected)
        seed, now = manifest["seed"], manifest["duration_s"]
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, MANIFEST) from error
    if not complete or not isinstance(seed, int) or not isinstance(now, float):
        raise _damaged(path, MANIFEST)
    for name in sorted(needed):
        try:
            found = sha256_of(path / name)
        except OSError as error:
            raise _damaged(path, name) from error
        if found != expected[name]:
            raise _damaged(path, name)


def _damaged(path: Path, name: str) -> RunDirError:
    return RunDirError(
        _(
            "{path}: the run is damaged: {file} is missing or is not what was written. "
            "Restore it from a copy, or run it again."
        ).format(path=path, file=name),
        path=str(path),
        file=name,
    )


def _groups(path: Path) -> Iterator[Any]:
    """Row groups of a table, one after another."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)

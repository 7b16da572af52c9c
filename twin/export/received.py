"""A run as its plant network delivers it: records in the long format, and their truth.

For `oven.parquet` these files appear:

    oven.parquet         one row a value that arrived, in order of arrival; no truth in it
    oven.md              data sheet: where it comes from, the profile, the level, each tag
    oven.dirt.csv        truth: what was done to the values on the way, one row each
    oven.faults.csv      truth: one row a fault, with its four label times
    oven.parts.parquet   truth: one row a hidden value of a part
    oven.origin.md       truth: scenario, seed and commands, to make the run again
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from twin.export.columns import LABEL, NAME, TIME, Format, TableFile, dates, labelled
from twin.export.dataset import (
    DEFAULT_LICENCE,
    FORMATS,
    Exported,
    Progress,
    epoch_of,
    form_of,
    refuse_existing,
    window_of,
    write_faults,
    write_parts,
)
from twin.export.origin import origin
from twin.export.sheet import Facts
from twin.export.sheet_received import received_sheet
from twin.field import QUALITIES, Deed, Feed, Network, Records, network
from twin.field.network import choose, merged, only
from twin.trace.folder import whole_files, writing
from twin.trace.trace import Trace

AT_ONCE = 3600.0  # s of looks at once
SCHEMA = pa.schema(
    [
        ("time", TIME),
        ("arrival", TIME),
        ("tag", NAME),
        ("value", pa.float64()),
        ("quality", LABEL),
    ]
)
DIRT_SCHEMA = pa.schema(
    [
        ("class", pa.string()),
        ("tag", pa.string()),
        ("from_s", pa.float64()),
        ("to_s", pa.float64()),
        ("size", pa.float64()),
        ("records", pa.int64()),
    ]
)
COMPANIONS = (
    "truth: scenario, seed and commands, with which anybody can make the run again",
    "truth: hidden values of parts, one row each",
    "truth: one row a fault, with its label times",
    "truth: what was done to the values on the way, one row each",
    "",
)


def export_records(
    trace: Trace,
    out: str | os.PathLike[str],
    tags: str | Sequence[str] = "*",
    start: str | float = 0.0,
    stop: str | float | None = None,
    format: str | None = None,
    *,
    dirt: str = "clean",
    level: int | None = None,
    epoch: datetime | None = None,
    licence: str = "",
    force: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write what a receiver gets of the looks in [start, stop) to the file `out`.

    `dirt` names the profile and `level` the level of digitalisation; `tags` are keys or globs of
    what that level shows. Raises UsageError for what cannot be asked for, and RunDirError when a
    file exists (unless `force`) or cannot be written; then none of them is written.
    """
    path = Path(os.path.abspath(out))
    form = form_of(path, format)
    window = window_of(trace, AT_ONCE, start, stop)
    net = network(trace.line, trace.seed, dirt, level)
    names = choose(net, tags)
    date = epoch or epoch_of(trace)
    stem = path.name.removesuffix(path.suffix) if path.suffix[1:] in FORMATS else path.name
    endings = (".origin.md", f".parts.{form}", ".faults.csv", ".dirt.csv", ".md")
    paths = (*(path.with_name(stem + ending) for ending in endings), path)
    refuse_existing(paths, force)
    with whole_files(*paths) as temporary, writing(path):
        again, parts, faults, deeds, data_sheet, telemetry = temporary
        again.write_text(origin(trace), encoding="utf-8")
        write_parts(trace, parts, form, window, date)
        write_faults(trace, faults, window)
        rows, truth = _write(
            trace, net, names, telemetry, form, (window.start, window.stop), date, progress
        )
        _write_deeds(deeds, truth)
        facts = Facts(
            path.name, 0.0, window.start, window.stop, rows, date,
            licence or trace.line.scenario.licence or DEFAULT_LICENCE,
            [(p.name, what) for p, what in zip(paths, COMPANIONS, strict=False) if what],
        )  # fmt: skip
        text = received_sheet(trace, [net.tags[name] for name in names], net, facts)
        data_sheet.write_text(text, encoding="utf-8")
    return Exported((path, *reversed(paths[:-1])), rows, len(names))


def _write(
    trace: Trace,
    net: Network,
    names: Sequence[str],
    path: Path,
    form: Format,
    window: tuple[float, float],
    epoch: datetime,
    progress: Progress | None,
) -> tuple[int, list[Deed]]:
    """Rows in order of arrival, an hour of looks at a time; how many, and the truth."""
    start, stop = window
    stations = {net.tags[name].station for name in names}
    feed = Feed(net, start, [one for one in net.gateways if one.station in stations])
    rows, deeds = 0, list[Deed]()
    with TableFile(path, SCHEMA, form) as file:
        while feed.now < stop:
            now = min(feed.now + AT_ONCE, stop)
            got = only(feed.advance(trace, now), names)
            deeds += got.truth
            rows += _append(file, got.records, epoch)
            if progress is not None:
                progress(now - start, stop - start)
        rows += _append(file, only(feed.rest(), names).records, epoch)
    return rows, merged(deeds)


def _append(file: TableFile, rows: Records, epoch: datetime) -> int:
    file.write(
        {
            "time": dates(rows.stamp, epoch),
            "arrival": dates(rows.arrival, epoch),
            "tag": pa.DictionaryArray.from_arrays(
                pa.array(rows.tag.astype(np.int32)), pa.array(rows.names)
            ),
            "value": pa.array(rows.value),
            "quality": labelled(rows.quality, QUALITIES),
        }
    )
    return len(rows)


def _write_deeds(path: Path, deeds: Sequence[Deed]) -> None:
    columns = list(zip(*deeds, strict=True)) or [()] * len(DIRT_SCHEMA)
    with TableFile(path, DIRT_SCHEMA, "csv") as file:
        file.write(
            {
                field.name: pa.array(list(column), field.type)
                for field, column in zip(DIRT_SCHEMA, columns, strict=True)
            }
        )

"""The data set an AI solution gets: what sensors showed, trial by trial, and no truth.

    line.json                  assets, tags with units and ranges, the time between rows
    train/<name>/telemetry.parquet   `time` (UTC) and one column a tag
    train/<name>/faults.csv    labels, for what the supplier may learn from
    test/<name>/telemetry.parquet    nothing beside it

Names of trials tell nothing. The solution writes <name>/predictions.csv or .parquet (and causes)
into its own folder, in the columns of the claim tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from twin.export.columns import dates, tag_column
from twin.export.dataset import epoch_of
from twin.judge.ai.episodes import Episode
from twin.line.line import Line
from twin.seeds import stream as random_stream
from twin.signals import select, stream
from twin.trace.trace import Trace

Frame = pl.DataFrame
Slice = Callable[[Frame, Line, np.random.Generator], Frame]
SEASON = 8.0  # K between winter and summer in the hall


def telemetry(
    trace: Trace, every: float, stop: float | None = None, tags: Sequence[str] = ("*",)
) -> Frame:
    """What every station's tags showed each `every` s in [0, stop): `time` and a column a tag."""
    patterns = (*tags, "*.State")
    own = {tag.key for station in trace.line.stations for tag in station.tags}
    chosen = [tag for tag in select(trace.line, patterns) if tag.key in own]
    keys, pieces, end = [tag.key for tag in chosen], [], trace.now if stop is None else stop
    for ticks, values in stream(trace, keys, 0.0, end, every):
        columns: dict[str, Any] = {"time": dates(ticks, epoch_of(trace))}
        columns |= {t.key: tag_column(t, row) for t, row in zip(chosen, values, strict=True)}
        pieces.append(pl.from_arrow(pa.table(columns)))
    return pl.concat([piece for piece in pieces if isinstance(piece, pl.DataFrame)])


def missing(frame: Frame, line: Line, rng: np.random.Generator) -> Frame:
    """Five values in a hundred are not there, each by itself."""
    columns = [
        frame[name].set(pl.Series(rng.random(frame.height) < 0.05), None) for name in _floats(frame)
    ]
    return frame.with_columns(columns)


def drift(frame: Frame, line: Line, rng: np.random.Generator) -> Frame:
    """Every instrument creeps off by up to one per cent of its range, evenly over the trial."""
    ramp = np.linspace(0.0, 1.0, frame.height)
    spans = {name: line.tags[name].high - line.tags[name].low for name in _floats(frame)}
    columns = [
        frame[name] + pl.Series(rng.uniform(-0.01, 0.01) * span * ramp)
        for name, span in spans.items()
    ]
    return frame.with_columns(columns)


def season(frame: Frame, line: Line, rng: np.random.Generator) -> Frame:
    """Summer: what stands below 60 degC, and so feels the hall, is 8 K warmer."""
    warm = [n for n in _floats(frame) if line.tags[n].unit == "°C" and line.tags[n].high <= 100.0]
    columns = []
    for name in warm:
        values = frame[name]
        feels = 1.0 - (values.clip(24.0, 60.0) - 24.0) / 36.0
        columns.append((values + SEASON * feels).alias(name))
    return frame.with_columns(columns)


def rename(frame: Frame, line: Line, rng: np.random.Generator) -> Frame:
    """Tags of one station carry other names, as after a change of its controller."""
    stations = [station.id for station in line.stations]
    chosen = stations[int(rng.integers(len(stations)))]
    return frame.rename({n: f"{n}_new" for n in frame.columns if n.split(".")[0] == chosen})


SLICES: Final[Mapping[str, Slice]] = {
    "missing": missing,
    "drift": drift,
    "season": season,
    "rename": rename,
}
"""What robustness is tried with: changes of the data alone; the truth stays as it is."""


def sliced(frame: Frame, name: str, trace: Trace) -> Frame:
    """The same data as a slice shows it; unchanged for ""."""
    if not name:
        return frame
    return SLICES[name](frame, trace.line, random_stream(trace.seed, "slice", name))


def describe(line: Line, every: float) -> str:
    """`line.json`: what a supplier knows of a line before he connects."""
    tags = [tag for station in line.stations for tag in station.tags]
    return json.dumps(
        {
            "line": line.id,
            "every_s": every,
            "assets": [{"id": s.id, "kind": s.kind, "title": s.title.en} for s in line.stations],
            "tags": [
                {"key": t.key, "asset": t.station, "title": t.title.en, "unit": t.unit,
                 "low": t.low, "high": t.high, "kind": t.kind}
                for t in tags
            ],
        },
        ensure_ascii=False,
        indent=1,
    )  # fmt: skip


def labels(trace: Trace, found: list[Episode]) -> Frame:
    """`faults.csv` of a training trial: one row a fault with its label times (UTC)."""
    zero = epoch_of(trace)

    def when(values: list[float]) -> pl.Series:
        finite = [None if v == np.inf else round(v * 1e6) for v in values]
        base = pl.Series([zero] * len(values), dtype=pl.Datetime("us", "UTC"))
        return base + pl.Series(finite, dtype=pl.Duration("us"))

    return pl.DataFrame(
        {
            "fault": [e.fault for e in found],
            "asset": [e.station for e in found],
            "onset": when([e.onset for e in found]),
            "observable": when([e.observable for e in found]),
            "failure": when([e.failure for e in found]),
            "end": when([e.end for e in found]),
        }
    )


def write_trial(
    folder: Path, frame: Frame, trace: Trace | None = None, found: list[Episode] | None = None
) -> None:
    """One trial's files; with `trace` and its episodes also the labels."""
    folder.mkdir(parents=True)
    frame.write_parquet(folder / "telemetry.parquet")
    if trace is not None:
        labels(trace, found or []).write_csv(folder / "faults.csv")


def _floats(frame: Frame) -> list[str]:
    return [name for name, kind in frame.schema.items() if kind == pl.Float64]

"""Tables of a simulated line in the forms that `calibrate` reads: to see what it wants."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from twin.calibrate import observe
from twin.signals.sampling import sample
from twin.trace.trace import Trace

TELEMETRY, EVERY = 4.0 * 3600.0, 1.0  # s, length and step of the example
EPOCH = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def write_examples(trace: Trace, folder: Path) -> list[Path]:
    """cycles.csv, stops.csv and, where instruments are, telemetry.csv (its last hours) of a run.

    Tunnels and fluid stations have no cycles.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in ("cycles", "stops", "telemetry")]
    _write(paths[0], ("station", "start", "end", "product"), _cycles(trace))
    _write(paths[1], ("station", "start", "end", "reason"), _stops(trace))
    tags = [t.key for t in trace.line.tags.values() if t.sensor]
    if not tags:
        return paths[:2]
    _write(paths[2], ("time", *tags), _telemetry(trace, tags))
    return paths


def _cycles(trace: Trace) -> Iterable[tuple[str, ...]]:
    for station in trace.line.stations:
        if station.fluid or station.residence is not None:
            continue
        seen = observe.cycles(trace, station.id)
        for begin, end, number in zip(seen.begin, seen.end, seen.number, strict=True):
            yield station.id, _date(begin), _date(end), trace.line.products[number]


def _stops(trace: Trace) -> Iterable[tuple[str, ...]]:
    for station in trace.line.stations:
        seen = observe.stops(trace, station.id)
        for begin, end, number in zip(seen.begin, seen.end, seen.number, strict=True):
            yield station.id, _date(begin), _date(end), station.spec.failures[number].id


def _telemetry(trace: Trace, tags: list[str]) -> Iterable[tuple[object, ...]]:
    t = np.arange(max(np.ceil(trace.now) - TELEMETRY, 0.0), trace.now, EVERY)
    values = sample(trace, tags, t)
    for i, instant in enumerate(t):
        yield _date(instant), *(f"{value:.10g}" for value in values[:, i])


def _date(t: float) -> str:
    return (EPOCH + timedelta(seconds=float(t))).isoformat(sep=" ", timespec="milliseconds")[:-6]


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)

"""Tables of a simulated line in the forms that `calibrate` reads: to see what it wants."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.calibrate import observe
from twin.trace.trace import Trace

EPOCH = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def write_examples(trace: Trace, folder: Path) -> list[Path]:
    """cycles.csv and stops.csv of a run; their paths. Tunnels and fluid stations have no cycles."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "cycles.csv", folder / "stops.csv"]
    _write(paths[0], ("station", "start", "end", "product"), _cycles(trace))
    _write(paths[1], ("station", "start", "end", "reason"), _stops(trace))
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


def _date(t: float) -> str:
    return (EPOCH + timedelta(seconds=float(t))).isoformat(sep=" ", timespec="milliseconds")[:-6]


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)

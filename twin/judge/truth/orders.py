"""What became of the orders of the ERP: at the line, and at every station."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from twin.judge.asking import ORDER
from twin.judge.trial import Incident, Trial
from twin.signals import sample
from twin.trace.book import Book, Entry
from twin.trace.job import JobState
from twin.trace.tables import EventKind, State
from twin.trace.trace import Trace

STATUS = {
    JobState.RUNNING: "running",
    JobState.ENDED: "ended",
    JobState.ABORTED: "aborted",
}
REVISION = "ProgramRev"  # tag of stations that have a programme a product


def asked(trial: Trial) -> list[Incident]:
    """Orders that the ERP released, in order."""
    return [one for one in trial.incidents if one.kind == ORDER]


@lru_cache(maxsize=8)
def entries(trial: Trial) -> dict[str, list[Entry]]:
    """Every order that the line was given, by its id; one given twice is there twice."""
    book = Book()
    book.follow(trial.trace)
    found: dict[str, list[Entry]] = {}
    for entry in book.entries:
        found.setdefault(entry.order.id, []).append(entry)
    return found


@lru_cache(maxsize=8)
def statuses(trial: Trial) -> pl.DataFrame:
    """When each order of the ERP began to run, ended or was aborted, and with how many good parts.

    Columns: order, status, t (simulated s), good.
    """
    rows = []
    for one in asked(trial):
        for entry in entries(trial).get(one.detail["order"], [])[:1]:
            told = set()
            for t, state in entry.changes:
                if state in STATUS and state not in told:
                    told.add(state)
                    rows.append((entry.order.id, STATUS[state], t, float(entry.good)))
    schema = {"order": pl.String, "status": pl.String, "t": pl.Float64, "good": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@lru_cache(maxsize=8)
def dispatched(trial: Trial) -> pl.DataFrame:
    """When each station began to work on each order, on which product, by which programme.

    Columns: order, station, product, start (simulated s), revision (null where the station shows
    none). Stations without parts are left out, since nothing tells orders apart there.
    """
    trace, rows = trial.trace, []
    for one in asked(trial):
        for entry in entries(trial).get(one.detail["order"], [])[:1]:
            mine = parts_of(trace, entry.number)
            for place, station in enumerate(trial.line.stations):
                if station.fluid:
                    continue
                log = trace.index.states(place)
                worked = (log.state == State.WORKING) & np.isin(log.part, mine)
                if not worked.any():
                    continue
                t = float(log.t[np.argmax(worked)])
                revision = _revision(trial, station.id, t)
                rows.append((entry.order.id, station.id, entry.order.product, t, revision))
    schema = {"order": pl.String, "station": pl.String, "product": pl.String, "start": pl.Float64,
              "revision": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def parts_of(trace: Trace, number: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Numbers of the parts that were begun for the order of this number, in order."""
    rows = trace.index.events(EventKind.JOB_PARTS, -1)
    ends = np.append(rows.part[1:], len(trace.parts))
    mine = rows.value.astype(np.int64) == number
    pieces = [np.arange(a, b) for a, b in zip(rows.part[mine], ends[mine], strict=True)]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int64)


def _revision(trial: Trial, station: str, t: float) -> str | None:
    key = f"{station}.{REVISION}"
    if key not in trial.line.tags:
        return None
    return str(int(sample(trial.trace, [key], [t])[0, 0]))

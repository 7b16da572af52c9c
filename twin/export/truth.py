"""The truth beside a data set: how far each fault had come, and what was hidden about parts.

A fault has four label times: onset, when its cause began; observable, when a measured value first
differed by three standard deviations of its noise; failure, when it first spoiled a part; repair,
when the cause was gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.export.columns import LABEL, TIME, dates, labelled
from twin.trace.genealogy import outcomes
from twin.trace.tables import EventKind
from twin.trace.trace import Trace

PHASES = ("none", "onset", "observable", "failure")
ROWS_AT_ONCE = 1 << 16
NEVER = float("inf")
FAULT_SCHEMA = pa.schema(
    [
        ("fault", pa.string()),
        ("station", pa.string()),
        ("cause", pa.string()),
        ("onset_s", pa.float64()),
        ("observable_s", pa.float64()),
        ("failure_s", pa.float64()),
        ("repair_s", pa.float64()),
    ]
)
PART_SCHEMA = pa.schema(
    [
        ("t", pa.float64()),
        ("time", TIME),
        ("part", pa.int64()),
        ("product", LABEL),
        ("station", LABEL),
        ("quantity", LABEL),
        ("unit", LABEL),
        ("value", pa.float64()),
        ("outcome", LABEL),
    ]
)


@dataclass
class Episode:
    """One life of a fault; label times in s, infinite for what did not come in the run."""

    fault: int
    onset: float
    observable: float = NEVER
    failure: float = NEVER
    repair: float = NEVER


def episodes(trace: Trace) -> list[Episode]:
    """Every life of every fault, in order of their onsets."""
    events = trace.events
    rows = np.flatnonzero(
        (events.kind >= EventKind.FAULT_ONSET) & (events.kind <= EventKind.FAULT_REPAIR)
    )
    found: list[Episode] = []
    latest: dict[int, Episode] = {}  # also after its repair: a part it spoilt may still show it
    for row in rows.tolist():
        kind, fault, t = int(events.kind[row]), int(events.value[row]), float(events.t[row])
        if kind == EventKind.FAULT_ONSET:
            latest[fault] = Episode(fault, t)
            found.append(latest[fault])
        elif kind == EventKind.FAULT_OBSERVABLE:
            latest[fault].observable = t
        elif kind == EventKind.FAULT_FAILURE:
            latest[fault].failure = t
        else:
            latest[fault].repair = t
    return found


def phases(lives: list[Episode], t: NDArray[np.float64]) -> NDArray[np.int8]:
    """Number of the phase (of PHASES) one fault is in at each instant."""
    out = np.zeros(len(t), dtype=np.int8)
    for life in lives:
        active = (t >= life.onset) & (t < life.repair)
        out[active] = 1
        out[active & (t >= life.observable)] = 2
        out[active & (t >= life.failure)] = 3
    return out


class Labels:
    """Truth at instants: the faults at work, and the phase of each fault of the line."""

    def __init__(self, trace: Trace) -> None:
        self._names = tuple(fault.id for fault in trace.line.faults)
        lives = episodes(trace)
        self._lives = [[e for e in lives if e.fault == i] for i in range(len(self._names))]
        fields = [("t", pa.float64()), ("time", TIME), ("active", pa.string())]
        self.schema = pa.schema([*fields, *((name, LABEL) for name in self._names)])

    def columns(self, t: NDArray[np.float64], epoch: datetime) -> dict[str, Any]:
        """Columns of the truth file at the instants `t` (s); `active` joins ids by a semicolon."""
        numbers = [phases(lives, t) for lives in self._lives]
        mask = sum(((n > 0).astype(np.int64) << i for i, n in enumerate(numbers)),
                   start=np.zeros(len(t), dtype=np.int64))  # fmt: skip
        sets, which = np.unique(mask, return_inverse=True)
        texts = [
            ";".join(name for i, name in enumerate(self._names) if value >> i & 1)
            for value in sets.tolist()
        ]
        return {
            "t": pa.array(t),
            "time": dates(t, epoch),
            "active": pa.array(texts, pa.string()).take(pa.array(which.ravel())),
            **{n: labelled(p, PHASES) for n, p in zip(self._names, numbers, strict=True)},
        }


def fault_columns(trace: Trace, start: float, stop: float) -> dict[str, Any]:
    """The faults at work at some instant of [start, stop), with their label times in the run."""
    lives = [e for e in episodes(trace) if e.onset < stop and e.repair > start]
    faults = [trace.line.faults[life.fault] for life in lives]
    times = {
        name: pa.array([None if x == NEVER else x for x in values], pa.float64())
        for name, values in (
            ("onset_s", [e.onset for e in lives]),
            ("observable_s", [e.observable for e in lives]),
            ("failure_s", [e.failure for e in lives]),
            ("repair_s", [e.repair for e in lives]),
        )
    }
    return {
        "fault": pa.array([fault.id for fault in faults], pa.string()),
        "station": pa.array([fault.station for fault in faults], pa.string()),
        "cause": pa.array([fault.kind.title.en for fault in faults], pa.string()),
        **times,
    }


def part_columns(
    trace: Trace, start: float, stop: float, epoch: datetime
) -> Iterator[dict[str, Any]]:
    """What was hidden about parts in [start, stop), a row a value; `outcome` is the run's end."""
    line, table = trace.line, trace.readings
    keys = [key.split(".", 1) for key in line.readings]
    hidden = np.array([q.hidden for q in line.readings.values()], dtype=np.bool_)
    stations = tuple(dict.fromkeys(station for station, _ in keys))
    quantities = tuple(dict.fromkeys(name for _, name in keys))
    units = tuple(dict.fromkeys(q.unit for q in line.readings.values()))
    station_of = np.array([stations.index(station) for station, _ in keys], dtype=np.int8)
    quantity_of = np.array([quantities.index(name) for _, name in keys], dtype=np.int8)
    unit_of = np.array([units.index(q.unit) for q in line.readings.values()], dtype=np.int8)
    names, outcome_of = outcomes(trace)
    for begin in range(0, len(table), ROWS_AT_ONCE):
        piece = slice(begin, begin + ROWS_AT_ONCE)
        t, quantity = table.t[piece], table.quantity[piece]
        rows = np.flatnonzero((t >= start) & (t < stop) & hidden[quantity])
        part, quantity = table.part[piece][rows], quantity[rows]
        yield {
            "t": pa.array(t[rows]),
            "time": dates(t[rows], epoch),
            "part": pa.array(part),
            "product": labelled(trace.parts.product[part], line.products),
            "station": labelled(station_of[quantity], stations),
            "quantity": labelled(quantity_of[quantity], quantities),
            "unit": labelled(unit_of[quantity], units),
            "value": pa.array(table.value[piece][rows]),
            "outcome": labelled(outcome_of[part], names),
        }

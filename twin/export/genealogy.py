"""Genealogy beside a data set: which lots and which parts went into which part.

It is no truth: a plant that reads its codes at every station knows as much.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from twin.export.columns import LABEL, TIME, dates
from twin.line.line import Line
from twin.trace.genealogy import merges, serial, uses
from twin.trace.trace import Trace

SCHEMA = pa.schema(
    [
        ("t", pa.float64()),
        ("time", TIME),
        ("part", pa.int64()),
        ("serial", pa.string()),
        ("station", LABEL),
        ("item", LABEL),
        ("number", pa.int64()),
    ]
)
PART = "part"  # what `item` says where a part went into another; else it names the material


def traceable(line: Line) -> bool:
    """Whether parts of this line are made of anything that can be traced."""
    kits = (sum(take.quantity for take in station.takes) > 1 for station in line.stations)
    return bool(line.feeds) or any(kits)


def columns(trace: Trace, start: float, stop: float, epoch: datetime) -> dict[str, Any]:
    """What went into parts in [start, stop), in order of time; `number` is the lot's or part's."""
    rows = [(use.t, use.part, use.station, use.material, use.lot) for use in uses(trace)]
    rows += [(t, into, station, PART, part) for t, into, station, part in merges(trace)]
    rows = sorted(row for row in rows if start <= row[0] < stop)
    return {
        "t": pa.array([row[0] for row in rows], pa.float64()),
        "time": dates(np.array([row[0] for row in rows]), epoch),
        "part": pa.array([row[1] for row in rows], pa.int64()),
        "serial": pa.array([serial(trace, row[1]) for row in rows], pa.string()),
        "station": _labels([row[2] for row in rows]),
        "item": _labels([row[3] for row in rows]),
        "number": pa.array([row[4] for row in rows], pa.int64()),
    }


def _labels(texts: list[str]) -> Any:
    return pa.array(texts, pa.string()).dictionary_encode().cast(LABEL)

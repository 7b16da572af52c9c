"""The records a logger at a simulated station would have kept: cycles and stops of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.metrics.cycles import cycles as cycles_in
from twin.trace.tables import EventKind
from twin.trace.trace import Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Observed:
    """Begin and end of each cycle or stop (s), and the number of its product or failure mode."""

    begin: Floats
    end: Floats
    number: Ints

    @property
    def duration(self) -> Floats:
        """How long each took, s."""
        return self.end - self.begin


def cycles(trace: Trace, station: str) -> Observed:
    """Finished cycles of a station; the parts of a batch are one."""
    place = trace.line.place(station)
    batches = trace.line.station_by_id[station].spec.batch is not None
    found = cycles_in(trace.index.states(place), batches=batches)
    first = np.unique(found.group, return_index=True)[1] if batches else np.arange(len(found.t))
    first = first[~np.isnan(found.finish[first])]
    products = np.asarray(trace.parts.product)[found.part[first]]
    return Observed(found.t[first], found.finish[first], products.astype(np.int64))


def stops(trace: Trace, station: str) -> Observed:
    """Repaired failures of a station."""
    place = trace.line.place(station)
    failed = trace.index.events(EventKind.FAILURE, place)
    repaired = trace.index.events(EventKind.REPAIRED, place)
    count = len(repaired.t)
    return Observed(
        np.asarray(failed.t[:count]),
        np.asarray(repaired.t),
        np.asarray(repaired.value).astype(np.int64),
    )

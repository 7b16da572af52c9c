"""When what is in a part flowed through each machine: backwards from where parts are packed.

What flows has no numbers. A part was packed from one instant to another (`PackBegan`, and its
birth); what it took then left each buffer as the unit number so and so, and came into it when that
many had come in: first in, first out, as everywhere in this line. A tank that is stirred mixes, so
there the window is that of the mean. So every machine has one stretch of time for every part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.line.line import Buffer, Station
from twin.physics.laws import evaluate
from twin.trace.tables import EventKind
from twin.trace.trace import Trace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Windows:
    """Of each part (shape (n,), rising): when its material began and ended to flow there, s."""

    part: NDArray[np.int64]
    begin: Floats
    end: Floats


def treated(trace: Trace, station: str, t: Floats) -> Floats:
    """Units a station has treated up to each instant."""
    return counted(trace, f"{station}.Made", t) + counted(trace, f"{station}.Lost", t)


def counted(trace: Trace, key: str, t: Floats) -> Floats:
    """Value of a counter's law at each instant."""
    laws = trace.index.laws(trace.quantity_number(key))
    rows = np.maximum(np.searchsorted(laws.t, t, side="right") - 1, 0)
    return evaluate(t - laws.t[rows], laws.value[rows], laws.target[rows], laws.tau[rows])


def windows(trace: Trace) -> dict[str, Windows]:
    """Windows at every station that material flows through on its way into parts."""
    found: dict[str, Windows] = {}
    for end in trace.line.stations:
        if end.spec.pack is not None:
            packed = trace.index.readings(trace.reading_number(f"{end.id}.PackBegan"))
            t = np.append(trace.index.laws(trace.quantity_number(f"{end.id}.Made")).t, packed.t)
            t = np.unique(np.append(t, packed.value))
            count = treated(trace, end.id, t)
            begin = _when(t, count, treated(trace, end.id, packed.value), side="right")
            here = Windows(packed.part, np.minimum(begin, packed.t), packed.t)
            _upstream(trace, end, here, found)
    return found


def _upstream(trace: Trace, station: Station, here: Windows, found: dict[str, Windows]) -> None:
    known = found.get(station.id)
    if known is not None:  # reached on two ways, or by two ends
        here = _joined(known, here)
    found[station.id] = here
    line = trace.line
    for take in station.takes:
        buffer = line.buffer_by_id[take.buffer]
        if buffer.fluid and buffer.feeders:
            before = _before(trace, buffer, here)
            for feeder in buffer.feeders:
                _upstream(trace, line.station_by_id[feeder], before, found)


def _joined(one: Windows, other: Windows) -> Windows:
    part = np.union1d(one.part, other.part)
    begin, end = np.full(len(part), np.inf), np.full(len(part), -np.inf)
    for rows in (one, other):
        at = np.searchsorted(part, rows.part)
        begin[at], end[at] = np.minimum(begin[at], rows.begin), np.maximum(end[at], rows.end)
    return Windows(part, begin, end)


def _before(trace: Trace, buffer: Buffer, here: Windows) -> Windows:
    """When what left a buffer in these windows had come into it."""
    line = trace.line
    numbers = [trace.quantity_number(f"{name}.Made") for name in buffer.feeders]
    t = np.unique(np.concatenate([trace.index.laws(number).t for number in numbers]))
    t = np.append(t, np.nextafter(trace.now, 0.0))
    come = sum(counted(trace, f"{name}.Made", t) for name in buffer.feeders)

    def gone(at: Floats) -> Floats:
        out = np.zeros(len(at))
        for name in buffer.takers:
            per = {take.buffer: take.quantity for take in line.station_by_id[name].takes}
            out += per[buffer.id] * treated(trace, name, at)
        return out

    drained = trace.index.events(EventKind.DRAINED, line.place(buffer.id))
    sums = np.concatenate([[0.0], np.cumsum(drained.value)])
    first = gone(here.begin) + sums[np.searchsorted(drained.t, here.begin, side="right")]
    last = gone(here.end) + sums[np.searchsorted(drained.t, here.end, side="left")]
    come = np.maximum.accumulate(np.asarray(come))
    begin = _when(t, come, first, side="right")
    end = _when(t, come, last, side="left")
    # rounding: nothing leaves before it has come, nor ends before it began
    begin = np.minimum(begin, here.begin)
    return Windows(here.part, begin, np.clip(end, begin, here.end))


def _when(t: Floats, count: Floats, wanted: Floats, side: str) -> Floats:
    """When a rising count, straight between the knots `t`, was at each wanted value.

    Where it stood still there: at the end of that ("right"), or at its beginning ("left").
    """
    if side == "right":
        row = np.searchsorted(count, wanted, side="right")
    else:
        row = np.searchsorted(count, wanted, side="left")
    row = np.clip(row, 1, len(t) - 1)
    low, high = count[row - 1], count[row]
    share = np.divide(wanted - low, high - low, out=np.zeros(len(row)), where=high > low)
    return np.asarray(t[row - 1] + np.clip(share, 0.0, 1.0) * (t[row] - t[row - 1]))

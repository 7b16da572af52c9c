"""Conservation of what flows, from the counters and levels of a trace and nothing of the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.line import Line
from twin.trace import EventKind, State, Trace

SLACK = 1e-6  # of the units that flowed


def law(trace: Trace, key: str, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """A law of the tracks at instants (s), row by row as the tables say it."""
    mine = trace.tracks.quantity == trace.quantity_number(key)
    rows = {name: getattr(trace.tracks, name)[mine] for name in ("t", "value", "target", "tau")}
    out = np.zeros(len(t))
    for i, instant in enumerate(t):
        row = int(np.searchsorted(rows["t"], instant, side="right")) - 1
        begin, value, target, tau = (float(rows[n][row]) for n in rows)
        assert tau <= 0.0, "what flows goes straight"
        share = 1.0 if tau == 0.0 else min((instant - begin) / -tau, 1.0)
        out[i] = value + (target - value) * share
    return out


def drained(trace: Trace, place: int, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Units that were taken out of a place up to instants (s)."""
    events = trace.events
    mine = (events.kind == EventKind.DRAINED) & (events.place == place)
    before = events.t[mine][None, :] <= t[:, None]
    return np.asarray((before * events.value[mine][None, :]).sum(axis=1))


def instants(trace: Trace) -> NDArray[np.float64]:
    """Up to 200 instants: the moments at which a law begins, and some between."""
    t = np.unique(np.r_[trace.tracks.t, trace.events.t])
    t = np.r_[t, (t[1:] + t[:-1]) / 2.0, np.nextafter(trace.now, 0.0)]
    return np.unique(t)[:: max(1, len(t) // 200)]


def check_flow(trace: Trace) -> None:
    """Made = level changes + consumed + drained at every buffer; a pack has as much as it says."""
    line: Line = trace.line
    t = instants(trace)
    for buffer in line.buffers:
        if not buffer.fluid:
            continue
        level = law(trace, f"{buffer.id}.Level", t)
        come = sum(law(trace, f"{name}.Made", t) for name in buffer.feeders)
        go = np.zeros(len(t))
        for name in buffer.takers:
            ratio = {k.buffer: k.quantity for k in line.station_by_id[name].takes}[buffer.id]
            go += ratio * (law(trace, f"{name}.Made", t) + law(trace, f"{name}.Lost", t))
        out = drained(trace, line.place(buffer.id), t)
        slack = SLACK * (1.0 + come)
        assert (np.abs(come - go - out - level) <= slack).all(), f"{buffer.id} does not balance"
        assert (level >= -slack).all()
        if buffer.capacity >= 0:
            assert (level <= buffer.capacity + slack).all()
    for station in line.stations:
        if station.fluid:
            _check_station(trace, station.id, station.spec.pack or 0, t)


def _check_station(trace: Trace, name: str, pack: int, t: NDArray[np.float64]) -> None:
    place = trace.line.place(name)
    made, lost = law(trace, f"{name}.Made", t), law(trace, f"{name}.Lost", t)
    assert (np.diff(made) >= -SLACK).all()
    assert (np.diff(lost) >= -SLACK).all()
    series = trace.index.states(place)
    rows = np.searchsorted(series.t, t, side="right") - 1
    speed = law(trace, f"{name}.Speed", t)
    assert (speed >= 0.0).all()
    flowing = speed > 0.0
    assert (series.state[rows][flowing] == State.WORKING).all(), f"{name} flows while it stands"
    if pack:
        parts = np.searchsorted(trace.index.arrivals(place), t, side="right")
        content = made - pack * parts - drained(trace, place, t)
        assert (content >= -SLACK * (1.0 + made)).all()
        assert (content <= pack + SLACK * (1.0 + made)).all()

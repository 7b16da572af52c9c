"""What a machine's own control knows of itself: its state, counters and changes of state.

Everything is as of the latest look at the station's State tag that clients were shown, so that
state, counters and transitions always fit together, late and lost values of a field included.
Nothing here is hidden truth: states, starts of cycles and running hours are in any control.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opcua_server.companion.machine_states import EXECUTING, MEANINGS, POWERED, Meaning, meaning
from opcua_server.companion.values import View
from twin.trace.index import Series
from twin.trace.tables import State

MS = 1000.0  # a Duration counts milliseconds (OPC 10000-3, 8.13)
WORKING = tuple(float(state == State.WORKING) for state in State)
_BUSY = np.array(EXECUTING) > 0.0


class Change(NamedTuple):
    """From one named state to another, at simulated second `t`."""

    before: str
    after: str
    t: float


def now(view: View, station: str) -> Meaning | None:
    """What the station's present state means; None while nothing is known of it."""
    state = view.value(f"{station}.State")
    return None if state is None else meaning(state)


def looked(view: View, station: str) -> float | None:
    """Simulated second of the station's State that clients are shown."""
    return view.stamp(f"{station}.State")


def power_on(view: View, station: str) -> float | None:
    """Time since the start that the station was powered, ms."""
    return _spent(view, station, POWERED)


def operating(view: View, station: str) -> float | None:
    """Time since the start that the station was executing, ms."""
    return _spent(view, station, EXECUTING)


def worked(view: View, station: str, since: float, until: float) -> float:
    """Seconds of [since, until) that the station worked, of time whose log is there."""
    trace = view.session.trace
    place = trace.line.place(station)
    series = trace.index.states(place)

    def before(t: float) -> float:
        row = _row(series, t)
        if row < 0:
            return 0.0
        level = WORKING[int(series.state[row])]
        sums = trace.index.integral(place, WORKING)
        return float(sums[row]) + level * (t - float(series.t[row]))

    return before(until) - before(since)


def cycles(view: View, station: str) -> int | None:
    """How often the station began to do its work: parts begun, or starts where material flows.

    A reset of the shift's counters does not touch it (OPC 40001-1, 14.2).
    """
    t = looked(view, station)
    if t is None:
        return None
    trace = view.session.trace
    place = trace.line.place(station)
    if not trace.line.station_by_id[station].fluid:
        return int(np.searchsorted(trace.index.starts(place), t, side="right"))
    series = trace.index.states(place)
    busy = _BUSY[series.state[: _row(series, t) + 1].astype(np.intp)]
    return int(np.count_nonzero(busy[1:] & ~busy[:-1])) + int(len(busy) > 0 and busy[0])


def last_change(view: View, station: str, field: str) -> Change | None:
    """The latest change of one column of the table of meanings ("item", "mode").

    None before the first, and when what was received is not what the machine was in.
    """
    t = looked(view, station)
    if t is None:
        return None
    trace = view.session.trace
    series = trace.index.states(trace.line.place(station))
    row = _row(series, t)
    if row < 0:
        return None
    present = _named(series, row, field)
    if present != getattr(now(view, station), field):
        return None
    row = _begin(series, row, field)
    before = _named(series, row - 1, field) if row else getattr(MEANINGS[State.IDLE], field)
    return None if before == present else Change(before, present, float(series.t[row]))


def program(view: View, station: str) -> str | None:
    """State of a machine tool's active program.

    Only a program that ran is interrupted by a stop: ProductionProgramStateMachineType of
    OPC 40501-1 has no other way to Interrupted than from Running.
    """
    row, t = now(view, station), looked(view, station)
    if row is None or t is None or row.program != "Interrupted":
        return None if row is None else row.program
    series = view.session.trace.index.states(view.session.trace.line.place(station))
    before = _row(series, t) - 1
    worked = before >= 0 and int(series.state[before]) == State.WORKING
    return row.program if worked else "Ended"


def _begin(series: Series, row: int, field: str) -> int:
    """First row of the stretch up to `row` in which the states mean the same."""
    present = _named(series, row, field)
    same = np.array([getattr(MEANINGS[state], field) == present for state in State])
    step = 64
    while row > 0:
        first = max(row - step, 0)
        others = np.flatnonzero(~same[series.state[first:row].astype(np.intp)])
        if len(others):
            return first + int(others[-1]) + 1
        row, step = first, 2 * step
    return 0


def _spent(view: View, station: str, levels: tuple[float, ...]) -> float | None:
    t = looked(view, station)
    if t is None:
        return None
    trace = view.session.trace
    place = trace.line.place(station)
    series = trace.index.states(place)
    row = _row(series, t)
    if row < 0:
        return 0.0
    before = float(trace.index.integral(place, levels)[row])
    return MS * (before + levels[int(series.state[row])] * (t - float(series.t[row])))


def _row(series: Series, t: float) -> int:
    """Row in force at `t`; -1 before the first."""
    return int(np.searchsorted(series.t, t, side="right")) - 1


def _named(series: Series, row: int, field: str) -> str:
    name: str = getattr(MEANINGS[State(int(series.state[row]))], field)
    return name

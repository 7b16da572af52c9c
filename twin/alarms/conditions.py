"""Whether an alarm's condition holds: a pure function of the trace at the sensor's own looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.equipment.alarm import Alarm, Beyond, Failed
from twin.signals import sample
from twin.signals.noise import standard_normal, tag_key
from twin.trace.tables import EventKind, State
from twin.trace.trace import Trace

QUIET = (State.STOPPED, State.IDLE, State.MAINTENANCE)
Floats = NDArray[np.float64]


def verdicts(trace: Trace, alarm: Alarm, t: Floats) -> NDArray[np.int8]:
    """At each instant `t` (s, shape (n,)): 1 the condition holds, 0 it does not, -1 as before."""
    when = alarm.when
    if isinstance(when, Failed):
        out = _failed(trace, alarm, when, t)
    else:
        out = _beyond(trace, alarm, when, t)
    if alarm.while_on:
        out[np.isin(_states(trace, alarm.station, t), QUIET)] = 0
    return out


def _states(trace: Trace, station: str, t: Floats) -> NDArray[np.int8]:
    series = trace.index.states(trace.line.place(station))
    if not len(series):
        return np.full(len(t), State.IDLE, dtype=np.int8)
    rows = np.searchsorted(series.t, t, side="right") - 1
    return np.where(rows >= 0, series.state[np.maximum(rows, 0)], State.IDLE).astype(np.int8)


def _failed(trace: Trace, alarm: Alarm, when: Failed, t: Floats) -> NDArray[np.int8]:
    place = trace.line.place(alarm.station)
    depth = np.zeros(len(t))
    for kind, sign in ((EventKind.FAILURE, 1), (EventKind.REPAIRED, -1)):
        events = trace.index.events(kind, place)
        times = events.t[events.value == when.mode]
        depth += sign * np.searchsorted(times, t, side="right")
    holds = depth > 0.0
    if alarm.chatter > 0.0:
        came = _onsets(trace, place, when.mode)
        rows = np.searchsorted(came, t, side="right") - 1
        fresh = holds & (rows >= 0)
        fresh[fresh] = t[fresh] - came[rows[fresh]] < alarm.chatter
        bounce = standard_normal(tag_key(trace.seed, f"{alarm.key} alarm"), t.astype(np.int64))
        holds &= ~(fresh & (bounce > 0.0))  # open every other second, assumed
    return holds.astype(np.int8)


def _onsets(trace: Trace, place: int, mode: int) -> Floats:
    events = trace.index.events(EventKind.FAILURE, place)
    return np.asarray(events.t[events.value == mode])


def _beyond(trace: Trace, alarm: Alarm, when: Beyond, t: Floats) -> NDArray[np.int8]:
    value = sample(trace, f"{alarm.station}.{when.tag}", t)[0]
    if when.of:
        value = value - sample(trace, f"{alarm.station}.{when.of}", t)[0]
    out = np.zeros(len(t), dtype=np.int8)
    if when.high is not None:
        out[value > when.high - when.deadband] = -1
    if when.low is not None:
        out[value < when.low + when.deadband] = -1
    if when.high is not None:
        out[value > when.high] = 1
    if when.low is not None:
        out[value < when.low] = 1
    return out


def period(trace: Trace, alarm: Alarm) -> float:
    """Seconds between two looks of the control at the condition."""
    if isinstance(alarm.when, Beyond):
        return trace.line.tags[f"{alarm.station}.{alarm.when.tag}"].period
    return 1.0

"""Whether an alarm's condition holds: a pure function of the trace at the sensor's own looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.equipment.alarm import Alarm, Beyond, Failed
from twin.signals import sample
from twin.signals.noise import standard_normal, tag_key
from twin.signals.sources import state_code
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
        state = state_code(trace, trace.line.tags[f"{alarm.station}.State"], t)
        out[np.isin(state, QUIET)] = 0
    return out


def _failed(trace: Trace, alarm: Alarm, when: Failed, t: Floats) -> NDArray[np.int8]:
    place = trace.line.place(alarm.station)

    def times(kind: EventKind) -> Floats:
        events = trace.index.events(kind, place)
        return np.asarray(events.t[events.value == when.mode])

    came = times(EventKind.FAILURE)
    stops = np.searchsorted(came, t, side="right")
    holds = stops > np.searchsorted(times(EventKind.REPAIRED), t, side="right")
    if alarm.chatter > 0.0:
        fresh = holds.copy()
        fresh[fresh] = t[fresh] - came[stops[fresh] - 1] < alarm.chatter
        bounce = standard_normal(tag_key(trace.seed, f"{alarm.key} alarm"), t.astype(np.int64))
        holds &= ~(fresh & (bounce > 0.0))  # open every other second, assumed
    return holds.astype(np.int8)


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

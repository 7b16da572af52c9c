"""The function behind each kind of source: true values of a tag at given instants.

Every function takes the trace, the tag and sorted or unsorted instants `t` (s, shape (n,)) and
returns n floats. None reads what comes after an instant: the end of a segment is never used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.equipment.tag import (
    ByState,
    Count,
    FlowCount,
    FluidLevel,
    Integral,
    Level,
    LineCount,
    PartInWork,
    Pass,
    ProductInWork,
    Reading,
    StateCode,
    Stroke,
    Tag,
    Total,
    Track,
)
from twin.line.line import OUT, SCRAP
from twin.physics.laws import area, evaluate
from twin.trace.tables import EventKind, State
from twin.trace.trace import Trace

Floats = NDArray[np.float64]
WHOLE = 1e-6  # units by which a counter may lag behind a whole number through rounding


def last(times: Floats, t: Floats) -> NDArray[np.int64]:
    """Row in force at each instant: the last with time <= t; -1 before the first."""
    if len(t) < 64 or not t[0] <= t[-1]:
        return np.searchsorted(times, t, side="right") - 1
    first, final = np.searchsorted(times, t[[0, -1]], side="right") - 1
    if final - first > len(t) >> 2 or not bool((t[1:] >= t[:-1]).all()):
        return np.searchsorted(times, t, side="right") - 1
    begins = np.searchsorted(
        t, times[first + 1 : final + 1], side="left"
    )  # few rows, many instants
    counts = np.diff(begins, prepend=0, append=len(t))
    return np.repeat(np.arange(first, final + 1), counts)


def held(times: Floats, values: NDArray[Any], t: Floats, initial: float) -> Floats:
    """Value of the row in force, `initial` before the first."""
    if not len(times):
        return np.full(len(t), initial)
    rows = last(times, t)
    return np.where(rows >= 0, values[np.maximum(rows, 0)], initial).astype(np.float64)


def state_code(trace: Trace, tag: Tag, t: Floats) -> Floats:
    series = trace.index.states(trace.line.place(tag.station))
    return held(series.t, series.state, t, float(State.IDLE))


def part_in_work(trace: Trace, tag: Tag, t: Floats) -> Floats:
    series = trace.index.states(trace.line.place(tag.station))
    return held(series.t, series.part, t, -1.0)


def product_in_work(trace: Trace, tag: Tag, t: Floats) -> Floats:
    series = trace.index.events(EventKind.SETUP, trace.line.place(tag.station))
    return held(series.t, series.value + 1.0, t, 1.0)


def by_state(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, ByState)
    return np.asarray(np.array(tag.source.levels)[state_code(trace, tag, t).astype(np.intp)])


def law_at(trace: Trace, key: str, t: Floats) -> Floats:
    """Value of a law; where all instants lie in one segment, its numbers are scalars."""
    series = trace.index.laws(trace.quantity_number(key))
    rows = last(series.t, t[[0, -1]]) if len(t) else np.zeros(2, dtype=np.int64)
    if rows[0] == rows[1] >= 0 and t[0] <= t[-1] and (len(t) < 3 or bool(np.all(t[1:] >= t[:-1]))):
        row = int(rows[0])
        target, tau = float(series.target[row]), float(series.tau[row])
        gap = float(series.value[row]) - target
        if gap == 0.0 or tau == 0.0:
            return np.full(len(t), target)
        if tau > 0.0:
            out: Floats = t - series.t[row]
            out *= -1.0 / tau
            np.exp(out, out=out)
            out *= gap
            out += target
            return out
    rows = np.maximum(last(series.t, t), 0)
    return evaluate(t - series.t[rows], series.value[rows], series.target[rows], series.tau[rows])


def track(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, Track)
    value = law_at(trace, f"{tag.station}.{tag.source.quantity}", t)
    return value if tag.source.per == 1.0 else value * tag.source.per


def stroke(trace: Trace, tag: Tag, t: Floats) -> Floats:
    source = tag.source
    assert isinstance(source, Stroke)
    series = trace.index.states(trace.line.place(tag.station))
    rows = np.maximum(last(series.t, t), 0)
    into = t - series.t[rows]
    acting = (series.state[rows] == State.WORKING) & (into >= source.begin) & (into < source.end)
    active: Floats | float = source.active
    if source.quantity:
        active = law_at(trace, f"{tag.station}.{source.quantity}", t)
    return np.where(acting, active, source.rest)


def shaped(trace: Trace, tag: Tag, t: Floats) -> Floats:
    source = tag.source
    assert isinstance(source, Pass)
    series = trace.index.states(trace.line.place(tag.station))
    rows = np.maximum(last(series.t, t), 0)
    at, factor = np.array(source.knots).T
    value = source.scale * np.interp(t - series.t[rows], at, factor)
    if source.quantity:
        value *= law_at(trace, f"{tag.station}.{source.quantity}", t)
    shown = np.where(series.state[rows] == State.WORKING, value + source.offset, source.rest)
    return shown if tag.kind == "float" else np.rint(shown)


def reading(trace: Trace, tag: Tag, t: Floats) -> Floats:
    source = tag.source
    assert isinstance(source, Reading)
    series = trace.index.readings(trace.reading_number(f"{tag.station}.{source.name}"))
    return held(series.t, series.value, t, source.initial)


def times_up_to(times: Floats, t: Floats) -> Floats:
    """How many of the sorted times are <= t."""
    return np.searchsorted(times, t, side="right").astype(np.float64)


def count(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, Count)
    place = trace.line.place(tag.station)
    counted = COUNTS[tag.source.what](trace, place)
    total = times_up_to(counted, t)
    resets = trace.index.events(EventKind.RESET, place)
    if len(resets):
        zero = times_up_to(counted, resets.t)
        total -= held(resets.t, zero, t, 0.0)
    return total


def _started(trace: Trace, place: int) -> Floats:
    return trace.index.starts(place)


def _rejected(trace: Trace, place: int) -> Floats:
    verdicts = trace.index.events(EventKind.VERDICT, place)
    return np.asarray(verdicts.t[verdicts.value == 0.0])


def _passed(trace: Trace, place: int) -> Floats:
    verdicts = trace.index.events(EventKind.VERDICT, place)
    if len(verdicts):
        return np.asarray(verdicts.t[verdicts.value == 1.0])
    return trace.index.departures(place)


def _failures(trace: Trace, place: int) -> Floats:
    return trace.index.events(EventKind.FAILURE, place).t


COUNTS: Mapping[str, Callable[[Trace, int], Floats]] = {
    "started": _started,
    "passed": _passed,
    "rejected": _rejected,
    "failures": _failures,
}


def total(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, Total)
    place = trace.line.place(tag.station)
    series = trace.index.states(place)
    if not len(series):
        return np.zeros(len(t))
    before = trace.index.integral(place, tag.source.levels)
    rows = np.maximum(last(series.t, t), 0)
    level = np.array(tag.source.levels)[series.state[rows]]
    return np.asarray((before[rows] + level * (t - series.t[rows])) / 3600.0)


def used(trace: Trace, key: str, t: Floats) -> Floats:
    """Time integral of a law from 0 to each instant."""
    number = trace.quantity_number(key)
    series, before = trace.index.laws(number), trace.index.area(number)
    rows = np.maximum(last(series.t, t), 0)
    law = (series.value[rows], series.target[rows], series.tau[rows])
    return np.asarray(before[rows] + area(t - series.t[rows], *law))


def integral(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, Integral)
    key = f"{tag.station}.{tag.source.quantity}"
    return used(trace, key, t) * (tag.source.per / 3600.0)


def waiting(trace: Trace, tag: Tag, t: Floats) -> Floats:
    out = np.zeros(len(t))
    for name in trace.line.station_by_id[tag.station].inputs:
        place = trace.line.place(name)
        out += times_up_to(trace.index.arrivals(place), t)
        out -= times_up_to(trace.index.departures(place), t)
    return out


def flow_count(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, FlowCount)
    key = f"{tag.station}.{tag.source.quantity}"
    total = law_at(trace, key, t)
    resets = trace.index.events(EventKind.RESET, trace.line.place(tag.station))
    if len(resets):
        total = total - held(resets.t, np.floor(law_at(trace, key, resets.t) + WHOLE), t, 0.0)
    return np.asarray(np.floor(total + WHOLE))


def fluid_level(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, FluidLevel)
    return law_at(trace, f"{tag.source.buffer}.Level", t)


def line_count(trace: Trace, tag: Tag, t: Floats) -> Floats:
    assert isinstance(tag.source, LineCount)
    places, index = trace.line.place, trace.index
    if tag.source.what == "wip":
        gone = sum(times_up_to(index.arrivals(place), t) for place in trace.sinks)
        return times_up_to(trace.parts.t, t) - gone
    return times_up_to(index.arrivals(places(OUT if tag.source.what == "finished" else SCRAP)), t)


SOURCES: Mapping[type, Callable[[Trace, Tag, Floats], Floats]] = {
    StateCode: state_code,
    PartInWork: part_in_work,
    ProductInWork: product_in_work,
    ByState: by_state,
    Stroke: stroke,
    Pass: shaped,
    Track: track,
    Reading: reading,
    Count: count,
    Total: total,
    Integral: integral,
    Level: waiting,
    FlowCount: flow_count,
    FluidLevel: fluid_level,
    LineCount: line_count,
}

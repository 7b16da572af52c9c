"""Sums over a trace, chunk by chunk: time in state, planned run time, counts, lead time, WIP.

A tally holds numbers for the line and for the parts now in it, never for the parts that left, so
that KPIs of a year cost no more memory than those of an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.line.line import OUT, SCRAP, SINKS, Line, Station
from twin.line.values import Drawn, mean_of
from twin.metrics.flow import FlowSums
from twin.metrics.present import PresentParts
from twin.trace.starts import Starts
from twin.trace.tables import STATES, TABLES, Column, EventKind, State
from twin.trace.trace import Trace

Chunk = Mapping[str, Mapping[str, Column]]
WHOLE = 1e-6  # units by which a counter may lag behind a whole number through rounding


class Tally:
    """Feed it the rows of a run in order; read the sums at any time."""

    def __init__(self, line: Line) -> None:
        n = len(line.stations)
        self.line = line
        self.now = 0.0
        self.time: NDArray[np.float64] = np.zeros((n, STATES))  # closed segments, s
        self.started = np.zeros(n, dtype=np.int64)
        self.planned = np.zeros(n)  # planned run time of what was started, s
        self.passed = np.zeros(n, dtype=np.int64)
        self.rejected = np.zeros(n, dtype=np.int64)
        self.judges = np.array([s.equipment.judges for s in line.stations])
        self.failures = np.zeros(n, dtype=np.int64)
        self.finished = 0
        self.scrapped = 0
        self.first_time_right = 0
        self.lead_time = 0.0  # sum over finished parts, s
        self.part_time = 0.0  # sum over parts that left of their time in the line, s
        self._state = np.full(n, int(State.IDLE))
        self._since = np.zeros(n)
        self._starts = [Starts() for _ in line.stations]
        self._batches = [s.spec.batch is not None for s in line.stations]
        self._begun = np.ones(n, dtype=np.int64)  # parts of the last batch begun, and when
        self._begun_at = np.full(n, -1.0)
        self._repaired = np.zeros(n, dtype=np.int64)
        self._repair_sum = np.zeros(n)  # times of repairs less times of failures, s
        self._present = PresentParts()
        self._nominal = np.array(
            [[nominal(s, product) for product in line.products] for s in line.stations]
        )
        self._flows = {i: FlowSums(line, i) for i, s in enumerate(line.stations) if s.fluid}
        self._sinks = {line.place(name): name for name in SINKS}

    def feed(self, chunk: Chunk, now: float) -> None:
        """Take the rows recorded up to `now` (s)."""
        self._present.add(chunk["parts"]["t"], chunk["parts"]["product"])
        self._feed_events(chunk["events"])
        log = chunk["log"]
        self._feed_states(log)
        self._feed_exits(log)
        for i, flow in self._flows.items():
            flow.feed(chunk)
            self.started[i] = floor(flow.treated(now) + WHOLE)
            self.passed[i] = floor(flow.made(now) + WHOLE)
            self.rejected[i] = self.started[i] - self.passed[i]
            self.planned[i] = flow.planned(now)
        self.now = now

    @property
    def state_time(self) -> NDArray[np.float64]:
        """Seconds each station (rows) was in each state (columns), up to now."""
        total = self.time.copy()
        total[np.arange(len(total)), self._state] += self.now - self._since
        return total

    @property
    def at_work(self) -> NDArray[np.int64]:
        """Parts each station began and has not finished: 0, 1, or those of a batch."""
        return np.where([starts.open for starts in self._starts], self._begun, 0)

    @property
    def repair_time(self) -> NDArray[np.float64]:
        """Seconds each station was down by failures of its own, up to now."""
        return self._repair_sum + (self.failures - self._repaired) * self.now

    @property
    def wip(self) -> int:
        """Parts now in the line."""
        return self._present.count

    @property
    def mean_wip(self) -> float:
        """Time average of the parts in the line."""
        present = self._present.age(self.now)
        return (self.part_time + present) / self.now if self.now else 0.0

    def _feed_events(self, events: Mapping[str, Column]) -> None:
        kind, place = events["kind"], events["place"]
        n = len(self.line.stations)
        bad = (kind == EventKind.VERDICT) & (events["value"] == 0.0)
        good = (kind == EventKind.VERDICT) & (events["value"] != 0.0)
        self.rejected += np.bincount(place[bad], minlength=n)
        self.passed += np.bincount(place[good], minlength=n)
        for of, count, sign in (
            (EventKind.FAILURE, self.failures, -1.0),
            (EventKind.REPAIRED, self._repaired, 1.0),
        ):
            mine = kind == of
            count += np.bincount(place[mine], minlength=n)
            times = np.bincount(place[mine], weights=events["t"][mine], minlength=n)
            self._repair_sum += sign * times
        self._present.reject(events["part"][bad])

    def _feed_states(self, log: Mapping[str, Column]) -> None:
        rows = np.flatnonzero(log["place"] < len(self.line.stations))
        places = log["place"][rows].astype(np.uint16)  # small, so that sorting is counting
        order = np.argsort(places, kind="stable")
        rows, places = rows[order], places[order]
        t, state, part = log["t"][rows], log["state"][rows], log["part"][rows]
        numbers, first = np.unique(places, return_index=True)
        last = np.append(first[1:], len(rows))[: len(first)]
        for i, begin, end in zip(numbers.tolist(), first, last, strict=True):
            self._feed_station(i, t[begin:end], state[begin:end], part[begin:end])

    def _feed_station(self, i: int, t: Column, state: Column, part: Column) -> None:
        before = np.r_[self._state[i], state[:-1]]
        spans = np.diff(np.r_[self._since[i], t])
        self.time[i] += np.bincount(before, weights=spans, minlength=STATES)
        self._state[i], self._since[i] = state[-1], t[-1]
        if i in self._flows:
            return
        begins = self._starts[i].feed(state, part)
        fresh = part[begins]
        if self._batches[i] and len(fresh):
            self._count_batch(i, t[begins])
        self.started[i] += len(fresh)
        if len(self.line.products) == 1:
            self.planned[i] += len(fresh) * self._nominal[i, 0]
        else:
            self.planned[i] += self._nominal[i, self._present.product(fresh)].sum()

    def _count_batch(self, i: int, times: Column) -> None:
        """The parts of a batch begin at one instant."""
        together = int(np.count_nonzero(times == times[-1]))
        self._begun[i] = together + self._begun[i] * (self._begun_at[i] == times[-1])
        self._begun_at[i] = times[-1]

    def _feed_exits(self, log: Mapping[str, Column]) -> None:
        rows = np.flatnonzero(log["place"] >= min(self._sinks))
        t, place, part = log["t"][rows], log["place"][rows], log["part"][rows]
        for number, name in self._sinks.items():
            gone = place == number
            parts = part[gone]
            if not len(parts):
                continue
            births, again = self._present.leave(parts)
            stay = float(t[gone].sum()) - births
            self.part_time += stay
            if name == OUT:
                self.finished += len(parts)
                self.first_time_right += len(parts) - again
                self.lead_time += stay
            elif name == SCRAP:
                self.scrapped += len(parts)


def nominal(station: Station, product: str) -> float:
    """Planned run time of one part of a product at a station, s: the mean of its cycle.

    Parts treated together share the cycle of their batch.
    """
    cycle: Any = station.spec.cycle
    law: Drawn = cycle[product] if isinstance(cycle, dict) else cycle
    batch = station.spec.batch
    return mean_of(law) if batch is None else mean_of(law) / batch.size


def tally(trace: Trace) -> Tally:
    """The tally of a whole trace."""
    total = Tally(trace.line)
    total.feed({name: trace.table(name).as_dict() for name in TABLES}, trace.now)
    return total

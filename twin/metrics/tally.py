"""Sums over a trace, chunk by chunk: time in state, planned run time, counts, lead time, WIP.

A tally holds numbers for the line and for the parts now in it, never for the parts that left, so
that KPIs of a year cost no more memory than those of an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.line.line import OUT, SCRAP, SINKS, Line, Station
from twin.line.values import Drawn, mean_of
from twin.metrics.clocks import Clocks, Reading, elapsed
from twin.metrics.flow import FlowSums
from twin.metrics.intakes import IntakeSums
from twin.metrics.present import Left, PresentParts
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
        self.clocks = Clocks(line)
        self.time: NDArray[np.float64] = np.zeros((n, STATES))  # closed segments, s
        self._plan = np.zeros((n, STATES))  # of it within planned working time, s
        self._priced = np.zeros((n, STATES))  # of it, times the price of a kWh
        self.born = np.zeros(len(line.products), dtype=np.int64)
        self.scrapped_at = np.zeros((n, len(line.products)), dtype=np.int64)  # by last rejection
        self.scrapped_of = np.zeros(len(line.products), dtype=np.int64)
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
        self._batch_run = np.zeros(n)
        self._open_run = np.zeros(n)  # planned run time of the cycle begun last, s
        self._open_work = np.zeros(n)  # how long it was worked on in closed segments, s
        self._repaired = np.zeros(n, dtype=np.int64)
        self._repair_sum = np.zeros(n)  # times of repairs less times of failures, s
        self._present = PresentParts()
        self._nominal = np.array(
            [[nominal(s, product) for product in line.products] for s in line.stations]
        )
        self._flows = {i: FlowSums(line, i) for i, s in enumerate(line.stations) if s.fluid}
        self.intakes = [IntakeSums(line, i) for i in range(n)]
        self._sinks = {line.place(name): name for name in SINKS}

    def feed(self, chunk: Chunk, now: float) -> None:
        """Take the rows recorded up to `now` (s)."""
        self._present.add(chunk["parts"]["t"], chunk["parts"]["product"])
        self.born += np.bincount(chunk["parts"]["product"], minlength=len(self.born))
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
        for intakes in self.intakes:
            intakes.feed(chunk)
        self.now = now

    @property
    def state_time(self) -> NDArray[np.float64]:
        """Seconds each station (rows) was in each state (columns), up to now."""
        return self._with_open(self.time, [elapsed] * len(self.time))

    @property
    def planned_time(self) -> NDArray[np.float64]:
        """Of `state_time`, what lies within the planned working time of each station, s."""
        return self._with_open(self._plan, self.clocks.stations)

    @property
    def priced_time(self) -> NDArray[np.float64]:
        """`state_time` with each second times the price of a kWh at that time."""
        price = self.clocks.price
        return (
            self._priced
            if price is None
            else self._with_open(self._priced, [price] * len(self.time))
        )

    def _with_open(
        self, closed: NDArray[np.float64], clocks: Sequence[Reading]
    ) -> NDArray[np.float64]:
        """Sums with the segments added that are still open."""
        total = closed.copy()
        for i, clock in enumerate(clocks):
            begin, end = clock(np.array([self._since[i], self.now]))
            total[i, self._state[i]] += end - begin
        return total

    @property
    def at_work(self) -> NDArray[np.int64]:
        """Parts each station began and has not finished: 0, 1, or those of a batch."""
        return np.where([starts.open for starts in self._starts], self._begun, 0)

    @property
    def planned_done(self) -> NDArray[np.float64]:
        """Planned run time of what was begun; of the work under way no more than is done, s."""
        working = self._state == State.WORKING
        worked = self._open_work + np.where(working, self.now - self._since, 0.0)
        rest = np.maximum(self._open_run - worked, 0.0)
        return self.planned - np.where(self.at_work > 0, rest, 0.0)

    @property
    def repair_time(self) -> NDArray[np.float64]:
        """Seconds each station was down by failures of its own, up to now."""
        return self._repair_sum + (self.failures - self._repaired) * self.now

    @property
    def wip(self) -> int:
        """Parts now in the line."""
        return self._present.count

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
        self._present.reject(events["part"][bad], place[bad])

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
        times = np.r_[self._since[i], t]
        stays = np.diff(times)
        self.time[i] += np.bincount(before, weights=stays, minlength=STATES)
        for sums, clock in (
            (self._plan, self.clocks.stations[i]),
            (self._priced, self.clocks.price),
        ):
            if clock is not None:
                spans = np.diff(clock(times))
                sums[i] += np.bincount(before, weights=spans, minlength=STATES)
        self._state[i], self._since[i] = state[-1], t[-1]
        if i in self._flows:
            return
        begins = self._starts[i].feed(state, part)
        fresh = part[begins]
        self.started[i] += len(fresh)
        worked = np.where(before == State.WORKING, stays, 0.0)
        if not len(fresh):
            self._open_work[i] += worked.sum()
            return
        self._open_work[i] = worked[np.flatnonzero(begins)[-1] + 1 :].sum()
        runs = self._nominal[i, self._present.product(fresh)]
        self.planned[i] += runs.sum()
        self._open_run[i] = runs[-1]
        if self._batches[i]:
            self._count_batch(i, t[begins], runs)

    def _count_batch(self, i: int, times: Column, runs: Column) -> None:
        """The parts of a batch begin at one instant."""
        together = times == times[-1]
        same = self._begun_at[i] == times[-1]
        self._begun[i] = int(np.count_nonzero(together)) + self._begun[i] * same
        self._open_run[i] = runs[together].sum() + self._batch_run[i] * same
        self._batch_run[i] = self._open_run[i]
        self._begun_at[i] = times[-1]

    def _feed_exits(self, log: Mapping[str, Column]) -> None:
        rows = np.flatnonzero(log["place"] >= min(self._sinks))
        t, place, part = log["t"][rows], log["place"][rows], log["part"][rows]
        for number, name in self._sinks.items():
            gone = place == number
            parts = part[gone]
            if not len(parts):
                continue
            left = self._present.leave(parts)
            stay = float(t[gone].sum()) - float(left.births.sum())
            self.part_time += stay
            if name == OUT:
                self.finished += len(parts)
                self.first_time_right += int(np.count_nonzero(left.rejected_at < 0))
                self.lead_time += stay
            elif name == SCRAP:
                self._scrap(left)

    def _scrap(self, left: Left) -> None:
        self.scrapped += len(left.births)
        self.scrapped_of += np.bincount(left.products, minlength=len(self.scrapped_of))
        known = left.rejected_at >= 0
        np.add.at(self.scrapped_at, (left.rejected_at[known], left.products[known]), 1)

    @property
    def all_part_time(self) -> float:
        """Sum over all parts of their time in the line, s."""
        return self.part_time + self._present.age(self.now)


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

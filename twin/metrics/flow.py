"""Sums of stations that material flows through, from their counters' laws: made, lost, planned.

Planned run time is what was treated, each product at its own nominal rate; a counter stands still
while the product changes, so its value at the SETUP event parts one product from the next.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.line.fluid import rate_of
from twin.line.line import Line
from twin.metrics.clocks import Reading
from twin.physics.laws import Law
from twin.signals.sources import law_at
from twin.trace.tables import Column, EventKind
from twin.trace.trace import Trace


def flow_readings(trace: Trace, number: int) -> tuple[Reading, Reading, Reading]:
    """Good units, lost units and planned run time (s) of a station, as functions of time.

    At the trace's now, which no signal may ask for, the laws go on as they are.
    """
    line = trace.line
    station = line.stations[number]

    def counter(what: str) -> Reading:
        return lambda t: law_at(trace, f"{station.id}.{what}", np.atleast_1d(np.asarray(t)))

    made, lost = counter("Made"), counter("Lost")
    changes = trace.index.events(EventKind.SETUP, number)
    rates = np.array([rate_of(station.spec, product) for product in line.products])
    begins = np.concatenate([[0.0], changes.t])
    rate = rates[np.concatenate([[0], changes.value.astype(int)])]
    treated = made(begins) + lost(begins)
    before = np.concatenate([[0.0], np.cumsum(np.diff(treated) / rate[:-1])])

    def planned(t: ArrayLike) -> NDArray[np.float64]:
        at = np.atleast_1d(np.asarray(t, dtype=np.float64))
        k = np.searchsorted(begins, at, side="right") - 1
        return np.asarray(before[k] + (made(at) + lost(at) - treated[k]) / rate[k])

    return made, lost, planned


Chunk = Mapping[str, Mapping[str, Column]]


class Counter:
    """One counter's law in force; `at` gives its value, units."""

    def __init__(self) -> None:
        self.since, self.law = 0.0, Law.hold(0.0)

    def at(self, t: float) -> float:
        """Value at `t` (s), not before the law began."""
        return self.law.at(t - self.since)


class FlowSums:
    """Follows one station's counters, chunk by chunk."""

    def __init__(self, line: Line, number: int) -> None:
        station = line.stations[number]
        names = list(line.quantities)
        self._place = number
        self._numbers = [names.index(f"{station.id}.{what}") for what in ("Made", "Lost")]
        self._counters = [Counter(), Counter()]
        self._rates = [rate_of(station.spec, product) for product in line.products]
        self._product = 0
        self._before = 0.0  # planned run time of products before, s
        self._treated = 0.0  # units at the latest change of product

    def feed(self, chunk: Chunk) -> None:
        """Take the rows of a chunk."""
        events = chunk["events"]
        mine = (events["kind"] == EventKind.SETUP) & (events["place"] == self._place)
        for t, product in zip(
            events["t"][mine].tolist(), events["value"][mine].astype(int).tolist(), strict=True
        ):
            self._follow(chunk, t)
            self._before, self._treated = self.planned(t), self.treated(t)
            self._product = product
        self._follow(chunk, np.inf)

    def made(self, t: float) -> float:
        """Good units up to `t` (s)."""
        return self._counters[0].at(t)

    def lost(self, t: float) -> float:
        """Rejected units up to `t` (s)."""
        return self._counters[1].at(t)

    def treated(self, t: float) -> float:
        """Units treated up to `t` (s)."""
        return self.made(t) + self.lost(t)

    def planned(self, t: float) -> float:
        """Planned run time of what was treated up to `t` (s), s."""
        return self._before + (self.treated(t) - self._treated) / self._rates[self._product]

    def _follow(self, chunk: Chunk, until: float) -> None:
        """Take the last row of each counter at or before an instant."""
        tracks = chunk["tracks"]
        for number, counter in zip(self._numbers, self._counters, strict=True):
            rows = np.flatnonzero((tracks["quantity"] == number) & (tracks["t"] <= until))
            if len(rows):
                row = rows[-1]
                counter.since = float(tracks["t"][row])
                law = (float(tracks[key][row]) for key in ("value", "target", "tau"))
                counter.law = Law(*law)

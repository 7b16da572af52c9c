"""The numbers on a picture: key figures, throughput and state shares at an instant of a trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.line.line import OUT
from twin.metrics import Kpis, Tally, summarise
from twin.trace import State, Trace
from twin.trace.tables import TABLES, Table
from visual.mesh import Array

BINS = 48


@dataclass(frozen=True)
class Figures:
    """KPIs from the beginning to t; `rate` is parts an hour in bins that end at `hours`.

    `shares` is the time share of each state (columns) of each station (rows). `spells` are the
    bottleneck's (begin, end, state) of standing still, in hours.
    """

    t: float
    kpis: Kpis
    wip: int
    hours: Array
    rate: Array
    shares: Array
    spells: tuple[tuple[float, float, State], ...]


def figures_at(trace: Trace, t: float) -> Figures:
    """Figures of a trace cut at t (s)."""
    trace.require_known(t)
    sums = Tally(trace.line)
    tables = {name: trace.table(name) for name in TABLES}
    sums.feed(
        {
            name: {
                key: c[: np.searchsorted(table.t, t, side="right")]
                for key, c in table.as_dict().items()
            }
            for name, table in tables.items()
        },
        t,
    )
    kpis = summarise(sums)
    hours, rate = _throughput(trace, t)
    shares = sums.state_time / t if t > 0 else np.zeros_like(sums.state_time)
    spells = _spells(trace, trace.line.place(kpis.bottleneck), t)
    return Figures(t, kpis, sums.wip, hours, rate, shares, spells)


def _until(table: Table, t: float) -> dict[str, Array]:
    """Columns of a table's rows up to t; rows are in order of time."""
    rows = int(np.searchsorted(table.t, t, side="right"))
    return {name: column[:rows] for name, column in table.as_dict().items()}


def _throughput(trace: Trace, t: float) -> tuple[Array, Array]:
    out = trace.index.arrivals(trace.line.place(OUT))
    out = out[: np.searchsorted(out, t, side="right")]
    width = max(t / BINS, 60.0)
    n = max(int(t // width), 1)
    edges = t - width * np.arange(n, -1, -1)
    counts = np.diff(np.searchsorted(out, edges, side="right"))
    window = 3 if n >= 12 else 1  # a moving mean of three bins, so that single parts do not show
    kernel = np.ones(window)
    smooth = np.convolve(counts, kernel, "same") / np.convolve(np.ones(n), kernel, "same")
    return edges[1:] / 3600.0, smooth * 3600.0 / width


def _spells(trace: Trace, place: int, t: float) -> tuple[tuple[float, float, State], ...]:
    series = trace.index.states(place)
    end = int(np.searchsorted(series.t, t, side="right"))
    until = np.append(series.t[1:end], t)
    rows = np.flatnonzero(np.isin(series.state[:end], (State.DOWN, State.SETUP)))
    return tuple(
        (float(series.t[r]) / 3600, float(until[r]) / 3600, State(int(series.state[r])))
        for r in rows
        if until[r] - series.t[r] > t / 600  # narrower than the chart can show
    )

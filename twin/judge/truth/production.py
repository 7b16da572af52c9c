"""What was made, hour by hour and shift by shift: counters, states and key figures."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

import numpy as np
import polars as pl

from twin.judge.trial import Trial
from twin.metrics import breakdown
from twin.signals import sample
from twin.trace.tables import State

HOUR = 3600.0
FIGURES = ("availability", "effectiveness", "quality", "oee")


def window(trial: Trial) -> tuple[float, float]:
    """The whole hours that a solution could see, simulated s: what is asked for, and no more."""
    return float(np.ceil(trial.begin / HOUR) * HOUR), float(np.floor(trial.now / HOUR) * HOUR)


@lru_cache(maxsize=8)
def periods(trial: Trial) -> pl.DataFrame:
    """Hours and shifts of the window, a row a station each.

    Columns: station, start, end (simulated s), good, scrap (by the station's own counters, which
    count what it has handed on), grain, and the key figures of `twin.metrics`, null where there
    is nothing to divide by.
    """
    first, last = window(trial)
    latest = np.nextafter(trial.now, 0.0)
    rows = []
    units = ("hour", "shift") if trial.line.calendar is not None else ("hour",)
    for period in chain.from_iterable(breakdown(trial.trace, by).periods for by in units):
        if period.begin < first or period.end > last:
            continue
        for station, figures in period.kpis.stations.items():
            counters = [f"{station}.Passed", f"{station}.Rejected"]
            values = sample(trial.trace, counters, [period.begin, min(period.end, latest)])
            good, scrap = (values[:, 1] - values[:, 0]).tolist()
            rows.append(
                {
                    "station": station, "start": period.begin, "end": period.end,
                    "good": good, "scrap": scrap,
                    "grain": grain(trial, station, period.begin, period.end),
                    **{name: figures[name] for name in FIGURES},
                }
            )  # fmt: skip
    numbers = ("start", "end", "good", "scrap", "grain", *FIGURES)
    schema = {"station": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    return pl.DataFrame(rows, schema=schema).unique(["station", "start", "end"], keep="first")


def grain(trial: Trial, station: str, begin: float, end: float) -> float:
    """How exactly working time can be known from the tag State, as a share of it: 2 sigma.

    A state is seen to begin up to a period of the tag late, evenly spread, so each begin and end
    of work adds period² / 12 to the variance. 0 for a station that did not work.
    """
    rows = trial.trace.index.states(trial.line.place(station))
    work = rows.state == State.WORKING
    ends = np.append(rows.t[1:], trial.now)[work]
    starts, ends = np.clip(rows.t[work], begin, end), np.clip(ends, begin, end)
    worked = float((ends - starts).sum())
    edges = int(((starts > begin) & (starts < end)).sum() + ((ends > begin) & (ends < end)).sum())
    period = trial.line.tags[f"{station}.State"].period
    return 2.0 * period * float(np.sqrt(edges / 12.0)) / worked if worked else 0.0


@lru_cache(maxsize=8)
def spells(trial: Trial) -> pl.DataFrame:
    """In which state each station was, from when to when, within the window.

    Columns: station, start, end (simulated s), state.
    """
    first, last = window(trial)
    found = []
    for place, station in enumerate(trial.line.stations):
        rows = trial.trace.index.states(place)
        ends = np.append(rows.t[1:], trial.now)
        found.append(
            pl.DataFrame(
                {
                    "station": [station.id] * len(rows),
                    "start": np.clip(rows.t, first, last),
                    "end": np.clip(ends, first, last),
                    "state": [State(number).name for number in rows.state.tolist()],
                }
            )
        )
    return pl.concat(found).filter(pl.col("end") > pl.col("start"))

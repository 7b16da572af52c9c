"""What was made, hour by hour and shift by shift: counters, states and key figures."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

import numpy as np
import polars as pl

from twin.judge.trial import Trial
from twin.metrics import breakdown
from twin.signals import sample

HOUR = 3600.0
FIGURES = ("availability", "effectiveness", "quality", "oee")


def window(trial: Trial) -> tuple[float, float]:
    """The whole hours that a solution could see, simulated s: what is asked for, and no more."""
    return float(np.ceil(trial.begin / HOUR) * HOUR), float(np.floor(trial.now / HOUR) * HOUR)


@lru_cache(maxsize=8)
def periods(trial: Trial) -> pl.DataFrame:
    """Hours and shifts of the window, a row a station each.

    Columns: station, start, end (simulated s), good, scrap (by the station's own counters, which
    count what it has handed on), and the key figures of `twin.metrics`, null where there is
    nothing to divide by.
    """
    first, last = window(trial)
    rows = []
    for period in chain.from_iterable(
        breakdown(trial.trace, by).periods for by in ("hour", "shift")
    ):
        if period.begin < first or period.end > last:
            continue
        for station, figures in period.kpis.stations.items():
            passed, rejected = (
                sample(trial.trace, [f"{station}.{name}"], [period.begin, period.end - 0.0])[0]
                if period.end < trial.now
                else _to_the_end(trial, f"{station}.{name}", period.begin)
                for name in ("Passed", "Rejected")
            )
            rows.append(
                {
                    "station": station, "start": period.begin, "end": period.end,
                    "good": passed[1] - passed[0], "scrap": rejected[1] - rejected[0],
                    **{name: figures[name] for name in FIGURES},
                }
            )  # fmt: skip
    schema = {"station": pl.String, "start": pl.Float64, "end": pl.Float64, "good": pl.Float64,
              "scrap": pl.Float64, **dict.fromkeys(FIGURES, pl.Float64)}  # fmt: skip
    return pl.DataFrame(rows, schema=schema).unique(["station", "start", "end"], keep="first")


def _to_the_end(trial: Trial, tag: str, begin: float) -> np.ndarray:
    """A counter at the begin of a period and just before the end of the run."""
    return np.asarray(sample(trial.trace, [tag], [begin, np.nextafter(trial.now, 0.0)])[0])


@lru_cache(maxsize=8)
def state_times(trial: Trial) -> pl.DataFrame:
    """Seconds of each station in each state within the window: station, state, seconds."""
    first, last = window(trial)
    total: dict[tuple[str, str], float] = {}
    for period in breakdown(trial.trace, "hour").periods:
        if first <= period.begin and period.end <= last:
            for station, shares in period.kpis.states.items():
                for state, share in shares.items():
                    key = (station, state)
                    total[key] = total.get(key, 0.0) + share * (period.end - period.begin)
    return pl.DataFrame(
        [(station, state, seconds) for (station, state), seconds in total.items()],
        schema={"station": pl.String, "state": pl.String, "seconds": pl.Float64},
        orient="row",
    )

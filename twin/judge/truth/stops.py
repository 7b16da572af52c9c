"""Why and how long each station was down."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from twin.judge.trial import Trial
from twin.judge.truth.production import window
from twin.trace.tables import EventKind, State

STOPS = {"station": pl.String, "start": pl.Float64, "end": pl.Float64, "state": pl.String}


@lru_cache(maxsize=8)
def stops(trial: Trial) -> pl.DataFrame:
    """Stops by failure within the window; `state` is the id of the failure, as its alarm has it.

    Columns: station, start, end (simulated s), state. A failure upon a failure is a stop of its
    own. Left out is time down that no failure of the scenario explains (a fault, a shift's end).
    """
    first, last = window(trial)
    trace, found = trial.trace, []
    for place, station in enumerate(trial.line.stations):
        rows = trace.index.states(place)
        failed = trace.index.events(EventKind.FAILURE, place)
        ids = [one.id for one in station.spec.failures]
        ends = np.append(rows.t[1:], trial.now)
        for k in np.flatnonzero(rows.state == State.DOWN).tolist():
            number = int(np.searchsorted(failed.t, rows.t[k], side="right")) - 1
            if number < 0 or failed.t[number] != rows.t[k]:
                continue
            mode = int(failed.value[number])
            start, end = max(float(rows.t[k]), first), min(float(ends[k]), last)
            if mode < len(ids) and end > start:
                found.append((station.id, start, end, ids[mode]))
    return pl.DataFrame(found, schema=STOPS, orient="row")

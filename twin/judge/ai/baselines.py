"""What a solution must beat: chance, three sigma, an EWMA chart, and looking at everything in turn.

The two charts know the mean and spread each measured tag had while its station worked, from one
trial without faults, and nothing else. Chance gives as many alarms as the solution did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from twin.equipment.tag import Tag
from twin.judge.ai.alarms import SCHEMA, alarms
from twin.judge.ai.evidence import View
from twin.line.line import Line
from twin.seeds import stream as random_stream
from twin.signals import stream
from twin.trace.tables import State
from twin.trace.trace import Trace

EVERY: Final = 60.0  # s between the looks of the charts
LAMBDA: Final = 0.05  # weight of the newest look in the EWMA (Roberts 1959)
SIGMAS: Final = 5.0  # width of its limits: the least of false alarms in a published comparison
CHANCE: Final = "chance"
Floats = NDArray[np.float64]
Usual = Mapping[str, tuple[float, float]]  # tag -> mean and standard deviation at work


def measured(line: Line) -> list[Tag]:
    """Tags with an instrument: those of which a chart makes sense."""
    return [tag for station in line.stations for tag in station.tags if tag.noise > 0.0]


def looks(trace: Trace) -> tuple[Floats, dict[str, Floats]]:
    """Instants, and what each measured tag showed then; nan while its station does not work."""
    line = trace.line
    keys = {tag.key for tag in measured(line)}
    keys |= {f"{station.id}.State" for station in line.stations}
    order = [key for key in line.tags if key in keys]
    pieces = list(stream(trace, order, 0.0, trace.now, EVERY))
    t = np.concatenate([ticks for ticks, _ in pieces])
    rows = dict(zip(order, np.hstack([values for _, values in pieces]), strict=True))
    return t, {
        tag.key: np.where(
            np.rint(rows[f"{tag.station}.State"]) == State.WORKING, rows[tag.key], np.nan
        )
        for tag in measured(line)
    }


def usual(trace: Trace) -> Usual:
    """Mean and standard deviation at work of each measured tag; those that never worked miss."""
    found = {}
    for key, values in looks(trace)[1].items():
        seen = values[~np.isnan(values)]
        if len(seen) > 1 and seen.std() > 0.0:
            found[key] = (float(seen.mean()), float(seen.std()))
    return found


def three_sigma(z: Floats) -> NDArray[np.bool_]:
    """Looks at which a standardised value is beyond three; nan is not."""
    return np.asarray(np.abs(z) > 3.0)


def ewma(z: Floats) -> NDArray[np.bool_]:
    """Looks at which the EWMA of a standardised value is beyond SIGMAS of its own spread."""
    from scipy.signal import lfilter

    out = np.zeros(len(z), dtype=np.bool_)
    seen = ~np.isnan(z)
    average = lfilter([LAMBDA], [1.0, LAMBDA - 1.0], z[seen])
    out[seen] = np.abs(average) > SIGMAS * np.sqrt(LAMBDA / (2.0 - LAMBDA))
    return out


CHARTS: Final[Mapping[str, Callable[[Floats], NDArray[np.bool_]]]] = {
    "three sigma": three_sigma,
    "EWMA": ewma,
}
_learnt: WeakKeyDictionary[Trace, Usual] = WeakKeyDictionary()
_drawn: WeakKeyDictionary[Trace, dict[str, pl.DataFrame]] = WeakKeyDictionary()


def charted(trace: Trace, known: Usual) -> dict[str, pl.DataFrame]:
    """Alarms of each chart on a trial, by its name; made once for a trace."""
    if trace in _drawn:
        return _drawn[trace]
    t, values = looks(trace)
    rows: dict[str, list[pl.DataFrame]] = {name: [] for name in CHARTS}
    for tag in measured(trace.line):
        if tag.key not in known:
            continue
        mean, spread = known[tag.key]
        z = (values[tag.key] - mean) / spread
        for name, chart in CHARTS.items():
            hot = t[chart(z)]
            rows[name].append(
                pl.DataFrame({"t": hot, "asset": [tag.station] * len(hot),
                              "score": np.ones(len(hot))},
                             schema_overrides={"asset": pl.String})
            )  # fmt: skip
    _drawn[trace] = {name: alarms(pl.concat(frames)) for name, frames in rows.items()}
    return _drawn[trace]


def chance(view: View) -> pl.DataFrame:
    """As many alarms as the solution gave, each at a random station and instant."""
    count = view.matching.alarms.height
    rng = random_stream(view.trial.seed, "judge", "chance")
    at = np.sort(rng.uniform(view.trial.begin, view.trial.now, count))
    names = [station.id for station in view.trial.line.stations]
    chosen = [names[i] for i in rng.integers(0, len(names), count).tolist()]
    return pl.DataFrame(
        {"asset": chosen, "start": at, "stop": at, "peak": np.ones(count)}, schema=SCHEMA
    )


def others(fresh: Sequence[View], quiet: Sequence[View]) -> dict[str, list[pl.DataFrame]]:
    """Alarms of every baseline on each trial; charts only with a quiet one to learn from."""
    found = {CHANCE: [chance(view) for view in fresh]}
    if quiet:
        trace = quiet[0].trial.trace
        if trace not in _learnt:
            _learnt[trace] = usual(trace)
        known = _learnt[trace]
        for name in CHARTS:
            found[name] = [charted(view.trial.trace, known)[name] for view in fresh]
    return found

"""Control charts of what a line measures: their samples, and the rules that they really hit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from twin.judge.trial import Chart, Trial
from twin.signals import sample

RULES: dict[str, tuple[int, int, float]] = {
    "WE1": (1, 1, 3.0),
    "WE2": (2, 3, 2.0),
    "WE3": (4, 5, 1.0),
    "WE4": (8, 8, 0.0),
}
"""Of the last so many values (second), the newest among them, at least so many (first) lie beyond
so many sigma (third) on one side."""
LOOK_BACK = max(of for _least, of, _sigma in RULES.values())


def western_electric(
    values: ArrayLike, centre: float, sigma: float
) -> dict[str, NDArray[np.bool_]]:
    """Where each of the four rules of Western Electric is hit: rule -> one flag a value.

    Source: Western Electric, Statistical Quality Control Handbook, 1956, the tests for
    instability; Montgomery, Introduction to Statistical Quality Control, on sensitising rules.

    >>> hits = western_electric([0.0, 2.5, 0.0, 2.5, 3.5], centre=0.0, sigma=1.0)
    >>> [rule for rule, flags in hits.items() if flags[3]], [r for r, f in hits.items() if f[4]]
    (['WE2'], ['WE1', 'WE2'])
    """
    z = (np.asarray(values, dtype=np.float64) - centre) / sigma
    found = {}
    for rule, (least, of, limit) in RULES.items():
        flags = np.zeros(len(z), dtype=np.bool_)
        for side in (z, -z):
            beyond = side > limit
            run = np.cumsum(beyond)
            before = np.concatenate([np.zeros(of, dtype=run.dtype), run])[: len(run)]
            flags |= beyond & (run - before >= least)
        found[rule] = flags
    return found


@lru_cache(maxsize=64)
def samples(trial: Trial, chart: Chart) -> pl.DataFrame:
    """What a charted tag measured, from the start of the run on: columns t (simulated s), value.

    A sample is a change of the tag, seen with its own period: two equal values one after the
    other are one, as they are for any client.
    """
    period = trial.line.tags[chart.tag].period
    t = np.arange(0.0, trial.now, period)
    shown = sample(trial.trace, [chart.tag], t)[0]
    seen = ~np.isnan(shown)
    t, shown = t[seen], shown[seen]
    new = np.ones(len(shown), dtype=np.bool_)
    new[1:] = shown[1:] != shown[:-1]
    return pl.DataFrame({"t": t[new], "value": shown[new]})


@lru_cache(maxsize=64)
def hits(trial: Trial, chart: Chart) -> pl.DataFrame:
    """Rules hit where the solution could know: columns t (simulated s), rule.

    The first samples after it came are left out: the rules look back over them.
    """
    rows = samples(trial, chart)
    flags = western_electric(rows["value"].to_numpy(), chart.centre, chart.sigma)
    since = asked_from(trial, chart)
    found = [
        rows.filter(pl.Series(flags[rule], dtype=pl.Boolean)).select(
            "t", pl.lit(rule).alias("rule")
        )
        for rule in RULES
    ]
    return pl.concat(found).filter(pl.col("t") >= since).sort("t", "rule")


def asked_from(trial: Trial, chart: Chart) -> float:
    """When the solution had seen as many samples as the rules look back, simulated s."""
    later = samples(trial, chart).filter(pl.col("t") >= trial.begin)["t"]
    return float(later[LOOK_BACK]) if len(later) > LOOK_BACK else float("inf")

"""GW-09: how far a signal rebuilt from what was recorded is from the signal itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Exhibit
from twin.judge.gateway.rows import filed, recorded
from twin.judge.trial import Trial
from twin.judge.truth.served import TAG, changes, jumps, key
from twin.judge.verdict import Measured, NotJudged
from twin.signals import sample

Floats = NDArray[np.float64]
Pairs = tuple[Floats, Floats]  # times (s) and values
FAST = 0.2  # changes a second from which a signal counts as a fast one; assumed
ERRORS = {
    "tag": pl.String, "error": pl.Float64, "recorded": pl.UInt32, "changed": pl.UInt32,
    "fast": pl.Boolean,
}  # fmt: skip
NOTHING = 100.0  # % of range: the error of a tag of which nothing is known


def worst(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Mean error of the tag that is rebuilt worst, % of its EURange (GW-09)."""
    found = pl.concat([errors(trial, solution) for trial in trials])
    if not found.height:
        return NotJudged(_("no tag with a range was served"))
    found = found.sort("error", "tag", descending=[True, False])
    evidence = found.head(5).select("tag", "error", "recorded", "changed").to_dicts()
    return Measured.census(found["error"][0], found.height, evidence)


@lru_cache(maxsize=16)
def errors(trial: Trial, solution: str) -> pl.DataFrame:
    """A row for each number with a range: tag, error, recorded, changed, fast.

    `error` is the integral of |rebuilt - true| over the time judged, by its length and the width
    of EURange, in %; rebuilt is the last Good value, held until the next. Where a disturbance
    took the tag's value, or the gateway says that it has none, nothing is compared. What even a
    recording of all that was shown would have missed is taken off: a server that shows too little
    is no fault of the gateway's.
    """
    tags = [
        tag for tag in map(trial.line.tags.__getitem__, trial.served.tags)
        if tag.kind == "float" and tag.high > tag.low
    ]  # fmt: skip
    told = changes(trial)
    served_of = told.select(key(trial)).to_series().to_numpy() // TAG
    rows = recorded(trial, solution)
    _keys, order = filed(trial, solution)
    order = order[~rows["jumped"].to_numpy()[order]]
    mine_of = rows.select(key(trial)).to_series().to_numpy()[order] // TAG
    value, good = rows["value"].fill_null(np.nan).to_numpy(), rows["good"].to_numpy()
    said, t = np.where(good, value, np.nan), rows["t"].to_numpy()
    told_t, told_value = told["t"].to_numpy(), told["value"].to_numpy()
    numbers = {name: number for number, name in enumerate(trial.served.tags)}
    judged = max(trial.now - trial.begin, 1e-9)
    found = []
    for tag in tags:
        share = slice(*np.searchsorted(served_of, (numbers[tag.key], numbers[tag.key] + 1)))
        own = order[slice(*np.searchsorted(mine_of, (numbers[tag.key], numbers[tag.key] + 1)))]
        changed, error = len(told_t[share]), NOTHING
        if len(own):
            shown = (told_t[share], told_value[share])
            error = (
                100.0 * _error(trial, tag.key, shown, (t[own], said[own])) / (tag.high - tag.low)
            )
        found.append((tag.key, error, len(own), changed, changed / judged >= FAST))
    return pl.DataFrame(found, schema=ERRORS, orient="row")


def _error(trial: Trial, name: str, shown: Pairs, mine: Pairs) -> float:
    """The mean of |rebuilt - true| beyond what all that was shown would miss, in the tag's unit.

    Pairs are times and values: of changes served, and of what was recorded (NaN: no Good value).
    """
    true = _true(trial, name)
    best = (np.append(true[0][:1], shown[0]), np.append(true[1][:1], shown[1]))
    gaps = _unsaid(trial, name)
    rebuilt = (np.append(mine[0], gaps), np.append(mine[1], np.full(len(gaps), np.nan)))
    sources = (true, best, rebuilt)
    t = np.concatenate([times for times, _values in sources])
    order = np.argsort(t, kind="stable")
    t, source = t[order], np.repeat(np.arange(3), [len(one[0]) for one in sources])[order]
    values = np.concatenate([values for _times, values in sources])[order]
    is_true, is_best, is_rebuilt = (_held(values, source == number) for number in range(3))
    length = np.diff(np.append(t, trial.now))
    off = np.abs(is_rebuilt - is_true)
    compared = ~np.isnan(off) & (t >= trial.begin)
    missed = np.nan_to_num(np.abs(is_best - is_true), nan=0.0)
    over = float(length[compared].sum())
    area = float(((off - missed) * length)[compared].sum())
    return max(area, 0.0) / over if over > 0.0 else 0.0


def _held(values: Floats, mine: NDArray[np.bool_]) -> Floats:
    """At each place the last of the values that are `mine`; NaN before the first."""
    last = np.maximum.accumulate(np.where(mine, np.arange(len(values)), -1))
    return np.where(last >= 0, values[last], np.nan)


def _unsaid(trial: Trial, name: str) -> list[float]:
    """Where a false clock begins to spoil times nothing is known, until the next row."""
    period = trial.line.tags[name].period
    return [at - period for start, _stop, error in jumps(trial) for at in (start, start + error)]


def _true(trial: Trial, name: str) -> Pairs:
    """The signal's changes at its tag's own sampling instants; NaN while it was disturbed."""
    period = trial.line.tags[name].period
    first, last = np.ceil(trial.begin / period), np.ceil(trial.now / period)
    ticks: Floats = np.arange(first, last, dtype=np.float64) * period
    values: Floats = sample(trial.trace, [name], ticks)[0]
    for one in trial.served.forced:
        if one["tag"] == name:
            # the new status has the source time of the value before it
            since = one["start"] - 2.0 * period
            values[(ticks >= since) & (ticks < one["stop"])] = np.nan
    changed = np.ones(len(values), dtype=np.bool_)
    changed[1:] = (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
    return ticks[changed], values[changed]


def economy(trials: Sequence[Trial], solution: str) -> list[Exhibit]:
    """What a historian leaves out, and what that costs in truth."""
    found = pl.concat([errors(trial, solution) for trial in trials])
    kept = int(found["recorded"].sum())
    if not kept:
        return []
    values = {
        "changes a row": float(found["changed"].sum()) / kept,
        "error of slow signals %": _mean(found.filter(~pl.col("fast"))["error"]),
        "error of fast signals %": _mean(found.filter(pl.col("fast"))["error"]),
    }
    title = Text("Signals rebuilt from what was recorded", "기록에서 복원한 신호")
    note = _("error: mean, of EURange; fast: {rate:g} changes a second or more").format(rate=FAST)
    return [Exhibit(title, "", values, note=note, tests=("GW-09",))]


def _mean(values: pl.Series) -> float:
    return float(np.mean(values.to_numpy())) if len(values) else float("nan")

"""GW-09: how far a signal rebuilt from what was recorded is from the signal itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from twin.equipment.tag import Text
from twin.i18n import _
from twin.judge.checks import Exhibit
from twin.judge.gateway.rows import recorded
from twin.judge.trial import Trial
from twin.judge.truth.served import changes, jumps
from twin.judge.verdict import Measured, NotJudged
from twin.signals import sample

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
    names = [tag.key for tag in tags]
    if not names:
        return pl.DataFrame(schema=ERRORS)
    spans = [float(tag.high - tag.low) for tag in tags]
    true = _true(trial, names)
    mine = recorded(trial, solution).filter(pl.col("tag").is_in(names) & ~pl.col("jumped"))
    said = pl.when("good").then(pl.col("value")).otherwise(float("nan")).fill_null(float("nan"))
    shown = changes(trial).filter(pl.col("tag").is_in(names))
    first = true.group_by("tag").agg(pl.col("t", "true").first())
    best = pl.concat([first.rename({"true": "best"}),
                      shown.select("tag", "t", pl.col("value").alias("best"))])  # fmt: skip
    pieces = [true, best, mine.select("tag", "t", said.alias("rebuilt")), *_unsaid(trial, names)]
    numbered = [one.with_columns(pl.col("tag").cast(pl.Enum(names))) for one in pieces]
    both = pl.concat(numbered, how="diagonal").sort("tag", "t", maintain_order=True)
    until = pl.when(pl.col("tag") == pl.col("tag").shift(-1)).then(pl.col("t").shift(-1))
    both = both.with_columns(
        *(_held(name) for name in ("true", "rebuilt", "best")),
        (until.fill_null(trial.now) - pl.col("t")).alias("length"),
    ).filter(pl.col("t") >= trial.begin)
    off = (pl.col("rebuilt") - pl.col("true")).abs()
    compared = off.is_not_nan() & off.is_not_null()
    missed = (pl.col("best") - pl.col("true")).abs().fill_nan(0.0)
    by_tag = both.filter(compared).group_by("tag").agg(
        ((off - missed) * pl.col("length")).sum().clip(0.0).alias("area"),
        pl.col("length").sum().alias("length"),
    ).with_columns(pl.col("tag").cast(pl.String))  # fmt: skip
    counts = changes(trial).group_by("tag").agg(pl.len().alias("changed"))
    kept = mine.group_by("tag").agg(pl.len().alias("recorded"))
    share = 100.0 * pl.col("area") / pl.col("length") / pl.col("span")
    frame = (
        pl.DataFrame({"tag": names, "span": spans}, {"tag": pl.String, "span": pl.Float64})
        .join(by_tag, on="tag", how="left")
        .join(kept, on="tag", how="left")
        .join(counts, on="tag", how="left")
    )
    judged = max(trial.now - trial.begin, 1e-9)
    return frame.select(
        "tag",
        pl.when(pl.col("recorded").is_null()).then(NOTHING)
        .when(pl.col("length") > 0.0).then(share).otherwise(0.0).alias("error"),
        pl.col("recorded").fill_null(0), pl.col("changed").fill_null(0),
        (pl.col("changed").fill_null(0) / judged >= FAST).alias("fast"),
    )  # fmt: skip


def _held(name: str) -> pl.Expr:
    """A column's last value of the same tag, in rows sorted by tag."""
    row = pl.int_range(pl.len())
    first = pl.when(pl.col("tag") != pl.col("tag").shift(1)).then(row).forward_fill().fill_null(0)
    said = pl.when(pl.col(name).is_not_null()).then(row).forward_fill()
    return pl.when(said >= first).then(pl.col(name).forward_fill()).alias(name)


def _unsaid(trial: Trial, names: Sequence[str]) -> list[pl.DataFrame]:
    """Where a false clock begins to spoil times nothing is known, until the next row."""
    periods = np.array([trial.line.tags[name].period for name in names])
    return [
        pl.DataFrame({"tag": names, "t": at - periods, "rebuilt": np.full(len(names), np.nan)})
        for start, _stop, error in jumps(trial)
        for at in (start, start + error)
    ]


def _true(trial: Trial, names: Sequence[str]) -> pl.DataFrame:
    """Tag, t, true: the signal at its tag's own sampling instants; NaN while it was disturbed."""
    pieces = []
    for name in names:
        period = trial.line.tags[name].period
        ticks = np.arange(np.ceil(trial.begin / period), np.ceil(trial.now / period)) * period
        values = sample(trial.trace, [name], ticks)[0]
        for one in trial.served.forced:
            if one["tag"] == name:
                # the new status has the source time of the value before it
                since = one["start"] - 2.0 * period
                values[(ticks >= since) & (ticks < one["stop"])] = np.nan
        changed = np.ones(len(values), dtype=np.bool_)
        changed[1:] = (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
        pieces.append(
            pl.DataFrame({"t": ticks[changed], "true": values[changed]}).select(
                pl.lit(name).alias("tag"), "t", "true"
            )
        )
    return pl.concat(pieces)


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

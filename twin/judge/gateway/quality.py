"""GW-01 to GW-04: is everything there, once, with the right value, status and time?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.gateway.rows import missing, recorded, repeated
from twin.judge.trial import Trial
from twin.judge.truth.served import changes, jumps
from twin.judge.verdict import MOST_EVIDENCE, Measured, NotJudged

MILLION = 1e6


def lost(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Changes served and not recorded, ppm (GW-01)."""
    served = sum(changes(trial).height for trial in trials)
    if not served:
        return NotJudged(_("nothing was served in this time"))
    gone = [(trial, missing(trial, solution)) for trial in trials]
    count = sum(rows.height for _trial, rows in gone)
    note = ""
    if count:
        near = sum(_near_incidents(trial, rows) for trial, rows in gone)
        note = _("{count} of {served} changes; {near} of them around a disturbance").format(
            count=count, served=served, near=near
        )
    return Measured.census(MILLION * count / served, served, _evidence(gone), note)


def _near_incidents(trial: Trial, rows: pl.DataFrame, before: float = 2.0) -> int:
    """How many rows lie in a disturbance or shortly (10 s of the clock) after one."""
    after = 10.0 * max(trial.speed, 1.0)
    near = pl.lit(False)
    for one in trial.incidents:
        near |= pl.col("t").is_between(one.start - before, one.stop + after)
    return rows.filter(near).height


def twice(trials: Sequence[Trial], solution: str) -> Measured:
    """Samples beyond the first of the same tag, source time and status, ppm (GW-02)."""
    rows = sum(recorded(trial, solution).height for trial in trials)
    found = [(trial, repeated(trial, solution)) for trial in trials]
    more = sum(int((one["times"] - 1).sum()) for _trial, one in found)
    return Measured.census(MILLION * more / max(rows, 1), rows, _evidence(found))


def disordered(trials: Sequence[Trial], solution: str) -> Measured:
    """Samples handed in after a later one of their tag, ppm (GW-02)."""
    found, rows = [], 0
    for trial in trials:
        mine = recorded(trial, solution).filter(~pl.col("jumped"))
        latest = pl.col("us").cum_max().over("tag")
        found.append((trial, mine.filter(pl.col("us") < latest).sort("t")))
        rows += mine.height
    count = sum(one.height for _trial, one in found)
    return Measured.census(MILLION * count / max(rows, 1), rows, _evidence(found))


def false_values(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Good samples with another value than the tag showed at their source time, ppm (GW-03).

    A value is right when it is the same double, and an `int_value` the same whole number; what
    has no value must not be Good. Samples at
    times that are none of their tag's are a matter of GW-04.
    """
    found, rows = [], 0
    for trial in trials:
        mine = recorded(trial, solution).filter(
            pl.col("good") & pl.col("timed") & pl.col("truth").is_not_null()
        )
        same = (pl.col("value") == pl.col("truth")).fill_null(False)
        whole = pl.col("int_value").is_not_null()
        same &= ~whole | (pl.col("int_value") == pl.col("truth").cast(pl.Int64, strict=False))
        both_nan = (pl.col("value").is_null() | pl.col("value").is_nan()) & pl.col("truth").is_nan()
        found.append((trial, mine.filter(~same & ~both_nan)))
        rows += mine.height
    if not rows:
        return NotJudged(_("no Good sample at a time of the run"))
    count = sum(one.height for _trial, one in found)
    return Measured.census(MILLION * count / rows, rows, _evidence(found))


def false_status(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Stretches of forced status of a tag that were recorded as Good or not at all, % (GW-03)."""
    bad: list[dict[str, Any]] = []
    stretches = 0
    for trial in trials:
        rows = recorded(trial, solution)
        for one in trial.served.forced:
            if one["stop"] <= trial.begin or one["tag"] not in trial.served.tags:
                continue
            stretches += 1
            # the server tells a new status with the source time of the value it had
            early = trial.served.instants[trial.served.instants < one["start"]]
            since = (early[-2] if len(early) > 1 else 0.0) - trial.line.tags[one["tag"]].period
            inside = rows.filter(
                (pl.col("tag") == one["tag"]) & pl.col("t").is_between(since, one["stop"])
            )
            if not inside.filter(~pl.col("good")).height:
                bad.append({**one, "seed": trial.seed, "end": one["stop"],
                            "recorded": inside.height})  # fmt: skip
    if not stretches:
        return NotJudged(_("the plan forced no status: add a step `do: bad-values`"))
    return Measured.census(100.0 * len(bad) / stretches, stretches, bad)


def off_grid(trials: Sequence[Trial], solution: str) -> Measured | NotJudged:
    """Samples whose time is no sampling instant of their tag in this run, ppm (GW-04)."""
    evidence: list[dict[str, Any]] = []
    rows = count = 0
    for trial in trials:
        mine = recorded(trial, solution)
        off = mine.filter(~pl.col("timed"))
        ahead = any(error > 0.0 for _start, _stop, error in jumps(trial))
        outside: list[dict[str, Any]] = (
            []
            if ahead
            else [
                {"what": one.what, "rows": one.rows, "found": one.found}
                for one in trial.claims[solution].complaints
                if one.table == "samples" and one.column == "t" and one.first >= 0
            ]
        )
        beyond = sum(one["rows"] for one in outside)
        rows += mine.height + beyond
        count += off.height + beyond
        evidence += [{"seed": trial.seed, **one} for one in outside]
        evidence += _evidence([(trial, off)])
    if not rows:
        return NotJudged(_("no sample of a tag of this line"))
    return Measured.census(MILLION * count / rows, rows, evidence)


def _evidence(found: Sequence[tuple[Trial, pl.DataFrame]]) -> list[dict[str, Any]]:
    """The first rows that show it, with their seed."""
    return [
        {"seed": trial.seed, **row}
        for trial, rows in found
        for row in rows.head(MOST_EVIDENCE).to_dicts()
    ]

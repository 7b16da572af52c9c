"""Which alarm is about which fault: hits, alarms elsewhere, false alarms; what was found when.

An alarm that begins while a fault is at work at an asset that shows it is a hit. One that begins
while some fault is at work, but at another asset, is *elsewhere*: neither found nor false. All
others are false. An alarm that already stood when the fault began has found nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
import polars as pl

from twin.judge.ai.episodes import GRACE, Episode


@dataclass(frozen=True)
class Detection:
    """When a fault was found: the start of its first alarm, `inf` when none came."""

    episode: Episode
    at: float

    @property
    def found(self) -> bool:
        """Whether an alarm came."""
        return self.at < inf

    @property
    def delay(self) -> float:
        """Seconds from first-observable to the alarm; below 0 when it came before."""
        return self.at - self.episode.observable


@dataclass(frozen=True)
class Matching:
    """Alarms of one trial with what each is ("hit", "elsewhere", "false"); detections by fault."""

    alarms: pl.DataFrame
    detections: tuple[Detection, ...]

    @cached_property
    def false(self) -> pl.DataFrame:
        """The false alarms."""
        return self.alarms.filter(pl.col("what") == "false")


def match(alarms: pl.DataFrame, found: Sequence[Episode], grace: float = GRACE) -> Matching:
    """Match alarms (asset, start, stop, peak) to episodes; traps count as no fault at all."""
    real = [e for e in found if not e.trap]
    start, assets = alarms["start"].to_numpy(), alarms["asset"].to_numpy()
    what = np.full(len(start), "false", dtype=object)
    at_asset = {name: assets == name for one in real for name in one.assets}
    detections = []
    for one in real:
        during = (start >= one.onset) & (start < one.end + grace)
        there = during & np.logical_or.reduce([at_asset[name] for name in one.assets])
        what[during & (what == "false")] = "elsewhere"
        what[there] = "hit"
        first = float(start[there].min(initial=inf))
        detections.append(Detection(one, first if first < one.end else inf))
    return Matching(
        alarms.with_columns(pl.Series("what", what.tolist(), dtype=pl.String)), tuple(detections)
    )

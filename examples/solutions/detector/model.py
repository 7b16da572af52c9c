"""Condition monitoring by EWMA charts on every measured tag, with limits learnt from good days.

Each tag of a station is compared with its usual value, and with that while it works; the deviation
is averaged over five minutes and over half an hour (Roberts 1959). A chart's limit is twice as far
as it went on days without faults; a value that never changed on good days must not change at all.
What is at its limit has the score 0.5: an alarm.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.signal import lfilter

SPANS = (300.0, 1800.0)  # s of memory of the two charts of a tag
MARGIN = 2.0  # limits are so many times the farthest excursion seen
# follow state and output, and tell nothing that these do not
FOLLOWERS = {"Power", "AirFlow", "State", "PartInWork", "Product", "Started", "Passed", "Rejected",
             "Failures", "Queue"}  # fmt: skip
FARTHEST = 4.0  # limits a single value may count for, so that charts come back after a fault
STANDING = 0.6  # of its own limit the short average must show what the long one shows
ENOUGH = 500  # changes on good days from which limits can be learnt
AFTER = 3600.0  # s after a labelled fault that are not taken for good ones


@dataclass
class Chart:
    """Charts of a station at work, or always: tags, usual values and spreads, limits a span."""

    asset: str
    at_work: bool
    tags: list[str]
    centre: np.ndarray  # (tags,)
    spread: np.ndarray  # (tags,)
    limits: np.ndarray  # (spans, tags)
    memory: np.ndarray = field(default_factory=lambda: np.zeros(0))  # (spans, tags), between calls
    was: bool = False  # whether the row before counted as at work


@dataclass
class Scores:
    """Scores of one station at the times `t`; `ratios` (times, tags) say how near each limit is."""

    asset: str
    t: np.ndarray
    score: np.ndarray
    tags: list[str]
    ratios: np.ndarray


class Detector:
    """Learns from days with labels, then scores rows as they come."""

    def __init__(self, every: float, margin: float = MARGIN, spans: Sequence[float] = SPANS):
        self.every, self.margin = every, margin
        self.weights = np.array([1.0 - np.exp(-every / span) for span in spans])
        self.charts: list[Chart] = []

    def learn(self, frames: Sequence[pl.DataFrame], faults: Sequence[pl.DataFrame]) -> None:
        """Usual values and limits from telemetry and the faults that were at work in it."""
        good = [_good(f, known) for f, known in zip(frames, faults, strict=True)]
        assets = [c.removesuffix(".State") for c in frames[0].columns if c.endswith(".State")]
        for asset in assets:
            tags = [t for t in frames[0].columns if t.startswith(f"{asset}.")]
            tags = [t for t in tags if _measured(frames, good, t)]
            if tags:
                self.charts += [self._chart(asset, w, tags, frames, good) for w in (True, False)]

    def _chart(
        self,
        asset: str,
        at_work: bool,
        tags: list[str],
        frames: Sequence[pl.DataFrame],
        good: list[np.ndarray],
    ) -> Chart:
        rows = [_rows(f, asset, at_work) for f in frames]
        values = [f.select(tags).to_numpy() for f in frames]
        usual = np.vstack([v[r & g] for v, r, g in zip(values, rows, good, strict=True)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a tag that was never seen
            centre = np.nanmedian(usual, axis=0)
            spread = 1.4826 * np.nanmedian(np.abs(usual - centre), axis=0)
            spread = np.where(spread > 0, spread, np.nanstd(usual, axis=0))
        # what stood still on good days: the least change goes beyond every limit
        spread = np.where(spread > 0, spread, 1e-3 * (np.abs(centre) + 1e-3))
        chart = Chart(asset, at_work, tags, np.nan_to_num(centre), spread, np.zeros(0))
        most = np.zeros((len(self.weights), len(tags)))
        for v, r, g in zip(values, rows, good, strict=True):
            chart.memory = np.zeros((len(self.weights), len(tags)))
            averages = self._averages(chart, v[r & g])
            if averages.size:
                most = np.maximum(most, np.abs(averages).max(axis=1))
        chart.limits = np.maximum(self.margin * most, 1.0)
        chart.memory = np.zeros_like(most)
        return chart

    def _averages(self, chart: Chart, values: np.ndarray) -> np.ndarray:
        """Moving averages (spans, rows, tags) of the deviations; `memory` goes on from here."""
        most = FARTHEST * chart.limits[0] if chart.limits.size else np.inf
        z = np.nan_to_num(_held(np.clip((values - chart.centre) / chart.spread, -most, most)))
        out = np.empty((len(self.weights), *z.shape))
        for i, w in enumerate(self.weights):
            if len(z):
                out[i], _ = lfilter([w], [1.0, w - 1.0], z, axis=0,
                                    zi=(1.0 - w) * chart.memory[i][None, :])  # fmt: skip
                chart.memory[i] = out[i][-1]
        return out

    def forget(self) -> None:
        """Begin a new trial."""
        for chart in self.charts:
            chart.memory, chart.was = np.zeros_like(chart.limits), False

    def score(self, frame: pl.DataFrame) -> list[Scores]:
        """Scores of rows that follow those of the call before, by station."""
        t = np.arange(frame.height)
        merged: dict[str, Scores] = {}
        for chart in self.charts:
            if f"{chart.asset}.State" not in frame.columns:
                continue
            rows, ratios = self._ratios(chart, frame)
            if chart.asset not in merged:
                empty = np.zeros((frame.height, len(chart.tags)))
                merged[chart.asset] = Scores(chart.asset, t, np.zeros(len(t)), chart.tags, empty)
            whole = merged[chart.asset].ratios
            whole[rows] = np.maximum(whole[rows], ratios)
        for one in merged.values():
            one.score = np.minimum(0.5 * one.ratios.max(axis=1, initial=0.0), 1.0)
        return list(merged.values())

    def _ratios(self, chart: Chart, frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Rows that one chart looks at, and how near its limits their averages are."""
        there = [tag if tag in frame.columns else None for tag in chart.tags]
        rows = _rows(frame, chart.asset, chart.at_work, chart.was)
        chart.was = bool(_works(frame, chart.asset, chart.at_work)[-1])
        values = np.column_stack(
            [np.full(frame.height, np.nan) if n is None else frame[n].to_numpy() for n in there]
        )
        ratios = np.abs(self._averages(chart, values[rows])) / chart.limits[:, None, :]
        ratios[1] *= ratios[0] >= STANDING
        return rows, ratios.max(axis=0)


def _held(z: np.ndarray) -> np.ndarray:
    """Gaps filled with the last value before them."""
    bad = np.isnan(z)
    if not bad.any():
        return z
    index = np.where(bad, 0, np.arange(len(z))[:, None])
    np.maximum.accumulate(index, axis=0, out=index)
    return np.take_along_axis(z, index, axis=0)


def _works(frame: pl.DataFrame, asset: str, at_work: bool) -> pl.Series:
    """Which rows count: all, or those in which a station works."""
    state = frame[f"{asset}.State"].cast(pl.String).str.to_lowercase()
    return (state == "working").fill_null(False) | (not at_work)


def _rows(frame: pl.DataFrame, asset: str, at_work: bool, was: bool = False) -> np.ndarray:
    """Rows that count and follow one that did; `was` tells of the row before the first."""
    works = _works(frame, asset, at_work)
    return (works & works.shift(1, fill_value=was)).to_numpy()


def _measured(frames: Sequence[pl.DataFrame], good: Sequence[np.ndarray], tag: str) -> bool:
    """Whether a tag is worth a chart: a number that moves up and down, or stands still."""
    kind = frames[0].schema[tag]
    if not kind.is_numeric() or tag.split(".")[-1] in FOLLOWERS:
        return False
    steps = np.concatenate(
        [np.diff(f[tag].to_numpy()[g]) for f, g in zip(frames, good, strict=True)]
    )
    if kind.is_integer():
        return not steps.any()
    up, down = (steps > 0).sum(), (steps < 0).sum()
    return bool(up + down == 0 or (min(up, down) > 0 and up + down >= ENOUGH))


def _good(frame: pl.DataFrame, faults: pl.DataFrame) -> np.ndarray:
    """Rows with no fault at work or just repaired."""
    t = frame["time"].dt.epoch("us").to_numpy() / 1e6
    good = np.ones(len(t), dtype=bool)
    for onset, end in faults.select(
        pl.col("onset").dt.epoch("us"), pl.col("end").dt.epoch("us")
    ).iter_rows():
        good &= ~((t >= onset / 1e6) & (t < end / 1e6 + AFTER))
    return good

"""Remaining life of a spindle bearing from its vibration.

Vibration of a healthy spindle and of its damage add as power, so h = sqrt(rms^2 - usual^2) is the
damage. It grows exponentially: a straight line through log h, fitted to the last hours, meets the
level at which earlier bearings failed. How far that was off in training widens the interval and
takes out the bias (a split-conformal correction of the ratio of true to predicted life).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

HOUR = 3600.0
SMOOTH = 1800.0  # s of working looks in one value of the indicator
MEMORY = 8 * HOUR  # s of the past that the line is fitted to
LEAST = 4  # values above the noise before anything is said
LOUD = 3.0  # spreads of the healthy indicator from which damage is told from noise


@dataclass
class Wear:
    """The indicator of one bearing: instants and log of the damage, where it is seen at all."""

    t: np.ndarray
    h: np.ndarray


@dataclass
class Estimator:
    """Learns level, spread and correction from courses to failure; predicts from one so far."""

    usual: float = 0.0  # mean square of a healthy spindle, (mm/s)^2
    noise: float = 0.0  # spread of its mean square
    level: float = 0.0  # log of the damage at failure
    longest: float = 0.0  # s from first seen to failure, of all in training
    ratio: tuple[float, float, float] = (1.0, 1.0, 1.0)  # 5 %, 50 %, 95 % of true / predicted
    healthy: list[np.ndarray] = field(default_factory=list)

    def learn(
        self,
        signals: Sequence[tuple[np.ndarray, np.ndarray]],
        faults: Sequence[tuple[float, float]],
    ) -> None:
        """From (t, rms) at work of several spindles, and onset and failure of each, s."""
        squares = [
            _means(t, rms**2)[1][_means(t, rms**2)[0] < onset]
            for (t, rms), (onset, _) in zip(signals, faults, strict=True)
        ]
        early = np.concatenate(squares)
        self.usual, self.noise = float(np.median(early)), float(np.std(early))
        wears = [self.wear(t, rms) for t, rms in signals]
        levels = [
            float(np.interp(failure, w.t, w.h))
            for w, (_, failure) in zip(wears, faults, strict=True)
            if len(w.t) and np.isfinite(failure)
        ]
        self.level = float(np.median(levels))
        self.longest = max(
            failure - w.t[0]
            for w, (_, failure) in zip(wears, faults, strict=True)
            if len(w.t) and np.isfinite(failure)
        )
        ratios = [
            (failure - t) / rul
            for w, (_, failure) in zip(wears, faults, strict=True)
            for t, rul in self._raw(w)
            if t < failure and np.isfinite(failure)
        ]
        low, mid, high = np.quantile(ratios, (0.05, 0.5, 0.95))
        self.ratio = (float(low), float(mid), float(high))

    def wear(self, t: np.ndarray, rms: np.ndarray) -> Wear:
        """The indicator of a signal, from where damage is seen."""
        at, square = _means(t, rms**2)
        seen = square - self.usual > LOUD * self.noise
        return Wear(at[seen], 0.5 * np.log(square[seen] - self.usual))

    def _raw(self, wear: Wear) -> Iterator[tuple[float, float]]:
        """Instant and life, s, by the straight line alone."""
        for i in range(LEAST, len(wear.t) + 1):
            now = wear.t[i - 1]
            rows = slice(int(np.searchsorted(wear.t[:i], now - MEMORY)), i)
            if i - rows.start < LEAST:
                continue
            slope, base = np.polyfit(wear.t[rows] - now, wear.h[rows], 1)
            if slope > 0.05 / HOUR:
                yield float(now), float(np.clip((self.level - base) / slope, 300.0, self.longest))

    def predict(self, t: np.ndarray, rms: np.ndarray) -> list[tuple[float, float, float, float]]:
        """Rows (t, life, low, high), s: each from what was known at t."""
        return [
            (now, rul * self.ratio[1], rul * self.ratio[0], rul * self.ratio[2])
            for now, rul in self._raw(self.wear(t, rms))
        ]


def _means(t: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over stretches of SMOOTH s; the instant of each is when its last value was seen."""
    if not len(t):
        return t, values
    cell = np.floor(t / SMOOTH).astype(np.int64)
    cells, first, counts = np.unique(cell, return_index=True, return_counts=True)
    sums = np.add.reduceat(values, first)
    whole = cells < cell[-1]  # the last may still grow
    return (cells[whole] + 1.0) * SMOOTH, (sums / counts)[whole]

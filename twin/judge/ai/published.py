"""Scores of the literature, shown beside the verdicts: NAB, affiliation, and point adjustment.

None of them decides anything here. Point adjustment rates random numbers like a detector (Kim et
al., AAAI 2022); it is shown struck through, with the value of a random score beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Span = tuple[float, float]
NAB_TRUE, NAB_FALSE, NAB_MISSED = 1.0, 0.11, 1.0  # weights of the profile "standard"
FAR = 3.0  # window lengths behind a window from which a false alarm counts in full


def sigmoid(y: ArrayLike) -> NDArray[np.float64]:
    """NAB's scaled sigmoid 2/(1 + e^(5y)) - 1 of a relative place; -1 from y = 3 on.

    >>> [round(float(v), 4) for v in sigmoid([-1.0, 0.0, 3.0])]
    [0.9866, 0.0, -1.0]
    """
    place = np.asarray(y, dtype=np.float64)
    return np.where(place >= FAR, -1.0, 2.0 / (1.0 + np.exp(5.0 * np.minimum(place, FAR))) - 1.0)


def nab(
    alarms: ArrayLike,
    windows: Sequence[Span],
    weights: tuple[float, float, float] = (NAB_TRUE, NAB_FALSE, NAB_MISSED),
) -> tuple[float, float, float]:
    """Raw score of alarms at instants against windows, and those of no alarm and of perfection.

    The first alarm in a window counts by its place; an alarm outside counts against, by its
    distance from the window before it in lengths of that window. Source: nab/sweeper.py of the
    Numenta Anomaly Benchmark; `weights` are those of true, false and missed detections.
    """
    true, false, missed = weights
    at = np.sort(np.asarray(alarms, dtype=np.float64))
    score, inside = 0.0, np.zeros(len(at), dtype=np.bool_)
    for start, stop in windows:
        rows = (at >= start) & (at <= stop)
        inside |= rows
        if rows.any():
            place = (at[rows][0] - stop) / max(stop - start, 1e-9)
            score += true * float(sigmoid(place))
        else:
            score -= missed
    starts = np.array([start for start, _ in windows])
    for t in at[~inside].tolist():
        before = int(np.searchsorted(starts, t)) - 1
        if before < 0:
            score -= false
        else:
            start, stop = windows[before]
            score += false * float(sigmoid((t - stop) / max(stop - start, 1e-9)))
    best = len(windows) * true * float(sigmoid(-1.0))
    return score, -missed * len(windows), best


def normalised(raw: float, nothing: float, perfect: float) -> float:
    """A raw NAB score on the scale where no alarm is 0 and perfection 100; nan without windows."""
    return 100.0 * (raw - nothing) / (perfect - nothing) if perfect > nothing else float("nan")


def affiliation(said: ArrayLike, true: ArrayLike) -> tuple[float, float]:
    """Affiliation precision and recall of instants marked by a model and in truth (n,), (n,).

    Each true segment owns the instants nearest to it; within that zone a distance is rated by the
    probability that a random instant is farther away (Huet, Navarro, Rossi, KDD 2022). Precision
    is nan where nothing was marked.

    >>> affiliation([0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0])
    (1.0, 1.0)
    """
    marked, truth = np.asarray(said, dtype=bool), np.asarray(true, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], truth.astype(np.int8), [0]])))
    spans = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    precisions, recalls = [], []
    borders = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(spans)), len(truth)]
    for (start, stop), low, high in zip(spans, borders, borders[1:], strict=False):
        zone = np.arange(low, high)
        away = np.maximum(np.maximum(start - zone, zone - stop + 1), 0)
        here = zone[marked[low:high]]
        if len(here):
            mine = np.maximum(np.maximum(start - here, here - stop + 1), 0)
            precisions.append(float(np.mean([(away >= d).mean() for d in mine.tolist()])))
            rated = [
                (np.abs(zone - y) >= np.abs(here - y).min()).mean() for y in range(start, stop)
            ]
            recalls.append(float(np.mean(rated)))
        else:
            recalls.append(0.0)
    precision = float(np.mean(precisions)) if precisions else float("nan")
    return precision, float(np.mean(recalls)) if recalls else float("nan")


def point_f1(said: ArrayLike, true: ArrayLike) -> float:
    """F1 of marked instants, each counted by itself."""
    marked, truth = np.asarray(said, dtype=bool), np.asarray(true, dtype=bool)
    hit = int((marked & truth).sum())
    total = int(marked.sum() + truth.sum())
    return 2.0 * hit / total if total else float("nan")


def adjusted_f1(said: ArrayLike, true: ArrayLike) -> float:
    """F1 after point adjustment: one marked instant makes its whole true segment found.

    >>> adjusted_f1([0, 1, 0, 0, 0], [1, 1, 1, 1, 0]), point_f1([0, 1, 0, 0, 0], [1, 1, 1, 1, 0])
    (1.0, 0.4)
    """
    marked, truth = np.asarray(said, dtype=bool).copy(), np.asarray(true, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], truth.astype(np.int8), [0]])))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if marked[start:stop].any():
            marked[start:stop] = True
    return point_f1(marked, truth)


def random_adjusted_f1(true: ArrayLike, seed: int = 0) -> float:
    """The best point-adjusted F1 that uniform random numbers reach over a row of thresholds."""
    truth = np.asarray(true, dtype=bool)
    score = np.random.default_rng(seed).random(len(truth))
    return max(adjusted_f1(score >= limit, truth) for limit in 1.0 - np.logspace(-4, -0.3, 25))

"""Confidence intervals from independent replications, and lines of exponential machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import twin
from tests.laws.lines import make
from twin.line import Line
from twin.trace import State, Trace

CONFIDENCE = 0.99


def interval(values: Iterable[float]) -> tuple[float, float]:
    """Two-sided 99 % confidence interval of the mean of independent values (Student's t)."""
    x = np.asarray(list(values), dtype=float)
    half = stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(x) - 1) * x.std(ddof=1) / np.sqrt(len(x))
    return float(x.mean() - half), float(x.mean() + half)


def assert_mean(values: Iterable[float], exact: float, most: float) -> None:
    """The interval covers the exact value, and is narrow enough (`most`, relative) to say much."""
    low, high = interval(values)
    assert low <= exact <= high, f"{exact:.6g} is not in [{low:.6g}, {high:.6g}]"
    assert (high - low) / 2.0 <= most * exact, f"[{low:.6g}, {high:.6g}] is too wide"


def replicate(
    line: Line, length: float, measure: Callable[[Trace], Any], count: int = 10, first: int = 100
) -> NDArray[np.float64]:
    """`measure` of independent runs of a line, shape (count, ...)."""
    return np.array([measure(twin.run(line, length, seed)) for seed in range(first, first + count)])


def finished(trace: Trace, since: float) -> float:
    """Good parts a second after a warm-up of `since` seconds."""
    t = trace.index.arrivals(trace.line.place("out"))
    return float((t >= since).sum()) / (trace.now - since)


def shares(trace: Trace, station: str, since: float) -> dict[State, float]:
    """Share of the time after `since` that a station spent in each state."""
    series = trace.index.states(trace.line.place(station))
    begin = np.maximum(series.t, since)
    length = np.clip(np.r_[begin[1:], trace.now] - begin, 0.0, None)
    return {s: float(length[series.state == s].sum() / (trace.now - since)) for s in State}


def series_line(
    count: int,
    capacity: int | str,
    *,
    mean: str = "1 s",
    failures: list[dict[str, Any]] | None = None,
) -> Line:
    """Machines in a row with exponential times, the first always supplied."""
    stations: dict[str, Any] = {}
    for i in range(1, count + 1):
        spec: dict[str, Any] = {"cycle": {"kind": "exponential", "mean": mean}}
        if i > 1:
            spec["buffer"] = capacity
        if i < count:
            spec["to"] = f"m{i + 1}"
        stations[f"m{i}"] = {**spec, "failures": failures or []}
    return make(stations)


def exponential(mean: float) -> dict[str, Any]:
    """An exponential time."""
    return {"kind": "exponential", "mean": f"{mean!r} s"}

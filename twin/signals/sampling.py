"""`sample`: what the sensors of a line show, at any instants, in any order, computed at once.

A sensor looks at its own instants `k * period` only and holds what it saw; noise belongs to k.
So a value depends on (trace, tag, k) and on nothing else: windows, steps and repetition do not
change it, and nothing has to run beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.equipment.tag import Tag
from twin.equipment.texture import Recorded
from twin.errors import UsageError
from twin.i18n import _
from twin.line.line import Line
from twin.signals.noise import standard_normal, tag_key
from twin.signals.recorded import recorded
from twin.signals.sensor import measured
from twin.signals.sources import SOURCES
from twin.trace.trace import Trace

BLOCK = 1 << 15  # instants computed at once: fits the cache


def select(line: Line, tags: str | Sequence[str]) -> list[Tag]:
    """Tags whose key matches any of the names or globs ("RFL.*"), in table order."""
    patterns = [tags] if isinstance(tags, str) else list(tags)
    known = line.tags
    chosen = {pattern for pattern in patterns if pattern in known}
    for glob in dict.fromkeys(pattern for pattern in patterns if pattern not in known):
        matching = [key for key in known if fnmatchcase(key, glob)]
        if not matching:
            text = _("no tag matches {glob!r} on {line}").format(glob=glob, line=line.id)
            raise UsageError(text, pattern=glob)
        chosen.update(matching)
    return [tag for key, tag in known.items() if key in chosen]


def sample(trace: Trace, tags: str | Sequence[str], ticks: ArrayLike) -> NDArray[np.float64]:
    """Values the tags show at the instants `ticks` (s, shape (n,)): shape (tags, n).

    `tags` are keys or globs, in table order. Raises FutureError when an instant is not before
    the trace's now, and UsageError for an unknown tag or a negative instant.

    >>> import twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "10min", seed=1)
    >>> twin.sample(trace, ["Line.Finished", "*.Queue"], [60, 120, 599]).shape[1]
    3
    """
    instants = np.atleast_1d(np.asarray(ticks, dtype=np.float64))
    if instants.ndim != 1:
        raise UsageError(_("ticks must have one dimension, not {n}").format(n=instants.ndim))
    if len(instants):
        trace.require_known(float(instants.max()))
        if instants.min() < 0.0 or not np.isfinite(instants).all():
            raise UsageError(_("ticks must be finite and not negative"))
    chosen = select(trace.line, tags)
    out = np.empty((len(chosen), len(instants)))
    for row, tag in zip(out, chosen, strict=True):
        for begin in range(0, len(instants), BLOCK):
            part = slice(begin, begin + BLOCK)
            row[part] = shown(trace, tag, instants[part])
    return out


def looked(t: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Number k of a sensor's last look `k * period` at or before each instant, exactly."""
    if period == 1.0:
        return np.floor(t)
    k = np.floor(t / period)  # the quotient may be rounded over a whole number, either way
    k += (k + 1.0) * period <= t
    k -= k * period > t
    return k


def shown(trace: Trace, tag: Tag, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """What one tag shows at sorted or unsorted instants: sampled, noisy, rounded."""
    k = looked(t, tag.period)
    if isinstance(tag.texture, Recorded):
        value = recorded(trace, tag, tag.texture, k.astype(np.int64))
    elif tag.texture is not None:
        value = measured(trace, tag, tag.texture, k.astype(np.int64))
    else:
        value = SOURCES[type(tag.source)](trace, tag, k * tag.period)
    if tag.texture is None and tag.noise > 0.0:
        noise = standard_normal(tag_key(trace.seed, tag.key), k.astype(np.int64))
        noise *= tag.noise
        value = np.clip(value + noise, tag.low, tag.high)
    if tag.resolution > 0.0:
        steps, scale = decimal(tag.resolution)
        value = np.rint(value / tag.resolution)
        value *= steps
        value /= scale
    return value


@cache
def decimal(resolution: float) -> tuple[float, float]:
    """A resolution as (whole number, power of ten): 0.05 is (5, 100).

    A whole number of steps divided once by the power of ten is the double nearest to the decimal
    a display would show, so 28.15 prints as 28.15.
    """
    scale = 1.0
    while scale < 1e12 and abs(resolution * scale - round(resolution * scale)) > 1e-9 * scale:
        scale *= 10.0
    return float(round(resolution * scale)), scale


def stream(
    trace: Trace,
    tags: str | Sequence[str],
    start: float,
    stop: float,
    step: float,
    chunk: int = 1 << 16,
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """(ticks, values) in chunks over the grid `k * step` within [start, stop), s.

    Any cut into chunks gives the same values; only one chunk is held at a time.

    >>> import twin
    >>> trace = twin.run(twin.load("electronics/smt-v1"), "1h", seed=1)
    >>> [values.shape for _, values in twin.stream(trace, "RFL.Zone*Temp", 0, 3600, 1, 2000)]
    [(10, 2000), (10, 1600)]
    """
    if step <= 0.0:
        raise UsageError(_("the step must be above 0 s, got {step:g}").format(step=step))
    first, end = int(np.ceil(start / step - 1e-9)), int(np.ceil(stop / step - 1e-9))
    for begin in range(first, end, chunk):
        ticks = np.arange(begin, min(begin + chunk, end), dtype=np.float64) * step
        yield ticks, sample(trace, tags, ticks)

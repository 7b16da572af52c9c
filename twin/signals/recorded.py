"""A tag that moves as a record of it did: levels, how fast it goes through them, and how rough.

A pure function of (trace, tag, look number), as all of `twin.signals`: slow movement is hashed
lattice noise sent through the quantiles of the record, and what is fast depends on the level.
"""

from __future__ import annotations

from functools import cache, lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from twin.equipment.tag import Tag
from twin.equipment.texture import Recorded, Slow, Stands
from twin.signals.lattice import UNIFORM, levels, wander
from twin.signals.noise import (
    DENSE,
    Floats,
    Ints,
    correlated,
    fading,
    fork,
    mixed,
    quantiles,
    tag_key,
)
from twin.signals.sources import SOURCES
from twin.trace.trace import Trace

FEW = 3  # bits: looks within which the process moves smoothly
NEXT = 0.97  # correlation of smooth movement over FEW bits from look to look
SPANS = 12  # bits: a cell of spans
HELD = 6  # bits: nothing is held by chance beyond a cell of 2**HELD looks
BETWEEN = 0.743  # variance of a smooth step between two nodes of unit variance, mean over a cell


def recorded(trace: Trace, tag: Tag, record: Recorded, k: Ints) -> Floats:
    """What the tag shows at its looks `k`, before rounding; shape as `k`."""
    if not len(k):
        return np.zeros(0)
    out = emulated(record, tag_key(trace.seed, tag.key, "record"), k)
    if record.about is not None:
        t = np.maximum(k, 0) * tag.period
        out += np.asarray(SOURCES[type(tag.source)](trace, tag, t), dtype=np.float64)
        out -= record.about
    return np.asarray(np.clip(out, tag.low, tag.high))


def emulated(record: Recorded, key: np.uint64, k: Ints) -> Floats:
    """Values of the record's kind at looks `k`: whole cells are computed, as holds ask for them."""
    size = 1 << HELD
    cells = k >> HELD
    low, high = int(cells.min()), int(cells.max())
    run = high - low < DENSE * (len(k) >> HELD) + 2
    wanted = np.arange(low, high + 1) if run else np.unique(cells)
    ticks = ((wanted << HELD)[:, None] + np.arange(size)).ravel()
    values, hold = _moving(record, key, ticks, run)
    fresh = (hold <= UNIFORM.take(mixed(fork(key, 9), ticks))).reshape(-1, size)
    fresh[:, 0] = True
    last = np.maximum.accumulate(np.where(fresh, np.arange(size), 0), axis=1)
    held = np.take_along_axis(values.reshape(-1, size), last, axis=1).ravel()
    out = held.take((np.searchsorted(wanted, cells) << HELD) + (k & (size - 1)))
    if record.stands is not None:
        still, begin = spans(record.stands, fork(key, 7), k)
        begins, rows = np.unique(begin[still], return_inverse=True)
        score = _score(record, key, begins, False)
        out[still] = np.interp(score, _scores(len(record.stands.levels)), record.stands.levels)[
            rows
        ]
    return out


def spans(stands: Stands, key: np.uint64, k: Ints) -> tuple[NDArray[np.bool_], Ints]:
    """Whether each look lies in a span that stands still, and the look at which its span begins.

    Spans of both kinds take turns in cells of 2**SPANS looks; a cell begins with a part of one.
    """
    still, begin = np.zeros(len(k), dtype=bool), np.zeros(len(k), dtype=np.int64)
    cells = k >> SPANS
    for cell in np.unique(cells).tolist():
        mine = cells == cell
        first, bounds = _turns(stands, key, cell)
        into = k[mine] - (cell << SPANS)
        turn = np.searchsorted(bounds, into, side="right")
        still[mine] = (turn & 1) == first
        begin[mine] = np.append(0, bounds)[turn] + (cell << SPANS)
    return still, begin


@lru_cache(maxsize=64)
def _turns(stands: Stands, key: np.uint64, cell: int) -> tuple[int, Ints]:
    """Which of a cell's spans stand still (0: the even ones), and where each ends."""
    n = 1 << SPANS
    mean = (sum(stands.still) / len(stands.still), sum(stands.busy) / len(stands.busy))
    number = np.arange(cell * n, cell * n + n)
    share = UNIFORM.take(mixed(key, number))
    first = int(UNIFORM[mixed(fork(key, 1), number[:1])][0] > mean[0] / sum(mean))
    lengths = np.empty(n)
    for turn, row in enumerate((stands.still, stands.busy)):
        own = slice((turn + first) % 2, None, 2)
        lengths[own] = np.interp(share[own], np.linspace(0.0, 1.0, len(row)), row)
    lengths = np.maximum(np.rint(lengths), 1.0)
    lengths[0] = np.ceil(lengths[0] * UNIFORM[mixed(fork(key, 2), number[:1])][0])
    ends = np.cumsum(lengths).astype(np.int64)
    return first, ends[: int(np.searchsorted(ends, n)) + 1]


def _moving(record: Recorded, key: np.uint64, ticks: Ints, run: bool) -> tuple[Floats, Floats]:
    """Value and probability of a hold at each tick."""
    score = _score(record, key, ticks, run)
    grid = _scores(len(record.levels))
    value = np.interp(score, grid, record.levels)
    bands = len(record.rough)
    band = np.searchsorted(_edges(bands), score)
    share = levels(fork(key, 5), ticks, record.bits, 1.0, UNIFORM, run)
    size, memory, hold, first, count = _table(record)
    row = first.take(band) + (share * count.take(band)).astype(np.int64)
    fast = _fast(fork(key, 6), ticks, memory.take(row), quantiles(0.0, record.tails), run)
    return value + size.take(row) * fast, hold.take(row)


def _fast(key: np.uint64, ticks: Ints, memory: Floats, table: Floats, run: bool) -> Floats:
    """What an instrument adds from look to look, and what the process does within a few of them.

    The memory is that of their sum; where it is negative, looks alternate.
    """
    smooth = np.clip(memory / NEXT, 0.0, 1.0)
    out = np.sqrt(1.0 - smooth) * correlated(key, ticks, (1.0,), table, run)
    out += np.sqrt(smooth / BETWEEN) * wander(fork(key, 1), ticks, FEW, run=run)
    for step in np.unique(memory[memory < 0.0]).tolist():
        alternate = correlated(key, ticks, _weights(step), table, run)
        np.copyto(out, alternate, where=memory == step)
    return out


def _score(record: Recorded, key: np.uint64, ticks: Ints, run: bool) -> Floats:
    """Where its slow part is among the levels, as a normal score."""
    score = np.zeros(len(ticks))
    for number, slow in enumerate(record.slow, 30):
        score += _slow(slow, fork(key, number), ticks, run)
    return score


def _slow(slow: Slow, key: np.uint64, ticks: Ints, run: bool) -> Floats:
    if slow.jumps:
        out = levels(key, ticks, slow.bits, 1.0, quantiles(), run)
        out *= slow.share**0.5
    else:
        out = wander(key, ticks, slow.bits, run=run)
        out *= (slow.share / BETWEEN) ** 0.5
    return out


@cache
def _weights(memory: float) -> tuple[float, ...]:
    """Weights of noise that alternates with this negative memory."""
    weights = fading(-memory, 40)
    return tuple(-w if i % 2 else w for i, w in enumerate(weights))


@cache
def _scores(n: int) -> Floats:
    """Normal scores of n equally likely values."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / n) for i in range(n)])


@cache
def _edges(n: int) -> Floats:
    """Normal scores between n equally likely bands."""
    normal = NormalDist()
    return np.array([normal.inv_cdf(i / n) for i in range(1, n)])


@cache
def _table(record: Recorded) -> tuple[Floats, Floats, Floats, Ints, Ints]:
    """Size, memory (to 0.05) and hold by row; first row and number of rows by band."""
    rows = [row for band in record.rough for row in band]
    size, memory, hold = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    count = np.array([len(band) for band in record.rough])
    return size, np.round(memory * 5.0) / 5.0, hold, np.cumsum(count) - count, count

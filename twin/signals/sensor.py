"""What an instrument makes of a true value: lag, noise with memory, disturbances, holds.

Pure functions of (trace, tag, look number): everything is computed from hashed numbers and the
trace at this look and at those before it, so any look can be had alone and equals the same look of
the whole.
"""

from __future__ import annotations

from functools import cache
from math import exp

import numpy as np

from twin.equipment.tag import Tag
from twin.equipment.texture import Texture
from twin.signals.disturbance import disturbance
from twin.signals.lattice import levels, looks, shocks, wander
from twin.signals.noise import Floats, Ints, correlated, drawn, fading, fork, quantiles, tag_key
from twin.signals.sources import SOURCES, last
from twin.trace.tables import State
from twin.trace.trace import Trace

HEAVY = quantiles(0.0, 0.12)
DENSE = 4  # looks within a range this many times as long are computed as a range
FULL = 0.1  # share of the range from which on an instrument is as noisy as it gets, assumed
TAPS = 8  # of the lag's weighted mean
MOTION = 1.7  # s, one motion of a machine's cycle, assumed
MOTIONS = 64
PIECES = 4096  # of MOTIONS each, of one part


def measured(trace: Trace, tag: Tag, texture: Texture, k: Ints) -> Floats:
    """What the instrument reports at its looks `k`, before rounding; shape as `k`."""
    if not len(k):
        return np.zeros(0)
    key = tag_key(trace.seed, tag.key)
    if texture.missed > 0.0:
        k = looks(fork(key, 1), k, texture.missed)
    low, high = int(k.min()), int(k.max())
    if high - low > DENSE * len(k) + 64:
        return _apart(trace, tag, texture, key, k)
    values = _window(trace, tag, texture, key, low, high + 1)
    if len(values) == len(k) and bool((k[1:] > k[:-1]).all()):
        return values
    return values.take(k - low)


def _apart(trace: Trace, tag: Tag, texture: Texture, key: np.uint64, k: Ints) -> Floats:
    """Looks that lie far apart."""
    if texture.deadband <= 0.0:
        return seen(trace, tag, texture, key, k, False)
    place = k + _offset(key, texture)
    length = 1 << texture.report
    cells, rows = np.unique(place >> texture.report, return_inverse=True)
    ticks = (cells[:, None] << texture.report) + (np.arange(length) - _offset(key, texture))
    values = seen(trace, tag, texture, key, ticks.ravel(), False)
    table = reported(values.reshape(len(cells), length), texture.deadband * tag.noise)
    return np.asarray(table[place & (length - 1), rows])


def _window(trace: Trace, tag: Tag, texture: Texture, key: np.uint64, low: int, end: int) -> Floats:
    """All looks from `low` to before `end`."""
    if texture.deadband <= 0.0:
        return seen(trace, tag, texture, key, np.arange(low, end), True)
    offset, length = _offset(key, texture), 1 << texture.report
    first = (low + offset) // length * length - offset
    if end - first <= length:  # all in one cell, whose rest need not be known
        width, cells = end - first, 1
    else:
        width, cells = length, -((first - end) // length)
    values = seen(trace, tag, texture, key, np.arange(first, first + cells * width), True)
    table = reported(values.reshape(cells, width), texture.deadband * tag.noise)
    return table.T.ravel()[low - first : end - first]


def _offset(key: np.uint64, texture: Texture) -> int:
    """Where a tag's cells of reports begin: not all tags report at the same look."""
    return int(key) & ((1 << texture.report) - 1)


def reported(values: Floats, band: float) -> Floats:
    """Report by exception: a value stays until it has moved by more than `band`.

    Each row of `values` is a cell that begins with a report, so a look needs only those before it
    in its cell. Returns them with looks as rows and cells as columns.
    """
    table = np.ascontiguousarray(values.T)
    now = table[0]
    for row in table[1:]:
        np.copyto(row, now, where=np.abs(row - now) <= band)
        now = row
    return table


def seen(trace: Trace, tag: Tag, texture: Texture, key: np.uint64, k: Ints, run: bool) -> Floats:
    """The true value as the sensing element has it: late, loaded, disturbed, noisy, in range.

    A `run` is a row of successive looks; the values are the same either way.
    """
    value = delayed(trace, tag, texture, k, run)
    scatter = noise(trace, tag, texture, key, k, run)
    if texture.quiet < 1.0:
        size = np.abs(value)
        size *= (1.0 - texture.quiet) / (FULL * (tag.high - tag.low))
        size += texture.quiet
        scatter *= np.minimum(size, 1.0, out=size)
    scatter *= tag.noise
    scatter += value
    return np.asarray(np.clip(scatter, tag.low, tag.high, out=scatter))


def true(trace: Trace, tag: Tag, texture: Texture, k: Ints) -> Floats:
    """True value at looks `k`, with what parts and motions add while the station works."""
    t = np.maximum(k, 0) * tag.period
    value = np.asarray(SOURCES[type(tag.source)](trace, tag, t), dtype=np.float64)
    if texture.load == 0.0 and texture.pattern == 0.0:
        return value
    series = trace.index.states(trace.line.place(tag.station))
    if not len(series):
        return value
    row = np.maximum(last(series.t, t), 0)
    low, high = int(row.min()), int(row.max()) + 1
    part = series.part[low:high].astype(np.int64)
    works = (series.state[low:high] == State.WORKING) & (part >= 0)
    if not works.any():
        return value
    row -= low
    into = t - series.t[low:high].take(row)
    into *= 1.0 / MOTION
    motion = into.astype(np.int64)
    key = tag_key(trace.seed, tag.station, "load")
    factor = _motions(key).take(motion & (MOTIONS - 1))
    factor *= texture.pattern
    motion //= MOTIONS  # material differs from part to part, and along a long one
    motion += (part * PIECES).take(row)
    factor += texture.load * drawn(key, motion, HEAVY)
    factor *= works.take(row)
    factor += 1.0
    factor *= value
    return factor


@cache
def _motions(key: np.uint64) -> Floats:
    """How far each motion of a cycle lies from the mean load: mean 0, sd 1, shape (MOTIONS,)."""
    table = drawn(fork(key, 1), np.arange(MOTIONS) // 2, quantiles(0.3, 0.05)).copy()
    return np.asarray((table - table.mean()) / table.std())


@cache
def _taps(lag: float, period: float) -> tuple[int, tuple[float, ...]]:
    """Distance in looks and weights of the looks before this one in a first-order lag."""
    stride = max(1, round(lag / (3.0 * period)))
    fade = exp(-stride * period / lag)
    weights = [fade**i for i in range(TAPS)]
    total = sum(weights)
    return stride, tuple(w / total for w in weights[1:])


def delayed(trace: Trace, tag: Tag, texture: Texture, k: Ints, run: bool) -> Floats:
    """True value through the sensor's own first-order lag."""
    if texture.lag <= 0.0:
        return true(trace, tag, texture, k)
    stride, weights = _taps(texture.lag, tag.period)
    if not run:
        now = true(trace, tag, texture, k)
        out = now.copy()
        for i, weight in enumerate(weights, 1):
            out += weight * (true(trace, tag, texture, k - i * stride) - now)
        return out
    n, reach = len(k), stride * len(weights)
    line = true(trace, tag, texture, np.arange(int(k[0]) - reach, int(k[-1]) + 1))
    now = line[reach:]
    if line.min() == line.max():
        return now
    out = now.copy()
    scratch = np.empty(n)
    for i, weight in enumerate(weights, 1):
        begin = reach - i * stride
        np.subtract(line[begin : begin + n], now, out=scratch)
        scratch *= weight
        out += scratch
    return out


def noise(trace: Trace, tag: Tag, texture: Texture, key: np.uint64, k: Ints, run: bool) -> Floats:
    """All that is not the true value, in standard deviations of its fast part."""
    table = quantiles(texture.skew, texture.tails)
    out = correlated(key, k, fading(texture.memory), table, run)
    if texture.volatility > 0.0:
        out *= wander(fork(key, 2), k, 9, _sizes(texture.volatility), run)
    for number, slow in enumerate(texture.wander, 20):
        part = wander(fork(key, number), k, slow.bits, run=run)
        part *= slow.size
        out += part
    if texture.shifts:
        bits, share, size = texture.shifts
        part = levels(fork(key, 3), k, bits, share, HEAVY, run)
        part *= size
        out += part
    if texture.shocks:
        bits, share, size, decay = texture.shocks
        part = shocks(fork(key, 4), k, bits, share, decay, run)
        part *= size
        out += part
    for name, gain, late in texture.shared:
        part = disturbance(trace.seed, tag.station, name, _seconds(k, tag.period, late))
        part *= gain
        out += part
    return out


def _seconds(k: Ints, period: float, late: float) -> Ints:
    """Whole second of each look, `late` seconds before."""
    if period == 1.0:
        return k - round(late)
    return np.asarray(np.floor(k * period).astype(np.int64) - round(late))


@cache
def _sizes(spread: float) -> Floats:
    """Lognormal factors of mean square 1 by quantile, shape (65536,)."""
    sizes = np.exp(spread * quantiles())
    return np.asarray(sizes / np.sqrt((sizes * sizes).mean()))

"""Slow things as pure functions of a tick number: wander, levels, shocks, held looks.

Each lays cells of 2**b ticks over time and hashes the numbers of the cells around a tick, so any
tick can be had alone and a window costs a few look-ups a value. Nothing looks at a later tick.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from twin.signals.noise import Floats, Ints, drawn, fork, mixed, quantiles

UNIFORM = (np.arange(1 << 16) + 0.5) / (1 << 16)
UNIFORM.flags.writeable = False


@cache
def _ramp(bits: int) -> Floats:
    """Weight of the next node at each tick of a cell: a smooth step, shape (2**bits,)."""
    f = np.arange(1 << bits) / (1 << bits)
    ramp = f * f * (3.0 - 2.0 * f)
    ramp.flags.writeable = False
    return np.asarray(ramp)


def wander(
    key: np.uint64, ticks: Ints, bits: int, table: Floats | None = None, run: bool = False
) -> Floats:
    """Smooth hashed noise (lattice noise) whose nodes lie 2**bits ticks apart.

    Nodes are drawn from `table` (unit variance normal quantiles unless given). The node after a
    tick is drawn from its number alone, so it looks at nothing that has yet to happen. A `run` is
    a row of successive ticks: the same sums, laid out by cells.
    """
    values = quantiles() if table is None else table
    if run and len(ticks) >> bits:
        low, cell = int(ticks[0]), 1 << bits
        first = low >> bits
        nodes = values.take(mixed(key, np.arange(first, (int(ticks[-1]) >> bits) + 2)))
        whole = (nodes[1:] - nodes[:-1])[:, None] * _ramp(bits)
        whole += nodes[:-1, None]
        begin = low - first * cell
        return whole.ravel()[begin : begin + len(ticks)]
    cells = ticks >> bits
    before = drawn(key, cells, values)
    after = drawn(key, cells + 1, values)
    after -= before
    after *= _ramp(bits).take(ticks & ((1 << bits) - 1))
    after += before
    return after


def _begins(key: np.uint64, cells: Ints, bits: int) -> Ints:
    """How far into its cell a regime begins, ticks."""
    at = mixed(key, cells)
    return at >> (16 - bits) if bits <= 16 else at << (bits - 16)


def levels(
    key: np.uint64, ticks: Ints, bits: int, share: float, table: Floats, run: bool = False
) -> Floats:
    """A level that shifts now and then: `share` of the regimes lie off zero, drawn from `table`.

    Regimes are cells of 2**bits ticks whose beginnings are jittered over the whole cell.
    """
    off, size = fork(key, 11), fork(key, 12)
    happens = sparse(share)
    if run:
        low, high = int(ticks[0]), int(ticks[-1])
        cells = np.arange((low >> bits) - 1, (high >> bits) + 1)
        values = happens.take(mixed(off, cells)) * table.take(mixed(size, cells))
        begins = (cells << bits) + _begins(key, cells, bits)
        bounds = np.clip(np.append(begins[1:], high + 1), low, high + 1) - low
        return np.repeat(values, np.diff(bounds, prepend=0))
    cells = ticks >> bits
    now = cells - ((ticks & ((1 << bits) - 1)) < _begins(key, cells, bits))
    return np.asarray(happens.take(mixed(off, now)) * table.take(mixed(size, now)))


@cache
def sparse(share: float) -> Floats:
    """A table that is 1 for a share of its entries and 0 for the others."""
    return (share > UNIFORM).astype(np.float64)


def shocks(
    key: np.uint64, ticks: Ints, bits: int, share: float, decay: float, run: bool = False
) -> Floats:
    """Sudden moves that fade: `share` of the cells of 2**bits ticks have one, of heavy tail.

    `decay` is the time constant in ticks; a shock is over after four of them, at most a cell.
    """
    out = np.zeros(len(ticks))
    happens, size, fade = sparse(share), quantiles(0.0, 0.12), _fade(decay, 1 << bits)
    at, big = fork(key, 13), fork(key, 14)
    if run:
        low, high = int(ticks[0]), int(ticks[-1])
        cells = np.arange((low >> bits) - 1, (high >> bits) + 1)
        cells = cells[happens.take(mixed(key, cells)) > 0.0]
        begins = (cells << bits) + ((mixed(at, cells) << bits) >> 16) - low
        sizes = size.take(mixed(big, cells))
        for odd in (0, 1):  # shocks of every second cell never overlap
            mine = (cells & 1) == odd
            rows = begins[mine, None] + np.arange(len(fade))
            values = sizes[mine, None] * fade
            inside = (rows >= 0) & (rows < len(ticks))
            out[rows[inside]] += values[inside]
        return out
    for back in (0, 1):
        cells = (ticks >> bits) - back
        since = ticks - (cells << bits) - ((mixed(at, cells) << bits) >> 16)
        live = (since >= 0) & (since < len(fade)) & (happens.take(mixed(key, cells)) > 0.0)
        out[live] += size.take(mixed(big, cells[live])) * fade.take(since[live])
    return out


@cache
def _fade(decay: float, most: int) -> Floats:
    """What is left of a shock at each tick since it came, at most `most` of them."""
    if decay <= 0.0:
        return np.ones(1)
    return np.exp(-np.arange(min(most, int(4.0 * decay) + 1)) / decay)


def looks(key: np.uint64, ticks: Ints, missed: float) -> Ints:
    """The tick whose value is shown, as a share `missed` of the renewals does not come.

    Every sixteenth comes, so that no tick needs more than those before it up to there.
    """
    fresh, most = 1.0 - sparse(missed), 16
    low, high = int(ticks.min()), int(ticks.max())
    if high - low <= 4 * len(ticks) + 64:
        numbers = np.arange(low - most, high + 1)
        come = (fresh.take(mixed(key, numbers)) > 0.0) | (numbers % most == 0)
        last = np.maximum.accumulate(np.where(come, numbers, low - most))
        return np.asarray(last.take(ticks - (low - most)))
    shown = ticks.copy()
    while True:
        waiting = (fresh.take(mixed(key, shown)) == 0.0) & (shown % most != 0)
        if not waiting.any():
            return shown
        shown[waiting] -= 1

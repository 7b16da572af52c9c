"""Slow things as pure functions of a tick number: wander, levels, shocks, held looks.

Each lays cells of 2**b ticks over time and hashes the numbers of the cells around a tick, so any
tick can be had alone and a window costs a few look-ups a value. Nothing looks at a later tick.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from twin.signals.noise import Floats, Ints, drawn, mixed, quantiles

UNIFORM = (np.arange(1 << 16) + 0.5) / (1 << 16)
UNIFORM.flags.writeable = False


@cache
def _ramp(bits: int) -> Floats:
    """Weight of the next node at each tick of a cell: a smooth step, shape (2**bits,)."""
    f = np.arange(1 << bits) / (1 << bits)
    ramp = f * f * (3.0 - 2.0 * f)
    ramp.flags.writeable = False
    return np.asarray(ramp)


def wander(key: np.uint64, ticks: Ints, bits: int, table: Floats | None = None) -> Floats:
    """Smooth hashed noise (lattice noise) whose nodes lie 2**bits ticks apart.

    Nodes are drawn from `table` (unit variance normal quantiles unless given). The node after a
    tick is drawn from its number alone, so it looks at nothing that has yet to happen.
    """
    values = quantiles() if table is None else table
    cells = ticks >> bits
    before = drawn(key, cells, values)
    after = drawn(key, cells + 1, values)
    after -= before
    after *= _ramp(bits).take(ticks & ((1 << bits) - 1))
    after += before
    return after


def regime(key: np.uint64, ticks: Ints, bits: int) -> Ints:
    """Number of the regime in force: cells of 2**bits ticks whose boundaries are jittered."""
    cells = ticks >> bits
    if not len(cells):
        return cells
    low, high = int(cells.min()), int(cells.max())
    if high - low > 4 * len(cells) + 64:
        begins = mixed(key, cells) >> (16 - bits) if bits <= 16 else mixed(key, cells) << (bits - 16)
    else:
        at = mixed(key, np.arange(low, high + 1))
        begins = (at >> (16 - bits) if bits <= 16 else at << (bits - 16)).take(cells - low)
    return cells - ((ticks & ((1 << bits) - 1)) < begins)


def levels(key: np.uint64, ticks: Ints, bits: int, share: float, table: Floats) -> Floats:
    """A level that shifts now and then: `share` of the regimes lie off zero, drawn from `table`."""
    now = regime(key, ticks, bits)
    off = drawn(key ^ np.uint64(0x5851F42D4C957F2D), now, sparse(share))
    off *= drawn(key ^ np.uint64(0x14057B7EF767814F), now, table)
    return off


@cache
def sparse(share: float) -> Floats:
    """A table that is 1 for a share of its entries and 0 for the others."""
    return (UNIFORM < share).astype(np.float64)


def shocks(key: np.uint64, ticks: Ints, bits: int, share: float, decay: float) -> Floats:
    """Sudden moves that fade: `share` of the cells of 2**bits ticks have one, of heavy tail.

    `decay` is the time constant in ticks; a shock is over after four of them or at the end of the
    next cell.
    """
    out = np.zeros(len(ticks))
    happens = sparse(share)
    size = quantiles(0.0, 0.12)
    fade = _fade(decay, 2 << bits)
    for back in (0, 1):
        cells = (ticks >> bits) - back
        hit = np.flatnonzero(drawn(key, cells, happens))
        if not len(hit):
            continue
        cells = cells[hit]
        at = mixed(key ^ np.uint64(0x2545F4914F6CDD1D), cells)
        at = (cells << bits) + ((at << bits) >> 16)
        since = ticks[hit] - at
        live = since >= 0
        rows = hit[live]
        out[rows] += fade.take(since[live]) * size.take(
            mixed(key ^ np.uint64(0x6C62272E07BB0142), cells[live])
        )
    return out


@cache
def _fade(decay: float, length: int) -> Floats:
    """What is left of a shock after each tick, shape (length,)."""
    if decay <= 0.0:
        return np.r_[1.0, np.zeros(length - 1)]
    left = np.exp(-np.arange(length) / decay)
    left[left < 0.018] = 0.0
    return np.asarray(left)


def looks(key: np.uint64, ticks: Ints, every: int, missed: float) -> Ints:
    """The tick whose value is shown: a transmitter renews it each `every` ticks, at times not.

    `missed` is the share of renewals that fail to come; no value grows older than sixteen of them.
    """
    turns = ticks // every if every > 1 else ticks
    if missed > 0.0:
        most = 16
        low = int(turns.min()) if len(turns) else 0
        high = int(turns.max()) if len(turns) else 0
        fresh = 1.0 - sparse(missed)
        if high - low > 4 * len(turns) + 64:
            stale = turns.copy()
            waiting = (drawn(key, stale, fresh) == 0.0) & (stale % most != 0)
            while waiting.any():
                stale[waiting] -= 1
                waiting &= (drawn(key, stale, fresh) == 0.0) & (stale % most != 0)
            turns = stale
        else:
            numbers = np.arange(low - most, high + 1)
            come = (fresh.take(mixed(key, numbers)) > 0.0) | (numbers % most == 0)
            last = np.maximum.accumulate(np.where(come, numbers, low - most))
            turns = last.take(turns - (low - most))
    return np.asarray(turns * every if every > 1 else turns)

"""What several tags feel at once: mains, compressed air, the weather, the machine under them.

Each disturbance is a pure function of (seed, name, second): steps that hold, sags that recover,
and wander; the hall's temperature follows the day and the week. Unit: one standard deviation,
about. Sizes and times are assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from twin.signals.lattice import levels, shocks, wander
from twin.signals.noise import Floats, Ints, correlated, fork, quantiles, tag_key

DAY = 86_400
HEAVY = quantiles(0.0, 0.15)
BLOCK = 1 << 14  # s, computed at once and kept: several tags ask for the same seconds


def supply(key: np.uint64, seconds: Ints) -> Floats:
    """Mains voltage: steps as large drives start and stop, short sags, flicker."""
    out = levels(key, seconds, 6, 0.8, HEAVY, run=True)
    out += 2.5 * shocks(fork(key, 1), seconds, 6, 0.4, 1.5, run=True)
    out += 0.5 * correlated(fork(key, 2), seconds, (1.0,), quantiles(), run=True)
    return out


def air(key: np.uint64, seconds: Ints) -> Floats:
    """Compressed air: a saw between load and idle of the compressor, dips as valves open."""
    out = levels(key, seconds, 5, 0.9, HEAVY, run=True)
    out += wander(fork(key, 1), seconds, 4, run=True)
    out += 2.0 * shocks(fork(key, 2), seconds, 5, 0.5, 3.0, run=True)
    out += 0.3 * correlated(fork(key, 3), seconds, (1.0,), quantiles(), run=True)
    return out


def machine(key: np.uint64, seconds: Ints) -> Floats:
    """One machine's own: how the load of its material and its friction move."""
    out = levels(key, seconds, 7, 0.8, HEAVY, run=True)
    out += 0.8 * wander(fork(key, 1), seconds, 5, run=True)
    out += 2.0 * shocks(fork(key, 2), seconds, 7, 0.4, 3.0, run=True)
    out += 0.4 * correlated(fork(key, 3), seconds, (1.0,), quantiles(), run=True)
    return out


def ambient(key: np.uint64, seconds: Ints) -> Floats:
    """Temperature of the hall: day and week, gates that open, weather."""
    out = 1.2 * np.cos(2.0 * np.pi * (seconds / DAY - 0.4))
    out -= 0.5 * (seconds % (7 * DAY) >= 5 * DAY)
    out += wander(key, seconds, 12, run=True)
    out += shocks(fork(key, 1), seconds, 10, 0.3, 200.0, run=True)
    return np.asarray(out)


SHARED: Mapping[str, tuple[bool, Callable[[np.uint64, Ints], Floats]]] = {
    "supply": (False, supply),
    "air": (False, air),
    "ambient": (False, ambient),
    "machine": (True, machine),
}
"""By name: whether each station has its own, and the function."""


@lru_cache(maxsize=160)
def _block(key: np.uint64, name: str, number: int) -> Floats:
    """A disturbance over BLOCK seconds, shape (BLOCK,)."""
    begin = number * BLOCK
    return SHARED[name][1](key, np.arange(begin, begin + BLOCK))


def disturbance(seed: int, station: str, name: str, seconds: Ints) -> Floats:
    """A disturbance at rising or unordered whole seconds, as felt at a station."""
    key = tag_key(seed, station if SHARED[name][0] else "", name)
    blocks = seconds // BLOCK
    low, high = int(blocks.min()), int(blocks.max())
    if low == high:
        return _block(key, name, low).take(seconds - low * BLOCK)
    if high - low <= 2 + 4 * len(seconds) // BLOCK:
        whole = np.concatenate([_block(key, name, number) for number in range(low, high + 1)])
        return whole.take(seconds - low * BLOCK)
    out = np.empty(len(seconds))
    for number in np.unique(blocks):
        mine = blocks == number
        out[mine] = _block(key, name, int(number)).take(seconds[mine] - number * BLOCK)
    return out

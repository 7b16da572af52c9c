"""What several tags feel at once: mains, compressed air, the weather, the machine under them.

Each disturbance is a pure function of (seed, name, second): steps that hold, sags that recover,
and wander; the hall's temperature follows the day and the week. Unit: one standard deviation,
about. Sizes and times are assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twin.signals.lattice import levels, shocks, wander
from twin.signals.noise import Floats, Ints, drawn, quantiles, tag_key

DAY = 86_400
HEAVY = quantiles(0.0, 0.15)


def supply(key: np.uint64, seconds: Ints) -> Floats:
    """Mains voltage: steps as large drives start and stop, short sags, flicker."""
    out = levels(key, seconds, 6, 0.8, HEAVY)
    out += 2.5 * shocks(key + np.uint64(1), seconds, 6, 0.4, 1.5)
    out += 0.5 * drawn(key + np.uint64(2), seconds, quantiles())
    return out


def air(key: np.uint64, seconds: Ints) -> Floats:
    """Compressed air: a saw between load and idle of the compressor, dips as valves open."""
    out = levels(key, seconds, 5, 0.9, HEAVY)
    out += wander(key + np.uint64(1), seconds, 4)
    out += 2.0 * shocks(key + np.uint64(2), seconds, 5, 0.5, 3.0)
    out += 0.3 * drawn(key + np.uint64(3), seconds, quantiles())
    return out


def machine(key: np.uint64, seconds: Ints) -> Floats:
    """One machine's own: how the load of its material and its friction move."""
    out = levels(key, seconds, 7, 0.8, HEAVY)
    out += 0.8 * wander(key + np.uint64(1), seconds, 5)
    out += 2.0 * shocks(key + np.uint64(2), seconds, 7, 0.4, 3.0)
    out += 0.4 * drawn(key + np.uint64(3), seconds, quantiles())
    return out


def ambient(key: np.uint64, seconds: Ints) -> Floats:
    """Temperature of the hall: day and week, gates that open, weather."""
    bits = 9
    cells = seconds >> bits
    low, high = (int(cells.min()), int(cells.max()) + 1) if len(cells) else (0, 0)
    if high - low > 4 * len(cells) + 64:
        numbers, back = np.unique(np.r_[cells, cells + 1], return_inverse=True)
        before, after = back[: len(cells)], back[len(cells) :]
    else:
        numbers = np.arange(low, high + 1)
        before = cells - low
        after = before + 1
    t = numbers * float(1 << bits)
    node = 1.2 * np.cos(2.0 * np.pi * (t / DAY - 0.4)) - 0.5 * (t % (7 * DAY) >= 5 * DAY)
    out = node[before]
    out += (node[after] - out) * ((seconds & ((1 << bits) - 1)) / float(1 << bits))
    out += wander(key, seconds, 14)
    out += shocks(key + np.uint64(1), seconds, 10, 0.3, 200.0)
    return np.asarray(out)


SHARED: Mapping[str, tuple[bool, Callable[[np.uint64, Ints], Floats]]] = {
    "supply": (False, supply),
    "air": (False, air),
    "ambient": (False, ambient),
    "machine": (True, machine),
}
"""By name: whether each station has its own, and the function."""


def disturbance(seed: int, station: str, name: str, seconds: Ints) -> Floats:
    """A disturbance at whole seconds, as felt at a station; shape as `seconds`."""
    own, function = SHARED[name]
    return function(tag_key(seed, station if own else "", name), seconds)

"""How an instrument looks, as data: the memory, tails, holds and lag of what a tag shows.

All sizes are in multiples of the tag's `noise`, the one standard deviation of its fast part. Times
are in looks of the tag (`period`) unless said. The rows by instrument are in
`twin.signals.texture`; a scenario may give a tag a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Wander(NamedTuple):
    """Slow movement: nodes 2**bits looks apart, `size` in noises."""

    bits: int
    size: float


class Shifts(NamedTuple):
    """A level that shifts: regimes of about 2**bits looks, `share` of them off by `size` noises."""

    bits: int
    share: float
    size: float


class Shocks(NamedTuple):
    """Sudden moves: `share` of the cells of 2**bits looks have one of `size` noises, fading."""

    bits: int
    share: float
    size: float
    decay: float


class Shared(NamedTuple):
    """What several tags feel at once: a disturbance by name, its gain in noises, how late (s)."""

    name: str
    gain: float
    late: float = 0.0


@dataclass(frozen=True, slots=True)
class Texture:
    """What an instrument makes of a true value.

    `memory` is the correlation of the fast noise from look to look, `skew` and `tails` its shape
    (g and h of Tukey's family). `volatility` is the standard deviation of the slowly varying
    logarithm of its size. `quiet` is the share of all noise that is left at a true value of zero.
    `lag` (s) smooths the true value. `every` looks the transmitter renews its value, which a share
    `missed` of the time does not come. `deadband` (noises) is how far the value must move to be
    reported, at least once in 2**`report` looks. `load` and `pattern` are shares of the true value
    by which parts, and motions within a cycle, differ while the station works.
    """

    memory: float = 0.0
    skew: float = 0.0
    tails: float = 0.0
    volatility: float = 0.0
    quiet: float = 1.0
    wander: tuple[Wander, ...] = ()
    shifts: Shifts | None = None
    shocks: Shocks | None = None
    shared: tuple[Shared, ...] = ()
    lag: float = 0.0
    every: int = 1
    missed: float = 0.0
    deadband: float = 0.0
    report: int = 5
    load: float = 0.0
    pattern: float = 0.0

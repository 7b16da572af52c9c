"""How an instrument looks, as data: the memory, tails, holds and lag of what a tag shows.

All sizes are in multiples of the tag's `noise`, the one standard deviation of its fast part. Times
are in looks of the tag (`period`) unless said. The rows by instrument are in
`twin.equipment.instruments`; a scenario may give a tag one of its own.
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
    `lag` (s) smooths the true value. Where the tag does not say how often it looks, it does every
    `every` seconds; a share `missed` of the time no new value comes. `deadband` (noises) is how far
    the value must move to be reported, at least once in 2**`report` looks. `load` and `pattern` are
    shares of the true value by which parts, and motions within a cycle, differ while the station
    works.
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


class Slow(NamedTuple):
    """A share of the slow movement of a record: nodes 2**bits looks apart, or jumps as far."""

    bits: int
    share: float
    jumps: bool = False


class Rough(NamedTuple):
    """How a stretch of a record moves: its fast part's size and memory, its share of holds."""

    size: float
    memory: float
    hold: float


class Stands(NamedTuple):
    """Spans in which a record stands still: equally likely lengths of theirs and of those between.

    `levels` are the values it stands at, each for as much of the time as the others.
    """

    still: tuple[float, ...]
    busy: tuple[float, ...]
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a tag moves by a record of it, and not by the kind of its instrument.

    `levels` are equally likely values of its slow part, lowest first, in the tag's unit; `slow`
    says how fast it goes through them. `rough` has one row for each of so many equally wide bands
    of levels (by likelihood): what stretches of 2**`bits` looks are like there, each as likely as
    the others. `tails` is the h of Tukey's family; `stands` says how it stands still at times.
    `about` is the value of the model at which the record was taken: as far as the model moves from
    it, the tag moves with it; without it the tag shows the record alone.
    """

    levels: tuple[float, ...]
    slow: tuple[Slow, ...]
    rough: tuple[tuple[Rough, ...], ...]
    bits: int = 4
    tails: float = 0.0
    about: float | None = None
    stands: Stands | None = None

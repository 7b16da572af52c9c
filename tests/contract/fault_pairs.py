"""Pairs of runs with one seed, without and with a fault: what answers, what stays as it was.

Faults come only when told to, and slow ones are hurried, so that a day or a week shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, ks_2samp

import twin
from twin.equipment.tag import Reading, Tag
from twin.kernel.fluid_station import FluidStation
from twin.kernel.part import LatentPart
from twin.line import Line
from twin.line.line import Fault
from twin.trace import Command, EventKind, State, Trace

SEED, HOUR = 3, 3600.0
LUCK = 1e-3  # chance at which two samples of one law are told apart
CHANGE = 6  # ticks between which a tag's change is looked at
LABELS = tuple(k for k in EventKind if k.name.startswith("FAULT_"))
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Day:
    """When a line's faults begin, how long it runs and how long the slowest fault takes, h."""

    onset: float
    length: float
    span: float
    tick: float = 10.0  # s between two looks at a tag


# onset: once everything runs; length: until somebody has found the slowest fault and repaired it
DAYS = {
    "food/beverage-v1": Day(2.5, 40.0, 4.0),
    "chemical/coating-v1": Day(51.3, 168.0, 24.0),
    "chemical/cstr-v1": Day(6.0, 24.0, 4.0),
    "electronics/smt-v1": Day(4.0, 20.0, 4.0),
    "machine-parts/shaft-v1": Day(12.0, 48.0, 4.0),
    "examples/three-stations-v1": Day(1.0, 2.0, 1.0),
}


def told(line: Line, longest: float) -> Line:
    """The line whose faults come only by command, in full after `longest` hours at most."""

    def tame(fault: Fault) -> Fault:
        span = min(fault.spec.span or fault.kind.span, longest * HOUR) or None
        return replace(fault, spec=fault.spec.model_copy(update={"after": None, "span": span}))

    return replace(line, faults=tuple(tame(fault) for fault in line.faults))


class Readings(NamedTuple):
    """Values of a reading in a stretch of time."""

    t: Floats
    value: Floats


@dataclass
class Story:
    """A run, and the hidden values and defects of its parts, by number, and of what flowed."""

    trace: Trace
    hidden: dict[int, dict[str, float]]
    defects: dict[int, dict[str, str]]
    flowing: dict[str, float]  # the largest each property of a material ever was

    def of(self, name: str) -> object:
        """All that is known of a hidden value: by part, in what flowed, as a defect."""
        parts = {number: x[name] for number, x in self.hidden.items() if name in x}
        bad = {number for number, found in self.defects.items() if name in found}
        return parts, bad, self.flowing.get(name)


def tell(line: Line, hours: float, *journal: Command) -> Story:
    """Run it and keep what no server shows of its parts."""
    born: list[LatentPart] = []
    flowing: dict[str, float] = {}
    begin, give = LatentPart.__init__, FluidStation.give

    def keep(self: LatentPart, number: int, product: int) -> None:
        begin(self, number, product)
        born.append(self)

    def note(self: FluidStation, name: str, value: float) -> None:
        give(self, name, value)
        flowing[name] = max(value, flowing.get(name, value))

    with patch.object(LatentPart, "__init__", keep), patch.object(FluidStation, "give", note):
        trace = twin.run(line, hours * HOUR, SEED, list(journal))
    hidden, defects = ({p.number: getattr(p, n) for p in born} for n in ("x", "defects"))
    return Story(trace, hidden, defects, flowing)


def labels(trace: Trace, fault: str) -> dict[str, float]:
    """When each label of the first life came, s."""
    number = [f.id for f in trace.line.faults].index(fault)
    found: dict[str, float] = {}
    for kind, t, value in zip(*(getattr(trace.events, c) for c in ("kind", "t", "value")),
                              strict=True):  # fmt: skip
        if kind in LABELS and value == number:
            found.setdefault(EventKind(kind).name.removeprefix("FAULT_").lower(), float(t))
    return found


def parted(sound: Trace, ill: Trace, station: str) -> float:
    """When a station first does something else, s: in its states, its parts, or its speed.

    Up to then what differs at it is the fault's own doing: it draws the same random numbers.
    """
    place, times = sound.line.place(station), [sound.now]
    states = [trace.index.states(place) for trace in (sound, ill)]
    times.append(_apart(*([s.t, s.state, s.part] for s in states)))
    if sound.line.station_by_id[station].fluid:
        number = sound.quantity_number(f"{station}.Speed")
        laws = [trace.index.laws(number) for trace in (sound, ill)]
        times.append(_apart(*([law.t, law.value, law.target] for law in laws)))
    return min(times)


def _apart(a: list[Floats], b: list[Floats]) -> float:
    """Time of the first row in which two series, their times first, differ."""
    n = min(len(a[0]), len(b[0]))
    same = np.logical_and.reduce([x[:n] == y[:n] for x, y in zip(a, b, strict=True)])
    first = n if same.all() else int(np.argmin(same))
    return min((float(s[0][first]) for s in (a, b) if first < len(s[0])), default=np.inf)


def touched(line: Line, station: str) -> set[str]:
    """Where a station's fault may show at once: there, at what comes after, at tanks they draw."""
    found, more = set[str](), [station]
    takers = {buffer.id: buffer.takers for buffer in line.buffers}
    while more:
        name = more.pop()
        if name not in found:
            found.add(name)
            here = line.station_by_id[name]
            more += [taker for way in here.outputs for taker in takers.get(way, ())]
            tanks = getattr(here.parameters, "tanks", {})
            if isinstance(tanks, dict):  # those it draws from; a tank farm lists its own
                found |= {tank.partition(".")[0] for tank in tanks.values()}
    return found


def windows(seen: dict[str, float], end: float) -> Iterator[tuple[float, float]]:
    """Stretches in which the fault should show: from one of its labels to its repair or after."""
    gone = seen.get("repair", end)
    starts = [seen[name] for name in ("onset", "observable", "failure") if name in seen]
    for start, after in product(starts, (0.0, 300.0, 900.0, 4 * HOUR, 24 * HOUR)):
        if min(gone + after, end) - start > 60.0:
            yield start, min(gone + after, end)


def answers(line: Line, sound: Trace, ill: Trace, tag: Tag, seen: dict[str, float]) -> bool:
    """Whether a tag moved by three sigma of its noise because of the fault.

    Up to the moment the two runs part at its station, every difference is the fault's, and so is
    that of readings taken at the same instant, and of the first ones, drawn alike. Later on it
    takes more than luck explains: of its readings, or of its values at instants and their changes
    within a minute, over all of the time and while the station works.
    """
    least = 3.0 * max(tag.noise, tag.resolution / 2.0)
    end, tick = min(sound.now, ill.now), DAYS[line.id].tick
    if isinstance(tag.source, Reading):
        rows = [_readings(trace, tag, seen["onset"], end) for trace in (sound, ill)]
        _, i, j = np.intersect1d(*(row.t for row in rows), return_indices=True)
        before = np.r_[rows[0].value[i], rows[0].value[:1]]
        after = np.r_[rows[1].value[j], rows[1].value[:1]]
    else:
        t = np.arange(seen["onset"], min(parted(sound, ill, tag.station), end), tick)
        before, after = (_shown(trace, [tag.key], t)[0] for trace in (sound, ill))
    if (np.abs(after - before) > least).any():
        return True
    return any(_moved(sound, ill, tag, np.arange(*w, tick), least) for w in windows(seen, end))


def _moved(sound: Trace, ill: Trace, tag: Tag, t: Floats, least: float) -> bool:
    if isinstance(tag.source, Reading):
        return differ(*(_readings(trace, tag, t[0], t[-1]).value for trace in (sound, ill)), least)
    keys = [f"{tag.station}.State", tag.key]
    rows = [_shown(trace, keys, t) for trace in (sound, ill)]
    always = [values for _, values in rows]
    at_work = [values[state == State.WORKING] for state, values in rows]
    return any(
        differ(*pair, least) or differ(*map(_changes, pair), least) for pair in (always, at_work)
    )


def _shown(trace: Trace, keys: list[str], t: Floats) -> list[Floats]:
    return [twin.sample(trace, [key], t)[0] for key in keys]


def _readings(trace: Trace, tag: Tag, start: float, end: float) -> Readings:
    assert isinstance(tag.source, Reading)
    rows = trace.index.readings(trace.reading_number(f"{tag.station}.{tag.source.name}"))
    mine = (rows.t >= start) & (rows.t < end)
    return Readings(rows.t[mine], rows.value[mine])


def _changes(x: Floats) -> Floats:
    return np.abs(x[CHANGE:] - x[:-CHANGE])


def differ(a: Floats, b: Floats, least: float) -> bool:
    """Whether b has a quantile that is `least` from that of a, and they are not of one law.

    Either too many of b lie beyond all of a, or the two-sample test of Kolmogorov and Smirnov
    tells them apart.
    """
    if min(len(a), len(b)) < 2:
        return False
    shares = np.linspace(0.0, 1.0, 101)
    if np.abs(np.quantile(a, shares) - np.quantile(b, shares)).max() <= least:
        return False
    beyond = int(np.count_nonzero((b < a.min() - least) | (b > a.max() + least)))
    odds = max(2.0 / (len(a) + 1.0), 0.01)
    gap = ks_2samp(a, b, method="asymp").statistic
    few = len(a) * len(b) / (len(a) + len(b))
    return binom.sf(beyond - 1, len(b), odds) < LUCK or 2.0 * np.exp(-2.0 * few * gap**2) < LUCK

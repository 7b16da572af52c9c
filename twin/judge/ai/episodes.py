"""What a model could have found: every life of every fault, and where it shows.

A fault belongs to its station, and to the stations whose tags the catalogue says show it. A *trap*
is a fault that is normal and never spoils anything, such as a cold machine after a weekend:
alarms about it are false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from twin.export.truth import episodes as lives
from twin.judge.trial import Trial
from twin.line.line import Fault, Line
from twin.trace.tables import State
from twin.trace.trace import Trace

TRAPS = frozenset({"M-THERM"})
"""Kinds of fault that are normal: the catalogue says of them "never a failure"."""

GRACE = 1800.0  # s after a repair in which alarms are still about it, assumed
WARM_UP = 2700.0  # s after a start of work in which a trap may catch; 45 min, as machines warm up
FOUND_BY_PEOPLE = 8 * 3600.0  # s after a failure, where the scenario does not say; assumed
Interval = tuple[float, float]


@dataclass(frozen=True)
class Episode:
    """One life of a fault: label times in simulated s, `inf` for what did not come in the run.

    `beyond` is how much longer, s, people would have needed to find it, had the script of the
    trial or its end not cut it short.
    """

    number: int
    fault: str
    kind: str
    station: str
    assets: tuple[str, ...]
    tags: tuple[str, ...]
    onset: float
    observable: float
    failure: float
    end: float
    trap: bool
    beyond: float = 0.0

    def covers(self, t: float, grace: float = GRACE) -> bool:
        """Whether an alarm at `t` may be about it."""
        return self.onset <= t < self.end + grace


def episodes(trial: Trial) -> list[Episode]:
    """Every life of every fault of a trial, in order of onset."""
    return episodes_of(trial.trace)


def episodes_of(trace: Trace) -> list[Episode]:
    """Every life of every fault in a trace, in order of onset."""
    found = []
    for number, life in enumerate(lives(trace)):
        fault = trace.line.faults[life.fault]
        tags = shown_by(trace.line, fault)
        assets = tuple(dict.fromkeys((fault.station, *(tag.split(".")[0] for tag in tags))))
        end = min(life.repair, trace.now)
        trap, more = fault.kind.id in TRAPS, _beyond(trace, fault, life.failure, end)
        found.append(
            Episode(number, fault.id, fault.kind.id, fault.station, assets, tags, life.onset,
                    life.observable, life.failure, end, trap, more)
        )  # fmt: skip
    return found


def _beyond(trace: Trace, fault: Fault, failure: float, end: float) -> float:
    """Seconds by which a script or the end of the run was earlier than people would have been."""
    scripted = end >= trace.now or any(
        c.kind == "repair" and c.target == fault.id and c.t == end for c in trace.journal
    )
    if not scripted or failure == inf:
        return 0.0
    found = getattr(fault.spec.found, "mean", None)
    return max(failure + (FOUND_BY_PEOPLE if found is None else float(found)) - end, 0.0)


def shown_by(line: Line, fault: Fault) -> tuple[str, ...]:
    """Keys of the tags that show a fault: those of the catalogue, at its station if unnamed."""
    keys = (n if "." in n else f"{fault.station}.{n}" for n in fault.kind.observable)
    return tuple(key for key in keys if key in line.tags)


def wanted(found: Sequence[Episode], kinds: Sequence[str] = ()) -> list[Episode]:
    """Episodes that count for recall: no traps, seen by a sensor in the run, of `kinds` if any."""
    return [
        e for e in found if not e.trap and e.observable < e.end and (not kinds or e.kind in kinds)
    ]


def quiet(found: Sequence[Episode], now: float, grace: float = GRACE) -> float:
    """Seconds of [0, now) in which no fault but a trap was at work or just repaired."""
    busy, last = 0.0, 0.0
    for one in sorted((e for e in found if not e.trap), key=lambda e: e.onset):
        begin, end = max(one.onset, last), min(one.end + grace, now)
        if end > begin:
            busy, last = busy + end - begin, end
    return now - busy


def starts_of_work(trial: Trial) -> list[Interval]:
    """The first 45 min of each shift that begins in the run after a rest or another shift."""
    calendar = trial.line.calendar
    if calendar is None:
        return []
    shifts = calendar.shifts(0.0, trial.now)
    return [(s.begin, s.begin + WARM_UP) for s in shifts if 0.0 <= s.begin < trial.now]


_begun: WeakKeyDictionary[Trace, dict[str, NDArray[np.float64]]] = WeakKeyDictionary()


class Output:
    """Parts a station began up to any instant: delays are told in parts made meanwhile."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._begun = _begun.setdefault(trace, {})  # counted once for a trace

    def _cycles(self, station: str) -> NDArray[np.float64]:
        """When the station began each part; when parts left the line, where nothing cycles."""
        if station not in self._begun:
            log, line = self._trace.log, self._trace.line
            place, state = np.asarray(log.place), np.asarray(log.state)
            rows = (place == line.place(station)) & (state == State.WORKING)
            first = np.unique(np.asarray(log.part)[rows], return_index=True)[1]
            if len(first) > 1:
                self._begun[station] = np.sort(np.asarray(log.t)[rows][first])
            else:
                self._begun[station] = np.asarray(log.t)[place == line.place("out")]
        return self._begun[station]

    def rate(self, station: str) -> float:
        """Parts a second, over the whole run."""
        return len(self._cycles(station)) / self._trace.now

    def between(self, station: str, start: float, stop: float) -> int:
        """Parts begun at the station in [start, stop); of the line's end where nothing cycles."""
        if not start < stop < inf:
            return 0
        cycles = self._cycles(station)
        return int(np.searchsorted(cycles, stop) - np.searchsorted(cycles, start))

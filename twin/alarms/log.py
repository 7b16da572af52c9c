"""When alarms came and went. Follows a growing trace: only what is new is looked at.

Any cut into steps gives the same changes: a condition is looked at on its sensor's own grid, and
what a step leaves open (the condition's state, a delay that runs) is carried into the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.alarms.conditions import period, verdicts
from twin.equipment.alarm import Alarm
from twin.trace.trace import Trace

BLOCK = 1 << 16  # looks at once


class Change(NamedTuple):
    """At `t` (s) the alarm number `alarm` of the line came (`active`) or went."""

    t: float
    alarm: int
    active: bool


@dataclass(slots=True)
class _Watch:
    """How far one alarm has been followed."""

    next_look: int = 0
    holds: bool = False  # the condition, after its deadband
    since: float = 0.0  # when the condition last changed
    active: bool = False  # the alarm, after its delays


class AlarmLog:
    """Changes of every alarm of a trace, in order of time, as far as `follow` was called."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._rows = list(trace.line.alarms.values())
        self._watches = [_Watch() for _ in self._rows]
        self.changes: list[Change] = []

    def follow(self) -> list[Change]:
        """Look at everything up to the trace's now; the changes that are new."""
        new: list[Change] = []
        for number, (alarm, watch) in enumerate(zip(self._rows, self._watches, strict=True)):
            new += self._look(number, alarm, watch)
        new.sort()
        self.changes += new
        return new

    def _look(self, number: int, alarm: Alarm, watch: _Watch) -> list[Change]:
        step = period(self._trace, alarm)
        end = int(np.ceil(self._trace.now / step))
        found: list[Change] = []
        while watch.next_look < end:
            stop = min(watch.next_look + BLOCK, end)
            t = np.arange(watch.next_look, stop) * step
            watch.next_look = stop
            found += self._changes(number, alarm, watch, t)
        # a delay that runs out before now does so whatever the next look will show
        return found + _due(number, alarm, watch, self._trace.now)

    def _changes(self, number: int, alarm: Alarm, watch: _Watch, t: np.ndarray) -> list[Change]:
        said = verdicts(self._trace, alarm, t)
        decided = np.flatnonzero(said >= 0)
        values = said[decided].astype(bool)
        before = np.concatenate([[watch.holds], values[:-1]])
        turns = decided[values != before]
        found: list[Change] = []
        for i in turns.tolist():
            found += _due(number, alarm, watch, float(t[i]))
            watch.holds, watch.since = bool(said[i]), float(t[i])
        # what came due by the last look
        found += _due(number, alarm, watch, float(np.nextafter(t[-1], np.inf)))
        return found


def _due(number: int, alarm: Alarm, watch: _Watch, until: float) -> list[Change]:
    """The change that the present condition brings before `until`, if it does."""
    if watch.holds == watch.active:
        return []
    at = watch.since + (alarm.on_delay if watch.holds else alarm.off_delay)
    if at >= until:
        return []
    watch.active = watch.holds
    return [Change(at, number, watch.active)]


def alarms(trace: Trace) -> list[Change]:
    """Every coming and going of an alarm in a trace, by time.

    >>> import twin
    >>> trace = twin.run(twin.load("electronics/smt-v1"), "8h", seed=1)
    >>> [trace.line.alarm(c.alarm).key for c in alarms(trace) if c.active][:1]
    ['PNP2.feeder']
    """
    log = AlarmLog(trace)
    log.follow()
    return log.changes

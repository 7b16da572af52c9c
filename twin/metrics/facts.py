"""Sums that key figures are made of: of a station, and of the line, over any stretch of time.

Time elements after ISO 22400-2. Planned busy time (PBT) is the calendar's working time less stops
by command and planned maintenance. Shifts end softly, so work goes on a little beyond them: what a
station works, sets up or loads outside the planned time is overtime and counts as planned. While
it is down or waits outside the planned time, it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from twin.metrics.costs import LineMoney, StationMoney
from twin.trace.tables import State

ACTIVE = (State.WORKING, State.SETUP, State.LOADING)
UNPLANNED = (State.STOPPED, State.IDLE, State.MAINTENANCE)
Times = tuple[float, ...]  # s by state


def spent(time: Times, plan: Times) -> Times:
    """Times by state where standing still outside the planned time is idle, s.

    Overtime and maintenance outside the planned time stay what they are.
    """
    own = (*ACTIVE, State.MAINTENANCE)
    hours = [
        whole if s in own else part for s, (whole, part) in enumerate(zip(time, plan, strict=True))
    ]
    hours[State.IDLE] = 0.0
    hours[State.IDLE] = sum(time) - sum(hours)
    return tuple(hours)


@dataclass(frozen=True)
class StationFacts:
    """Sums of one station; times in s, `plan` is `time` within the planned working time."""

    time: Times
    plan: Times
    planned: float  # planned run time of the parts
    started: int
    produced: int
    rejected: int
    failures: int
    repair_time: float
    energy: float  # kWh
    money: StationMoney | None = None
    utilities: Mapping[str, float] = field(default_factory=dict)  # in units of each

    @cached_property
    def spent(self) -> Times:
        """Times by state that planned busy time is made of, and idle time, s."""
        return spent(self.time, self.plan)

    @property
    def busy(self) -> float:
        """Planned busy time (PBT), s."""
        return sum(t for state, t in enumerate(self.spent) if state not in UNPLANNED)

    @property
    def working(self) -> float:
        """Actual production time (APT), s."""
        return self.time[State.WORKING]

    @property
    def setting_up(self) -> float:
        """Actual unit setup time (AUST), s."""
        return self.time[State.SETUP]

    @property
    def delayed(self) -> float:
        """Actual unit delay time (ADET), s: the station has work and does not get on with it."""
        states = (State.DOWN, State.BLOCKED, State.HELD, State.LOADING)
        return sum(self.spent[state] for state in states)

    @property
    def allotted(self) -> float:
        """Actual unit busy time (AUBT), s: planned busy time with work, that is not starved."""
        return self.busy - self.spent[State.STARVED]

    @property
    def overtime(self) -> float:
        """Time active outside the planned working time, s."""
        return sum(self.time[state] - self.plan[state] for state in ACTIVE)


@dataclass(frozen=True)
class LineFacts:
    """Sums of the whole line; times in s."""

    now: float  # length of the stretch of time
    work: float  # planned working time in it
    finished: int
    scrapped: int
    lost: float  # rejected where material flows, in parts that it would have made
    flows: bool  # whether material flows through some station
    first_time_right: int
    wip: float
    lead_time: float
    part_time: float  # sum over parts of their time in the line
    energy: float
    working: float  # sum over stations
    bottleneck: StationFacts
    money: LineMoney | None = None
    utilities: Mapping[str, float] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """Parts that left the line, with what was lost before it became one."""
        return self.finished + self.scrapped + self.lost

    @property
    def quality(self) -> float | None:
        """Good parts of all that left the line."""
        return self.finished / self.left if self.left else None

"""One run of a line with solutions beside it: all that a check may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twin.judge.claims import ClaimSet
from twin.line.line import Line
from twin.trace.trace import Trace

JudgeClock = Literal["lockstep", "paced", "batch"]
CUTS = (
    "close-sessions", "close-connections", "drop-subscriptions", "refuse-connections", "restart",
    "shift-namespaces", "change-certificate", "delay-publishes",
)  # fmt: skip
"""Kinds of incidents in which a client hears nothing for a while."""


@dataclass(frozen=True)
class Chart:
    """A control chart of single values that an MES is to keep: a tag, its centre line, its sigma.

    Both are in the unit of the tag, from a time in which the process was in control.
    """

    tag: str
    centre: float
    sigma: float


@dataclass(frozen=True)
class Incident:
    """A disturbance as it took place: what it was, and from when to when (simulated s)."""

    kind: str
    start: float
    stop: float
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """What the OPC UA server had to tell: the instants (simulated s) at which every tag was shown.

    `walls` are the same instants by the wall clock (s since 1970 UTC). Values are not kept: they
    are those of the signals just before each instant. `forced` holds
    the rows (tag, start, stop, status) in which a disturbance replaced the status of a tag,
    `granted` what each subscriber was granted at the end (user, tag, sampling_ms, publishing_ms,
    queue, deadband).
    """

    instants: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    walls: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    tags: tuple[str, ...] = ()
    forced: tuple[Mapping[str, Any], ...] = ()
    granted: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Usage:
    """What a solution that the judge started has used."""

    cpu_s: float
    peak_bytes: int
    exit_status: int | None


@dataclass(frozen=True, eq=False)
class Trial:
    """A line, a seed, what happened, and what each solution claims of it.

    The trace is the truth. `started_at` is the date of simulated 0, by which claims' dates become
    simulated seconds. `audit` are the lines of the servers' audit log.
    """

    trace: Trace
    started_at: datetime
    clock: JudgeClock
    claims: Mapping[str, ClaimSet]
    level: int | None = None
    dirt: str = "clean"
    speed: float = 1.0
    begin: float = 0.0  # simulated s at which solutions could first look; judged is [begin, now)
    served: Served = field(default_factory=Served)
    incidents: Sequence[Incident] = ()
    audit: Sequence[Mapping[str, Any]] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)  # solution -> where it gets its data
    charts: Sequence[Chart] = ()

    @property
    def line(self) -> Line:
        """The line that ran."""
        return self.trace.line

    @property
    def seed(self) -> int:
        """Its seed."""
        return self.trace.seed

    @property
    def now(self) -> float:
        """Where the run ended, simulated s."""
        return self.trace.now

    def date(self, t: float) -> datetime:
        """The date of a simulated instant."""
        return self.started_at + timedelta(seconds=t)

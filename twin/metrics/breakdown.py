"""Key figures per shift, per hour, per order, per product: of the line and of every station.

Every stretch of time is half-open. Times, energy and money are shared out at the borders exactly,
so they add up to those of the whole run; what happens at an instant (a part finished, a failure)
counts in the stretch that begins there, or with its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from twin.errors import UsageError
from twin.i18n import _
from twin.metrics.clocks import Clocks
from twin.metrics.indicators import Kpi
from twin.metrics.partition import Slot
from twin.metrics.periods import BY, instant
from twin.metrics.shares import line_sums, station_sums
from twin.metrics.summary import Kpis, kpis_of
from twin.metrics.whole import kpi_of
from twin.trace.trace import Trace


@dataclass(frozen=True)
class Period:
    """A stretch of time (s) with its key figures; `begins` and `ends` are for people."""

    key: str
    title: str
    begin: float
    end: float
    begins: str
    ends: str
    kpis: Kpis


@dataclass(frozen=True)
class Breakdown:
    """Key figures by "shift", "hour", "order" or "product"."""

    by: str
    periods: tuple[Period, ...]

    def as_dict(self) -> dict[str, Any]:
        """All values for JSON."""
        return {
            "by": self.by,
            "periods": [
                {
                    "key": p.key,
                    "title": p.title,
                    "begin_s": p.begin,
                    "end_s": p.end,
                    "begins": p.begins,
                    "ends": p.ends,
                    **p.kpis.as_dict(),
                }
                for p in self.periods
            ],
        }

    def rows(self) -> list[tuple[Period, str, Kpi, float | None]]:
        """(period, station or "line", KPI, value) in order."""
        return [(period, *row) for period in self.periods for row in period.kpis.rows()]


@overload
def kpi(trace: Trace) -> Kpis: ...
@overload
def kpi(trace: Trace, by: str) -> Breakdown: ...
def kpi(trace: Trace, by: str | None = None) -> Kpis | Breakdown:
    """KPIs of a trace from its beginning to its now, or those of each part of it.

    `by` is "shift", "hour", "order" or "product". Raises UsageError for shifts of a line without a
    calendar.

    >>> import twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "90min", seed=1)
    >>> twin.kpi(trace).bottleneck
    'saw'
    >>> [period.end for period in twin.kpi(trace, by="hour").periods]
    [3600.0, 5400.0]
    """
    return kpi_of(trace) if by is None else breakdown(trace, by)


def breakdown(trace: Trace, by: str) -> Breakdown:
    """Key figures of each part of a trace."""
    if by not in BY:
        expected = _("one of {choices}").format(choices=", ".join(BY))
        raise UsageError(_("by: expected {expected}, found {found}").format(
            expected=expected, found=by), found=by)  # fmt: skip
    if not trace.now:
        return Breakdown(by, ())
    split = BY[by](trace)
    clocks = Clocks(trace.line)
    stations = [station_sums(trace, i, split, clocks) for i in range(len(trace.line.stations))]
    whole = line_sums(trace, split, clocks)
    planned = [sum(sums.planned for sums in station) for station in stations]
    bottleneck = trace.line.stations[int(np.argmax(planned))].id
    periods = []
    for k, slot in enumerate(split.slots):
        seen = whole[k].length or whole[k].born.any()
        if seen or any(station[k].time.any() for station in stations):
            kpis = kpis_of(trace.line, [s[k] for s in stations], whole[k], bottleneck)
            periods.append(_period(trace, slot, kpis))
    return Breakdown(by, tuple(periods))


def _period(trace: Trace, slot: Slot, kpis: Kpis) -> Period:
    work = trace.line.calendar
    begins, ends = instant(work, slot.begin), instant(work, slot.end)
    return Period(slot.key, slot.title, slot.begin, slot.end, begins, ends, kpis)

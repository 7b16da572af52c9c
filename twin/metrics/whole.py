"""Key figures of a whole trace, or of a run so far."""

from __future__ import annotations

import numpy as np

from twin.metrics.clocks import elapsed
from twin.metrics.summary import Kpis, LineSums, StationSums, kpis_of
from twin.metrics.tally import Tally, tally
from twin.trace.trace import Trace


def summarise(sums: Tally) -> Kpis:
    """KPIs of a tally."""
    return kpis_of(sums.line, _stations(sums), _line(sums))


def kpi_of(trace: Trace) -> Kpis:
    """KPIs of a trace from its beginning to its now."""
    return summarise(tally(trace))


def _stations(sums: Tally) -> list[StationSums]:
    time, plan, priced = sums.state_time, sums.planned_time, sums.priced_time
    planned = sums.planned_done
    produced = np.where(sums.judges, sums.passed + sums.rejected, sums.started - sums.at_work)
    return [
        StationSums(
            time[i],
            plan[i],
            priced[i],
            float(planned[i]),
            int(sums.started[i]),
            int(produced[i]),
            int(sums.rejected[i]),
            int(sums.failures[i]),
            float(sums.repair_time[i]),
            sums.scrapped_at[i],
            sums.intakes[i].used(sums.now),
        )
        for i in range(len(sums.line.stations))
    ]


def _line(sums: Tally) -> LineSums:
    clocks = sums.clocks
    length, work, shift = (float(clock(sums.now)) for clock in (elapsed, clocks.work, clocks.shift))
    return LineSums(
        length,
        work,
        shift,
        sums.born,
        sums.scrapped_of,
        sums.finished,
        sums.first_time_right,
        sums.lead_time,
        sums.all_part_time,
    )

"""Reductions over a trace: the numbers a factory is judged by."""

from twin.metrics.breakdown import Breakdown, Period, breakdown, kpi
from twin.metrics.indicators import LINE_KPIS, STATION_KPIS, Kpi
from twin.metrics.periods import BY
from twin.metrics.summary import Kpis
from twin.metrics.tally import Tally, tally
from twin.metrics.whole import summarise

__all__ = [
    "BY",
    "LINE_KPIS",
    "STATION_KPIS",
    "Breakdown",
    "Kpi",
    "Kpis",
    "Period",
    "Tally",
    "breakdown",
    "kpi",
    "summarise",
    "tally",
]

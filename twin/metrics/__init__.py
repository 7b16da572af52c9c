"""Reductions over a trace: the numbers a factory is judged by."""

from twin.metrics.indicators import LINE_KPIS, STATION_KPIS, Kpi, Kpis, kpi, summarise
from twin.metrics.tally import Tally, tally

__all__ = ["LINE_KPIS", "STATION_KPIS", "Kpi", "Kpis", "Tally", "kpi", "summarise", "tally"]

"""Clocks that run at other rates than time: planned working time, shift time, energy prices.

Each is the integral from 0 of a rate that depends on the calendar only; a sum over a segment of
the trace is the difference of two readings.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.line.calendar import Clock, Integral, WorkCalendar, stretches
from twin.line.line import Line
from twin.line.money import EnergySpec

Reading = Callable[[ArrayLike], NDArray[np.float64]]


class Clocks:
    """The clocks of a line; without a calendar work and shift time are all time."""

    def __init__(self, line: Line) -> None:
        calendar, costs = line.calendar, line.scenario.costs
        self.work: Reading = elapsed
        self.shift: Reading = elapsed
        self.price: Reading | None = None
        if calendar is not None:
            self.work = Clock(lambda until: stretches(calendar.worked(0.0, until)))
            self.shift = Clock(lambda until: stretches(calendar.present(0.0, until)))
        if costs is not None:
            energy = costs.energy
            self.price = lambda t: energy.price * elapsed(t)
            if calendar is not None and energy.tariff:
                self.price = Clock(lambda until: _prices(calendar, energy, until))
        self.stations = [elapsed if s.spec.unattended else self.work for s in line.stations]


def elapsed(t: ArrayLike) -> NDArray[np.float64]:
    """Time itself."""
    return np.asarray(t, dtype=np.float64)


def _prices(calendar: WorkCalendar, energy: EnergySpec, until: float) -> Integral:
    changes = {0.0}
    for row in energy.tariff:
        for minutes in (row.begin, row.end):
            changes.update(calendar.of_day(0.0, until, minutes))
    instants = sorted(changes)
    walls = [calendar.wall(t) for t in instants]
    return Integral(instants, [energy.at(wall.hour * 60 + wall.minute) for wall in walls])

"""Master data: what the customer tells an MES once. Shifts with their breaks, and cycle times."""

from __future__ import annotations

from functools import cache

import twin
from twin.metrics.tally import nominal

Interval = tuple[float, float]  # s since 1970


class Master:
    """Master data of a line, from its published scenario."""

    def __init__(self, line: str) -> None:
        self._line = twin.load(line)
        self._stations = {one.id: one for one in self._line.stations}
        self.cycle = cache(self._cycle)
        self.first = self._line.stations[0].id  # where orders begin

    def worked(self, begin: float, end: float) -> list[Interval]:
        """Planned working time between two instants; all of it where there are no shifts."""
        calendar = self._line.calendar
        if calendar is None:
            return [(begin, end)]
        zero = calendar.start.timestamp()
        return [
            (zero + start, zero + stop)
            for shift in calendar.shifts(begin - zero, end - zero)
            for start, stop in shift.worked
        ]

    def _cycle(self, station: str, product: str) -> float:
        """Planned run time of one part, s; 0 where a station does not make the product."""
        try:
            return nominal(self._stations[station], product)
        except KeyError:
            return 0.0

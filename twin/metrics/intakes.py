"""What stations used of utilities that follow their physics: integrals of laws over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.equipment.utility import Intake
from twin.line.line import Line
from twin.metrics.clocks import Reading
from twin.physics.laws import area
from twin.signals.sources import used
from twin.trace.tables import Column
from twin.trace.trace import Trace

LAW = ("value", "target", "tau")


def intake_readings(trace: Trace, number: int) -> dict[str, Reading]:
    """Units used of each utility from 0 on, as functions of time."""
    station = trace.line.stations[number]

    def reading(row: Intake) -> Reading:
        key, per = f"{station.id}.{row.quantity}", row.per / 3600.0

        def so_far(t: ArrayLike) -> NDArray[np.float64]:
            return used(trace, key, np.atleast_1d(np.asarray(t, dtype=np.float64))) * per

        return so_far

    rows = station.equipment.utilities(station.parameters)
    return {row.utility: reading(row) for row in rows}


class IntakeSums:
    """Follows one station's laws chunk by chunk; keeps the integral and the last row of each."""

    def __init__(self, line: Line, number: int) -> None:
        station = line.stations[number]
        names = {name: i for i, name in enumerate(line.quantities)}
        self._rows = station.equipment.utilities(station.parameters)
        self._numbers = [names[f"{station.id}.{row.quantity}"] for row in self._rows]
        self._so_far = [0.0 for _ in self._rows]
        self._last = [np.zeros(4) for _ in self._rows]  # t, value, target, tau

    def feed(self, chunk: Mapping[str, Mapping[str, Column]]) -> None:
        """Take the rows of a chunk."""
        tracks = chunk["tracks"]
        for i, number in enumerate(self._numbers):
            mine = tracks["quantity"] == number
            if mine.any():
                rows = np.array([tracks[name][mine] for name in ("t", *LAW)])
                rows = np.column_stack([self._last[i], rows])
                self._so_far[i] += float(area(np.diff(rows[0]), *rows[1:, :-1]).sum())
                self._last[i] = rows[:, -1]

    def used(self, now: float) -> dict[str, float]:
        """Units used of each utility up to `now` (s), which is not before the last chunk."""
        total = {}
        for row, so_far, last in zip(self._rows, self._so_far, self._last, strict=True):
            rest = area(np.array([now - last[0]]), *last[1:, None])
            total[row.utility] = (so_far + float(rest[0])) * row.per / 3600.0
        return total

"""Two machines that material flows through, with a buffer between: the exact Markov fluid solution.

Up and down times are exponential; a machine's failures follow what it treats, so that one slowed
down to the other's speed fails as much less often, and one that waits does not fail (Gershwin,
Manufacturing Systems Engineering, 1994, chapter 3, continuous-material two-machine line; Zimmern
1956). Between empty and full, the densities of the level x in each pair of states obey linear
differential equations; at the ends, probability collects. All is solved here from these balance
equations, and not from the product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Machine:
    """Full speed (units/s), failures a second of running at it, repairs a second."""

    speed: float
    fails: float
    repairs: float

    @property
    def alone(self) -> float:
        """Throughput of the machine by itself, units/s."""
        return self.speed * self.repairs / (self.fails + self.repairs)


def two_machines(one: Machine, two: Machine, room: float) -> float:
    """Exact throughput, units/s; the speeds differ, and there is room for `room` units."""
    if one.speed > two.speed:  # the line run backwards has the same throughput
        one, two = two, one
    a, b = one.speed, two.speed
    # densities of both up, only the first up, only the second up; both down follows from them
    down = np.array([0.0, one.fails, two.fails]) / (one.repairs + two.repairs)
    rates = np.array(
        [
            [-(one.fails + two.fails), two.repairs, one.repairs],
            np.array([two.fails, -(one.fails + two.repairs), 0.0]) + one.repairs * down,
            np.array([one.fails, 0.0, -(two.fails + one.repairs)]) + two.repairs * down,
        ]
    )
    exponents, shapes = np.linalg.eig(rates / np.array([[a - b], [a], [-b]]))
    origin = np.where(exponents.real > 0.0, room, 0.0)  # so that no exponential is large
    begin, end = (shapes * np.exp(exponents * (x - origin)) for x in (0.0, room))
    still = np.abs(exponents) < 1e-9
    area = np.where(still, shapes * room, (end - begin) / np.where(still, 1.0, exponents))
    # unknowns: weights of the three solutions; empty with both up, empty with the first down, full
    none = np.zeros(3)
    slowed = two.fails * a / b
    rows = [
        [*(b * begin[2]), one.fails, -one.repairs, 0.0],
        [*((b - a) * begin[0]), -(one.fails + slowed), one.repairs, 0.0],
        [*(-a * begin[1]), slowed, 0.0, 0.0],
        [*(a * end[1]), 0.0, 0.0, -two.repairs],
        [*((b - a) * end[0]), 0.0, 0.0, -two.repairs],
        [*end[2], *none],
        [*((1.0 + down) @ area), 1.0, 1.0, 1.0],
    ]
    answer = np.linalg.lstsq(np.array(rows), np.array([*np.zeros(6), 1.0]), rcond=None)[0]
    mass = (area @ answer[:3]).real
    return float(b * (mass[0] + mass[2]) + a * answer[3].real)


def without_room(machines: list[Machine]) -> float:
    """Exact throughput of machines with no room between: all run at the slowest's speed, or none.

    Who is slowed down fails as much less often.
    """
    slowest = min(machine.speed for machine in machines)
    stops = sum(m.fails * slowest / m.speed / m.repairs for m in machines)
    return slowest / (1.0 + stops)

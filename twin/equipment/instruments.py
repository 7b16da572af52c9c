"""How instruments look: one frozen row an instrument, by the `sensor` of a tag.

All sizes are in multiples of the tag's `noise`, the one standard deviation of its fast part, so a
better instrument is a smaller `noise`, not another row. Times are in looks of the tag (`period`)
unless said. The figures are assumed; what they were compared with is in docs/explanation/realism.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from twin import seeds
from twin.equipment.texture import Shared, Shifts, Shocks, Texture, Wander

TEXTURES: Mapping[str, Texture] = {
    "rtd": Texture(
        memory=0.6, tails=0.05, volatility=0.3, lag=4.0,
        wander=(Wander(5, 0.8), Wander(8, 1.0), Wander(11, 1.0)),
        shifts=Shifts(10, 0.5, 1.0), shocks=Shocks(9, 0.25, 3.0, 20.0),
        shared=(Shared("machine", 0.5, 2.0), Shared("supply", 0.5, 3.0),
                Shared("ambient", 0.3, 20.0)),
        deadband=1.0, report=6,
    ),
    "thermocouple": Texture(
        memory=0.4, tails=0.08, volatility=0.4, lag=2.0,
        wander=(Wander(4, 0.8), Wander(7, 1.2), Wander(10, 1.2)),
        shifts=Shifts(10, 0.4, 1.0), shocks=Shocks(8, 0.2, 3.0, 12.0),
        shared=(Shared("supply", 0.6, 2.0), Shared("ambient", 0.3, 20.0)),
    ),
    "pressure": Texture(
        memory=0.5, tails=0.10, volatility=0.5, quiet=0.05, lag=0.5,
        wander=(Wander(3, 1.0), Wander(6, 1.5), Wander(10, 1.5)),
        shifts=Shifts(9, 0.5, 1.5), shocks=Shocks(7, 0.3, 4.0, 4.0),
        shared=(Shared("machine", 0.9), Shared("air", 0.7, 1.0), Shared("supply", 0.3, 1.0)),
        deadband=0.7, report=4,
    ),
    "flow": Texture(
        memory=0.7, tails=0.08, volatility=0.5, quiet=0.02, lag=1.0,
        wander=(Wander(4, 1.2), Wander(7, 1.5), Wander(11, 1.5)),
        shifts=Shifts(9, 0.4, 1.5), shocks=Shocks(8, 0.3, 4.0, 5.0),
        shared=(Shared("machine", 0.9), Shared("supply", 0.6, 1.0)), deadband=0.5, report=3,
    ),
    "level": Texture(
        memory=0.8, tails=0.05, volatility=0.5,
        wander=(Wander(3, 1.2), Wander(7, 1.2)),
        shocks=Shocks(8, 0.3, 3.0, 8.0),
        shared=(Shared("machine", 0.5),), every=2, deadband=1.0, report=5,
    ),
    "weight": Texture(
        memory=0.3, tails=0.12, volatility=0.6,
        wander=(Wander(8, 1.0), Wander(12, 1.5)),
        shifts=Shifts(10, 0.6, 1.5), shocks=Shocks(7, 0.3, 5.0, 1.5),
        shared=(Shared("machine", 0.8),), deadband=1.5, report=6,
    ),
    "power": Texture(
        memory=0.5, skew=0.25, tails=0.08, volatility=0.5, quiet=0.03, lag=1.0,
        wander=(Wander(3, 0.8), Wander(9, 1.0)),
        shocks=Shocks(7, 0.4, 4.0, 2.0),
        shared=(Shared("machine", 1.2), Shared("supply", 0.8)),
        missed=0.02, deadband=0.7, report=4, load=0.06, pattern=0.08,
    ),
    "current": Texture(
        memory=0.3, skew=0.25, tails=0.10, volatility=0.5, quiet=0.03,
        wander=(Wander(3, 0.8), Wander(9, 1.0)),
        shocks=Shocks(7, 0.4, 4.0, 1.5),
        shared=(Shared("supply", 1.0), Shared("machine", 0.8)),
        missed=0.02, deadband=0.5, report=3, load=0.06, pattern=0.08,
    ),
    "speed": Texture(
        memory=0.3, tails=0.10, volatility=0.5, quiet=0.0,
        wander=(Wander(4, 1.0), Wander(8, 1.0)),
        shifts=Shifts(9, 0.3, 1.5), shocks=Shocks(8, 0.3, 4.0, 2.0),
        shared=(Shared("machine", 1.0), Shared("supply", 0.6)), deadband=1.0, report=5,
    ),
    "torque": Texture(
        memory=0.4, skew=0.3, tails=0.10, volatility=0.6, quiet=0.03,
        wander=(Wander(3, 1.2), Wander(8, 1.2)),
        shocks=Shocks(6, 0.3, 4.0, 2.0),
        shared=(Shared("machine", 1.0), Shared("supply", 0.4)),
        missed=0.02, load=0.08, pattern=0.10,
    ),
    "vibration": Texture(
        memory=0.2, skew=0.5, tails=0.10, volatility=0.8, quiet=0.05,
        wander=(Wander(5, 1.0), Wander(10, 1.2)),
        shocks=Shocks(7, 0.4, 5.0, 1.5),
        shared=(Shared("machine", 0.8),), load=0.08, pattern=0.05,
    ),
    "ph": Texture(
        memory=0.8, tails=0.05, volatility=0.4, lag=5.0,
        wander=(Wander(6, 1.5), Wander(10, 2.5)),
        shifts=Shifts(11, 0.5, 2.0), shocks=Shocks(10, 0.3, 3.0, 15.0),
        shared=(Shared("ambient", 0.5), Shared("machine", 0.4)),
        every=5, deadband=1.0, report=6,
    ),
    "conductivity": Texture(
        memory=0.7, skew=0.2, tails=0.08, volatility=0.5, lag=3.0,
        wander=(Wander(5, 1.2), Wander(9, 1.8)),
        shifts=Shifts(10, 0.4, 1.5), shocks=Shocks(9, 0.3, 4.0, 8.0),
        shared=(Shared("ambient", 0.5), Shared("machine", 0.5)), every=2, deadband=1.0, report=5,
    ),
    "gas": Texture(
        memory=0.85, skew=0.3, tails=0.08, volatility=0.6, lag=6.0,
        wander=(Wander(5, 1.5), Wander(8, 2.0), Wander(11, 2.0)),
        shifts=Shifts(10, 0.4, 2.0), shocks=Shocks(9, 0.3, 5.0, 20.0),
        shared=(Shared("air", 0.6, 4.0), Shared("ambient", 0.3)), every=3, deadband=0.8, report=5,
    ),
    "humidity": Texture(
        memory=0.8, tails=0.05, volatility=0.4, lag=10.0,
        wander=(Wander(7, 1.5), Wander(11, 3.0)), shocks=Shocks(11, 0.5, 5.0, 60.0),
        shared=(Shared("ambient", 2.0),), every=10, deadband=1.0, report=8,
    ),
    "optical": Texture(
        memory=0.1, skew=0.2, tails=0.12, volatility=0.4,
        wander=(Wander(9, 1.0), Wander(12, 1.5)), shifts=Shifts(9, 0.4, 1.5),
        shocks=Shocks(7, 0.3, 5.0, 0.0), shared=(Shared("machine", 0.9),), missed=0.02,
    ),
    "length": Texture(
        memory=0.3, tails=0.08, volatility=0.3,
        wander=(Wander(9, 1.5), Wander(12, 2.0)), shifts=Shifts(10, 0.4, 1.5),
        shocks=Shocks(8, 0.2, 4.0, 0.0), shared=(Shared("ambient", 0.7), Shared("machine", 0.5)),
        deadband=0.8, report=4,
    ),
    "viscosity": Texture(
        memory=0.8, tails=0.08, volatility=0.5, lag=8.0,
        wander=(Wander(6, 1.5), Wander(10, 2.0)), shifts=Shifts(11, 0.4, 1.5),
        shocks=Shocks(9, 0.3, 4.0, 10.0), shared=(Shared("ambient", 0.6), Shared("machine", 0.6)),
        every=5, deadband=0.8, report=5,
    ),
    "turbidity": Texture(
        memory=0.6, skew=0.6, tails=0.10, volatility=0.7, lag=3.0,
        wander=(Wander(6, 1.2), Wander(10, 1.5)), shocks=Shocks(8, 0.4, 6.0, 6.0),
        shared=(Shared("machine", 0.6),), every=2, deadband=0.8, report=5,
    ),
}  # fmt: skip
"""Every instrument that a tag may name, and how its values look."""


@cache
def instrument(sensor: str, key: str) -> Texture | None:
    """The texture of one instrument: its kind's row, varied by the tag's name.

    No two instruments are mounted, damped and set up alike: sizes vary by a factor of about 1.6,
    dead bands are off, narrow or wide, and some gateways drop polls (all assumed).
    """
    row = TEXTURES.get(sensor)
    if row is None:
        return None
    dice = seeds.stream(0, key, "instrument")
    size = np.exp(0.5 * dice.standard_normal(6))
    band = float(dice.choice([0.0, 0.5, 1.0, 1.0, 1.5, 2.0]))
    return replace(
        row,
        memory=float(np.clip(row.memory + 0.15 * dice.standard_normal(), 0.0, 0.9)),
        tails=row.tails * float(dice.uniform(0.5, 1.5)),
        volatility=row.volatility * float(dice.uniform(0.5, 1.5)),
        wander=tuple(Wander(slow.bits, slow.size * float(size[0])) for slow in row.wander),
        shifts=row.shifts and row.shifts._replace(size=row.shifts.size * float(size[1])),
        shocks=row.shocks and row.shocks._replace(size=row.shocks.size * float(size[2])),
        lag=row.lag * float(size[3]),
        missed=float(dice.choice([row.missed, row.missed, 0.05, 0.15])),
        deadband=row.deadband * band,
        report=row.report + int(dice.integers(-1, 3)),
    )

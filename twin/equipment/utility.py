"""Utilities besides electricity: compressed air, nitrogen, steam, cooling water.

A row here gives a medium its two tags (what flows, what was used in all), its key figures and its
price. How much of it a station uses follows from its state, as electric power does, or from the
physics of its kind: an `Intake` names the law it follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twin.equipment.tag import ByState, Integral, Tag, Text, Total, Track

MOST = 1e9
MARGIN = 1.5  # range of a flow meter over the highest flow, assumed
JITTER = 0.01  # sd of a flow meter's noise as a share of the highest flow, assumed


@dataclass(frozen=True, slots=True)
class Utility:
    """A medium: `key` in scenarios and key figures, `name` in tags, `unit` of what is used."""

    key: str
    name: str
    title: Text
    unit: str

    @property
    def total(self) -> str:
        """Name of the tag that counts it."""
        return f"{self.name}Total"


# Volumes of gases are at 0 °C and 1,013 mbar.
UTILITIES: tuple[Utility, ...] = (
    Utility("air", "Air", Text("Compressed air", "압축공기"), "m³"),
    Utility("nitrogen", "N2", Text("Nitrogen", "질소"), "m³"),
    Utility("steam", "Steam", Text("Steam", "증기"), "kg"),
    Utility("water", "Water", Text("Cooling water", "냉각수"), "kg"),
)


@dataclass(frozen=True, slots=True)
class Intake:
    """A kind's use of a utility by its physics: `per` units an hour for each of law `quantity`.

    `top` is the highest flow in normal work, units an hour.
    """

    utility: str
    quantity: str
    top: float
    per: float = 1.0


def utility_tags(
    levels: Mapping[str, Sequence[float]], intakes: Sequence[Intake]
) -> tuple[Tag, ...]:
    """Meters of a station: by state (`levels`, units an hour a state code) and by its physics."""
    follows = {row.utility: row for row in intakes}
    rows: list[Tag] = []
    for utility in UTILITIES:
        if utility.key in follows:
            row = follows[utility.key]
            flow, used = Track(row.quantity, row.per), Integral(row.quantity, row.per)
            rows += _meters(utility, row.top, flow, used)
        elif max(levels.get(utility.key, (0.0,))) > 0.0:
            by_state = tuple(levels[utility.key])
            rows += _meters(utility, max(by_state), ByState(by_state), Total(by_state))
    return tuple(rows)


def _meters(
    utility: Utility, top: float, flow: ByState | Track, used: Total | Integral
) -> Iterator[Tag]:
    title, unit = utility.title, utility.unit
    flowing = Text(f"{title.en}, flow", f"{title.ko} 유량")
    step = 1.0
    while step > top / 50.0:
        step /= 10.0
    yield Tag(f"{utility.name}Flow", flowing, f"{unit}/h", 0, MARGIN * top, flow,
              noise=JITTER * top, resolution=step, sensor="flow")  # fmt: skip
    yield Tag(utility.total, Text(f"{title.en} used", f"{title.ko} 누적 사용량"), unit,
              0, MOST, used, resolution=0.1)  # fmt: skip

"""Tank farm: the stock of every liquid, drawn by several units, filled by tank trucks.

A batch that passes it is only made ready: lines are checked and lined up. What is drawn is drawn
by the units that need it, whenever they need it.
"""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import HIGH, MEDIUM, Alarm, Beyond
from twin.equipment.model import Equipment, Parameters, Quantity, TankRow
from twin.equipment.tag import Tag, Text, Track

TITLES = {
    "Solvent": "용제",
    "Precursor": "전구체 B",
    "Monomer": "단량체 A",
    "Binder": "바인더",
    "Thinner": "희석제",
    "Flush": "세척 용제",
}


class FarmParameters(Parameters):
    """Size of the tanks, and when and how they are filled again."""

    tanks: list[str] = Field(list(TITLES), min_length=1, max_length=12)
    capacity: float = Field(30_000.0, gt=0, description="kg each")
    start: float = Field(0.6, ge=0, le=1, description="share full at the beginning")
    reorder: float = Field(0.4, ge=0, le=1, description="share below which a truck is ordered")
    high: float = Field(0.95, gt=0, le=1, description="share at which the interlock closes")
    truck: float = Field(15_000.0, gt=0, description="kg a delivery")
    lead: float = Field(14_400.0, gt=0, description="s from order to truck")
    unload: float = Field(2700.0, gt=0, description="s a truck needs")


def rows(p: FarmParameters) -> tuple[TankRow, ...]:
    full = p.capacity
    return tuple(
        TankRow(name, p.truck, p.reorder * full, p.high * full, 0.02 * full, p.lead, p.unload)
        for name in p.tanks
    )


def tags(p: FarmParameters) -> tuple[Tag, ...]:
    return tuple(
        Tag(f"{name}Level", Text(f"{name} in its tank", f"{TITLES.get(name, name)} 재고"), "kg", 0,
            p.capacity, Track(name), period=10.0, noise=p.capacity * 2e-4,
            resolution=p.capacity / 30_000.0, sensor="level")
        for name in p.tanks
    )  # fmt: skip


def alarms(p: FarmParameters) -> tuple[Alarm, ...]:
    low = Text("The truck is late, or more is drawn than planned.", "입고 지연 또는 과다 사용.")
    high = Text("Unloading is ended by the interlock.", "인터록에 의한 하역 중단.")
    full, rows = p.capacity, []
    for name in p.tanks:
        ko = TITLES.get(name, name)
        rows += [
            Alarm(f"{name}Low", Text(f"{name} low", f"{ko} 재고 부족"), MEDIUM, low,
                  Beyond(f"{name}Level", low=0.1 * full, deadband=0.01 * full), while_on=False),
            Alarm(f"{name}High", Text(f"{name} very high", f"{ko} 액위 매우 높음"), HIGH, high,
                  Beyond(f"{name}Level", high=p.high * full, deadband=0.01 * full),
                  while_on=False),
        ]  # fmt: skip
    return tuple(rows)


TANK_FARM = Equipment(
    "tank-farm",
    Text("Tank farm", "탱크 팜"),
    FarmParameters,
    tags,
    quantities=lambda p: tuple(Quantity(name, "kg", p.start * p.capacity) for name in p.tanks),
    tanks=rows,
    alarms=alarms,
)

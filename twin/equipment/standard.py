"""Tags every station has, whatever its kind, and the tags of the line as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from twin.equipment.tag import (
    ByState,
    Count,
    FlowCount,
    FluidLevel,
    Level,
    LineCount,
    PartInWork,
    ProductInWork,
    StateCode,
    Tag,
    Text,
    Total,
    Track,
)

STATES = (
    "STOPPED",
    "IDLE",
    "STARVED",
    "WORKING",
    "BLOCKED",
    "DOWN",
    "SETUP",
    "HELD",
    "MAINTENANCE",
    "LOADING",
)
STATE_TITLES = (
    Text("stopped", "정지"),
    Text("idle", "비가동(계획)"),
    Text("starved", "자재 대기"),
    Text("working", "가동"),
    Text("blocked", "배출 막힘"),
    Text("down", "고장"),
    Text("setup", "작업 준비"),
    Text("held", "작업자 대기"),
    Text("maintenance", "계획 보전"),
    Text("loading", "소재 장착"),
)
MAXIMUM_COUNT = 1e9


def levels(use: Mapping[str, float | None]) -> tuple[float, ...]:
    """Power (kW) or flow (units/h) for each state code; what is not given is as on standby."""
    working, standby, off = (use[key] or 0.0 for key in ("working", "standby", "off"))
    given = (use.get(key) for key in ("setup", "maintenance", "loading"))
    setup, upkeep, loading = (standby if value is None else value for value in given)
    return (off, standby, standby, working, standby, standby, setup, standby, upkeep, loading)


def standard_tags(
    power: Mapping[str, float | None], products: tuple[str, ...], fed: bool
) -> tuple[Tag, ...]:
    """State, part, product, counters, power and energy of a station."""
    by_state = levels(power)
    top = max(by_state)
    tags = [
        Tag("State", Text("State", "상태"), "", 0, len(STATES) - 1, StateCode(), kind="enum",
            labels=STATES),
        Tag("PartInWork", Text("Part in work", "작업 중 부품"), "", -1, MAXIMUM_COUNT, PartInWork(),
            kind="int"),
        Tag("Product", Text("Product set up", "설정 품목"), "", 0, len(products), ProductInWork(),
            kind="enum", labels=("none", *products)),
        Tag("Started", Text("Parts started", "투입 수"), "1", 0, MAXIMUM_COUNT, Count("started"),
            kind="int"),
        Tag("Passed", Text("Parts passed", "통과 수"), "1", 0, MAXIMUM_COUNT, Count("passed"),
            kind="int"),
        Tag("Rejected", Text("Parts rejected", "불합격 수"), "1", 0, MAXIMUM_COUNT,
            Count("rejected"), kind="int"),
        Tag("Failures", Text("Stops by failure", "고장 횟수"), "1", 0, MAXIMUM_COUNT,
            Count("failures"), kind="int"),
    ]  # fmt: skip
    if fed:
        tags.append(
            Tag("Queue", Text("Parts waiting", "대기 부품"), "1", 0, 10_000, Level(), kind="int")
        )
    if top > 0.0:
        tags.append(
            Tag("Power", Text("Electric power", "소비 전력"), "kW", 0, 1.5 * top, ByState(by_state),
                noise=0.01 * top, resolution=_step(top), sensor="power")
        )  # fmt: skip
        tags.append(
            Tag("Energy", Text("Electric energy", "누적 전력량"), "kWh", 0, MAXIMUM_COUNT,
                Total(by_state), resolution=0.01)
        )  # fmt: skip
    return tuple(tags)


OF_PARTS = ("PartInWork", "Started", "Passed", "Rejected", "Queue")


def fluid_tags(
    standard: tuple[Tag, ...], rate: float, levels: Sequence[tuple[str, int]]
) -> tuple[Tag, ...]:
    """Tags of a station that material flows through: speed, counters and levels, not parts.

    `rate` is its fastest, units an hour; `levels` are its input buffers with their capacities.
    """
    tags = [tag for tag in standard if tag.name not in OF_PARTS]
    tags += [
        Tag("Speed", Text("Speed", "속도"), "1/h", 0, 1.2 * rate, Track("Speed"),
            noise=0.001 * rate, resolution=_step(rate), sensor="speed"),
        Tag("OutCount", Text("Units made", "생산 수량"), "1", 0, MAXIMUM_COUNT, FlowCount("Made"),
            kind="int"),
        Tag("RejectCount", Text("Units rejected", "불량 수량"), "1", 0, MAXIMUM_COUNT,
            FlowCount("Lost"), kind="int"),
    ]  # fmt: skip
    for buffer, capacity in levels:
        words = re.split(r"[^A-Za-z0-9]+", buffer)
        name = "Level" if len(levels) == 1 else "".join(w[:1].upper() + w[1:] for w in words)
        name = name if name.endswith("Level") else f"{name}Level"
        top = float(capacity) if capacity > 0 else 1_000_000.0
        title = Text(f"Level of {buffer}", f"{buffer} 재고량")
        tags.append(
            Tag(name, title, "1", 0, top, FluidLevel(buffer), resolution=_step(top),
                sensor="level")
        )  # fmt: skip
    return tuple(tags)


def _step(top: float) -> float:
    """Resolution of a power meter: about a thousandth of full scale, a power of ten."""
    step = 10.0
    while step > top / 500.0:
        step /= 10.0
    return step


def line_tags() -> tuple[Tag, ...]:
    """Counters of the whole line."""
    return (
        Tag("Finished", Text("Good parts finished", "완성 양품"), "1", 0, MAXIMUM_COUNT,
            LineCount("finished"), kind="int", station="Line"),
        Tag("Scrapped", Text("Parts scrapped", "폐기 수"), "1", 0, MAXIMUM_COUNT,
            LineCount("scrapped"), kind="int", station="Line"),
        Tag("Wip", Text("Parts in the line", "재공품"), "1", 0, 100_000, LineCount("wip"),
            kind="int", station="Line"),
    )  # fmt: skip

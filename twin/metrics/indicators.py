"""Key performance indicators after ISO 22400-2, of stations and of the line.

Each KPI is a row: what it is, its unit, the clause it implements, its formula in words, and a
function of the facts. A ratio without anything to divide by (no planned busy time, no part) has
no value: None, which is neither 0 nor 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.equipment.tag import Text
from twin.equipment.utility import UTILITIES
from twin.metrics.facts import LineFacts, StationFacts
from twin.trace.tables import State


@dataclass(frozen=True)
class Kpi:
    """One indicator: key, title, unit, clause, formula in words, and the function."""

    key: str
    title: Text
    unit: str
    clause: str
    formula: str
    value: Callable[[Any], float | None]


def share(part: float, whole: float) -> float | None:
    """part / whole, None when there is no whole."""
    return part / whole if whole > 0.0 else None


def _product(*factors: float | None) -> float | None:
    total = 1.0
    for factor in factors:
        if factor is None:
            return None
        total *= factor
    return total


def availability(f: StationFacts) -> float | None:
    """Actual production time of planned busy time."""
    return share(f.working, f.busy)


def effectiveness(f: StationFacts) -> float | None:
    """Planned run time of actual production time."""
    return share(f.planned, f.working)


def quality(f: StationFacts) -> float | None:
    """Passed of treated."""
    return share(f.produced - f.rejected, f.produced)


def nee(f: StationFacts) -> float | None:
    """As OEE, with set-up counted as used time."""
    used = share(f.working + f.setting_up, f.busy)
    return _product(used, effectiveness(f), quality(f))


def corrective(f: StationFacts) -> float | None:
    """Repair of all maintenance."""
    return share(f.repair_time, f.repair_time + f.time[State.MAINTENANCE])


def oee(f: StationFacts) -> float | None:
    """Availability x effectiveness x quality ratio."""
    return _product(availability(f), effectiveness(f), quality(f))


def _used(utility: str) -> Callable[[StationFacts], float | None]:
    return lambda f: f.utilities.get(utility)


def _used_per_part(utility: str) -> Callable[[LineFacts], float | None]:
    return lambda f: share(f.utilities[utility], f.finished) if utility in f.utilities else None


def _money(value: Callable[[Any], float | None]) -> Callable[[Any], float | None]:
    return lambda f: None if f.money is None else value(f.money)


STATION_COSTS: tuple[Kpi, ...] = (
    Kpi("cost", Text("Cost", "비용"), "¤", "assumed",
        "machine hours at the rate of each state + energy + utilities",
        _money(lambda m: m.total)),
    Kpi("cost_down", Text("Cost of downtime", "고장 비용"), "¤", "assumed",
        "machine hours down", _money(lambda m: m.down)),
    Kpi("cost_setup", Text("Cost of changeover", "품목 교체 비용"), "¤", "assumed",
        "machine hours in set-up and held", _money(lambda m: m.setup)),
    Kpi("cost_energy", Text("Cost of energy", "전력 비용"), "¤", "assumed",
        "energy x price of its hour", _money(lambda m: m.energy)),
    Kpi("cost_utilities", Text("Cost of utilities", "유틸리티 비용"), "¤", "assumed",
        "air, nitrogen, steam and water x price", _money(lambda m: m.utilities)),
    Kpi("cost_scrap", Text("Cost of scrap", "폐기 비용"), "¤", "assumed",
        "material of the scrapped parts it rejected last, less what they bring",
        _money(lambda m: m.scrap)),
)  # fmt: skip
LINE_COSTS: tuple[Kpi, ...] = (
    Kpi("cost", Text("Cost", "비용"), "¤", "assumed",
        "machine hours + energy + utilities + labour + material of parts begun"
        " - proceeds of scrap",
        _money(lambda m: m.total)),
    Kpi("cost_per_part", Text("Cost a good part", "양품당 비용"), "¤", "assumed",
        "cost / good parts finished",
        lambda f: None if f.money is None else share(f.money.total, f.finished)),
    Kpi("cost_machine", Text("Cost of machine hours", "설비 시간 비용"), "¤", "assumed",
        "sum over stations: hours in each state x its rate", _money(lambda m: m.machine)),
    Kpi("cost_energy", Text("Cost of energy", "전력 비용"), "¤", "assumed",
        "sum over stations: energy x price of its hour", _money(lambda m: m.energy)),
    Kpi("cost_utilities", Text("Cost of utilities", "유틸리티 비용"), "¤", "assumed",
        "sum over stations: air, nitrogen, steam and water x price",
        _money(lambda m: m.utilities)),
    Kpi("cost_labour", Text("Cost of labour", "인건비"), "¤", "assumed",
        "people of each crew x shift time with breaks x rate", _money(lambda m: m.labour)),
    Kpi("cost_material", Text("Cost of material", "재료비"), "¤", "assumed",
        "parts begun x material of the product", _money(lambda m: m.material)),
    Kpi("scrap_proceeds", Text("Proceeds of scrap", "스크랩 매각액"), "¤", "assumed",
        "parts scrapped x what the product's scrap brings", _money(lambda m: m.proceeds)),
    Kpi("cost_down", Text("Cost of downtime", "고장 비용"), "¤", "assumed",
        "of the machine hours: down", _money(lambda m: sum(s.down for s in m.stations))),
    Kpi("cost_setup", Text("Cost of changeover", "품목 교체 비용"), "¤", "assumed",
        "of the machine hours: set-up and held",
        _money(lambda m: sum(s.setup for s in m.stations))),
    Kpi("cost_scrap", Text("Cost of scrap", "폐기 비용"), "¤", "assumed",
        "material of scrapped parts less what they bring", _money(lambda m: m.scrap)),
)  # fmt: skip

ISO = "ISO 22400-2:2014"
STATION_KPIS: tuple[Kpi, ...] = (
    Kpi("availability", Text("Availability", "가동률"), "%", f"{ISO} availability",
        "actual production time (APT) / planned busy time (PBT)", availability),
    Kpi("effectiveness", Text("Effectiveness", "성능률"), "%", f"{ISO} effectiveness",
        "planned run time of the work done / actual production time (APT)", effectiveness),
    Kpi("quality", Text("Quality ratio", "양품률"), "%", f"{ISO} quality ratio",
        "passed / treated; every part of a station without verdict passes", quality),
    Kpi("oee", Text("OEE", "설비종합효율"), "%", f"{ISO} OEE index",
        "availability x effectiveness x quality ratio", oee),
    Kpi("nee", Text("NEE", "순설비효율"), "%", f"{ISO} NEE index",
        "(APT + set-up time) / PBT x effectiveness x quality ratio", nee),
    Kpi("allocation", Text("Allocation efficiency", "할당 효율"), "%",
        f"{ISO} allocation efficiency", "busy time (AUBT: PBT less starved) / PBT",
        lambda f: share(f.allotted, f.busy)),
    Kpi("utilisation", Text("Utilisation efficiency", "이용 효율"), "%",
        f"{ISO} utilisation efficiency", "APT / busy time (AUBT: PBT less starved)",
        lambda f: share(f.working, f.allotted)),
    Kpi("technical", Text("Technical efficiency", "기술 효율"), "%",
        f"{ISO} technical efficiency",
        "APT / (APT + delay time: down, blocked, held and loading)",
        lambda f: share(f.working, f.working + f.delayed)),
    Kpi("setup_ratio", Text("Setup ratio", "작업 준비율"), "%", f"{ISO} setup ratio",
        "set-up time / (APT + set-up time)",
        lambda f: share(f.setting_up, f.working + f.setting_up)),
    Kpi("pbt", Text("Planned busy time", "계획 가동 시간"), "h", f"{ISO} planned busy time",
        "shifts less breaks, stops by command and maintenance, and with overtime",
        lambda f: f.busy / 3600.0),
    Kpi("overtime", Text("Overtime", "초과 가동"), "h", "assumed",
        "time worked, set up or loaded outside the planned time", lambda f: f.overtime / 3600.0),
    Kpi("starved", Text("Starved", "자재 대기"), "%", "assumed",
        "time starved / planned busy time", lambda f: share(f.spent[State.STARVED], f.busy)),
    Kpi("blocked", Text("Blocked", "배출 막힘"), "%", "assumed",
        "time blocked / planned busy time", lambda f: share(f.spent[State.BLOCKED], f.busy)),
    Kpi("down", Text("Down", "고장"), "%", "assumed",
        "time down / planned busy time", lambda f: share(f.spent[State.DOWN], f.busy)),
    Kpi("setup", Text("Setup", "작업 준비"), "%", "assumed (changeover share)",
        "time in setup and held / planned busy time",
        lambda f: share(f.spent[State.SETUP] + f.spent[State.HELD], f.busy)),
    Kpi("mtbf", Text("MTBF", "평균 고장 간격"), "min",
        f"{ISO} mean operating time between failures", "actual production time / failures",
        lambda f: share(f.working / 60.0, f.failures)),
    Kpi("mttr", Text("MTTR", "평균 수리 시간"), "min", f"{ISO} mean time to restoration",
        "time from failure to repair / failures",
        lambda f: share(f.repair_time / 60.0, f.failures)),
    Kpi("corrective", Text("Corrective maintenance", "사후 보전율"), "%",
        f"{ISO} corrective maintenance ratio", "repair time / (repair + planned maintenance)",
        corrective),
    Kpi("reject_ratio", Text("Reject ratio", "불합격률"), "%", f"{ISO} fall off ratio",
        "rejected / treated", lambda f: share(f.rejected, f.produced)),
    Kpi("produced", Text("Parts treated", "처리 수"), "1", f"{ISO} produced quantity",
        "cycles finished; at a station that judges, its verdicts", lambda f: float(f.produced)),
    Kpi("rejected", Text("Parts rejected", "불합격 수"), "1", f"{ISO} scrap and rework quantity",
        "verdicts against a part", lambda f: float(f.rejected)),
    Kpi("energy", Text("Energy", "전력량"), "kWh", "assumed",
        "power of each state x time in it", lambda f: f.energy),
    Kpi("energy_per_part", Text("Energy a part", "처리당 전력량"), "kWh", "assumed",
        "energy / parts treated", lambda f: share(f.energy, f.produced)),
    *(
        Kpi(row.key, row.title, row.unit, "assumed",
            "flow in each state x time in it, or the integral of the flow", _used(row.key))
        for row in UTILITIES
    ),
    *STATION_COSTS,
)  # fmt: skip


LINE_KPIS: tuple[Kpi, ...] = (
    Kpi("oee", Text("OEE of the line", "라인 설비종합효율"), "%", f"{ISO} OEE index",
        "availability and effectiveness of the bottleneck x quality ratio of the line",
        lambda f: _product(
            availability(f.bottleneck), effectiveness(f.bottleneck), f.quality)),
    Kpi("throughput", Text("Throughput", "시간당 생산량"), "1/h", f"{ISO} throughput rate",
        "good parts finished / planned working time",
        lambda f: share(f.finished * 3600.0, f.work)),
    Kpi("finished", Text("Good parts finished", "완성 양품"), "1", f"{ISO} good quantity",
        "parts that left the line as good", lambda f: float(f.finished)),
    Kpi("scrapped", Text("Parts scrapped", "폐기 수"), "1", f"{ISO} scrap quantity",
        "parts that left the line as scrap", lambda f: float(f.scrapped)),
    Kpi("quality", Text("Quality ratio", "양품률"), "%", f"{ISO} quality ratio",
        "finished / (finished + scrapped + lost in flow)", lambda f: f.quality),
    Kpi("first_time_right", Text("First pass yield", "직행률"), "%", f"{ISO} first pass yield",
        "finished parts never rejected / (finished + scrapped + lost in flow)",
        lambda f: share(f.first_time_right, f.left)),
    Kpi("scrap_ratio", Text("Scrap ratio", "폐기율"), "%", f"{ISO} scrap ratio",
        "(scrapped + lost in flow) / (finished + scrapped + lost in flow)",
        lambda f: share(f.scrapped + f.lost, f.left)),
    Kpi("rework_ratio", Text("Rework ratio", "재작업률"), "%", f"{ISO} rework ratio",
        "finished parts that were rejected before / (finished + scrapped + lost in flow)",
        lambda f: share(f.finished - f.first_time_right, f.left)),
    Kpi("process_ratio", Text("Production process ratio", "생산 공정 비율"), "%",
        f"{ISO} production process ratio (each part an order of one)",
        "actual production time of all stations / time of all parts in the line; none with flow",
        lambda f: None if f.flows else share(f.working, f.part_time)),
    Kpi("lost", Text("Parts lost in flow", "유동 공정 손실"), "1", "assumed",
        "sum over stations that material flows through: rejected / units that make a part",
        lambda f: f.lost if f.flows else None),
    Kpi("wip", Text("Work in process", "재공 수량"), "1", "Little (1961)",
        "time average of parts in the line", lambda f: f.wip),
    Kpi("lead_time", Text("Lead time", "리드 타임"), "min", "Little (1961)",
        "mean time from birth to good exit", lambda f: share(f.lead_time / 60.0, f.finished)),
    Kpi("energy", Text("Energy", "전력량"), "kWh", "assumed",
        "sum over stations", lambda f: f.energy),
    Kpi("energy_per_part", Text("Energy a good part", "양품당 전력량"), "kWh",
        f"{ISO} direct energy consumption effectiveness (inverse)",
        "energy / good parts finished", lambda f: share(f.energy, f.finished)),
    *(
        Kpi(f"{row.key}_per_part", Text(f"{row.title.en} a good part", f"양품당 {row.title.ko}"),
            row.unit, "assumed", "use of all stations / good parts finished",
            _used_per_part(row.key))
        for row in UTILITIES
    ),
    *LINE_COSTS,
)  # fmt: skip

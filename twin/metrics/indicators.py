"""Key performance indicators after ISO 22400-2, of stations and of the line.

Each KPI is a row: what it is, its unit, the clause it implements, its formula in words, and a
function of the tally. No shift calendar exists yet: planned busy time (PBT) is all time in which
a station was not stopped by command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.equipment.standard import power_levels
from twin.equipment.tag import Text
from twin.metrics.tally import Tally, tally
from twin.trace.tables import State
from twin.trace.trace import Trace


@dataclass(frozen=True)
class StationFacts:
    """Sums of one station a KPI is made of; times in s."""

    time: tuple[float, ...]
    planned: float
    started: int
    produced: int
    rejected: int
    failures: int
    repair_time: float
    energy: float

    @property
    def busy(self) -> float:
        """Planned busy time (PBT)."""
        return sum(self.time) - self.time[State.STOPPED] - self.time[State.IDLE]

    @property
    def working(self) -> float:
        """Actual production time (APT)."""
        return self.time[State.WORKING]


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


def oee(f: StationFacts) -> float | None:
    """Availability x effectiveness x quality ratio."""
    return _product(availability(f), effectiveness(f), quality(f))


ISO = "ISO 22400-2:2014"
STATION_KPIS: tuple[Kpi, ...] = (
    Kpi("availability", Text("Availability", "가동률"), "%", f"{ISO} availability",
        "actual production time / planned busy time", availability),
    Kpi("effectiveness", Text("Effectiveness", "성능률"), "%", f"{ISO} effectiveness",
        "planned run time of the parts started / actual production time", effectiveness),
    Kpi("quality", Text("Quality ratio", "양품률"), "%", f"{ISO} quality ratio",
        "passed / treated; every part of a station without verdict passes", quality),
    Kpi("oee", Text("OEE", "설비종합효율"), "%", f"{ISO} OEE index",
        "availability x effectiveness x quality ratio", oee),
    Kpi("starved", Text("Starved", "자재 대기"), "%", "assumed",
        "time starved / planned busy time", lambda f: share(f.time[State.STARVED], f.busy)),
    Kpi("blocked", Text("Blocked", "배출 막힘"), "%", "assumed",
        "time blocked / planned busy time", lambda f: share(f.time[State.BLOCKED], f.busy)),
    Kpi("down", Text("Down", "고장"), "%", "assumed",
        "time down / planned busy time", lambda f: share(f.time[State.DOWN], f.busy)),
    Kpi("setup", Text("Setup", "작업 준비"), "%", f"{ISO} setup ratio (base: planned busy time)",
        "time in setup and held / planned busy time",
        lambda f: share(f.time[State.SETUP] + f.time[State.HELD], f.busy)),
    Kpi("mtbf", Text("MTBF", "평균 고장 간격"), "min",
        f"{ISO} mean operating time between failures", "actual production time / failures",
        lambda f: share(f.working / 60.0, f.failures)),
    Kpi("mttr", Text("MTTR", "평균 수리 시간"), "min", f"{ISO} mean time to restoration",
        "time from failure to repair / failures",
        lambda f: share(f.repair_time / 60.0, f.failures)),
    Kpi("produced", Text("Parts treated", "처리 수"), "1", f"{ISO} produced quantity",
        "cycles begun, the one under way left out", lambda f: float(f.produced)),
    Kpi("rejected", Text("Parts rejected", "불합격 수"), "1", f"{ISO} scrap and rework quantity",
        "verdicts against a part", lambda f: float(f.rejected)),
    Kpi("energy", Text("Energy", "전력량"), "kWh", "assumed",
        "power of each state x time in it", lambda f: f.energy),
)  # fmt: skip


@dataclass(frozen=True)
class LineFacts:
    """Sums of the whole line; times in s."""

    now: float
    finished: int
    scrapped: int
    first_time_right: int
    wip: float
    lead_time: float
    energy: float
    bottleneck: StationFacts

    @property
    def quality(self) -> float | None:
        """Good parts of all that left the line."""
        return share(self.finished, self.finished + self.scrapped)


LINE_KPIS: tuple[Kpi, ...] = (
    Kpi("oee", Text("OEE of the line", "라인 설비종합효율"), "%", f"{ISO} OEE index",
        "availability and effectiveness of the bottleneck x quality ratio of the line",
        lambda f: _product(
            availability(f.bottleneck), effectiveness(f.bottleneck), f.quality)),
    Kpi("throughput", Text("Throughput", "시간당 생산량"), "1/h", f"{ISO} throughput rate",
        "good parts finished / time", lambda f: share(f.finished * 3600.0, f.now)),
    Kpi("finished", Text("Good parts finished", "완성 양품"), "1", f"{ISO} good quantity",
        "parts that left the line as good", lambda f: float(f.finished)),
    Kpi("scrapped", Text("Parts scrapped", "폐기 수"), "1", f"{ISO} scrap quantity",
        "parts that left the line as scrap", lambda f: float(f.scrapped)),
    Kpi("quality", Text("Quality ratio", "양품률"), "%", f"{ISO} quality ratio",
        "finished / (finished + scrapped)", lambda f: f.quality),
    Kpi("first_time_right", Text("First pass yield", "직행률"), "%", f"{ISO} first pass yield",
        "finished parts never rejected / (finished + scrapped)",
        lambda f: share(f.first_time_right, f.finished + f.scrapped)),
    Kpi("wip", Text("Work in process", "재공 수량"), "1", "Little (1961)",
        "time average of parts in the line", lambda f: f.wip),
    Kpi("lead_time", Text("Lead time", "리드 타임"), "min", "Little (1961)",
        "mean time from birth to good exit", lambda f: share(f.lead_time / 60.0, f.finished)),
    Kpi("energy", Text("Energy", "전력량"), "kWh", "assumed",
        "sum over stations", lambda f: f.energy),
    Kpi("energy_per_part", Text("Energy a good part", "양품당 전력량"), "kWh",
        f"{ISO} direct energy consumption effectiveness (inverse)",
        "energy / good parts finished", lambda f: share(f.energy, f.finished)),
)  # fmt: skip


@dataclass(frozen=True)
class Kpis:
    """Values by key: of the `line`, and of each station; None where there is nothing to divide."""

    duration: float
    bottleneck: str
    line: dict[str, float | None]
    stations: dict[str, dict[str, float | None]]
    states: dict[str, dict[str, float]]

    def as_dict(self) -> dict[str, object]:
        """All values for JSON; ratios 0-1, times as each KPI's unit says, state shares 0-1."""
        return {
            "duration_s": self.duration,
            "bottleneck": self.bottleneck,
            "line": self.line,
            "stations": self.stations,
            "states": self.states,
        }

    def rows(self) -> list[tuple[str, Kpi, float | None]]:
        """(station or "line", KPI, value) in table order."""
        rows: list[tuple[str, Kpi, float | None]] = []
        rows += [("line", kpi, self.line[kpi.key]) for kpi in LINE_KPIS]
        for name, values in self.stations.items():
            rows += [(name, kpi, values[kpi.key]) for kpi in STATION_KPIS]
        return rows


def station_facts(sums: Tally) -> dict[str, StationFacts]:
    """Facts of every station."""
    times = sums.state_time
    facts = {}
    for i, station in enumerate(sums.line.stations):
        levels = np.array(power_levels(station.spec.power.model_dump()))
        produced = int(sums.started[i]) - int(sums.at_work[i])
        if sums.judges[i]:
            produced = int(sums.passed[i] + sums.rejected[i])
        facts[station.id] = StationFacts(
            tuple(times[i].tolist()),
            float(sums.planned[i]),
            int(sums.started[i]),
            produced,
            int(sums.rejected[i]),
            int(sums.failures[i]),
            float(sums.repair_time[i]),
            float(levels @ times[i, : len(levels)]) / 3600.0,
        )
    return facts


def summarise(sums: Tally) -> Kpis:
    """KPIs of a tally."""
    facts = station_facts(sums)
    bottleneck = max(facts, key=lambda name: facts[name].planned)
    line = LineFacts(
        sums.now,
        sums.finished,
        sums.scrapped,
        sums.first_time_right,
        sums.mean_wip,
        sums.lead_time,
        sum(f.energy for f in facts.values()),
        facts[bottleneck],
    )
    times = sums.state_time
    return Kpis(
        sums.now,
        bottleneck,
        {kpi.key: kpi.value(line) for kpi in LINE_KPIS},
        {name: {kpi.key: kpi.value(f) for kpi in STATION_KPIS} for name, f in facts.items()},
        {
            station.id: {s.name: float(times[i, s] / sums.now) if sums.now else 0.0 for s in State}
            for i, station in enumerate(sums.line.stations)
        },
    )


def kpi(trace: Trace) -> Kpis:
    """KPIs of a trace from its beginning to its now.

    >>> import twin
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "1h", seed=1)
    >>> twin.kpi(trace).bottleneck
    'saw'
    """
    return summarise(tally(trace))

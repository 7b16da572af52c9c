"""From sums over a stretch of time to its key figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.equipment.standard import levels
from twin.line.line import Line
from twin.metrics.costs import line_money, station_money
from twin.metrics.facts import LineFacts, StationFacts, spent
from twin.metrics.indicators import LINE_KPIS, STATION_KPIS, Kpi
from twin.trace.tables import State

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class StationSums:
    """Sums of one station over a stretch of time; times in s, by state where they are arrays.

    `plan` is `time` within planned working time, `priced` is it times the price of a kWh;
    `intakes` is what it used of utilities that follow its physics, by utility.
    """

    time: Floats
    plan: Floats
    priced: Floats
    planned: float
    started: int
    produced: int
    rejected: int
    failures: int
    repair_time: float
    scrapped: Counts  # by product: parts scrapped after its verdict
    intakes: Mapping[str, float]


@dataclass(frozen=True)
class LineSums:
    """Sums of the line over a stretch of time: its length in clock, working and shift time (s)."""

    length: float
    work: float
    shift: float
    born: Counts  # by product
    scrapped: Counts  # by product
    finished: int
    first_time_right: int
    lead_time: float
    part_time: float


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


def kpis_of(
    line: Line, stations: Sequence[StationSums], whole: LineSums, bottleneck: str = ""
) -> Kpis:
    """KPIs of sums; the bottleneck is the station with the most planned run time, unless given."""
    facts = {
        station.id: _station_facts(line, i, stations[i]) for i, station in enumerate(line.stations)
    }
    bottleneck = bottleneck or max(facts, key=lambda name: facts[name].planned)
    crews = line.scenario.crews
    attended = {n: whole.length if c.on_call else whole.shift for n, c in crews.items()}
    money = [f.money for f in facts.values()]
    total = LineFacts(
        whole.length,
        whole.work,
        whole.finished,
        int(whole.scrapped.sum()),
        sum(facts[name].rejected / units for name, units in line.units_a_part.items()),
        bool(line.units_a_part),
        whole.first_time_right,
        whole.part_time / whole.length if whole.length else 0.0,
        whole.lead_time,
        whole.part_time,
        sum(f.energy for f in facts.values()),
        sum(f.working for f in facts.values()),
        facts[bottleneck],
        line_money(line, money, attended, whole.born.tolist(), whole.scrapped.tolist()),
        _utilities(facts.values()),
    )
    return Kpis(
        whole.length,
        bottleneck,
        {kpi.key: kpi.value(total) for kpi in LINE_KPIS},
        {name: {kpi.key: kpi.value(f) for kpi in STATION_KPIS} for name, f in facts.items()},
        {
            station.id: _shares(sums.time)
            for station, sums in zip(line.stations, stations, strict=True)
        },
    )


def _station_facts(line: Line, i: int, sums: StationSums) -> StationFacts:
    station = line.stations[i]
    power = np.array(levels(station.spec.power.model_dump()))
    time, plan = tuple(sums.time.tolist()), tuple(sums.plan.tolist())
    used = dict(sums.intakes)
    for name, flow in station.spec.utilities.by_state().items():
        used[name] = float(np.array(flow) @ sums.time[: len(flow)]) / 3600.0
    return StationFacts(
        time,
        plan,
        sums.planned,
        sums.started,
        sums.produced,
        sums.rejected,
        sums.failures,
        sums.repair_time,
        float(power @ sums.time[: len(power)]) / 3600.0,
        station_money(
            line,
            station.id,
            spent(time, plan),
            float(power @ sums.priced[: len(power)]) / 3600.0,
            used,
            sums.scrapped.tolist(),
        ),
        used,
    )


def _utilities(facts: Iterable[StationFacts]) -> dict[str, float]:
    """Utilities of all stations; none of those that no station uses."""
    total: dict[str, float] = {}
    for station in facts:
        for name, amount in station.utilities.items():
            total[name] = total.get(name, 0.0) + amount
    return total


def _shares(time: Floats) -> dict[str, float]:
    whole = float(time.sum())
    return {s.name: float(time[s] / whole) if whole else 0.0 for s in State}

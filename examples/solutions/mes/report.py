"""From recorded changes to what an MES says: counts, states and key figures of every hour."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from examples.solutions.mes.master import Interval, Master

Spell = tuple[float, float, str]  # begin, end (s since 1970), state
HOUR = 3600.0
SEEN = (".State", ".Passed")  # tags without which nothing is known of a station
LATE = 60.0  # s: an hour is over when the last value came this shortly before its end
ACTIVE = ("WORKING", "SETUP", "LOADING")  # counts in overtime too
UNPLANNED = ("STOPPED", "IDLE", "MAINTENANCE")  # not in planned busy time
TABLES = """
drop table if exists counts; drop table if exists spells; drop table if exists kpis;
create table counts (station text, start text, "end" text, good real, scrap real);
create table spells (station text, start text, "end" text, state text);
create table kpis (station text, start text, "end" text,
                   availability real, effectiveness real, quality real, oee real);
"""


@dataclass(frozen=True)
class Cycle:
    """Parts that a station began together, and when it worked on them; s since 1970."""

    parts: int
    product: str
    spells: tuple[Interval, ...]
    finished: bool

    def worked(self, begin: float, end: float) -> float:
        """Seconds of work on it between two instants."""
        return overlap(self.spells, begin, end)


class Reporter:
    """Reads what was recorded; writes the tables `counts`, `spells` and `kpis` beside it."""

    def __init__(
        self, path: Path, words: Mapping[str, Sequence[str]], master: Master, last: float
    ) -> None:
        self.db = sqlite3.connect(path)
        self.words, self.master = words, master
        rows = self.db.execute(
            "select tag, t, value from samples where value is not null order by tag, t"
        )
        self.times: dict[str, list[float]] = {}
        self.values: dict[str, list[float]] = {}
        for tag, t, value in rows:
            self.times.setdefault(tag, []).append(datetime.fromisoformat(t).timestamp())
            self.values.setdefault(tag, []).append(value)
        self.stations = sorted({tag.split(".")[0] for tag in self.times if tag.endswith(SEEN)})
        self.last = last  # until when it was listened, s since 1970

    # ---- steps that a report is made of

    def at(self, tag: str, t: float) -> float:
        """What a tag showed last, up to an instant."""
        place = bisect_right(self.times.get(tag, []), t)
        return self.values[tag][place - 1] if place else 0.0

    def word(self, tag: str, number: float) -> str:
        """The name of a tag's number, as the server tells it."""
        return self.words[tag][int(number)]

    def hours(self) -> Iterator[Interval]:
        """Whole hours that were recorded from begin to end."""
        first = max(times[0] for tag, times in self.times.items() if tag.endswith(SEEN))
        begin = -(-first // HOUR) * HOUR
        while begin + HOUR <= self.last + LATE:
            yield begin, begin + HOUR
            begin += HOUR

    def good(self, station: str, begin: float, end: float) -> float:
        """Good units of a stretch of time."""
        return self.at(f"{station}.Passed", end) - self.at(f"{station}.Passed", begin)

    def scrap(self, station: str, begin: float, end: float) -> float:
        """Rejected units of a stretch of time."""
        return self.at(f"{station}.Rejected", end) - self.at(f"{station}.Rejected", begin)

    def spells(self, station: str) -> list[Spell]:
        """Stretches of time in one state, one after the other, until we stopped listening."""
        tag = f"{station}.State"
        begins = self.times.get(tag, [])
        if not begins:
            return []
        names = [self.word(tag, number) for number in self.values[tag]]
        return list(zip(begins, [*begins[1:], self.last], names, strict=True))

    def reported(self, spells: Iterable[Spell]) -> Iterable[Spell]:
        """The stretches of time as they are handed in."""
        return spells

    def cycles(self, station: str) -> Iterator[Cycle]:
        """What a station began, in order."""
        tag = f"{station}.Started"
        begins, counts = self.times.get(tag, []), self.values.get(tag, [])
        working = [spell[:2] for spell in self.spells(station) if spell[2] == "WORKING"]
        done = self.at(f"{station}.Passed", self.last) + self.at(f"{station}.Rejected", self.last)
        for k in range(1, len(begins)):
            end = begins[k + 1] if k + 1 < len(begins) else self.last
            product = self.at(f"{station}.Product", begins[k])
            yield Cycle(
                round(counts[k] - counts[k - 1]),
                self.word(f"{station}.Product", product),
                tuple(clipped(working, begins[k], end)),
                counts[k] <= done,
            )

    def busy(self, station: str, begin: float, end: float) -> float:
        """Planned busy time, s: shifts less breaks, stops and maintenance, and overtime."""
        worked = self.master.worked(begin, end)
        total = 0.0
        for start, stop, state in self.spells(station):
            inside = list(clipped([(start, stop)], begin, end))
            if state in ACTIVE:
                total += sum(b - a for a, b in inside)
            elif state not in UNPLANNED:
                total += sum(overlap(worked, a, b) for a, b in inside)
        return total

    def working(self, station: str, begin: float, end: float) -> float:
        """Actual production time, s."""
        spells = [spell[:2] for spell in self.spells(station) if spell[2] == "WORKING"]
        return overlap(spells, begin, end)

    def planned(self, station: str, cycles: Iterable[Cycle], begin: float, end: float) -> float:
        """Planned run time of the work done, s; of work under way no more than was done."""
        total = 0.0
        for cycle in cycles:
            here = cycle.worked(begin, end)
            if here:
                whole = cycle.worked(0.0, self.last)
                nominal = cycle.parts * self.master.cycle(station, cycle.product)
                total += (nominal if cycle.finished else min(nominal, whole)) * here / whole
        return total

    def quality(self, good: float, scrap: float) -> float | None:
        """Good of all."""
        return share(good, good + scrap)

    def kpis(
        self, station: str, cycles: Sequence[Cycle], begin: float, end: float
    ) -> tuple[float | None, ...]:
        """Availability, effectiveness, quality ratio and OEE; None where nothing can be divided."""
        working = self.working(station, begin, end)
        a = share(working, self.busy(station, begin, end))
        e = share(self.planned(station, cycles, begin, end), working)
        q = self.quality(self.good(station, begin, end), self.scrap(station, begin, end))
        return a, e, q, None if a is None or e is None or q is None else a * e * q

    def label(self, t: float) -> str:
        """A date as it is handed in."""
        return datetime.fromtimestamp(t, UTC).isoformat()

    # ---- the report

    def write(self) -> None:
        """Write every table."""
        self.db.executescript(TABLES)
        with self.db:
            for station in self.stations:
                cycles = list(self.cycles(station))
                for begin, end in self.hours():
                    key = (station, self.label(begin), self.label(end))
                    good, scrap = self.good(station, begin, end), self.scrap(station, begin, end)
                    self.add("counts", *key, good, scrap)
                    if f"{station}.State" in self.times:
                        self.add("kpis", *key, *self.kpis(station, cycles, begin, end))
                for begin, end, state in self.reported(self.spells(station)):
                    self.add("spells", station, self.label(begin), self.label(end), state)
        self.db.close()

    def add(self, table: str, *row: object) -> None:
        """One row more."""
        self.db.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)


def clipped(intervals: Iterable[Interval], begin: float, end: float) -> Iterator[Interval]:
    """Intervals within [begin, end), s."""
    for a, b in intervals:
        if min(b, end) > max(a, begin):
            yield max(a, begin), min(b, end)


def overlap(intervals: Iterable[Interval], begin: float, end: float) -> float:
    """Time of intervals within [begin, end), s."""
    return sum(b - a for a, b in clipped(intervals, begin, end))


def share(part: float, whole: float) -> float | None:
    """part / whole, None when there is no whole."""
    return part / whole if whole > 0.0 else None

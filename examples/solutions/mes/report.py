"""From recorded changes to what an MES says: counts, states and key figures of every hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOUR = timedelta(hours=1)
UNPLANNED = ("STOPPED", "IDLE", "MAINTENANCE")  # not in planned busy time


class Reporter:
    """Reads the recorder's tables `changes` and `states`; writes counts, times and key figures."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path)
        rows = self.db.execute("select tag, t, value from changes order by tag, t")
        self.series: dict[str, list[tuple[datetime, float]]] = {}
        for tag, t, value in rows:
            self.series.setdefault(tag, []).append((datetime.fromisoformat(t), value))
        self.names = dict(self.db.execute("select number, name from states"))
        self.stations = sorted({tag.split(".")[0] for tag in self.series if ".State" in tag})
        seen = [t for one in self.series.values() for t, _value in one]
        self.first, self.last = min(seen), max(seen)

    # ---- steps that a report is made of

    def hours(self) -> Iterator[tuple[datetime, datetime]]:
        """Whole hours of the time in which we listened."""
        begin = self.first.replace(minute=0, second=0, microsecond=0)
        if begin < self.first:
            begin += HOUR
        while begin + HOUR <= self.last + timedelta(seconds=60):
            yield begin, begin + HOUR
            begin += HOUR

    def counter(self, tag: str, t: datetime) -> float:
        """A counter at an instant: what it showed last."""
        value = 0.0
        for stamp, now in self.series.get(tag, []):
            if stamp > t:
                break
            value = now
        return value

    def good(self, station: str, begin: datetime, end: datetime) -> float:
        """Good units of a stretch of time."""
        return self.counter(f"{station}.Passed", end) - self.counter(f"{station}.Passed", begin)

    def scrap(self, station: str, begin: datetime, end: datetime) -> float:
        """Rejected units of a stretch of time."""
        name = f"{station}.Rejected"
        return self.counter(name, end) - self.counter(name, begin)

    def spells(self, station: str) -> Iterator[tuple[datetime, datetime, str]]:
        """Stretches of time in one state, one after the other, until we stopped listening."""
        changes = self.series[f"{station}.State"]
        ends = [t for t, _state in changes[1:]] + [self.last]
        for (begin, number), end in zip(changes, ends, strict=True):
            yield begin, end, self.state(int(number))

    def state(self, number: int) -> str:
        """The name of a state, as the server tells it."""
        return self.names[number]

    def times(self, station: str, begin: datetime, end: datetime) -> dict[str, float]:
        """Seconds in each state of a stretch of time."""
        total: dict[str, float] = {}
        for start, stop, state in self.spells(station):
            inside = (min(stop, end) - max(start, begin)).total_seconds()
            if inside > 0.0:
                total[state] = total.get(state, 0.0) + inside
        return total

    def availability(self, times: dict[str, float]) -> float | None:
        """Actual production time of planned busy time."""
        busy = sum(seconds for state, seconds in times.items() if state not in UNPLANNED)
        return times.get("WORKING", 0.0) / busy if busy else None

    def quality(self, good: float, scrap: float) -> float | None:
        """Good of all."""
        return good / (good + scrap) if good + scrap else None

    def label(self, t: datetime) -> str:
        """A date as it is handed in."""
        return t.astimezone(UTC).isoformat()

    # ---- the report

    def write(self) -> None:
        """Write every table."""
        self.db.executescript(
            """
            drop table if exists counts; drop table if exists spells; drop table if exists kpis;
            create table counts (station text, start text, "end" text, good real, scrap real);
            create table spells (station text, start text, "end" text, state text);
            create table kpis (station text, start text, "end" text, availability real,
                               quality real);
            """
        )
        with self.db:
            for station in self.stations:
                for begin, end in self.hours():
                    key = (station, self.label(begin), self.label(end))
                    good, scrap = self.good(station, begin, end), self.scrap(station, begin, end)
                    self.db.execute(
                        "insert into counts values (?, ?, ?, ?, ?)", (*key, good, scrap)
                    )
                    available = self.availability(self.times(station, begin, end))
                    quality = self.quality(good, scrap)
                    self.db.execute(
                        "insert into kpis values (?, ?, ?, ?, ?)", (*key, available, quality)
                    )
                self.db.executemany(
                    "insert into spells values (?, ?, ?, ?)",
                    [
                        (station, self.label(begin), self.label(end), state)
                        for begin, end, state in self.spells(station)
                    ],
                )
        self.db.close()

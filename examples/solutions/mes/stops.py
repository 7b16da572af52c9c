"""Why a station was down: the alarm that came with it, from the history of events."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from asyncua import Client, ua

from examples.solutions.mes.report import Reporter

TABLES = """
drop table if exists stops; create table stops (station text, start text, "end" text, reason text);
"""
ALARMS = "create table if not exists alarms (station text, name text, t real, active integer)"
NEAR = 2.0  # s between a stop and its alarm
UNKNOWN = "unknown"
Stop = tuple[str, float, float, str]  # station, begin, end (s since 1970), reason


async def fetch(client: Client, since: datetime, until: datetime, db: sqlite3.Connection) -> None:
    """Write down every alarm that came or went."""
    events = await client.nodes.server.read_event_history(
        since.replace(tzinfo=None), until.replace(tzinfo=None), 0, ua.ObjectIds.AlarmConditionType
    )
    rows = [
        (one.SourceName, one.ConditionName, one.Time.replace(tzinfo=UTC).timestamp(),
         one.ActiveState.Text == "Active")
        for one in events
    ]  # fmt: skip
    with db:
        db.execute(ALARMS)
        db.execute("delete from alarms")
        db.executemany("insert into alarms values (?, ?, ?, ?)", rows)


class Foreman:
    """Gives each stop its reason; writes the table `stops`."""

    def __init__(self, reporter: Reporter) -> None:
        self.read = reporter
        self.alarms: dict[str, list[tuple[str, float, float]]] = {}  # of a station: name, from, to
        for station, name, came, went in _spans(reporter.db, reporter.last):
            self.alarms.setdefault(station, []).append((name, came, went))

    def stops(self) -> Iterator[Stop]:
        """Every stretch of time in which a station was down."""
        for station in self.read.stations:
            for begin, end, state in self.read.spells(station):
                if state == "DOWN":
                    yield station, begin, end, self.reason(station, begin, end)

    def reason(self, station: str, begin: float, end: float) -> str:
        """The alarm that came with the stop; of several, the one that went with it too."""
        near = [
            (abs(went - end), name)
            for name, came, went in self.alarms.get(station, ())
            if abs(came - begin) <= NEAR
        ]
        return min(near)[1] if near else UNKNOWN

    def reported(self, stops: Iterable[Stop]) -> Iterable[Stop]:
        """The stops as they are handed in."""
        return stops

    def write(self, db: sqlite3.Connection) -> None:
        """Write the table."""
        db.executescript(TABLES)
        with db:
            for station, begin, end, reason in self.reported(self.stops()):
                row = (station, self.read.label(begin), self.read.label(end), reason)
                db.execute("insert into stops values (?, ?, ?, ?)", row)


def _spans(db: sqlite3.Connection, last: float) -> Iterator[tuple[str, str, float, float]]:
    """From when to when each alarm was active."""
    db.execute(ALARMS)
    open_: dict[tuple[str, str], float] = {}
    for station, name, t, active in db.execute("select * from alarms order by t, active"):
        if active:
            open_.setdefault((station, name), t)
        elif (station, name) in open_:
            yield station, name, open_.pop((station, name)), t
    for (station, name), came in open_.items():
        yield station, name, came, last

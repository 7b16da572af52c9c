"""From recorded changes to what went into each part, and which station worked on which order."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime

from examples.solutions.mes.report import Reporter

MOMENT = 1e-3  # s, less than two values of a tag are apart
Link = tuple[int, int]  # part, lot
Run = tuple[float, str, int]  # s since 1970, product, parts
TABLES = """
drop table if exists links; drop table if exists dispatch;
create table links (child text, parent text, kind text);
create table dispatch ("order" text, station text, product text, revision text, start text);
"""


class Genealogist:
    """Reads what a reporter has read; writes the tables `links` and `dispatch`."""

    def __init__(self, reporter: Reporter) -> None:
        self.read = reporter

    def begun(self, station: str) -> Iterator[tuple[float, int]]:
        """When work on each part began, and its number: from the first instant at which both the
        part was there and the station worked."""
        tag = f"{station}.PartInWork"
        begins = self.read.times.get(tag, [])
        working = [spell[:2] for spell in self.read.spells(station) if spell[2] == "WORKING"]
        starts, ends = [a for a, _b in working], [b for _a, b in working]
        for k, (t, part) in enumerate(zip(begins, self.read.values.get(tag, []), strict=True)):
            until = begins[k + 1] if k + 1 < len(begins) else self.read.last
            place = bisect_right(ends, t)
            if part >= 0 and place < len(starts) and max(t, starts[place]) < until:
                yield max(t, starts[place]), int(part)

    def lots(self, station: str, tag: str, since: float, t: float) -> set[int]:
        """Lots in a part whose work began at `t`, that of the part before at `since`.

        When a lot is put in while something of the one before is left, the part has of both.
        """
        key, left = f"{station}.{tag}", f"{station}.{tag.removesuffix('Lot')}Left"
        times, values = self.read.times[key], self.read.values[key]
        found = {int(self.read.at(key, t))}
        for k in range(max(1, bisect_right(times, since)), bisect_right(times, t)):
            if self.read.at(left, times[k] - MOMENT) > 0.0:
                found.add(int(values[k - 1]))
        return found

    def links(self) -> Iterator[Link]:
        """Every part with every lot in it."""
        for station in self.read.stations:
            tags = [tag.partition(".")[2] for tag in self.read.times
                    if tag.startswith(f"{station}.") and tag.endswith("Lot")]  # fmt: skip
            since = float("-inf")
            for t, part in self.begun(station) if tags else ():
                for tag in tags:
                    for lot in self.lots(station, tag, since, t):
                        yield part, lot
                since = t

    def dispatched(self, runs: Mapping[str, Run]) -> Iterator[tuple[object, ...]]:
        """Begin of each order at each station; `runs` has of each when it began to run,
        its product and how many parts it is of, which have consecutive numbers."""
        first, end = self.read.master.first, -1
        for order, (started, product, quantity) in sorted(runs.items(), key=lambda row: row[1]):
            parts = [
                part for t, part in self.begun(first)
                if t >= started and part > end and self.product(first, t) == product
            ]  # fmt: skip
            if not parts:
                continue
            end = parts[0] + quantity - 1
            mine = range(parts[0], end + 1)
            for station in self.read.stations:
                for t, part in self.begun(station):
                    if part in mine:
                        yield order, station, product, self.revision(station, t), t
                        break

    def product(self, station: str, t: float) -> str:
        """What the station was set up for."""
        tag = f"{station}.Product"
        return self.read.word(tag, self.read.at(tag, t))

    def revision(self, station: str, t: float) -> str | None:
        """The programme that the station had loaded, where it tells."""
        tag = f"{station}.ProgramRev"
        return str(int(self.read.at(tag, t))) if tag in self.read.times else None

    def having(self, lot: int) -> list[str]:
        """Serials of the parts that have of a lot."""
        return [str(part) for part in sorted({part for part, one in self.links() if one == lot})]

    def write(self, db: sqlite3.Connection) -> None:
        """Write both tables."""
        db.executescript(TABLES)
        runs = {}
        rows = db.execute(
            'select orders."order", t, text from orders '
            'join erp on erp."order" = orders."order" where status = \'running\''
        )
        for order, t, text in rows:
            wanted = json.loads(text)
            started = datetime.fromisoformat(t).timestamp()
            runs[order] = (started, wanted["product"], wanted["quantity"])
        with db:
            for part, lot in self.links():
                db.execute("insert into links values (?, ?, 'lot')", (str(part), str(lot)))
            for *row, t in self.dispatched(runs):
                stamp = self.read.label(float(str(t)))
                db.execute("insert into dispatch values (?, ?, ?, ?, ?)", (*row, stamp))

"""MES with one thing wrong each in genealogy, recalls and orders.

Those that only write wrongly share the recording of one that is in order; those that give wrong
orders to the line run beside a line of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asyncua import Client

from examples.solutions.gateway.gateway import Settings
from examples.solutions.mes import run as run_one
from examples.solutions.mes.genealogy import Genealogist, Link
from examples.solutions.mes.office import Office
from examples.solutions.mes.recorder import Recorder

# ---- what is written down wrongly


class NewestLot(Genealogist):
    """Where two lots went into a part, only the newer one is written down."""

    def lots(self, station: str, tag: str, since: float, t: float) -> set[int]:
        """One."""
        return {int(self.read.at(f"{station}.{tag}", t))}


class NextPart(Genealogist):
    """Lots are booked to the part after."""

    def links(self) -> Iterator[Link]:
        """One too far."""
        return ((part + 1, lot) for part, lot in super().links())


class LotOfTheHour(Genealogist):
    """The lot is looked up once an hour."""

    def lots(self, station: str, tag: str, since: float, t: float) -> set[int]:
        """That of the full hour."""
        return {int(self.read.at(f"{station}.{tag}", t - t % 3600.0))}


class ForgetsReworked(Genealogist):
    """What came to the review station comes back as a new part, without its past."""

    def links(self) -> Iterator[Link]:
        """Without those that were reviewed."""
        gone = {part for _t, part in self.begun("RVW")}
        return (link for link in super().links() if link[0] not in gone)


class CachedProgramme(Genealogist):
    """Every order is written down with the product of the first."""

    def write(self, db: Any) -> None:
        """And the first is what it remembers."""
        super().write(db)
        db.execute("update dispatch set product = (select product from dispatch limit 1)")
        db.commit()


def sql(*steps: str) -> type[Genealogist]:
    """One that changes what is written, after it is written."""

    class Changed(Genealogist):
        def write(self, db: Any) -> None:
            super().write(db)
            for step in steps:
                db.executescript(step)

    return Changed


FREE = """
create table free as select * from orders; drop table orders; alter table free rename to orders;
"""

# ---- what goes to the line


class GivesTwice(Office):
    """Every order goes to the line a second time, under a number of its own."""

    async def give(self, client: Client, index: int, order: dict[str, Any]) -> str:
        """Again."""
        await super().give(client, index, {**order, "order": f"{order['order']}-2"})
        return await super().give(client, index, order)


class TakesAnything(Office):
    """Whatever the ERP wants goes to the line."""

    async def wrong(self, client: Client, index: int, order: dict[str, Any]) -> bool:
        """Never."""
        return False


class LoadsNothing(Office):
    """What an order asks of the recipe is filed with the order."""

    async def load(self, client: Client, index: int, order: dict[str, Any]) -> None:
        """Nothing."""


class LosesOne(Office):
    """The second order is taken and laid aside."""

    async def give(self, client: Client, index: int, order: dict[str, Any]) -> str:
        """Not that one."""
        if order["order"] == "4712":
            return "accepted"
        return await super().give(client, index, order)


@dataclass(frozen=True)
class Mutant:
    """A broken MES and the checks it must fail; `luck` depends on what happened just then."""

    fails: frozenset[str]
    broken: str
    genealogist: type[Genealogist] = Genealogist
    office: type[Office] = Office
    luck: frozenset[str] = frozenset()


def _kin(kind: type[Genealogist], *fails: str, luck: tuple[str, ...] = ()) -> Mutant:
    return Mutant(frozenset(fails), _said(kind), kind, luck=frozenset(luck))


def _sql(broken: str, fails: tuple[str, ...], *steps: str) -> Mutant:
    return Mutant(frozenset(fails), broken, sql(*steps))


def _line(kind: type[Office], *fails: str) -> Mutant:
    return Mutant(frozenset(fails), _said(kind), office=kind)


def _said(kind: type) -> str:
    return (kind.__doc__ or "").strip()


MUTANTS: dict[str, Mutant] = {
    "newest-lot": _kin(NewestLot, "MES-05.missed"),
    "next-part": _kin(NextPart, "MES-05.missed", "MES-05.false"),
    "lot-of-the-hour": _kin(LotOfTheHour, "MES-05.missed", "MES-05.false"),
    "forgets-reworked": _kin(ForgetsReworked, "MES-05.missed"),
    "recall-of-the-shift": _sql(
        "A recall names the whole shift, to be on the safe side.", ("MES-05.recall-false",),
        "insert into recalls select distinct 'recall-1', child, answered from links, "
        "(select max(answered) as answered from recalls)",
    ),
    "recall-of-the-shipped": _sql(
        "A recall names only what has left the line.", ("MES-05.recall-missed",),
        "delete from recalls where cast(item as integer) in (select distinct "
        "cast(item as integer) from recalls order by 1 desc limit 5)",
    ),
    "recall-by-hand": _sql(
        "Somebody has to write the query first.", ("MES-05.recall-time",),
        "update recalls set answered = strftime('%Y-%m-%dT%H:%M:%f+00:00', answered, '+5 minutes')",
    ),
    "cached-programme": _kin(CachedProgramme, "MES-06.dispatch"),
    "released-is-begun": _sql(
        "An order is at a station from the moment it was released.", ("MES-06.dispatch",),
        "update dispatch set start = (select t from orders where "
        "orders.\"order\" = dispatch.\"order\" and status = 'accepted')",
    ),
    "silent-refusal": _sql(
        "Nobody is told of an order that cannot be made.", ("MES-06.refusal",),
        "delete from orders where status = 'rejected'",
    ),
    "confirms-twice": _sql(
        "An end is confirmed once by each of two programs.", ("MES-07.duplicate",),
        FREE + "insert into orders select * from orders where status = 'ended'",
    ),
    "never-ends": _sql(
        "What is done is not reported.", ("MES-07.lost", "MES-07.status"),
        "delete from orders where status = 'ended'",
    ),
    "counts-what-it-began": _sql(
        "The first count of an order is its last.", ("MES-07.quantity",),
        "update orders set good = 0 where status = 'ended'",
    ),
    "ends-on-time": _sql(
        "An order ends when the plan says so, a quarter of an hour after its begin.",
        ("MES-07.status",),
        "update orders set t = (select strftime('%Y-%m-%dT%H:%M:%f+00:00', b.t, '+15 minutes') "
        "from orders b where b.\"order\" = orders.\"order\" and b.status = 'running') "
        "where status = 'ended'",
    ),
    "looks-once-a-minute": _sql(
        "The line is asked once a minute.", ("MES-07.latency",),
        "update orders set arrived = strftime('%Y-%m-%dT%H:%M:%f+00:00', arrived, '+1 minute')",
    ),
    "gives-twice": _line(GivesTwice, "MES-07.duplicate"),
    "takes-anything": _line(TakesAnything, "MES-06.refusal"),
    "loads-nothing": _line(LoadsNothing, "MES-06.parameters"),
    "loses-one": _line(LosesOne, "MES-07.lost"),
}  # fmt: skip
WRITERS = [name for name, one in MUTANTS.items() if one.office is Office]
AT_THE_LINE = [name for name in MUTANTS if name not in WRITERS]


async def run(name: str) -> None:
    """Run one as the judge starts it; "reports" is in order, and writes for all that are not.

    Their databases are copies of its own, in their own folders beside it.
    """
    if name != "reports":
        await run_one(office=MUTANTS[name].office, genealogist=MUTANTS[name].genealogist)
        return
    settings = Settings.from_environment()
    one = Recorder(settings, os.environ["TWIN_LINE"])
    await one.run()
    one.office.db.execute("pragma wal_checkpoint(truncate)")  # all of it into the one file
    for other in WRITERS:
        path = settings.folder.parent / other / one.database
        if not path.parent.is_dir():  # not of this plan
            continue
        shutil.copy(one.path, path)
        reporter = one.reporter(path=path)
        MUTANTS[other].genealogist(reporter).write(reporter.db)
        reporter.write()
    one.report()

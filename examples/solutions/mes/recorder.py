"""What an MES writes down of a line: every change of states, counters, products, parts, lots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asyncua import Client, ua

from examples.solutions.gateway.browse import Found, find
from examples.solutions.gateway.gateway import Gateway, Settings
from examples.solutions.gateway.store import Row
from examples.solutions.mes.charts import Charter
from examples.solutions.mes.genealogy import Genealogist
from examples.solutions.mes.inputs import declare, missing
from examples.solutions.mes.master import Master
from examples.solutions.mes.office import Office, asked
from examples.solutions.mes.report import Reporter
from examples.solutions.mes.stops import Foreman, fetch

WANTED = ("State", "Product", "PartInWork", "Started", "Passed", "Rejected", "ProgramRev")
LOTS = ("Lot", "Left")  # what names of tags end with that show which lot is in use, and its rest
BEATS = (".Power", ".Energy")  # of one station: never quite still, it tells how far we listened
ENUMS = ("State", "Product")


class Recorder(Gateway):
    """The small gateway with fewer tags, which begins with what was before it came."""

    database = "mes.db"
    patience = 20.0
    back = timedelta(hours=2)  # read from history at the first connection

    def __init__(
        self, settings: Settings, line: str, reporter: type[Reporter] = Reporter,
        genealogist: type[Genealogist] = Genealogist, foreman: type[Foreman] = Foreman,
        office: type[Office] = Office, charter: type[Charter] = Charter,
    ) -> None:  # fmt: skip
        super().__init__(settings)
        self._reporter, self._genealogist, self._foreman = reporter, genealogist, foreman
        self._charter, self.charts = charter, asked("charts")
        self._since = datetime.max.replace(tzinfo=UTC)  # source time of the oldest value
        self.path, self.master = settings.folder / self.database, Master(line)
        self.office = office(self.path, line, self.parts_of_lot)
        self.words: dict[str, list[str]] = {}  # of tags with names for numbers
        self.missing: list[str] = []  # inputs that the line does not show
        self.heard = datetime.min.replace(tzinfo=UTC)  # source time of the newest value
        self._values: dict[str, tuple[float | None, str]] = {}  # of each tag, the last

    async def tags(self, client: Client) -> list[Found]:
        """Those that production reports are made of; since when they are read; their words."""
        every = await find(client)
        beat = next((one for one in every if one.key.endswith(BEATS)), None)
        charted = {one["tag"] for one in self.charts}
        found = [one for one in every if wanted(one.key) or one is beat or one.key in charted]
        if not self.words:
            self.missing = await missing(client, every, self.office.line)
            await client.load_data_type_definitions()
            first = await client.get_node(found[0].node).read_data_value()
            if first.SourceTimestamp is not None:  # the line's clock is not the server's
                since = first.SourceTimestamp - self.back
                self._gap = {one.key: since for one in found}
            self.words = {one.key: await words(client, one.node) for one in found if named(one.key)}
        return found

    def keep(self, rows: list[Row]) -> None:
        """Only changes: history has a value a second. Of the beat, only that it came."""
        changes = []
        for row in rows:
            t = datetime.fromisoformat(row.t)
            self.heard, self._since = max(self.heard, t), min(self._since, t)
            if not row.tag.endswith(BEATS) and self._values.get(row.tag) != (row.value, row.status):
                self._values[row.tag] = (row.value, row.status)
                changes.append(row)
        super().keep(changes)

    async def meanwhile(self, client: Client) -> None:
        """What the office has to do."""
        if self.latest:
            index = self._found[0].node.NamespaceIndex
            await self.office.look(client, index, self.heard)

    async def at_the_end(self, client: Client) -> None:
        """What the office has left to do, and the alarms."""
        await self.meanwhile(client)
        if "history" not in self.missing:
            await fetch(client, self._since, self.heard + timedelta(seconds=1), self.office.db)

    def parts_of_lot(self, question: dict[str, Any]) -> list[str]:
        """The answer to a recall: parts that have of a lot, by what was recorded so far."""
        return self._genealogist(self.reporter()).having(int(question["lot"]))

    def reporter(self, kind: type[Reporter] | None = None, path: Path | None = None) -> Reporter:
        """Who reads what was recorded."""
        kind, until = kind or self._reporter, self.heard.timestamp()
        return kind(path or self.path, self.words, self.master, until)

    def report(self) -> None:
        """Write every table of the report."""
        reporter = self.reporter()
        self._genealogist(reporter).write(reporter.db)
        self._foreman(reporter).write(reporter.db)
        self._charter(reporter, self.charts).write(reporter.db)
        declare(reporter.db, self.missing)
        reporter.write()


def wanted(key: str) -> bool:
    """Whether a tag is of production, and of a station."""
    station, _, name = key.partition(".")
    return station != "Line" and (name in WANTED or name.endswith(LOTS))


def named(key: str) -> bool:
    """Whether the tag's numbers have names."""
    return key.partition(".")[2] in ENUMS


async def words(client: Client, node: ua.NodeId) -> list[str]:
    """The names of a tag's numbers, as the server tells them."""
    names = await client.get_node(node).get_child("0:EnumStrings")
    return [text.Text for text in await names.read_value()]

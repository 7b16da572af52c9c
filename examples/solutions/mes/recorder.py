"""What an MES writes down of a line: every change of states, counters and products."""

from __future__ import annotations

from datetime import timedelta

from asyncua import Client, ua

from examples.solutions.gateway.browse import Found, find
from examples.solutions.gateway.gateway import Gateway, Settings
from examples.solutions.gateway.store import Row

WANTED = ("State", "Product", "Started", "Passed", "Rejected")
ENUMS = ("State", "Product")


class Recorder(Gateway):
    """The small gateway with fewer tags, which begins with what was before it came."""

    database = "mes.db"
    back = timedelta(hours=2)  # read from history at the first connection

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.words: dict[str, list[str]] = {}  # of tags with names for numbers
        self._values: dict[str, tuple[float | None, str]] = {}  # of each tag, the last

    async def tags(self, client: Client) -> list[Found]:
        """Those that production reports are made of; since when they are read; their words."""
        found = [one for one in await find(client) if wanted(one.key)]
        if not self.words:
            first = await client.get_node(found[0].node).read_data_value()
            if first.SourceTimestamp is not None:  # the line's clock is not the server's
                since = first.SourceTimestamp - self.back
                self._gap = {one.key: since for one in found}
            self.words = {one.key: await words(client, one.node) for one in found if named(one.key)}
        return found

    def keep(self, rows: list[Row]) -> None:
        """Only changes: history has a value a second."""
        changes = []
        for row in rows:
            if self._values.get(row.tag) != (row.value, row.status):
                self._values[row.tag] = (row.value, row.status)
                changes.append(row)
        super().keep(changes)


def wanted(key: str) -> bool:
    """Whether a tag is of production, and of a station."""
    station, _, name = key.partition(".")
    return station != "Line" and name in WANTED


def named(key: str) -> bool:
    """Whether the tag's numbers have names."""
    return key.partition(".")[2] in ENUMS


async def words(client: Client, node: ua.NodeId) -> list[str]:
    """The names of a tag's numbers, as the server tells them."""
    names = await client.get_node(node).get_child("0:EnumStrings")
    return [text.Text for text in await names.read_value()]

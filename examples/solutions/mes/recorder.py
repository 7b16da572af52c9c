"""What an MES writes down of a line: every change of states and counters."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC

from asyncua import Client, ua
from asyncua.common.subscription import DataChangeNotif

from examples.solutions.gateway.browse import find
from examples.solutions.gateway.gateway import LAST_WAIT, LOOK, QUIET, Settings

WANTED = ("State", "Passed", "Rejected")


class Recorder:
    """Subscribes to states and counters of every station; the database is mes.db."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.path = settings.folder / "mes.db"
        self._db = sqlite3.connect(self.path)
        self._db.execute(
            "create table changes (tag text, t text, value real, primary key (tag, t))"
        )
        self._db.execute("create table states (number integer primary key, name text)")
        self._rows: list[tuple[str, str, float]] = []
        self._last = time.monotonic()

    def datachange_notification(self, node: object, value: object, data: DataChangeNotif) -> None:
        """A value came; what is Bad is no observation."""
        told = data.monitored_item.Value
        self._last = time.monotonic()
        if told.SourceTimestamp is None or not isinstance(value, int | float):
            return
        key = str(data.subscription_data.node.nodeid.Identifier)
        t = told.SourceTimestamp.replace(tzinfo=UTC).isoformat()
        self._rows.append((key, t, float(value)))

    def write(self) -> None:
        """Write what came since the last time."""
        rows, self._rows = self._rows, []
        with self._db:
            self._db.executemany("insert or ignore into changes values (?, ?, ?)", rows)

    async def run(self) -> None:
        """Record until the stop file appears."""
        client = Client(self.settings.url, timeout=30.0)
        client.set_user(self.settings.user)
        client.set_password(self.settings.password)
        async with client:
            tags = [one for one in await find(client) if one.key.split(".")[1] in WANTED]
            tags = [one for one in tags if not one.key.startswith("Line.")]
            nodes = [client.get_node(one.node) for one in tags]
            await self._learn_states(client, [one.node for one in tags if ".State" in one.key])
            subscription = await client.create_subscription(200.0, self)
            await subscription.subscribe_data_change(nodes, queuesize=100)
            self.settings.ready.touch()
            while not self.settings.stop.exists():
                await asyncio.sleep(LOOK)
                self.write()
            until = time.monotonic() + LAST_WAIT
            while time.monotonic() < min(until, self._last + QUIET):
                await asyncio.sleep(LOOK)
        self.write()
        self._db.close()

    async def _learn_states(self, client: Client, nodes: list[ua.NodeId]) -> None:
        """The names of the states, as the server tells them."""
        names = await client.get_node(nodes[0]).get_child("0:EnumStrings")
        texts = await names.read_value()
        with self._db:
            self._db.executemany(
                "insert into states values (?, ?)",
                [(number, text.Text) for number, text in enumerate(texts)],
            )

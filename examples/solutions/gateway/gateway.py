"""The gateway: connect, subscribe, fill the gap, keep what comes; and all again after a cut."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncua import Client, ua
from asyncua.common.subscription import DataChangeNotif

from examples.solutions.gateway.browse import Found, find
from examples.solutions.gateway.granted import Granted
from examples.solutions.gateway.history import missed
from examples.solutions.gateway.store import Row, Store

log = logging.getLogger("gateway")

LOOK = 0.2  # s between two looks at the connection
ASK = 1.0  # s between two questions whether the subscription is there
QUIET = 1.0  # s without a message after which everything is taken to have come
LAST_WAIT = 10.0  # s at most for that
LAST_TRIES = 3  # to connect once more, when all is over and something is missing
LONGEST_GAP = timedelta(days=30)


@dataclass(frozen=True)
class Settings:
    """Where to connect, as whom, and where to write."""

    url: str
    user: str
    password: str
    folder: Path
    ready: Path
    stop: Path

    @classmethod
    def from_environment(cls) -> Settings:
        """As the judge starts a solution."""
        get = os.environ.__getitem__
        return cls(
            get("TWIN_OPCUA_URL"), get("TWIN_USER"), get("TWIN_PASSWORD"),
            Path(get("TWIN_CLAIMS_DIR")), Path(get("TWIN_READY_FILE")),
            Path(get("TWIN_STOP_FILE")),
        )  # fmt: skip


class Gateway:
    """Records every change of every tag of a line."""

    publishing = 200.0  # ms
    queue = 100  # values of a tag kept by the server between two messages
    patience = 5.0  # s until an answer is taken for lost
    again = 0.5  # s until the next try to connect
    once = True  # the store keeps each row once
    database = "gateway.db"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.folder / self.database, once=self.once)
        self.last_message = time.monotonic()
        self.latest: dict[str, datetime] = {}  # source time of the last value of each tag
        self._gap: dict[str, datetime] | None = None  # since when values are missing
        self._held: list[Row] | None = None  # live rows that wait until the gap is filled
        self._buffer: list[Row] = []
        self._found: list[Found] = []
        self._names: list[str] = []  # of namespaces, when the tags were found
        self._ended = False  # the server has ended the subscription
        self._number = 0  # of the subscription
        self._asked = 0.0  # when the server was asked last whether it is there

    # ---- what comes

    def datachange_notification(self, node: object, value: object, data: DataChangeNotif) -> None:
        """A value came."""
        key = str(data.subscription_data.node.nodeid.Identifier)
        rows = self.rows(key, data.monitored_item.Value)
        self.last_message = time.monotonic()
        if self._held is not None:
            self._held += rows
        else:
            self.keep(rows)

    def status_change_notification(self, status: ua.StatusChangeNotification) -> None:
        """The subscription itself has something to say: that it is over."""
        self._ended = True

    def rows(self, key: str, value: ua.DataValue) -> list[Row]:
        """Rows to keep of a value: its source time and its status are passed on as they are."""
        if value.SourceTimestamp is None:
            return []
        status = value.StatusCode
        usable = status is None or not status.is_bad()
        number = value.Value.Value if value.Value is not None and usable else None
        return [
            Row(
                key, _iso(value.SourceTimestamp), self.number(key, number),
                status.name if status is not None else "Good", _iso(datetime.now(UTC)),
                None if value.ServerTimestamp is None else _iso(value.ServerTimestamp),
            )
        ]  # fmt: skip

    def number(self, key: str, value: object) -> float | None:
        """A value as a number; None where it is none."""
        return float(value) if isinstance(value, int | float) else None

    def keep(self, rows: list[Row]) -> None:
        """Take rows; they are written in a moment."""
        for row in rows:
            t = datetime.fromisoformat(row.t)
            if t >= self.latest.get(row.tag, t):
                self.latest[row.tag] = t
        self._buffer += rows

    def write(self) -> None:
        """Write what has come since the last time, at once."""
        rows, self._buffer = self._buffer, []
        self.store.add(rows)

    # ---- the connection

    async def run(self) -> None:
        """Record until the stop file appears; then fill what a last cut left open."""
        last = LAST_TRIES
        while not self.settings.stop.exists() or (self._gap is not None and last > 0):
            last -= self.settings.stop.exists()
            try:
                await self._session()
            except (OSError, ua.UaError, TimeoutError) as error:
                log.warning("cut: %s %s", type(error).__name__, error)
                self.on_cut()
                await asyncio.sleep(self.again)
            finally:
                self.write()
        self.store.close()

    def on_cut(self) -> None:
        """Remember since when values are missing."""
        if self._gap is None:
            self._gap = dict(self.latest)

    async def _session(self) -> None:
        # asyncua asks every `watchdog_intervall` s whether the server is there, and waits as long
        client = Client(self.settings.url, self.patience, watchdog_intervall=self.patience)
        client.set_user(self.settings.user)
        client.set_password(self.settings.password)
        await self.before(client)
        async with client:
            names = await client.get_namespace_array()
            if names != self._names:  # after a restart they may stand elsewhere
                self._found, self._names = await self.tags(client), names
                self.store.describe(map(self.model_row, self._found))
            await self._subscribe(client, self._found)
            self.settings.ready.touch()
            while not self.settings.stop.exists():
                await asyncio.sleep(LOOK)
                self.write()
                await self.meanwhile(client)
                await client.check_connection()
                if self._ended or not await self._there(client):
                    raise TimeoutError("the subscription has ended")
            stopped = time.monotonic()
            while time.monotonic() < min(
                stopped + LAST_WAIT, max(stopped, self.last_message) + QUIET
            ):
                await asyncio.sleep(LOOK)
            self.write()
            await self.at_the_end(client)

    async def tags(self, client: Client) -> list[Found]:
        """What is recorded: every tag."""
        return await find(client)

    async def before(self, client: Client) -> None:
        """Before a connection is opened: nothing to do."""

    async def meanwhile(self, client: Client) -> None:
        """What else there is to do while connected: nothing."""

    async def at_the_end(self, client: Client) -> None:
        """What is left to do when everything has come: nothing."""

    async def _there(self, client: Client) -> bool:
        """Whether the server still has our subscription: what it says at its end may get lost."""
        if time.monotonic() < self._asked + ASK:
            return True
        self._asked = time.monotonic()
        wanted = ua.SetPublishingModeParameters(True, [self._number])
        return (await client.uaclient.set_publishing_mode(wanted))[0].is_good()

    def model_row(self, one: Found) -> tuple[object, ...]:
        """What is handed on of a tag's model."""
        return (
            one.key, one.node.to_string(), one.datatype, one.unit, one.low, one.high, one.parent,
            one.type,
        )  # fmt: skip

    def settings_rows(self, found: list[Found], granted: Granted) -> Iterable[tuple[object, ...]]:
        """What is handed on of the settings: what was granted, not what was asked."""
        return granted.rows()

    async def _subscribe(self, client: Client, found: list[Found]) -> None:
        self._held = [] if self._gap is not None else None
        self._ended = False
        granted = Granted(client)
        subscription = await client.create_subscription(self.publishing, self)
        self._number = subscription.subscription_id
        nodes = [client.get_node(one.node) for one in found]
        await subscription.subscribe_data_change(nodes, queuesize=self.queue)
        self.store.negotiated(self.settings_rows(found, granted))
        if self._gap is not None:
            await self.fill(client, found, self._gap)
            self._gap = None
        held, self._held = self._held, None
        self.keep(held or [])

    async def fill(self, client: Client, found: list[Found], since: dict[str, datetime]) -> None:
        """Read from history what came while nobody listened; before anything newer is kept."""
        if not since:  # cut before anything had come
            return
        until = max(since.values()) + LONGEST_GAP  # a line's clock may run faster than ours
        wanted = {one.node: since[one.key] for one in found if one.key in since}
        rows: list[Row] = []
        for node, value in await missed(client, wanted, until):
            rows += self.rows(str(node.Identifier), value)
        self.keep(sorted(rows, key=lambda row: (row.tag, row.t)))


def _iso(stamp: datetime) -> str:
    """ISO 8601 in UTC; asyncua gives times without a zone."""
    return stamp.replace(tzinfo=UTC).isoformat(timespec="microseconds")

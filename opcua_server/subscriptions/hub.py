"""New values on their way to the subscribers: packed items in columns, the others one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from opcua_server.store import WIRE, LiveStore, Resent, period_ticks
from opcua_server.subscriptions.packed import Columns, PackedItems
from opcua_server.subscriptions.record import SERVER, SOURCE, STATUS, VALUE, bits_of
from opcua_server.tag_nodes import TagNodes
from twin.field import Records
from twin.field.table import PLAIN

NOTIFY_AT_ONCE = 500  # ordinary items told before other clients get a turn
WHOLE = (ua.VariantType.Int64, ua.VariantType.UInt32)


class Hub:
    """Who listens to which row of the store.

    `tags` gives the row of each node that shows a tag, `variables` the node of each row itself.
    """

    def __init__(
        self, store: LiveStore, tags: Mapping[ua.NodeId, int], variables: TagNodes
    ) -> None:
        count = len(store.tags)
        self.store, self.tags, self.variables = store, tags, variables
        self.periods = [period_ticks(tag) for tag in store.tags]
        self.widths = [
            tag.high - tag.low if tag.kind in ("float", "int") else None for tag in store.tags
        ]
        self.listeners = np.zeros(count, dtype=np.int32)  # ordinary items of each row
        self.eager = np.zeros(count, dtype=np.int32)  # those that look at unchanged samples too
        self.packed: set[PackedItems] = set()
        self._stale = True  # nobody needed the columns of late
        types = np.array([WIRE[tag.kind][0] for tag in store.tags], dtype=np.uint8)
        self._kinds = [ua.VariantType(int(kind)) for kind in np.unique(types)]
        self._now = Columns(
            np.zeros(count, np.uint64),
            np.zeros(count),
            np.zeros(count, np.uint8),
            np.zeros(count, np.uint32),
            store.source,
            store.server,
            types,
        )

    def range_of(self, node: ua.NodeId) -> float | None:
        """Width of a node's EURange; None without one."""
        row = self.tags.get(node)
        return None if row is None else self.widths[row]

    def columns(self) -> Columns:
        """The present state of all rows as it goes on the wire."""
        if self._stale:
            self._look(np.arange(len(self.store.tags)))
            self._stale = False
        return self._now

    def join(self, items: PackedItems) -> None:
        """Tell these items of changes from now on."""
        if not self.packed:
            self._stale = True
        self.packed.add(items)

    def leave(self, items: PackedItems) -> None:
        """Tell them no more."""
        self.packed.discard(items)

    def _look(self, rows: NDArray[np.intp]) -> None:
        """Bring rows of the columns up to date."""
        now, store = self._now, self.store
        now.base, now.source, now.server = store.base, store.source, store.server
        status, shown, known = store.states(rows)
        numbers = np.where(shown, store.values[rows], 0.0)
        bits = np.zeros(len(rows), dtype=np.uint64)
        types = now.types[rows]
        for kind in self._kinds:
            mine = types == kind
            if kind in WHOLE:
                numbers[mine] = np.rint(numbers[mine])
            bits[mine] = bits_of(numbers[mine], kind)
        now.status[rows], now.numbers[rows], now.bits[rows] = status, numbers, bits
        now.mask[rows] = STATUS | SERVER | VALUE * shown | SOURCE * known

    async def tell(self, rows: NDArray[np.intp], again: NDArray[np.bool_] | None = None) -> None:
        """Tell subscribers of rows, each at most once.

        Rows marked `again` came late or twice and are told although they may be no change.
        """
        changed = np.zeros(len(self.store.tags), dtype=np.bool_)
        changed[rows] = True
        repeated = None
        if again is not None and again.any():
            repeated = np.zeros_like(changed)
            repeated[rows[again]] = True
        if self.packed:
            if self._stale:
                self.columns()
            else:
                self._look(rows)
            for items in self.packed:
                items.sample(self._now, changed, repeated)
        else:
            self._stale = True
        listened = (changed & (self.listeners > 0)) | (self.eager > 0)
        await self._tell_each(np.flatnonzero(listened).tolist(), repeated)

    async def _tell_each(self, rows: list[int], repeated: NDArray[np.bool_] | None) -> None:
        told = 0
        for row in rows:
            shared = self.store.data_value(row)
            if repeated is not None and repeated[row]:
                shared = Resent(
                    shared.Value, shared.StatusCode, shared.SourceTimestamp, shared.ServerTimestamp
                )
            value = self.variables[row].attributes[ua.AttributeIds.Value]
            for handle, notify in list(value.datachange_callbacks.items()):
                if handle in value.datachange_callbacks:  # still, after the turns of others
                    await notify(handle, shared)
                    told += 1
            if told >= NOTIFY_AT_ONCE:
                told = 0
                await asyncio.sleep(0)

    async def take(self, block: Any) -> None:
        """Take a block of values of the session, clean or as a plant network brought them."""
        received = getattr(block, "received", None)
        if received is None:
            await self.tell(self.store.update(block.t, block.values, block.changed))
            return
        for rows, chosen in rounds(received):
            await self._receive(rows, chosen)
        reached = self.store.reach(block.reachable)
        if len(reached):
            await self.tell(reached)

    async def _receive(self, rows: NDArray[np.intp], came: Records) -> None:
        self.store.take(rows, came.value, came.stamp, came.quality)
        await self.tell(rows, came.how != PLAIN)


def rounds(received: Records) -> Iterator[tuple[NDArray[np.intp], Records]]:
    """Rows as they arrived, cut so that each round has a row at most once, in order."""
    rows = received.tag.astype(np.intp)
    if not len(rows):
        return
    order = np.argsort(rows, kind="stable")
    first = np.searchsorted(rows[order], rows[order], side="left")
    rank = np.empty(len(rows), dtype=np.intp)
    rank[order] = np.arange(len(rows)) - first
    for number in range(int(rank.max()) + 1):
        mine = rank == number
        yield rows[mine], received.take(mine)

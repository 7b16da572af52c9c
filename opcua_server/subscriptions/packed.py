"""Monitored items on plain tags, one row of columns each: thousands are looked at in one step.

An item here has a queue of one value, which is what its record holds. What it does with a sample
is what `monitored.OrdinaryItems` does with one, and a test compares the two value by value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from asyncua import ua
from numpy.typing import NDArray

from opcua_server.subscriptions.record import (
    RECORD,
    SERVER,
    SOURCE,
    STATUS,
    VALUE,
    Records,
    notification,
)

Mode, Trigger = ua.MonitoringMode, ua.DataChangeTrigger
NO_BAND = -1.0
# bits of a record's mask that are left, for each TimestampsToReturn (OPC 10000-4, 7.39)
STAMPS = {
    ua.TimestampsToReturn.Source: VALUE | STATUS | SOURCE,
    ua.TimestampsToReturn.Server: VALUE | STATUS | SERVER,
    ua.TimestampsToReturn.Both: VALUE | STATUS | SOURCE | SERVER,
    ua.TimestampsToReturn.Neither: VALUE | STATUS,
}


@dataclass
class Columns:
    """Present state of all tags, a row each, as it goes on the wire."""

    bits: NDArray[np.uint64]  # of the value; 0 where there is none
    numbers: NDArray[np.float64]  # the value as a number, for deadbands
    mask: NDArray[np.uint8]  # VALUE, STATUS, SOURCE, SERVER
    status: NDArray[np.uint32]
    source: NDArray[np.int64]  # FILETIME
    server: NDArray[np.int64]  # FILETIME of the server's clock when it came
    types: NDArray[np.uint8]
    base: int = 0  # FILETIME of second 0


@dataclass(frozen=True)
class Wish:
    """What a client asks of an item on a tag."""

    number: int  # id of the item
    row: int
    handle: int
    mode: int
    trigger: int = int(Trigger.StatusValue)
    band: float = NO_BAND  # least difference, in units of the tag
    interval: int = 0  # ticks between samples; 0: every one
    stamps: int = STAMPS[ua.TimestampsToReturn.Both]


ITEM = np.dtype(
    [
        ("number", "<u4"),
        ("row", "<i8"),
        ("mode", "u1"),
        ("trigger", "u1"),
        ("stamps", "u1"),
        ("band", "<f8"),
        ("interval", "<i8"),
        ("index", "<i8"),  # of the sample's place in the item's grid; -1 before the first
        ("last", "<f8"),  # number that was queued last
        ("pending", "?"),  # queued and not sent
        ("fresh", "?"),  # queued since the last message: what triggers linked items
        ("called", "?"),  # to be sent although only sampled: an item it is linked to reports
        ("eager", "?"),  # looked at with every sample, changed or not
    ]
)


class PackedItems:
    """The packed items of one subscription, in order of their ids."""

    def __init__(self) -> None:
        self.items = {name: np.zeros(0, ITEM[name]) for name in ITEM.names or ()}
        self.records: Records = np.zeros(0, RECORD)
        self.places: dict[int, int] = {}  # id -> place in the columns
        self._turn = 0  # id after which the next message begins

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, number: object) -> bool:
        return number in self.places

    def add(self, wishes: Sequence[Wish], now: Columns) -> None:
        """Add items and queue their first value."""
        first, count = len(self.records), len(wishes)
        for name, column in self.items.items():
            values = [getattr(wish, name) for wish in wishes] if name in WISHED else None
            new = np.zeros(count, ITEM[name]) if values is None else np.array(values, ITEM[name])
            self.items[name] = np.concatenate((column, new))
        self.records = np.concatenate((self.records, np.zeros(count, RECORD)))
        self.records["handle"][first:] = [wish.handle for wish in wishes]
        self.records["type"][first:] = now.types[self.items["row"][first:]]
        self.places |= {wish.number: first + place for place, wish in enumerate(wishes)}
        self._note_eager()
        self._begin(np.arange(first, first + count), now)

    def change(self, wish: Wish) -> None:
        """Give an item other parameters; what is queued stays."""
        place = self.places[wish.number]
        for name in ("trigger", "band", "interval", "stamps"):
            self.items[name][place] = getattr(wish, name)
        self.records["handle"][place] = wish.handle
        self._note_eager()

    def _note_eager(self) -> None:
        items = self.items
        stamped = (items["trigger"] == Trigger.StatusValueTimestamp) & (items["band"] < 0.0)
        items["eager"] = stamped | (items["interval"] > 0)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget items."""
        gone = [self.places[number] for number in numbers]
        self.items = {name: np.delete(column, gone) for name, column in self.items.items()}
        self.records = np.delete(self.records, gone)
        self.places = {n: place for place, n in enumerate(self.items["number"].tolist())}

    def set_mode(self, number: int, mode: int, now: Columns) -> None:
        """Switch an item (OPC 10000-4, 5.13.1.3): disabled forgets, enabled begins again."""
        place = self.places[number]
        before, self.items["mode"][place] = self.items["mode"][place], mode
        if mode == Mode.Disabled:
            for name in ("pending", "fresh", "called"):
                self.items[name][place] = False
        elif before == Mode.Disabled:
            self._begin(np.array([place]), now)

    def _begin(self, places: NDArray[np.intp], now: Columns) -> None:
        """Queue the present value of the enabled among these items, whatever was before."""
        places = places[self.items["mode"][places] != Mode.Disabled]
        self.items["index"][places] = self._place_in_grid(places, now)
        self._queue(places, now)

    def _place_in_grid(self, places: NDArray[np.intp], now: Columns) -> NDArray[np.int64]:
        stamps = now.source[self.items["row"][places]]
        passed: NDArray[np.int64] = (stamps - now.base) // np.maximum(
            self.items["interval"][places], 1
        )
        return passed

    def sample(
        self, now: Columns, changed: NDArray[np.bool_], again: NDArray[np.bool_] | None = None
    ) -> None:
        """Look at the rows that changed; rows told `again` count as changes whatever they say."""
        items = self.items
        looked = changed[items["row"]] | items["eager"]
        places = np.flatnonzero(looked & (items["mode"] != Mode.Disabled))
        slow = items["interval"][places] > 0
        if slow.any():
            index = self._place_in_grid(places, now)
            due = ~slow | (index > items["index"][places])
            places, index = places[due], index[due]
            items["index"][places] = index
        self._queue(places[self._differ(places, now, again)], now)

    def _differ(
        self, places: NDArray[np.intp], now: Columns, again: NDArray[np.bool_] | None
    ) -> NDArray[np.bool_]:
        """Whether a sample is a change from the value queued last (OPC 10000-4, 7.22.2)."""
        items, records = self.items, self.records[places]
        rows, trigger, band = (items[name][places] for name in ("row", "trigger", "band"))
        other = now.bits[rows] != records["value"]
        banded = band >= 0.0
        if banded.any():
            apart = np.abs(now.numbers[rows] - items["last"][places]) > band
            other &= apart | ~banded
        differs: NDArray[np.bool_] = now.status[rows] != records["status"]
        differs |= other & (trigger != Trigger.Status)
        stamped = (trigger == Trigger.StatusValueTimestamp) & ~banded
        differs |= stamped & (now.source[rows] != records["source"])
        if again is not None:
            differs |= again[rows]
        return differs

    def _queue(self, places: NDArray[np.intp], now: Columns) -> None:
        items, records, rows = self.items, self.records, self.items["row"][places]
        records["mask"][places] = now.mask[rows]
        records["value"][places] = now.bits[rows]
        records["status"][places] = now.status[rows]
        records["source"][places] = now.source[rows]
        records["server"][places] = now.server[rows]
        items["last"][places] = now.numbers[rows]
        items["pending"][places] = items["fresh"][places] = True

    def resend(self) -> None:
        """Queue the last value of every reporting item once more."""
        known = self.records["mask"] != 0
        self.items["pending"] |= known & (self.items["mode"] == Mode.Reporting)

    def call(self, number: int) -> None:
        """Send what a sampled item holds with the next message: one it is linked to reports."""
        self.items["called"][self.places[number]] = True

    def is_fresh(self, number: int) -> bool:
        """Whether an item queued a value since the last message."""
        return bool(self.items["fresh"][self.places[number]])

    def _ready(self) -> NDArray[np.bool_]:
        items = self.items
        told = (items["mode"] == Mode.Reporting) | items["called"]
        ready: NDArray[np.bool_] = items["pending"] & told
        return ready

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._ready().any())

    def take(self, most: int) -> tuple[ua.ExtensionObject | None, int]:
        """At most that many queued values as a notification, and how many they are."""
        places = np.flatnonzero(self._ready())
        if len(places) > most:  # go on where the last message ended, so that all have their turn
            numbers = self.items["number"][places]
            first = int(np.searchsorted(numbers, self._turn, side="right"))
            places = np.sort(np.roll(places, -first)[:most])
            self._turn = int(np.roll(numbers, -first)[most - 1])
        if not len(places):
            return None, 0
        records = self.records[places]
        records["mask"] &= self.items["stamps"][places]
        # a Good status needs no bytes
        records["mask"] &= np.where(records["status"] == 0, 0xFF & ~STATUS, 0xFF).astype(np.uint8)
        self.items["pending"][places] = self.items["called"][places] = False
        return notification(records), len(places)

    def end_message(self) -> None:
        """A round of messages is complete."""
        self.items["fresh"][:] = False
        self.items["called"][:] = False

    def held(self, number: int) -> tuple[np.void | None, bool]:
        """An item's last record, if it has one, and whether it is still to be sent."""
        place = self.places[number]
        record = self.records[place]
        return (record if record["mask"] else None), bool(self.items["pending"][place])


WISHED = frozenset(Wish.__dataclass_fields__)

"""PubSub: a line's tags as UADP messages over UDP (OPC 10000-14), beside client and server.

One DataSetWriter for up to `FIELDS` tags of a station, in the order of the tag table, each message
a key frame of DataValues with status and source time. asyncua's coding of the messages is used; its
publisher is not, as it polls an address space by a clock of its own. Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, groupby
from typing import Any

from asyncua import ua
from asyncua.pubsub.uadp import (
    UadpDataSetDataValue,
    UadpDataSetMessageHeader,
    UadpGroupHeader,
    UadpHeader,
    UadpNetworkMessage,
)

from opcua_server import address
from opcua_server.store import LiveStore

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.pubsub.uadp", "UadpHeader"),
    ("asyncua.pubsub.uadp", "UadpGroupHeader"),
    ("asyncua.pubsub.uadp", "UadpDataSetMessageHeader"),
    ("asyncua.pubsub.uadp", "UadpDataSetDataValue"),
    ("asyncua.pubsub.uadp", "UadpNetworkMessage"),
)

FIELDS = 50  # tags a message: with 30 bytes each it stays below an Ethernet frame's 1,500 bytes
INTERVAL = 1.0  # s of wall clock between two rounds of a paced line; assumed
GROUP = 1  # WriterGroupId
DEFAULT_PORT = 4840  # OPC 10000-14, 7.3.2.1
U16_MOST = 65_535


@dataclass(frozen=True)
class Writer:
    """A DataSetWriter: its id, and the rows of the tag table that are its fields."""

    id: int
    rows: tuple[int, ...]


def writers(stations: Sequence[str]) -> Iterator[Writer]:
    """Writers for the tags whose stations are given in the order of the tag table."""
    number = count(1)
    for _station, group in groupby(enumerate(stations), key=lambda pair: pair[1]):
        rows = [row for row, _station in group]
        for first in range(0, len(rows), FIELDS):
            yield Writer(next(number), tuple(rows[first : first + FIELDS]))


def address_of(url: str) -> tuple[str, int]:
    """Host and port of "opc.udp://239.0.0.1:4840". Raises UsageError."""
    return address.address_of("--pubsub", "opc.udp://239.0.0.1:4840", url, DEFAULT_PORT)


class UadpPublisher:
    """Sends the live values of a server to an address, a multicast group or one machine."""

    def __init__(self, url: str, publisher: str, store: LiveStore, paced: bool) -> None:
        self.address = address_of(url)
        self.publisher = publisher
        self.store = store
        self.paced = paced
        self.writers = tuple(writers([tag.station for tag in store.tags]))
        self._sequence = {writer.id: 0 for writer in self.writers}
        self._messages = 0
        self._sent = -INTERVAL
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        self._transport, _protocol = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=self.address
        )

    def stop(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def publish(self, moment: datetime) -> None:
        """Send all values as they are at a simulated instant; a paced line once an interval."""
        now = time.monotonic()
        if self._transport is None or (self.paced and now - self._sent < INTERVAL):
            return
        self._sent = now
        for number, writer in enumerate(self.writers, 1):
            self._transport.sendto(self._message(number, writer, moment))

    def _message(self, number: int, writer: Writer, moment: datetime) -> bytes:
        self._messages = self._messages % U16_MOST + 1
        self._sequence[writer.id] = self._sequence[writer.id] % U16_MOST + 1
        header = UadpDataSetMessageHeader(
            True, SequenceNo=ua.UInt16(self._sequence[writer.id]), Timestamp=moment
        )
        message = UadpNetworkMessage(
            UadpHeader(ua.String(self.publisher)),
            UadpGroupHeader(
                WriterGroupId=ua.UInt16(GROUP),
                NetworkMessageNo=ua.UInt16(number),
                SequenceNo=ua.UInt16(self._messages),
            ),
            [ua.UInt16(writer.id)],
            Payload=[UadpDataSetDataValue(header, [self._value(row) for row in writer.rows])],
        )
        return bytes(message.to_binary())

    def _value(self, row: int) -> Any:
        """A row's value without server time: that is the message's."""
        value = self.store.data_value(row)
        return ua.DataValue(value.Value, value.StatusCode, value.SourceTimestamp)

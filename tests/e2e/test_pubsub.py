"""UADP over UDP: what arrives is read by a parser written here from OPC 10000-14, 7.2.4."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import twin
from opcua_server import OpcUaAdapter
from opcua_server.fleet import OpcUaFleet
from opcua_server.pubsub import address_of
from twin.errors import UsageError
from twin.serve.session import Session

pytestmark = pytest.mark.e2e

LINE = "machine-parts/shaft-v1"
# built-in type of a Variant -> struct format (OPC 10000-6, 5.1.2)
FORMATS = {1: "<?", 7: "<I", 8: "<q", 11: "<d"}


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> Any:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def text(self) -> str:
        size = self.take("<i")
        self.at += size
        return self.data[self.at - size : self.at].decode()

    def moment(self) -> datetime:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.take("<q") // 10)


def parse(data: bytes) -> dict[str, Any]:
    """One NetworkMessage with one DataSetMessage, a key frame of DataValues."""
    r = Reader(data)
    flags, more = r.take("<B"), r.take("<B")
    assert flags & 0x0F == 1, "UADPVersion 1"
    assert flags & 0xF0 == 0xF0, "publisher, group header, payload header, extended flags"
    assert more & 0x07 == 4, "PublisherId is a String"
    found: dict[str, Any] = {"publisher": r.text()}
    group = r.take("<B")
    assert group == 0b1101, "writer group, message number, sequence number"
    found["group"], found["number"], found["sequence"] = (r.take("<H") for _field in range(3))
    assert r.take("<B") == 1, "one DataSetMessage"
    found["writer"] = r.take("<H")
    kind, second = r.take("<B"), r.take("<B")
    assert kind & 0x01, "valid"
    assert (kind >> 1) & 0x03 == 2, "fields are DataValues"
    assert kind & 0x08
    assert kind & 0x80
    assert second & 0x0F == 0, "a key frame"
    assert second & 0x10
    found["dataset_sequence"], found["moment"] = r.take("<H"), r.moment()
    found["fields"] = [value_of(r) for _field in range(r.take("<H"))]
    assert r.at == len(data)
    return found


def value_of(r: Reader) -> tuple[float | None, int, datetime | None]:
    mask = r.take("<B")
    assert not mask & 0b1000, "no server time: the message has it"
    value = float(r.take(FORMATS[r.take("<B")])) if mask & 1 else None
    status = r.take("<I") if mask & 2 else 0
    return value, status, r.moment() if mask & 4 else None


@contextmanager
def listener() -> Iterator[tuple[str, socket.socket]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        sock.settimeout(10.0)
        yield f"opc.udp://127.0.0.1:{sock.getsockname()[1]}", sock


def received(sock: socket.socket, count: int) -> list[dict[str, Any]]:
    datagrams = [sock.recv(65_535) for _number in range(count)]
    assert all(len(one) < 1_500 for one in datagrams)
    return [parse(one) for one in datagrams]


async def test_every_tag_arrives_with_its_value_and_time_at_each_step() -> None:
    session = Session(twin.load(LINE), 2, "stepped")
    with listener() as (url, sock):
        adapter = OpcUaAdapter(port=0, pubsub=url)
        await session.start(adapter)
        assert adapter.pubsub is not None
        count = len(adapter.pubsub.writers)
        assert count >= len(session.line.stations)
        try:
            before = received(sock, count)
            await session.step(600.0)
            messages = received(sock, count)
        finally:
            await session.stop()
    assert [one["number"] for one in messages] == list(range(1, count + 1))
    assert {one["publisher"] for one in messages} == {"urn:twin:opcua-server"}
    assert {one["moment"] for one in messages} == {session.wall(600.0)}
    assert [one["sequence"] for one in before + messages] == list(range(1, 2 * count + 1))
    assert {one["dataset_sequence"] for one in messages} == {2}
    fields = [field for one in messages for field in one["fields"]]
    keys = list(session.line.tags)
    shown = session.sample(keys, [np.nextafter(600.0, 0.0)])[:, 0]
    assert len(fields) == len(keys)
    for key, expected, (value, status, moment) in zip(keys, shown, fields, strict=True):
        if np.isfinite(expected):
            assert (value, status) == (pytest.approx(expected), 0), key
        else:
            assert value is None, key
            assert status & 0x8000_0000, key
        assert moment is not None
        assert (
            timedelta(0)
            < session.wall(600.0) - moment
            <= timedelta(seconds=session.line.tags[key].period)
        ), key


async def test_each_machine_of_a_fleet_is_a_publisher_of_its_own() -> None:
    session = Session(twin.load(LINE), 2, "stepped")
    with listener() as (url, sock):
        fleet = OpcUaFleet(port=0, pubsub=url)
        await session.start(fleet)
        try:
            count = sum(len(one.pubsub.writers) for one in fleet.servers.values() if one.pubsub)
            publishers = {one["publisher"] for one in received(sock, count)}
        finally:
            await session.stop()
    assert len(publishers) == len({tag.station for tag in session.line.tags.values()})


def test_an_address_that_is_none_is_refused() -> None:
    assert address_of("opc.udp://239.0.0.1") == ("239.0.0.1", 4840)
    for url in ("udp://239.0.0.1:4840", "opc.udp://", "opc.udp://a:b", "x"):
        with pytest.raises(UsageError, match=r"opc\.udp://239"):
            address_of(url)

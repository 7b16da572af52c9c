"""Messages that are well formed and far too much: deep, long, or full of promises."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import nodeid_to_binary, struct_to_binary

from tests.fuzz.conftest import GROWTH_MB, Served
from tests.fuzz.wire import Gone, Wire, channel, session
from tests.unit.opcua_server.test_server import node_id

pytestmark = pytest.mark.asyncio(loop_scope="session")

VALUE = struct.pack("<I", ua.AttributeIds.Value)
NULL_STRING = struct.pack("<i", -1)


def request(kind: type, token: ua.NodeId) -> bytes:
    """Type id and header of a request; the fields are written by hand behind it."""
    made = kind()
    made.RequestHeader.AuthenticationToken = token
    return nodeid_to_binary(made.TypeId) + struct_to_binary(made.RequestHeader)


def write(value: bytes) -> Callable[[ua.NodeId], bytes]:
    """A Write of one value, a Variant in bytes."""

    def build(token: ua.NodeId) -> bytes:
        target = nodeid_to_binary(node_id("RFL.BeltSpeed")) + VALUE + NULL_STRING
        data_value = b"\x01" + value
        return request(ua.WriteRequest, token) + struct.pack("<i", 1) + target + data_value

    return build


def read(name: bytes) -> Callable[[ua.NodeId], bytes]:
    """A Read of one node, a NodeId in bytes."""

    def build(token: ua.NodeId) -> bytes:
        head = struct.pack("<di", 0.0, 2) + struct.pack("<i", 1)
        rest = VALUE + NULL_STRING + struct.pack("<H", 0) + NULL_STRING
        return request(ua.ReadRequest, token) + head + name + rest

    return build


def nested_variants(depth: int) -> bytes:
    return bytes([24]) * depth + b"\x01\x01"


def nested_arrays(depth: int) -> bytes:
    return (bytes([24 | 0x80]) + struct.pack("<i", 1)) * depth + b"\x01\x01"


def nested_diagnostics(depth: int) -> bytes:
    return bytes([25]) + b"\x40" * depth + b"\x00"


def nested_data_values(depth: int) -> bytes:
    return (bytes([23]) + b"\x01") * depth + b"\x01\x01"


def nested_objects(depth: int) -> bytes:
    """Extension objects, each with a literal operand whose value holds the next."""
    operand = nodeid_to_binary(ua.NodeId(ua.ObjectIds.LiteralOperand_Encoding_DefaultBinary))
    inner = b"\x01\x01"
    for _ in range(depth):
        inner = bytes([22]) + operand + b"\x01" + struct.pack("<i", len(inner)) + inner
    return inner


def filtered(token: ua.NodeId) -> bytes:
    """An event filter whose operand holds operands, 2,000 deep."""
    made = ua.CreateMonitoredItemsRequest()
    made.RequestHeader.AuthenticationToken = token
    item = ua.MonitoredItemCreateRequest()
    item.ItemToMonitor.NodeId = ua.NodeId(ua.ObjectIds.Server)
    item.ItemToMonitor.AttributeId = ua.AttributeIds.EventNotifier
    condition = ua.EventFilter()
    element = ua.ContentFilterElement()
    operand = ua.LiteralOperand(Value=ua.Variant("here", ua.VariantType.String))
    element.FilterOperands = [operand]
    condition.WhereClause.Elements = [element]
    item.RequestedParameters.Filter = condition
    made.Parameters.ItemsToCreate = [item]
    body = struct_to_binary(made)
    deep = nested_objects(2000)
    place = body.index(b"here") - 5
    return body[:place] + deep + body[place + 9 :]


CASES = {
    "variants 10,000 deep": write(nested_variants(10_000)),
    "arrays 10,000 deep": write(nested_arrays(10_000)),
    "diagnostics 60,000 deep": write(nested_diagnostics(60_000)),
    "data values 10,000 deep": write(nested_data_values(10_000)),
    "operands 2,000 deep": write(nested_objects(2000)),
    "a filter 2,000 deep": filtered,
    "a name of 3 MB": read(b"\x03" + struct.pack("<Hi", 2, 3_000_000) + b"x" * 3_000_000),
    "a name of no end": read(b"\x03" + struct.pack("<Hi", 2, 0x7FFFFFFF) + b"x"),
    "64 Mi nulls": write(bytes([0x80]) + struct.pack("<i", 64 * 1024 * 1024)),
    "64 Mi empty strings": write(bytes([12 | 0x80]) + struct.pack("<i", 64 * 1024 * 1024)),
    "a matrix of 2^60": write(
        bytes([1 | 0xC0]) + struct.pack("<i", 1) + b"\x01"
        + struct.pack("<iIII", 3, 1 << 20, 1 << 20, 1 << 20)
    ),
    "a bad text": read(b"\x03" + struct.pack("<Hi", 2, 4) + b"\xff\xfe\xfd\xfc"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_too_much_is_refused_at_no_price(served: Served, case: str) -> None:
    before = served.memory
    wire = await session(served.port)
    for _ in range(3):
        body = CASES[case](wire.session)
        try:
            answer = await wire.exchange(body)
            assert len(answer) < 100_000
        except Gone as gone:
            assert gone.error.startswith("Bad")  # noqa: PT017 - either is right
            wire = await session(served.port)
    await wire.close()
    assert served.memory - before < GROWTH_MB
    assert await served.serves() < 3.0


async def test_a_long_message_is_taken_after_a_login_only(served: Served) -> None:
    body = request(ua.CreateSessionRequest, ua.NodeId()) + bytes(200_000)
    wire = await channel(served.port)
    with pytest.raises(Gone, match="BadRequestTooLarge"):
        await wire.exchange(body)
    wire = await session(served.port)
    body = read(nodeid_to_binary(node_id("RFL")))(wire.session)
    assert await wire.exchange(body + bytes(200_000))
    with pytest.raises(Gone, match="BadRequestTooLarge"):
        await wire.exchange(body + bytes(5_000_000))


async def test_a_name_and_a_password_of_a_megabyte_are_no_login(served: Served) -> None:
    wire = await channel(served.port)
    create = ua.CreateSessionRequest()
    create.Parameters.ClientNonce = bytes(32)
    created = await wire.ask(create, ua.CreateSessionResponse)
    wire.session = created.Parameters.AuthenticationToken
    for name, password in (("ines", b"x" * 100_000), ("x" * 100_000, b"instructor-password")):
        activate = ua.ActivateSessionRequest()
        token = ua.UserNameIdentityToken("username", name, password, None)
        activate.Parameters.UserIdentityToken = token
        with pytest.raises(ua.UaStatusCodeError):
            await wire.ask(activate, ua.ActivateSessionResponse)
    await wire.close()


async def silent_half_way(port: int, step: int) -> Wire:
    """A connection that stops in the middle of connecting."""
    wire = await Wire.open(port)
    if step == 1:
        wire.writer.write(b"HELF")
    if step >= 2:
        await wire.hello()
    if step >= 3:
        await wire.open_channel()
    if step == 4:
        wire.writer.write(b"MSGF" + struct.pack("<I", 60_000) + b"x" * 100)
    if step == 5:
        create = ua.CreateSessionRequest()
        create.Parameters.ClientNonce = bytes(32)
        await wire.ask(create, ua.CreateSessionResponse)
    return wire

"""Messages of real clients, spoilt: each gets an answer or an Error, and nothing else happens.

The run is the same each time; `-m slow` runs fifteen times as many, TWIN_FUZZ_SEED=2 others.
"""

from __future__ import annotations

import os
import struct
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary, struct_to_binary

from tests.fuzz.conftest import GROWTH_MB, Served
from tests.fuzz.mutate import spoil
from tests.fuzz.recorder import Recorder, record
from tests.fuzz.wire import Gone, Silent, Wire, channel, session, with_token

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

SECRETS = (b"ines", b"instructor-password")
PUBLISH = ua.NodeId(ua.ObjectIds.PublishRequest_Encoding_DefaultBinary)
CLOSED = ua.NodeId(ua.ObjectIds.CloseSessionResponse_Encoding_DefaultBinary)
FAULT = ua.NodeId(ua.ObjectIds.ServiceFault_Encoding_DefaultBinary)
# requests of node-opcua's client, recorded once through `Recorder`, with an empty token
NODE_OPCUA = Path(__file__).with_name("node_opcua.txt")
SEED = int(os.environ.get("TWIN_FUZZ_SEED", "0"))
RUNS = [pytest.param(400, id="short"), pytest.param(6000, id="long", marks=pytest.mark.slow)]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def recorded(served: Served) -> Recorder:
    """What a real client sends."""
    found = await record(served.port)
    assert len(found.bodies) > 25
    found.others = [bytes.fromhex(row.split()[1]) for row in NODE_OPCUA.read_text().splitlines()]
    return found


def type_of(body: bytes) -> ua.NodeId | None:
    try:
        return nodeid_from_binary(Buffer(body))
    except Exception:  # noqa: BLE001 - spoilt on purpose
        return None


def fields_of(body: bytes) -> int:
    """Where the request's own fields begin, behind the header that all requests have."""
    buffer = Buffer(body)
    nodeid_from_binary(buffer)
    struct_from_binary(ua.RequestHeader, buffer)
    return int(buffer.cur_pos)


async def answer_to(wire: Wire, body: bytes) -> str:
    """What came of a body: an answer, a fault, an Error, or neither; "end" when its session has."""
    try:
        answer = Buffer(await wire.exchange(body))
    except Gone as gone:
        return "error" if gone.error else "closed without a word"
    except Silent:
        return "waits" if type_of(body) == PUBLISH else "silence"
    kind = nodeid_from_binary(answer)
    if kind == FAULT:
        fault = struct_from_binary(ua.ResponseHeader, answer).ServiceResult
        return "end" if fault.value == ua.StatusCodes.BadSessionIdInvalid else "fault"
    return "end" if kind == CLOSED else "answer"


@pytest.mark.parametrize("count", RUNS)
async def test_every_spoilt_request_is_answered(
    served: Served, recorded: Recorder, count: int
) -> None:
    chance = Random(10 * SEED + 1)
    bodies, seen = recorded.bodies + recorded.others, Counter[str]()
    before, worst = served.memory, 0.0
    victim = Client(served.url)
    victim.set_user("ines")
    victim.set_password("instructor-password")
    async with victim:
        secrets = (*SECRETS, victim.uaclient.session.authentication_token.Identifier)
        wire = await session(served.port)
        for _ in range(count):
            body = with_token(chance.choice(bodies), wire.session)
            sound = fields_of(body) if chance.random() < 0.7 else 0  # what is left as it was
            spoilt = body[:sound] + spoil(body[sound:], chance)
            outcome = await answer_to(wire, spoilt)
            seen[outcome] += 1
            assert outcome in ("answer", "fault", "end", "error", "waits"), spoilt.hex()
            assert not any(secret in wire.heard for secret in secrets)
            if outcome not in ("answer", "fault") or len(wire.heard) > 10_000_000:
                await wire.close()
                wire = await session(served.port)
            worst = max(worst, served.memory - before)
        await wire.close()
        assert await victim.get_node(ua.ObjectIds.Server_ServiceLevel).read_value() == 255
    assert min(seen["answer"], seen["fault"], seen["error"]) > count / 20
    assert worst < GROWTH_MB
    await served.serves()


@pytest.mark.parametrize("count", RUNS)
async def test_every_spoilt_chunk_is_answered(
    served: Served, recorded: Recorder, count: int
) -> None:
    """Headers too: types, sizes, channels, sequence numbers. A size may promise more than comes."""
    chance, seen = Random(10 * SEED + 2), Counter[str]()
    for _ in range(count // 4):
        wire = await session(served.port)
        body = with_token(chance.choice(recorded.bodies), wire.session)
        head = struct.pack("<IIII", wire.channel, wire.token, wire.number + 1, 99)
        whole = b"MSGF" + struct.pack("<I", 24 + len(body)) + head + body
        spoilt = spoil(whole[:24], chance) + whole[24:]
        wire.writer.write(spoilt + bytes(70_000))  # whatever size it promises has now come
        try:
            while True:
                await wire.receive()
        except Gone as gone:
            outcome = "error" if gone.error else "closed without a word"
        except Silent:
            outcome = "silence"
        seen[outcome] += 1
        assert outcome == "error", spoilt.hex()
        await wire.close()
    await served.serves()


@pytest.mark.parametrize("count", RUNS)
async def test_every_spoilt_handshake_is_answered(served: Served, count: int) -> None:
    chance, seen = Random(10 * SEED + 3), Counter[str]()
    for number in range(count // 2):
        wire = await Wire.open(served.port)
        if number % 2:
            await wire.hello()
            rest = struct.pack("<I", 0) + wire.open_request()
            kind = b"OPNF"
        else:
            rest = struct_to_binary(ua.Hello(0, 65535, 65535, 0, 0, "opc.tcp://127.0.0.1"))
            kind = b"HELF"
        wire.send(kind, spoil(rest, chance))
        try:
            await wire.receive()
            outcome = "answer"
        except Gone as gone:
            outcome = "error" if gone.error else "closed without a word"
        except Silent:
            outcome = "silence"
        seen[outcome] += 1
        assert outcome in ("answer", "error"), wire.heard
        await wire.close()
    assert seen["error"] > count / 10
    await served.serves()


async def test_nothing_spoilt_before_a_session_reaches_the_line(
    served: Served, recorded: Recorder
) -> None:
    wire = await channel(served.port)
    refused = 0
    for body in recorded.bodies:
        answer = await wire.exchange(with_token(body, ua.NodeId(bytes(32), 0)))
        kind = nodeid_from_binary(Buffer(answer))
        refused += kind == ua.NodeId(ua.ObjectIds.ServiceFault_Encoding_DefaultBinary)
    assert refused >= len(recorded.bodies) - 4  # discovery, and CreateSession
    await wire.close()


async def test_a_recorded_connection_played_again_is_worth_nothing(
    served: Served, recorded: Recorder
) -> None:
    wire = await Wire.open(served.port)
    kinds, error = await wire.played(b"".join(recorded.chunks))
    assert error.startswith("Bad")
    assert kinds[:2] == [b"ACKF", b"OPNF"]
    assert len(kinds) < len(recorded.chunks) / 2
    await wire.close()

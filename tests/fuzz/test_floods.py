"""Clients that come in crowds, stop half way, do not listen, or never finish."""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from datetime import UTC, datetime
from time import monotonic

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary

from tests.fuzz.conftest import ANSWER_S, GROWTH_MB, Served
from tests.fuzz.test_nesting import silent_half_way
from tests.fuzz.wire import Gone, Silent, Wire, channel, session
from tests.unit.opcua_server.test_server import node_id

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

RUNS = [pytest.param(1, id="short"), pytest.param(10, id="long", marks=pytest.mark.slow)]


async def test_connections_that_stop_half_way_are_dropped(served: Served) -> None:
    files, before = served.files, served.memory
    open_now = [await silent_half_way(served.port, number % 6) for number in range(90)]
    assert served.files >= files + 85
    assert await served.serves() < ANSWER_S
    await served.back_to(files)
    assert served.memory - before < GROWTH_MB
    for wire in open_now:
        await wire.close()


@pytest.mark.parametrize("times", RUNS)
async def test_a_thousand_sessions_are_opened_or_refused_and_all_is_given_back(
    served: Served, times: int
) -> None:
    files, seen = served.files, Counter[str]()
    first = 0.0
    for _ in range(times):
        for _batch in range(8):
            wires = await asyncio.gather(*(one_session(served.port, seen) for _ in range(125)))
            for wire in wires:
                if wire is not None:
                    await wire.close()
            await served.back_to(files)
        first = first or served.memory
    assert sum(seen.values()) == 1000 * times
    assert seen["session"] > 100 * times
    assert set(seen) <= {"session", "BadTooManySessions", "gone"}
    assert served.memory - first < 10.0 + times  # the first thousand fills the allocator
    assert await served.serves() < ANSWER_S


async def one_session(port: int, seen: Counter[str]) -> Wire | None:
    try:
        wire = await session(port)
    except ua.UaStatusCodeError as error:
        seen[str(ua.StatusCode(error.code).name)] += 1
    except (Gone, Silent, ConnectionError):
        seen["gone"] += 1
    else:
        seen["session"] += 1
        return wire
    return None


def history(wire: Wire, nodes: int) -> bytes:
    """A request whose answer is long."""
    made = ua.HistoryReadRequest()
    made.RequestHeader.AuthenticationToken = wire.session
    details = ua.ReadRawModifiedDetails(IsReadModified=False)
    details.StartTime = datetime(2026, 3, 2, tzinfo=UTC)
    details.EndTime = datetime(2026, 3, 3, tzinfo=UTC)
    made.Parameters.HistoryReadDetails = details
    made.Parameters.ReleaseContinuationPoints = False
    names = [node_id(f"M00.T{number:02d}") for number in range(nodes)]
    made.Parameters.NodesToRead = [ua.HistoryReadValueId(NodeId=name) for name in names]
    return struct_to_binary(made)


async def test_clients_that_do_not_listen_are_dropped_and_cost_little(served: Served) -> None:
    files, before, worst = served.files, served.memory, 0.0
    wires = [await session(served.port) for _ in range(20)]
    for wire in wires:
        body = history(wire, 40)
        for _ in range(40):
            wire.send_message(body)
    begun = monotonic()
    while served.files > files and monotonic() - begun < 20:
        worst = max(worst, served.memory - before)
        await asyncio.sleep(0.1)
    assert served.files <= files
    assert worst < GROWTH_MB
    assert await served.serves() < ANSWER_S
    for wire in wires:
        await wire.close()


async def test_messages_that_never_end_are_bounded_for_one_client_and_for_all(
    served: Served,
) -> None:
    files, before = served.files, served.memory
    piece = bytes(60_000)

    async def flood(wire: Wire) -> str:
        try:
            for _ in range(100):
                wire.send_chunk(b"MSGC", piece, 7)
                await asyncio.wait_for(wire.writer.drain(), 5)
            await wire.receive()
        except Gone as gone:
            return gone.error
        except (ConnectionError, TimeoutError, Silent):
            return "gone"
        return "answer"

    stranger = await channel(served.port)
    assert await flood(stranger) in ("BadRequestTooLarge", "gone")
    wires = [await session(served.port) for _ in range(60)]
    ends = Counter(await asyncio.gather(*(flood(wire) for wire in wires)))
    assert set(ends) <= {"BadRequestTooLarge", "BadTcpNotEnoughResources", "gone"}
    assert served.memory - before < GROWTH_MB
    for wire in wires:
        await wire.close()
    await served.back_to(files)
    assert await served.serves() < ANSWER_S


async def test_a_message_that_is_begun_and_left_ends_the_connection(served: Served) -> None:
    wire = await session(served.port)
    wire.send_chunk(b"MSGC", bytes(1000), 7)
    with pytest.raises(Gone, match="BadTimeout"):
        await wire.receive()


async def test_one_character_at_a_time_is_no_way_to_stay(served: Served) -> None:
    files = served.files
    wire = await Wire.open(served.port)
    hello = struct_to_binary(ua.Hello(0, 65535, 65535, 0, 0, "opc.tcp://127.0.0.1"))
    whole = b"HELF" + struct.pack("<I", 8 + len(hello)) + hello
    begun = monotonic()
    with pytest.raises((ConnectionError, Gone)):  # noqa: PT012 - whichever byte is the last one
        for byte in whole[:-1] * 3:
            wire.writer.write(bytes([byte]))
            await wire.writer.drain()
            await asyncio.sleep(0.05)
        await wire.receive()
    assert monotonic() - begun < 10
    await served.back_to(files)


@pytest.mark.parametrize("times", RUNS)
async def test_discovery_floods_are_slowed_and_others_are_served(
    served: Served, times: int
) -> None:
    before = served.memory
    wires = [await channel(served.port) for _ in range(30)]
    made = struct_to_binary(ua.GetEndpointsRequest())
    found = struct_to_binary(ua.FindServersRequest())

    async def ask(wire: Wire) -> int:
        answers = 0
        try:
            for _ in range(60 * times):
                answers += bool(await wire.exchange(made)) + bool(await wire.exchange(found))
        except (Gone, Silent):
            return answers  # they have no session, and their time is up
        return answers

    flood = asyncio.gather(*(ask(wire) for wire in wires))
    await asyncio.sleep(0.3)
    took = await served.serves()
    assert sum(await flood) > 500
    assert took < ANSWER_S
    assert served.memory - before < GROWTH_MB
    for wire in wires:
        await wire.close()


async def test_subscriptions_without_number_are_refused_and_end_with_their_client(
    served: Served,
) -> None:
    wire = await session(served.port)
    seen = Counter[str]()
    for _ in range(70):
        made = ua.CreateSubscriptionRequest()
        made.Parameters.RequestedPublishingInterval = 0.0
        made.Parameters.RequestedLifetimeCount = 2**31
        made.Parameters.PublishingEnabled = True
        try:
            await wire.ask(made, ua.CreateSubscriptionResponse)
            seen["Good"] += 1
        except ua.UaStatusCodeError as error:
            seen[str(ua.StatusCode(error.code).name)] += 1
    assert seen == {"Good": 50, "BadTooManySubscriptions": 20}
    await wire.close()
    assert await served.serves() < ANSWER_S


async def test_nodes_without_number_are_refused(served: Served) -> None:
    wire = await session(served.port)
    made = ua.BrowseRequest()
    made.Parameters.NodesToBrowse = [ua.BrowseDescription()] * 10_001
    with pytest.raises(ua.UaStatusCodeError, match="BadTooManyOperations"):
        await wire.ask(made, ua.BrowseResponse)
    await wire.close()

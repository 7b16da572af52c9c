"""What a client finds about history, and aggregates read over TCP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asyncua import ua

from opcua_server.history.aggregates import BY_NODE
from tests.unit.opcua_server.standin import STARTED

pytestmark = pytest.mark.asyncio(loop_scope="module")
IDS = ua.ObjectIds
ZONE = "ns=2;s=RFL.Zone8Temp"  # every 0.5 s: shows 2000 + k


async def test_a_tag_says_how_its_past_is_read(connect: Any) -> None:
    client = await connect()
    for key, stepped in (("RFL.Zone8Temp", False), ("RFL.State", True)):
        node = client.get_node(f"ns=2;s={key}")
        (reference,) = await node.get_references(IDS.HasHistoricalConfiguration)
        found = client.get_node(reference.NodeId)
        assert (await found.read_browse_name()).Name == "HA Configuration"
        assert await (await found.get_child("0:Stepped")).read_value() is stepped
        good = await found.get_child(["0:AggregateConfiguration", "0:PercentDataGood"])
        assert await good.read_value() == 100


async def test_the_server_lists_its_aggregates(connect: Any) -> None:
    client = await connect()
    folder = client.get_node(IDS.HistoryServerCapabilities_AggregateFunctions)
    listed = {reference.NodeId for reference in await folder.get_references(IDS.Organizes)}
    assert listed == set(BY_NODE)
    events = client.get_node(IDS.HistoryServerCapabilities_AccessHistoryEventsCapability)
    assert await events.read_value() is True


async def read(client: Any, details: Any) -> Any:
    wanted = ua.HistoryReadValueId(ua.NodeId.from_string(ZONE))
    params = ua.HistoryReadParameters(details, ua.TimestampsToReturn.Both, False, [wanted])
    (answer,) = await client.uaclient.history_read(params)
    return answer


async def test_averages_of_ten_seconds(connect: Any, session: Any) -> None:
    client = await connect()
    await session.step(60.0)
    details = ua.ReadProcessedDetails(
        STARTED,
        STARTED + timedelta(seconds=25),
        10_000.0,
        [ua.NodeId(IDS.AggregateFunction_Average)],
    )
    answer = await read(client, details)
    answer.StatusCode.check()
    rows = answer.HistoryData.DataValues
    assert [row.Value.Value for row in rows] == [2009.5, 2029.5, 2044.5]
    assert [row.SourceTimestamp for row in rows] == [
        STARTED + timedelta(seconds=k) for k in (0, 10, 20)
    ]
    assert [row.StatusCode.value & 0x1F for row in rows] == [1, 1, 5]  # calculated, and partial


async def test_values_at_times(connect: Any, session: Any) -> None:
    client = await connect()
    await session.step(60.0)
    times = [STARTED + timedelta(seconds=second) for second in (3.0, 3.25)]
    answer = await read(client, ua.ReadAtTimeDetails(times, True))
    assert [row.Value.Value for row in answer.HistoryData.DataValues] == [2006.0, 2006.5]


@pytest.mark.parametrize(
    ("aggregates", "code"),
    [
        ([ua.NodeId(1234)], "BadAggregateNotSupported"),
        ([], "BadAggregateListMismatch"),
    ],
)
async def test_what_is_no_aggregate_is_refused(
    connect: Any, session: Any, aggregates: list[ua.NodeId], code: str
) -> None:
    client = await connect()
    await session.step(60.0)
    details = ua.ReadProcessedDetails(STARTED, STARTED + timedelta(seconds=5), 0.0, aggregates)
    try:
        status = (await read(client, details)).StatusCode.name
    except ua.UaStatusCodeError as error:
        status = ua.StatusCode(error.code).name
    assert status == code

"""Subscriptions over TCP: messages, modes, queues, triggering, over a stand-in session."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.ua.ua_binary import struct_from_binary

from opcua_server.ranges import parse, ranged
from tests.unit.opcua_server.test_server import node_id, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

Mode, Trigger, Band = ua.MonitoringMode, ua.DataChangeTrigger, ua.DeadbandType
KEYS = ("Line.Finished", "RFL.State", "RFL.Zone8Temp", "RFL.BeltSpeed", "RFL.DoorOpen")
FAST_MS, WAIT_S = 40.0, 20.0


class Raw:
    """A subscription with Publish requests sent by hand."""

    def __init__(self, client: Client) -> None:
        self.wire = client.uaclient.protocol
        self.client = client
        self.number = 0

    async def ask(self, name: str, **fields: Any) -> Any:
        request = getattr(ua, f"{name}Request")()
        for field, value in fields.items():
            setattr(request.Parameters, field, value)
        data = await self.wire.send_request(request, timeout=WAIT_S)
        return struct_from_binary(getattr(ua, f"{name}Response"), data)

    async def create(self, most: int = 0, **fields: Any) -> Raw:
        answer = await self.ask(
            "CreateSubscription", RequestedPublishingInterval=FAST_MS, RequestedLifetimeCount=3000,
            RequestedMaxKeepAliveCount=3, MaxNotificationsPerPublish=most, **fields,
        )  # fmt: skip
        self.number = answer.Parameters.SubscriptionId
        return self

    async def monitor(
        self, keys: tuple[str, ...] = KEYS, size: int = 1, mode: Any = Mode.Reporting,
        interval: float = 0.0, wanted: Any = None, newest: bool = True,
    ) -> list[Any]:  # fmt: skip
        items = [
            ua.MonitoredItemCreateRequest(
                ua.ReadValueId(node_id(key), ua.AttributeIds.Value),
                mode,
                ua.MonitoringParameters(handle, interval, wanted, size, newest),
            )
            for handle, key in enumerate(keys)
        ]
        answer = await self.ask(
            "CreateMonitoredItems", SubscriptionId=self.number,
            TimestampsToReturn=ua.TimestampsToReturn.Both, ItemsToCreate=items,
        )  # fmt: skip
        assert all(one.StatusCode.is_good() for one in answer.Results)
        return list(answer.Results)

    async def publish(self, *acks: int) -> Any:
        given = [ua.SubscriptionAcknowledgement(self.number, one) for one in acks]
        return (await self.ask("Publish", SubscriptionAcknowledgements=given)).Parameters

    async def heard(self) -> list[tuple[int, Any, int]]:
        """Handle, value and status of each value in the next message that has any."""
        while True:
            found = values(await self.publish())
            if found:
                return found


def values(result: Any) -> list[tuple[int, Any, int]]:
    return [
        (item.ClientHandle, item.Value.Value.Value, item.Value.StatusCode.value)
        for one in result.NotificationMessage.NotificationData
        for item in one.MonitoredItems
    ]


async def test_no_message_is_larger_than_asked_and_the_rest_follows(
    connect: Any, session: Any
) -> None:
    await session.step(1.0)
    raw = await Raw(await connect()).create(most=2)
    await raw.monitor()
    first, second, third = [await raw.publish() for _ in range(3)]
    assert [len(values(one)) for one in (first, second, third)] == [2, 2, 1]
    assert [one.MoreNotifications for one in (first, second, third)] == [True, True, False]
    assert {row[0] for one in (first, second, third) for row in values(one)} == set(range(5))
    numbers = [one.NotificationMessage.SequenceNumber for one in (first, second, third)]
    assert numbers == [1, 2, 3]


async def test_a_message_can_be_had_again_until_it_is_acknowledged(
    connect: Any, session: Any
) -> None:
    await session.step(1.0)
    client = await connect()
    raw = await Raw(client).create()
    await raw.monitor()
    told = await raw.publish()
    for _ in range(2):
        again = await raw.ask("Republish", SubscriptionId=raw.number, RetransmitSequenceNumber=1)
        assert again.NotificationMessage.SequenceNumber == 1
        data = again.NotificationMessage.NotificationData
        assert data == told.NotificationMessage.NotificationData
    await session.step(1.0)
    answer = await raw.publish(1, 77)
    names = [one.name for one in answer.Results]
    assert names == ["Good", "BadSequenceNumberUnknown"]
    gone = raw.ask("Republish", SubscriptionId=raw.number, RetransmitSequenceNumber=1)
    assert await status_of(gone) == "BadMessageNotAvailable"


async def test_a_silent_subscription_gives_a_sign_of_life(connect: Any, session: Any) -> None:
    raw = await Raw(await connect()).create()
    first = await raw.publish()
    second = await raw.publish()
    for one in (first, second):
        assert one.NotificationMessage.NotificationData == []
        assert one.NotificationMessage.SequenceNumber == 1  # of the next one with something


async def test_a_subscription_that_nobody_asks_ends_and_says_so_with_the_next_publish(
    connect: Any, adapter: Any
) -> None:
    client = await connect()
    raw = await Raw(client).create()
    lasting = await Raw(client).create()
    revised = await raw.ask(
        "ModifySubscription", SubscriptionId=raw.number, RequestedPublishingInterval=20.0,
        RequestedLifetimeCount=3, RequestedMaxKeepAliveCount=1,
    )  # fmt: skip
    assert revised.Parameters.RevisedLifetimeCount == 3
    known = adapter.core.subscription_service.subscriptions
    async with asyncio.timeout(5.0):
        while raw.number in known:
            await asyncio.sleep(0.02)
    last = await raw.publish()
    assert last.SubscriptionId == raw.number
    (told,) = last.NotificationMessage.NotificationData
    assert told.Status.name == "BadTimeout"
    assert (await lasting.publish()).SubscriptionId == lasting.number
    gone = raw.ask("Republish", SubscriptionId=raw.number, RetransmitSequenceNumber=1)
    assert await status_of(gone) == "BadSubscriptionIdInvalid"


async def test_counts_and_intervals_are_revised_and_can_be_modified(connect: Any) -> None:
    raw = await Raw(await connect()).create()
    answer = await raw.ask(
        "ModifySubscription", SubscriptionId=raw.number, RequestedPublishingInterval=1.0,
        RequestedLifetimeCount=5, RequestedMaxKeepAliveCount=4,
    )  # fmt: skip
    told = answer.Parameters
    assert told.RevisedPublishingInterval == 20.0
    assert (told.RevisedMaxKeepAliveCount, told.RevisedLifetimeCount) == (4, 12)
    async with asyncio.timeout(2.0):
        await raw.publish()


@pytest.mark.parametrize("size", [1, 3])
async def test_a_queue_keeps_what_it_can_and_says_what_it_lost(
    connect: Any, session: Any, size: int
) -> None:
    await session.step(1.0)
    for newest in (True, False):
        raw = await Raw(await connect()).create(PublishingEnabled=False)
        (made,) = await raw.monitor(("RFL.Zone8Temp",), size, newest=newest)
        assert made.RevisedQueueSize == size
        first = session.now
        for _ in range(5):
            await session.step(1.0)
        await raw.ask("SetPublishingMode", PublishingEnabled=True, SubscriptionIds=[raw.number])
        came = [first + step for step in range(6)]  # the first when it was made
        shown = [2000.0 + 2.0 * second for second in came]
        kept = shown[-size:] if newest else [*shown[: size - 1], shown[-1]]
        told = await raw.heard()
        assert [value for _, value, _ in told] == kept
        lost = [bool(status & 0x80) for _, _, status in told]
        mark = 0 if newest else -1
        assert lost == [size > 1 and place == range(size)[mark] for place in range(size)]


@pytest.mark.parametrize("size", [1, 2])
async def test_modes_sample_without_report_or_not_at_all(
    connect: Any, session: Any, size: int
) -> None:
    await session.step(1.0)
    raw = await Raw(await connect()).create()
    one, two = await raw.monitor(("Line.Finished", "RFL.Zone8Temp"), size, Mode.Sampling)
    await session.step(1.0)
    assert values(await raw.publish()) == []

    async def switch(mode: Any, *items: Any) -> None:
        ids = [item.MonitoredItemId for item in items]
        answer = await raw.ask(
            "SetMonitoringMode", SubscriptionId=raw.number, MonitoringMode=mode,
            MonitoredItemIds=ids,
        )  # fmt: skip
        assert all(status.is_good() for status in answer.Parameters.Results)

    await switch(Mode.Disabled, one)
    await switch(Mode.Reporting, two)
    told = await raw.heard()
    assert {handle for handle, _, _ in told} == {1}
    await switch(Mode.Reporting, one)
    assert [handle for handle, _, _ in await raw.heard()] == [0]
    await switch(Mode.Reporting, one)  # nothing new
    assert values(await raw.publish()) == []


@pytest.mark.parametrize("size", [1, 2])
async def test_an_items_report_sends_what_linked_items_hold(
    connect: Any, session: Any, size: int
) -> None:
    await session.step(1.0)
    raw = await Raw(await connect()).create()
    (trigger,) = await raw.monitor(("PRN.SqueegeeForce",))  # every two seconds
    await raw.heard()
    (linked,) = await raw.monitor(("RFL.Zone8Temp",), size, Mode.Sampling)
    answer = await raw.ask(
        "SetTriggering", SubscriptionId=raw.number, TriggeringItemId=trigger.MonitoredItemId,
        LinksToAdd=[linked.MonitoredItemId, 4711], LinksToRemove=[],
    )  # fmt: skip
    named = [one.name for one in answer.Parameters.AddResults]
    assert named == ["Good", "BadMonitoredItemIdInvalid"]
    assert values(await raw.publish()) == []
    await session.step(2.0)
    told = await raw.heard()
    assert len(told) >= 2
    unlinked = await raw.ask(
        "SetTriggering", SubscriptionId=raw.number, TriggeringItemId=trigger.MonitoredItemId,
        LinksToAdd=[], LinksToRemove=[linked.MonitoredItemId],
    )  # fmt: skip
    assert [one.name for one in unlinked.Parameters.RemoveResults] == ["Good"]
    await session.step(2.0)
    assert len(await raw.heard()) == 1


async def test_sampling_intervals_are_the_tags_period_or_a_multiple(
    connect: Any, session: Any
) -> None:
    raw = await Raw(await connect()).create()
    for asked, told in ((0.0, 500.0), (-1.0, 500.0), (700.0, 1000.0), (2000.0, 2000.0)):
        for size in (1, 5):
            (made,) = await raw.monitor(("RFL.Zone8Temp",), size, interval=asked)
            assert made.RevisedSamplingInterval == told


async def test_an_item_can_be_given_another_queue_handle_and_filter(
    connect: Any, session: Any
) -> None:
    await session.step(1.0)
    raw = await Raw(await connect()).create()
    (made,) = await raw.monitor(("RFL.Zone8Temp",))
    await raw.heard()
    wanted = ua.DataChangeFilter(Trigger.StatusValue, Band.Absolute, 5.0)

    async def modify(parameters: Any) -> Any:
        request = ua.MonitoredItemModifyRequest(made.MonitoredItemId, parameters)
        answer = await raw.ask(
            "ModifyMonitoredItems", SubscriptionId=raw.number, ItemsToModify=[request],
            TimestampsToReturn=ua.TimestampsToReturn.Neither,
        )  # fmt: skip
        return answer.Results[0]

    assert (await modify(ua.MonitoringParameters(9, 0.0, wanted, 1, True))).StatusCode.is_good()
    await session.step(2.0)  # four units: not beyond the deadband
    assert values(await raw.publish()) == []
    await session.step(1.0)
    assert [handle for handle, _, _ in await raw.heard()] == [9]
    result = await modify(ua.MonitoringParameters(8, 0.0, None, 4, True))
    assert result.RevisedQueueSize == 4
    for _ in range(3):
        await session.step(0.5)
    told = await raw.heard()
    assert {handle for handle, _, _ in told} == {8}
    bad = ua.DataChangeFilter(Trigger.StatusValue, Band.Percent, 101.0)
    refused = await modify(ua.MonitoringParameters(8, 0.0, bad, 4, True))
    assert refused.StatusCode.name == "BadDeadbandFilterInvalid"


async def test_deleted_items_tell_nothing_and_nobody_listens_then(
    connect: Any, session: Any, adapter: Any
) -> None:
    await session.step(1.0)
    raw = await Raw(await connect()).create()
    made = [*await raw.monitor(), *await raw.monitor(size=2)]
    ids = [one.MonitoredItemId for one in made]
    answer = await raw.ask(
        "DeleteMonitoredItems", SubscriptionId=raw.number, MonitoredItemIds=[*ids, ids[0]]
    )
    assert [one.name for one in answer.Results] == ["Good"] * 10 + ["BadMonitoredItemIdInvalid"]
    held = adapter.core.subscription_service.subscriptions[raw.number]
    assert len(held.items) == 0
    await session.step(1.0)
    assert values(await raw.publish()) == []


async def test_the_urgent_subscription_is_served_first(connect: Any, session: Any) -> None:
    await session.step(1.0)
    client = await connect()
    slow = await Raw(client).create(Priority=1)
    urgent = await Raw(client).create(Priority=200)
    await slow.monitor()
    await urgent.monitor()
    await asyncio.sleep(4 * FAST_MS / 1000.0)  # both are late
    assert (await slow.publish()).SubscriptionId == urgent.number


async def test_a_read_gives_the_part_the_encoding_and_the_times_asked_for(
    connect: Any, session: Any
) -> None:
    await session.step(1.0)
    client = await connect()
    wire = Raw(client)

    async def read(node: ua.NodeId, stamps: Any, part: str = "", encoding: str = "") -> Any:
        wanted = ua.ReadValueId(node, ua.AttributeIds.Value)
        wanted.IndexRange = part or None
        wanted.DataEncoding = ua.QualifiedName(encoding)
        answer = await wire.ask("Read", MaxAge=0.0, TimestampsToReturn=stamps, NodesToRead=[wanted])
        return answer.Results[0]

    zone = node_id("RFL.Zone8Temp")
    both = ua.TimestampsToReturn.Both
    names = ua.NodeId(ua.ObjectIds.Server_NamespaceArray)
    array = (await read(names, both)).Value.Value
    assert (await read(names, both, "1:2")).Value.Value == array[1:3]
    assert (await read(names, both, "2:1")).StatusCode.name == "BadIndexRangeInvalid"
    assert (await read(zone, both, "0:3")).StatusCode.name == "BadIndexRangeNoData"
    assert (await read(zone, both, "", "Default XML")).StatusCode.name == (
        "BadDataEncodingUnsupported"
    )
    plain = await read(zone, ua.TimestampsToReturn.Neither)
    assert (plain.SourceTimestamp, plain.ServerTimestamp) == (None, None)
    source = await read(zone, ua.TimestampsToReturn.Source)
    assert source.SourceTimestamp is not None
    assert source.ServerTimestamp is None
    aged = wire.ask("Read", MaxAge=-1.0, TimestampsToReturn=both, NodesToRead=[])
    assert await status_of(aged) == "BadMaxAgeInvalid"


async def test_ranges_are_cut_from_arrays_and_texts() -> None:
    assert parse("3") == [slice(3, 4)]
    assert parse("1:1") is None
    assert parse("a") is None
    assert parse("") is None
    text = ua.DataValue(ua.Variant(["abcd", "efgh", "ijkl"]))
    assert ranged(text, "0:1,1:2").Value.Value == ["bc", "fg"]
    assert ranged(ua.DataValue(ua.Variant("abcd")), "1:2").Value.Value == "bc"
    beyond = ranged(ua.DataValue(ua.Variant([1, 2])), "5")
    assert beyond.StatusCode.name == "BadIndexRangeNoData"

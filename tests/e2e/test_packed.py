"""Packed items and ordinary ones tell a client the same, value by value, on a shipped line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.subscriptions.subscription import LineSubscription
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LINE = "electronics/smt-v1"
Trigger, Band, Stamps = ua.DataChangeTrigger, ua.DeadbandType, ua.TimestampsToReturn
# name -> filter, sampling interval in ms, timestamps, only analog tags
WISHES: dict[str, tuple[Any, float, Any, bool]] = {
    "plain": (None, 0.0, Stamps.Both, False),
    "source time only": (None, 0.0, Stamps.Source, False),
    "without times": (None, -1.0, Stamps.Neither, False),
    "server time only": (None, 0.0, Stamps.Server, False),
    "every fifth second": (None, 5_000.0, Stamps.Both, False),
    "status": (ua.DataChangeFilter(Trigger.Status, Band.None_, 0.0), 0.0, Stamps.Both, False),
    "each sample": (
        ua.DataChangeFilter(Trigger.StatusValueTimestamp, Band.None_, 0.0),
        0.0,
        Stamps.Both,
        False,
    ),
    "absolute deadband": (
        ua.DataChangeFilter(Trigger.StatusValue, Band.Absolute, 0.5),
        0.0,
        Stamps.Both,
        False,
    ),
    "percent deadband": (
        ua.DataChangeFilter(Trigger.StatusValue, Band.Percent, 1.0),
        0.0,
        Stamps.Both,
        True,
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["clean", "nist"])
async def served(request: Any) -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session = Session(twin.load(LINE), 3, "stepped", dirt=request.param)
    session.run.advance(600.0)
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    yield session, adapter
    await session.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(served: tuple[Session, OpcUaAdapter]) -> AsyncIterator[Client]:
    async with Client(served[1].endpoints[0], timeout=60) as client:
        yield client


async def subscribed(client: Client, nodes: list[ua.NodeId], wish: Any, service: Any) -> Any:
    """A subscription on the nodes that publishes only when the test says so."""
    asked, interval, stamps, _analog = wish
    subscription = await client.create_subscription(60_000, None)
    number = subscription.subscription_id
    items = [
        ua.MonitoredItemCreateRequest(
            ua.ReadValueId(node, ua.AttributeIds.Value),
            ua.MonitoringMode.Reporting,
            ua.MonitoringParameters(handle, interval, asked, 1, True),
        )
        for handle, node in enumerate(nodes)
    ]
    params = ua.CreateMonitoredItemsParameters(number, stamps, items)
    results = await client.uaclient.create_monitored_items(params)
    assert all(one.StatusCode.is_good() for one in results)
    return service.subscriptions[number], results


def told(subscription: LineSubscription) -> list[tuple[Any, ...]]:
    """What the next message says, decoded from its bytes."""
    result = subscription._pop_publish_result()
    data = ua.ua_binary.struct_to_binary(result)
    message = ua.ua_binary.struct_from_binary(ua.PublishResult, ua.utils.Buffer(data))
    return [
        (
            item.ClientHandle,
            item.Value.Value.VariantType,
            item.Value.Value.Value,
            item.Value.StatusCode.value,
            item.Value.SourceTimestamp,
            item.Value.ServerTimestamp,
        )
        for one in message.NotificationMessage.NotificationData
        for item in one.MonitoredItems
    ]


@pytest.mark.parametrize("name", WISHES)
async def test_packed_items_tell_what_ordinary_ones_tell(
    served: Any, client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, adapter = served
    wish = WISHES[name]
    space = adapter._space
    kinds = [tag.kind for tag in session.shown.tags.values()]
    nodes = [
        node for node, row in space.tags.items() if not wish[3] or kinds[row] in ("float", "int")
    ][:400]
    service = adapter.core.subscription_service
    packed, revised = await subscribed(client, nodes, wish, service)
    made = LineSubscription.__init__

    def unpacked(self: Any, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        self.items.packs = False

    monkeypatch.setattr(LineSubscription, "__init__", unpacked)
    ordinary, same = await subscribed(client, nodes, wish, service)
    assert len(packed.items.packed) == len(nodes)
    assert not len(ordinary.items.packed)
    assert [one.RevisedSamplingInterval for one in revised] == [
        one.RevisedSamplingInterval for one in same
    ]
    heard = 0
    for seconds in (0.0, 1.0, 1.0, 3.0, 0.5, 7.0, 60.0):
        if seconds:
            await session.step(seconds)
        ours, theirs = told(packed), told(ordinary)
        assert ours == theirs
        heard += len(ours)
    assert heard >= len(nodes)
    await client.uaclient.delete_subscriptions(
        [packed.data.SubscriptionId, ordinary.data.SubscriptionId]
    )
    assert not adapter._hub.packed
    assert not adapter._hub.listeners.any()
    assert not adapter._hub.eager.any()


async def test_forced_and_unreachable_tags_are_told_alike(served: Any, client: Client) -> None:
    _session, adapter = served
    nodes = list(adapter._space.tags)[:200]
    service = adapter.core.subscription_service
    packed, _ = await subscribed(client, nodes, WISHES["plain"], service)
    packed_items = packed.items
    ordinary, _ = await subscribed(client, nodes, WISHES["plain"], service)
    for number in list(ordinary.items.packed.places):
        row = int(ordinary.items.packed.items["row"][ordinary.items.packed.places[number]])
        asked = ua.MonitoringParameters(int(number), 0.0, None, 1, True)
        monitored = ua.ReadValueId(adapter._hub.variables[row].nodeid, ua.AttributeIds.Value)
        handle = int(ordinary.items.packed.held(number)[0]["handle"])
        asked.ClientHandle = handle
        ordinary.items._unpack(number, row, 2, monitored, asked, 15, 1)
    assert len(packed_items.packed) == len(ordinary.items._monitored_items) == len(nodes)
    assert told(packed) == told(ordinary)
    rows = list(range(0, 100))
    seen = set()
    for code in (ua.StatusCodes.BadCommunicationError, ua.StatusCodes.UncertainInitialValue):
        adapter.store.force("test", rows, ua.StatusCode(code))
        await adapter.retell(rows)
        ours, theirs = told(packed), told(ordinary)
        assert ours == theirs
        seen |= {one[3] for one in ours}
        await adapter.retell(adapter.store.release("test"))
        assert told(packed) == told(ordinary)
    assert {ua.StatusCodes.BadCommunicationError, ua.StatusCodes.UncertainInitialValue} <= seen
    await client.uaclient.delete_subscriptions(
        [packed.data.SubscriptionId, ordinary.data.SubscriptionId]
    )

"""Diagnostics over TCP: what the server counts is what clients did."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary

from opcua_server import OpcUaAdapter
from opcua_server.hardening.limits import OPERATIONS, PUBLISHED
from tests.unit.opcua_server.test_server import node_id, status_of
from tests.unit.opcua_server.test_subscriptions import KEYS, Raw, values

pytestmark = pytest.mark.asyncio(loop_scope="module")

IDS = ua.ObjectIds
OWN = "Server_ServerDiagnostics_"
SUMMARY = getattr(IDS, f"{OWN}ServerDiagnosticsSummary")
SESSIONS = getattr(IDS, f"{OWN}SessionsDiagnosticsSummary_SessionDiagnosticsArray")
SECURITY = getattr(IDS, f"{OWN}SessionsDiagnosticsSummary_SessionSecurityDiagnosticsArray")
SUBSCRIPTIONS = getattr(IDS, f"{OWN}SubscriptionDiagnosticsArray")
SERVER = ua.NodeId(IDS.Server)


async def read(client: Any, number: int) -> Any:
    return await client.get_node(ua.NodeId(number)).read_value()


async def call(client: Any, method: int, *arguments: Any) -> Any:
    request = ua.CallMethodRequest(SERVER, ua.NodeId(method), list(arguments))
    return (await client.uaclient.call([request]))[0]


def number(value: int) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.UInt32)


async def test_the_summary_counts_sessions_subscriptions_and_refusals(
    connect: Any, adapter: OpcUaAdapter
) -> None:
    client = await connect()
    before = await read(client, SUMMARY)
    other = await connect("olga")
    await Raw(other).create()
    wrong = ua.CreateMonitoredItemsRequest()
    wrong.Parameters.SubscriptionId = 4711
    refused = client.uaclient.protocol.send_request(wrong)
    assert await status_of(refused) == "BadSubscriptionIdInvalid"
    now = await read(client, SUMMARY)
    assert now.CurrentSessionCount == before.CurrentSessionCount + 1
    assert now.CumulatedSessionCount == before.CumulatedSessionCount + 1
    assert now.CurrentSubscriptionCount == before.CurrentSubscriptionCount + 1
    assert now.CumulatedSubscriptionCount == before.CumulatedSubscriptionCount + 1
    assert now.RejectedRequestsCount == before.RejectedRequestsCount + 1
    assert now.SecurityRejectedRequestsCount == before.SecurityRejectedRequestsCount
    one = getattr(IDS, f"{OWN}ServerDiagnosticsSummary_CurrentSessionCount")
    assert await read(client, one) == now.CurrentSessionCount


async def test_a_refused_login_and_a_lost_connection_are_told_apart(
    connect: Any, adapter: OpcUaAdapter
) -> None:
    client = await connect("ines")
    before = await read(client, SUMMARY)
    from asyncua import Client

    stranger = Client(adapter.endpoints[0])
    stranger.set_user("olga")
    stranger.set_password("guess")
    assert await status_of(stranger.connect()) == "BadUserAccessDenied"
    lost = Client(adapter.endpoints[0])
    await lost.connect()
    lost.uaclient.protocol.transport.abort()
    polite = Client(adapter.endpoints[0])
    await polite.connect()
    await polite.disconnect()
    async with asyncio.timeout(5.0):
        while (now := await read(client, SUMMARY)).SessionAbortCount == before.SessionAbortCount:
            await asyncio.sleep(0.02)
    assert now.SessionAbortCount == before.SessionAbortCount + 1
    assert now.RejectedSessionCount == before.RejectedSessionCount + 1
    assert now.SecurityRejectedSessionCount == before.SecurityRejectedSessionCount + 1
    assert now.SessionTimeoutCount == before.SessionTimeoutCount
    await asyncio.gather(lost.disconnect(), return_exceptions=True)


async def test_a_watched_summary_is_told_when_it_changes(connect: Any) -> None:
    client = await connect()
    raw = await Raw(client).create()
    wanted = ua.ReadValueId(ua.NodeId(SUMMARY), ua.AttributeIds.Value)
    items = [
        ua.MonitoredItemCreateRequest(
            wanted, ua.MonitoringMode.Reporting, ua.MonitoringParameters(1, 0.0, None, 10, True)
        )
    ]
    await raw.ask("CreateMonitoredItems", SubscriptionId=raw.number,
                  TimestampsToReturn=ua.TimestampsToReturn.Both, ItemsToCreate=items)  # fmt: skip
    (first,) = await raw.heard()
    await connect()
    async with asyncio.timeout(5.0):
        ((_handle, now, _status), *_more) = await raw.heard()
        while now.CurrentSessionCount <= first[1].CurrentSessionCount:
            ((_handle, now, _status), *_more) = await raw.heard()
    assert now.CurrentSessionCount == first[1].CurrentSessionCount + 1


async def test_a_session_sees_its_own_requests_and_an_instructor_all(connect: Any) -> None:
    observer, instructor = await connect(), await connect("ines")
    for _ in range(3):
        await observer.get_node(node_id("RFL.Zone8Temp")).read_browse_name()
    await status_of(observer.get_node(node_id("RFL.BeltSpeed")).write_value(90.0))
    (mine,) = await read(observer, SESSIONS)
    assert mine.SessionName.startswith(observer.name)
    assert mine.ClientDescription.ApplicationUri == observer.application_uri
    assert (mine.ReadCount.TotalCount, mine.ReadCount.ErrorCount) == (3, 0)
    assert mine.WriteCount.TotalCount == 1
    assert mine.TotalRequestCount.TotalCount == 6  # with CreateSession and ActivateSession
    assert mine.ClientConnectionTime <= mine.ClientLastContactTime
    everybody = await read(instructor, SESSIONS)
    assert {mine.SessionId} < {one.SessionId for one in everybody}


async def test_who_is_who_is_told_to_an_instructor_only(connect: Any) -> None:
    observer, instructor = await connect("olga"), await connect("ines")
    (own,) = await read(observer, SECURITY)
    assert (own.ClientUserIdOfSession, own.ClientUserIdHistory) == ("olga", ["olga"])
    assert (own.AuthenticationMechanism, own.WireEncoding) == ("UserName", "UA Binary")
    assert own.SecurityPolicyUri.endswith("#None")
    told = await read(instructor, SECURITY)
    assert {"olga", "ines"} <= {one.ClientUserIdOfSession for one in told}
    raw = await Raw(observer).create()
    item = ua.MonitoredItemCreateRequest(
        ua.ReadValueId(ua.NodeId(SECURITY), ua.AttributeIds.Value), ua.MonitoringMode.Reporting
    )
    answer = await raw.ask("CreateMonitoredItems", SubscriptionId=raw.number, ItemsToCreate=[item],
                           TimestampsToReturn=ua.TimestampsToReturn.Both)  # fmt: skip
    assert answer.Results[0].StatusCode.name == "BadUserAccessDenied"


async def test_a_subscription_tells_what_became_of_it(connect: Any, session: Any) -> None:
    await session.step(1.0)
    client = await connect()
    raw = await Raw(client).create(most=100, Priority=7)
    items = await raw.monitor()
    await raw.publish()
    await raw.ask("SetMonitoringMode", SubscriptionId=raw.number,
                  MonitoringMode=ua.MonitoringMode.Disabled,
                  MonitoredItemIds=[items[0].MonitoredItemId])  # fmt: skip
    await raw.ask("SetPublishingMode", SubscriptionIds=[raw.number], PublishingEnabled=False)
    await raw.ask("Republish", SubscriptionId=raw.number, RetransmitSequenceNumber=1)
    (told,) = await read(client, SUBSCRIPTIONS)
    assert (told.SubscriptionId, told.Priority) == (raw.number, 7)
    assert told.MaxNotificationsPerPublish == 100
    assert (told.MonitoredItemCount, told.DisabledMonitoredItemCount) == (len(KEYS), 1)
    assert told.DataChangeNotificationsCount == told.NotificationsCount == len(KEYS)
    assert (told.PublishRequestCount, told.DisableCount, told.EnableCount) == (1, 1, 0)
    assert (told.RepublishRequestCount, told.RepublishMessageCount) == (1, 1)
    assert (told.UnacknowledgedMessageCount, told.NextSequenceNumber) == (1, 2)
    assert not told.PublishingEnabled
    assert await read(await connect(), SUBSCRIPTIONS) == []


async def test_a_client_asks_for_its_items_and_for_all_values_again(
    connect: Any, session: Any
) -> None:
    await session.step(1.0)
    client = await connect()
    raw = await Raw(client).create()
    packed = await raw.monitor()
    queued = await raw.monitor(("RFL.Zone8Temp",), size=5)
    ids = [one.MonitoredItemId for one in (*packed, *queued)]
    told = await call(client, IDS.Server_GetMonitoredItems, number(raw.number))
    assert [one.Value for one in told.OutputArguments] == [ids, [*range(len(KEYS)), 0]]
    first = sorted(values(await raw.publish()))
    assert len(first) == len(ids)
    again = await call(client, IDS.Server_ResendData, number(raw.number))
    assert again.StatusCode.is_good()
    assert sorted(await raw.heard()) == first


@pytest.mark.parametrize("method", ["GetMonitoredItems", "ResendData"])
async def test_what_is_asked_wrongly_is_refused(connect: Any, method: str) -> None:
    client, other = await connect(), await connect()
    raw = await Raw(other).create()
    which = getattr(IDS, f"Server_{method}")
    for arguments, status in (
        ((), "BadArgumentsMissing"),
        ((number(raw.number), number(1)), "BadTooManyArguments"),
        ((ua.Variant("1", ua.VariantType.String),), "BadInvalidArgument"),
        ((ua.Variant([1], ua.VariantType.UInt32),), "BadInvalidArgument"),
        ((number(999_999),), "BadSubscriptionIdInvalid"),
        ((number(raw.number),), "BadUserAccessDenied"),
    ):
        assert (await call(client, which, *arguments)).StatusCode.name == status


async def test_no_subscription_is_durable_and_that_is_told(connect: Any) -> None:
    client = await connect("ines")
    node = client.get_node(ua.NodeId(IDS.Server_SetSubscriptionDurable))
    assert (await node.read_attribute(ua.AttributeIds.Executable)).Value.Value is False
    result = await call(client, IDS.Server_SetSubscriptionDurable, number(1), number(1))
    assert result.StatusCode.name == "BadNotExecutable"


# operation limit -> a request with that many operations
def _limited(subscription: int) -> dict[str, Any]:
    node = ua.NodeId(IDS.Server)

    def filled(kind: str, field: str, operation: Any, **more: Any) -> Any:
        def make(count: int) -> Any:
            request = getattr(ua, f"{kind}Request")()
            target = request.Parameters
            for name, value in {field: [operation] * count, **more}.items():
                setattr(target, name, value)
            return request

        return make

    one = ua.DataValue(ua.Variant(1.0))
    stamps = ua.TimestampsToReturn.Both
    history = ua.HistoryReadValueId(node)
    own = {"SubscriptionId": subscription}
    path = ua.BrowsePath(node, ua.RelativePath([]))
    item = ua.MonitoredItemCreateRequest(ua.ReadValueId(node, ua.AttributeIds.BrowseName))
    change = ua.MonitoredItemModifyRequest(1, ua.MonitoringParameters())
    return {
        "MaxNodesPerRead": [filled("Read", "NodesToRead",
                                   ua.ReadValueId(node, ua.AttributeIds.NodeClass))],
        "MaxNodesPerWrite": [filled("Write", "NodesToWrite", ua.WriteValue(node, 13, None, one))],
        "MaxNodesPerMethodCall": [
            filled("Call", "MethodsToCall", ua.CallMethodRequest(node, node))],
        "MaxNodesPerBrowse": [filled("Browse", "NodesToBrowse", ua.BrowseDescription(node)),
                              filled("BrowseNext", "ContinuationPoints", b"")],
        "MaxNodesPerRegisterNodes": [filled("RegisterNodes", "NodesToRegister", node),
                                     filled("UnregisterNodes", "NodesToUnregister", node)],
        "MaxNodesPerTranslateBrowsePathsToNodeIds": [
            filled("TranslateBrowsePathsToNodeIds", "BrowsePaths", path)],
        "MaxMonitoredItemsPerCall": [
            filled("CreateMonitoredItems", "ItemsToCreate", item, TimestampsToReturn=stamps, **own),
            filled("ModifyMonitoredItems", "ItemsToModify", change, TimestampsToReturn=stamps,
                   **own),
            filled("SetMonitoringMode", "MonitoredItemIds", 1, **own),
            filled("DeleteMonitoredItems", "MonitoredItemIds", 1, **own)],
        "MaxNodesPerHistoryReadData": [
            filled("HistoryRead", "NodesToRead", history, TimestampsToReturn=stamps,
                   HistoryReadDetails=ua.ReadRawModifiedDetails())],
        "MaxNodesPerHistoryReadEvents": [
            filled("HistoryRead", "NodesToRead", history, TimestampsToReturn=stamps,
                   HistoryReadDetails=ua.ReadEventDetails())],
    }  # fmt: skip


async def test_every_operation_limit_told_is_enforced_at_one_more(connect: Any) -> None:
    client = await connect("ines")
    raw = await Raw(client).create()
    requests = _limited(raw.number)
    folder = client.get_node(ua.NodeId(IDS.Server_ServerCapabilities_OperationLimits))
    told = {}
    for child in await folder.get_children():
        told[(await child.read_browse_name()).Name] = await child.read_value()
    assert set(told) == set(requests)  # what is not told is not served at all
    for name, limit in told.items():
        assert 0 < limit <= OPERATIONS
        for make in requests[name]:
            answer = await client.uaclient.protocol.send_request(make(1))
            assert answer is not None
            more = client.uaclient.protocol.send_request(make(limit + 1))
            assert await status_of(more) == "BadTooManyOperations", name


async def test_a_path_without_elements_leads_nowhere_and_the_others_on(connect: Any) -> None:
    client = await connect()
    start = ua.NodeId(IDS.ObjectsFolder)
    named = ua.RelativePathElement(
        ua.NodeId(IDS.HierarchicalReferences), False, True, ua.QualifiedName("Server")
    )
    paths = [ua.BrowsePath(start, ua.RelativePath(elements)) for elements in ([], [named])]
    empty, full = await client.uaclient.translate_browsepaths_to_nodeids(paths)
    assert empty.StatusCode.name == "BadNothingToDo"
    assert full.Targets[0].TargetId == SERVER


async def test_a_registered_node_is_itself(connect: Any) -> None:
    client = await connect()
    request = ua.RegisterNodesRequest()
    request.Parameters.NodesToRegister = [node_id("RFL.BeltSpeed")]
    data = await client.uaclient.protocol.send_request(request)
    answer = struct_from_binary(ua.RegisterNodesResponse, data)
    assert answer.Parameters.RegisteredNodeIds == [node_id("RFL.BeltSpeed")]


async def test_capabilities_told_are_those_there_are(connect: Any) -> None:
    client = await connect()
    folder = client.get_node(ua.NodeId(IDS.Server_ServerCapabilities))
    for child in await folder.get_properties():
        name = (await child.read_browse_name()).Name
        value = await child.read_value()
        assert value is not None, name
        if name.startswith("Max"):
            assert value == PUBLISHED[name], name

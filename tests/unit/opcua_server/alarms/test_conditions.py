"""Alarms of a line as a client sees them: events, acknowledging, shelving, refresh, history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from twin.alarms import Book, alarm_states
from twin.serve.session import Session

pytestmark = pytest.mark.asyncio(loop_scope="module")
IDS = ua.ObjectIds
ALARMS = IDS.AlarmConditionType
LINE = "electronics/smt-v1"


class Listener:
    """Keeps the events it hears."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def event_notification(self, event: Any) -> None:
        self.heard.append(event)

    async def more(self, count: int) -> list[Any]:
        """The events after the first `count`, once there are some and no more come."""
        for _ in range(100):
            await asyncio.sleep(0.05)
            if len(self.heard) > count:
                break
        await asyncio.sleep(0.15)
        return self.heard[count:]


class Stage:
    """A line that has run for four hours with a client listening at its Server object."""

    session: Session
    adapter: OpcUaAdapter
    client: Client
    listener: Listener
    sub: Any

    def node(self, name: str) -> Any:
        return self.client.get_node(f"ns=2;s={name}")

    async def value(self, alarm: str, path: str) -> Any:
        steps = [f"0:{name}" for name in path.split("/")]
        return await (await self.node(alarm).get_child(steps)).read_value()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    one = Stage()
    one.session = Session(twin.load(LINE), seed=1, clock="stepped")
    one.adapter = OpcUaAdapter(port=0, anonymous_role="engineer")
    await one.session.start(one.adapter)
    async with Client(one.adapter.endpoints[0]) as one.client:
        one.listener = Listener()
        one.sub = await one.client.create_subscription(50, one.listener)
        await one.sub.subscribe_alarms_and_conditions(evtypes=ALARMS)
        await one.session.step(4 * 3600.0)
        await one.listener.more(0)
        yield one
    await one.session.stop()


def last_of(stage: Stage, why: str) -> Any:
    return [event for event in stage.listener.heard if event.Message.Text.endswith(why)][-1]


async def test_every_coming_and_going_is_an_event_at_its_time(stage: Stage) -> None:
    changes = stage.session.alarms.changes
    heard = stage.listener.heard[: len(changes)]
    assert len(changes) > 50
    rows = list(stage.session.line.alarms.values())
    expected = [(rows[one.alarm].id, one.active, stage.session.wall(one.t)) for one in changes]
    told = [(one.ConditionName, bool(one.__dict__["ActiveState/Id"]), one.Time) for one in heard]
    assert told == expected
    assert len({one.EventId for one in heard}) == len(heard)


async def test_every_alarm_is_a_condition_of_the_right_type(stage: Stage) -> None:
    kinds = {
        "Failed": IDS.OffNormalAlarmType,
        "Level": IDS.ExclusiveLevelAlarmType,
        "Deviation": IDS.ExclusiveDeviationAlarmType,
    }
    for alarm in stage.session.line.alarms.values():
        failed = type(alarm.when).__name__ == "Failed"
        deviates = not failed and bool(alarm.when.of)
        kind = "Failed" if failed else "Deviation" if deviates else "Level"
        node = stage.node(f"{alarm.station}.Alarms.{alarm.id}")
        assert await node.read_type_definition() == ua.NodeId(kinds[kind]), alarm.key
        if not failed and alarm.when.high is not None:
            limit = await (await node.get_child("0:HighLimit")).read_value()
            assert limit == alarm.when.high


async def test_stations_and_line_tell_events_and_name_their_conditions(stage: Stage) -> None:
    station = stage.node("RFL")
    found = await station.get_references(IDS.HasCondition, ua.BrowseDirection.Forward)
    own = [one for one in stage.session.line.alarms.values() if one.station == "RFL"]
    assert len(found) == len(own)
    notifiers = await stage.client.nodes.server.get_references(IDS.HasNotifier)
    assert [one.NodeId.Identifier for one in notifiers] == [LINE]
    for node in (stage.client.nodes.server, stage.node(LINE), station):
        attribute = await node.read_attribute(ua.AttributeIds.EventNotifier)
        assert attribute.Value.Value == 5


async def test_a_client_may_listen_at_one_station(stage: Stage) -> None:
    listener = Listener()
    sub = await stage.client.create_subscription(50, listener)
    await sub.subscribe_alarms_and_conditions(stage.node("RFL"), evtypes=ALARMS)
    await stage.session.step(2 * 3600.0)
    everywhere = await stage.listener.more(len(stage.session.alarms.changes) - 1)
    await listener.more(0)
    assert all(event.SourceName == "RFL" for event in listener.heard)
    assert len(listener.heard) < len(stage.listener.heard)
    assert everywhere is not None
    await sub.delete()


async def test_acknowledge_and_confirm_change_the_condition_once(stage: Stage) -> None:
    event = last_of(stage, "back to normal")
    condition = stage.client.get_node(event.NodeId)
    path = str(event.NodeId.Identifier)
    said = ua.LocalizedText("jam cleared", "en")
    count = len(stage.listener.heard)
    await condition.call_method("0:Acknowledge", event.EventId, said)
    (told,) = await stage.listener.more(count)
    assert (told.Message.Text.split(": ")[-1], told.Comment.Text) == ("acknowledged", "jam cleared")
    assert told.Retain is True
    assert await stage.value(path, "AckedState/Id") is True
    assert await stage.value(path, "ConfirmedState/Id") is False
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await condition.call_method("0:Acknowledge", told.EventId, said)
    assert refused.value.code == ua.StatusCodes.BadConditionBranchAlreadyAcked
    await condition.call_method("0:Confirm", told.EventId, ua.LocalizedText("", "en"))
    (told,) = (await stage.listener.more(count + 1))[-1:]
    assert told.Retain is False
    assert told.Comment.Text == "jam cleared"  # an empty comment keeps the one before
    command = stage.session.trace.journal[-2]
    assert (command.kind, command.text, command.by) == ("acknowledge", "jam cleared", "anonymous")


async def test_an_event_id_must_be_of_this_condition(stage: Stage) -> None:
    event = last_of(stage, "back to normal")
    others = [one for one in stage.listener.heard if one.NodeId != event.NodeId]
    for wrong in (b"", b"x" * 16, others[0].EventId):
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await stage.client.get_node(event.NodeId).call_method(
                "0:AddComment", wrong, ua.LocalizedText("hm", "en")
            )
        assert refused.value.code == ua.StatusCodes.BadEventIdUnknown


async def test_the_method_of_the_type_may_be_called_on_the_instance(stage: Stage) -> None:
    event = stage.listener.heard[-1]
    count = len(stage.listener.heard)
    await stage.client.get_node(event.NodeId).call_method(
        ua.NodeId(IDS.ConditionType_AddComment), event.EventId, ua.LocalizedText("seen", "en")
    )
    (told,) = await stage.listener.more(count)
    assert told.Comment.Text == "seen"


async def test_shelving_ends_by_itself(stage: Stage) -> None:
    name = "RFL.Alarms.Zone8Deviation"
    shelving = await stage.node(name).get_child("0:ShelvingState")
    state = await shelving.get_child(["0:CurrentState", "0:Id"])
    ten_minutes = ua.Variant(600_000.0, ua.VariantType.Double)
    await shelving.call_method("0:TimedShelve", ten_minutes)
    assert await state.read_value() == ua.NodeId(IDS.ShelvedStateMachineType_TimedShelved)
    assert await stage.value(name, "SuppressedOrShelved") is True
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await shelving.call_method("0:TimedShelve", ten_minutes)
    assert refused.value.code == ua.StatusCodes.BadConditionAlreadyShelved
    await stage.session.step(601.0)
    assert await state.read_value() == ua.NodeId(IDS.ShelvedStateMachineType_Unshelved)
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await shelving.call_method("0:Unshelve")
    assert refused.value.code == ua.StatusCodes.BadConditionNotShelved
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await shelving.call_method("0:TimedShelve", ua.Variant(-1.0, ua.VariantType.Double))
    assert refused.value.code == ua.StatusCodes.BadShelvingTimeOutOfRange


async def test_a_disabled_condition_says_nothing_and_takes_nothing(stage: Stage) -> None:
    event = last_of(stage, "back to normal")
    condition = stage.client.get_node(event.NodeId)
    await condition.call_method("0:Disable")
    for method, code in (
        ("0:Disable", ua.StatusCodes.BadConditionDisabled),
        ("0:Acknowledge", ua.StatusCodes.BadConditionDisabled),
    ):
        arguments = [event.EventId, ua.LocalizedText("", "en")] if "Ack" in method else []
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await condition.call_method(method, *arguments)
        assert refused.value.code in (code, ua.StatusCodes.BadConditionAlreadyDisabled), method
    assert await stage.value(str(event.NodeId.Identifier), "Retain") is False
    await condition.call_method("0:Enable")
    assert await stage.value(str(event.NodeId.Identifier), "EnabledState/Id") is True


async def test_a_refresh_tells_what_is_retained_between_its_two_marks(stage: Stage) -> None:
    listener = Listener()
    sub = await stage.client.create_subscription(50, listener)
    await sub.subscribe_alarms_and_conditions(evtypes=ALARMS)
    kind = stage.client.get_node(IDS.ConditionType)
    number = ua.Variant(sub.subscription_id, ua.VariantType.UInt32)
    await kind.call_method("0:ConditionRefresh", number)
    told = await listener.more(1)
    start, *between, end = listener.heard
    assert start.EventType == ua.NodeId(IDS.RefreshStartEventType)
    assert end.EventType == ua.NodeId(IDS.RefreshEndEventType)
    retained = [one for one in stage.session.alarms.standing if one.retained]
    assert len(between) == len(retained) > 0
    assert all(event.Retain for event in between)
    assert told
    foreign = ua.Variant(987654, ua.VariantType.UInt32)
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await kind.call_method("0:ConditionRefresh", foreign)
    assert refused.value.code == ua.StatusCodes.BadSubscriptionIdInvalid
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await kind.call_method("0:ConditionRefresh2", number, foreign)
    assert refused.value.code == ua.StatusCodes.BadMonitoredItemIdInvalid
    await sub.delete()


async def test_the_history_of_events_is_what_was_told(stage: Stage) -> None:
    start, end = stage.session.started_at, stage.session.wall(stage.session.now + 1.0)
    past = await stage.client.nodes.server.read_event_history(start, end, 0, ALARMS)
    heard = [one.EventId for one in stage.listener.heard]
    assert [one.EventId for one in past] == heard
    back = await stage.client.nodes.server.read_event_history(end, start, 0, ALARMS)
    assert [one.EventId for one in back] == heard[::-1]
    station = stage.node("PNP2")
    own = await station.read_event_history(start, end, 0, ALARMS)
    assert 0 < len(own) < len(past)
    assert {one.SourceName for one in own} == {"PNP2"}


async def test_event_history_comes_in_pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opcua_server.alarms.history.PAGE", 7)
    start, end = stage.session.started_at, stage.session.wall(stage.session.now + 1.0)
    details = ua.ReadEventDetails(
        0, start, end, ua.EventFilter([clause("EventId")], ua.ContentFilter())
    )
    point, found = None, []
    while True:
        wanted = ua.HistoryReadValueId(ua.NodeId(IDS.Server), ContinuationPoint=point)
        params = ua.HistoryReadParameters(details, ua.TimestampsToReturn.Both, False, [wanted])
        (answer,) = await stage.client.uaclient.history_read(params)
        answer.StatusCode.check()
        page = answer.HistoryData.Events
        assert len(page) <= 7
        found += [row.EventFields[0].Value for row in page]
        point = answer.ContinuationPoint
        if not point:
            break
    assert found == [one.EventId for one in stage.listener.heard]


def clause(name: str) -> ua.SimpleAttributeOperand:
    return ua.SimpleAttributeOperand(
        ua.NodeId(IDS.BaseEventType), [ua.QualifiedName(name)], ua.AttributeIds.Value
    )


async def test_an_unusable_filter_is_refused(stage: Stage) -> None:
    bad = ua.ContentFilterElement(ua.FilterOperator.InView, [ua.LiteralOperand(ua.Variant(1))])
    wanted = ua.EventFilter([clause("EventId")], ua.ContentFilter([bad]))
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await stage.sub.subscribe_events(stage.client.nodes.server, evfilter=wanted)
    assert refused.value.code == ua.StatusCodes.BadEventFilterInvalid


async def test_the_states_replay_from_the_journal(stage: Stage) -> None:
    again = twin.run(
        stage.session.line, stage.session.now, seed=1, journal=stage.session.trace.journal
    )
    book = Book(again)
    book.follow()
    assert book.records == stage.session.alarms.records
    assert alarm_states(again.line, book.changes, again.journal, again.now)


async def test_only_an_operator_acknowledges() -> None:
    session = Session(twin.load("chemical/cstr-v1"), seed=1, clock="stepped")
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        async with Client(adapter.endpoints[0]) as client:
            alarm = next(iter(session.line.alarms.values()))
            node = client.get_node(f"ns=2;s={alarm.station}.Alarms.{alarm.id}")
            with pytest.raises(ua.UaStatusCodeError) as refused:
                await node.call_method("0:Acknowledge", b"x", ua.LocalizedText("", "en"))
            assert refused.value.code == ua.StatusCodes.BadUserAccessDenied
    finally:
        await session.stop()

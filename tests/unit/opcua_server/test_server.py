"""The server over real TCP with asyncua's client, over a stand-in session."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asyncua import Client, ua

from opcua_server import OpcUaAdapter
from opcua_server.hardening.limits import BROWSE_POINTS
from tests.unit.opcua_server.standin import STARTED, StandInSession, make_line, tag
from twin.errors import PortInUse

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "test/line-v1"


def node_id(text: str) -> ua.NodeId:
    return ua.NodeId(text, 2)


async def status_of(awaitable: Any) -> str:
    """Name of the StatusCode a request ends with."""
    try:
        await awaitable
    except ua.UaStatusCodeError as error:
        return type(error).__name__
    return "Good"


async def call(client: Client, owner: str, method: str, *arguments: Any) -> Any:
    return await client.get_node(node_id(owner)).call_method(
        node_id(f"{owner}.{method}()"), *arguments
    )


async def test_the_namespace_is_the_lines_own_and_always_the_second(connect: Any) -> None:
    client = await connect()
    names = await client.get_namespace_array()
    assert names[2] == f"urn:twin:line:{LINE}"


async def test_the_server_says_what_it_can_do(connect: Any) -> None:
    client = await connect()

    async def shown(name: str) -> Any:
        return await client.get_node(ua.NodeId(getattr(ua.ObjectIds, name))).read_value()

    assert await shown("Server_ServerCapabilities_LocaleIdArray") == ["en", "ko"]
    assert await shown("HistoryServerCapabilities_AccessHistoryDataCapability") is True
    assert await shown("Server_ServerCapabilities_MaxBrowseContinuationPoints") == BROWSE_POINTS
    assert await shown("HistoryServerCapabilities_MaxReturnDataValues") == 10_000
    status = await shown("Server_ServerStatus")
    assert status.State == ua.ServerState.Running
    assert status.CurrentTime >= status.StartTime


async def test_a_client_browses_from_objects_to_line_station_and_tag(connect: Any) -> None:
    client = await connect()
    path = [f"2:{LINE}", "2:RFL", "2:Zone8Temp"]
    found = await client.nodes.objects.get_child(path)
    assert found.nodeid == node_id("RFL.Zone8Temp")
    line = client.get_node(node_id(LINE))
    assert (await line.get_child("2:Finished")).nodeid == node_id("Line.Finished")


async def test_a_measured_tag_shows_unit_range_and_history(connect: Any) -> None:
    client = await connect()
    node = client.get_node(node_id("RFL.Zone8Temp"))
    kind = await node.read_type_definition()
    assert kind == ua.NodeId(ua.ObjectIds.AnalogUnitRangeType)
    unit = await (await node.get_child("0:EngineeringUnits")).read_value()
    limits = await (await node.get_child("0:EURange")).read_value()
    assert (unit.DisplayName.Text, unit.UnitId) == ("°C", 4408652)
    assert (limits.Low, limits.High) == (0.0, 300.0)
    access = await node.get_access_level()
    assert access == {ua.AccessLevel.CurrentRead, ua.AccessLevel.HistoryRead}
    assert (await node.read_attribute(ua.AttributeIds.Historizing)).Value.Value
    interval = await node.read_attribute(ua.AttributeIds.MinimumSamplingInterval)
    assert interval.Value.Value == 500.0


async def test_an_enum_tag_shows_its_labels(connect: Any, session: StandInSession) -> None:
    await session.step(4)
    client = await connect()
    node = client.get_node(node_id("RFL.State"))
    assert await node.read_type_definition() == ua.NodeId(ua.ObjectIds.MultiStateDiscreteType)
    labels = await (await node.get_child("0:EnumStrings")).read_value()
    assert [label.Text for label in labels][3] == "WORKING"
    assert (await node.read_data_value()).Value.VariantType == ua.VariantType.UInt32


async def test_names_are_korean_for_a_client_that_asks(adapter: OpcUaAdapter) -> None:
    client = Client(adapter.endpoints[0])
    client._locale = ["ko-KR", "en"]
    async with client:
        station = client.get_node(node_id("RFL"))
        assert (await station.read_display_name()).Text == "리플로 오븐"
        line = client.get_node(node_id(LINE))
        shown = {r.DisplayName.Text for r in await line.get_references()}
        assert "리플로 오븐" in shown


async def test_a_read_gives_value_and_simulated_time(connect: Any, session: StandInSession) -> None:
    await session.step(10.2)
    client = await connect()
    wanted = ua.ReadValueId(node_id("RFL.Zone8Temp"), ua.AttributeIds.Value)
    both = ua.TimestampsToReturn.Both
    (value,) = await client.uaclient.read(ua.ReadParameters(0.0, both, [wanted]))
    assert value.Value.Value == 2020.0
    assert value.SourceTimestamp == STARTED + timedelta(seconds=10)
    assert value.ServerTimestamp is not None


async def test_a_tag_waits_for_its_first_value() -> None:
    adapter = OpcUaAdapter(port=0)
    await adapter.start(StandInSession())
    try:
        async with Client(adapter.endpoints[0]) as client:
            value = client.get_node(node_id("RFL.Zone8Temp")).read_data_value()
            assert await status_of(value) == "BadWaitingForInitialData"
    finally:
        await adapter.stop()


class Heard:
    def __init__(self) -> None:
        self.values: list[tuple[str, Any]] = []
        self.times: list[Any] = []

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        self.values.append((node.nodeid.Identifier, value))
        self.times.append(data.monitored_item.Value.SourceTimestamp)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                await asyncio.sleep(0.02)


async def test_a_subscriber_hears_changes_and_only_changes(
    connect: Any, session: StandInSession
) -> None:
    session.forced["RFL.BeltSpeed"] = 85.0
    await session.step(1.1)
    client = await connect()
    heard = Heard()
    subscription = await client.create_subscription(50, heard)
    names = ("RFL.Zone8Temp", "RFL.BeltSpeed")
    await subscription.subscribe_data_change([client.get_node(node_id(name)) for name in names])
    await heard.until(lambda: len(heard.values) == 2)
    for _ in range(3):
        await session.step(1)
        count = len(heard.values)
        await heard.until(lambda count=count: len(heard.values) > count)
    assert heard.values[2:] == [("RFL.Zone8Temp", 2000.0 + k) for k in (4, 6, 8)]
    assert heard.times[-1] == STARTED + timedelta(seconds=4)
    await subscription.delete()


async def test_a_slow_drift_passes_a_deadband_in_the_end(
    connect: Any, session: StandInSession
) -> None:
    await session.step(1.1)
    client = await connect()
    heard = Heard()
    subscription = await client.create_subscription(20, heard)
    absolute = ua.DeadbandType.Absolute
    node = client.get_node(node_id("RFL.Zone8Temp"))
    await subscription.deadband_monitor(node, 3.0, absolute)
    await heard.until(lambda: len(heard.values) == 1)
    for _ in range(4):
        await session.step(1)  # two degrees each
        await asyncio.sleep(0.06)
    await heard.until(lambda: len(heard.values) >= 3)
    assert [value for _, value in heard.values] == [2002.0, 2006.0, 2010.0]


async def test_a_deadband_in_percent_of_the_range_works(
    connect: Any, session: StandInSession
) -> None:
    await session.step(1.1)
    client = await connect()
    heard = Heard()
    subscription = await client.create_subscription(20, heard)
    node = client.get_node(node_id("RFL.Zone8Temp"))
    await subscription.deadband_monitor(node, 1.0, ua.DeadbandType.Percent)  # of 300 degrees
    await heard.until(lambda: len(heard.values) == 1)
    await session.step(1)
    await session.step(1)
    await heard.until(lambda: len(heard.values) == 2)
    assert heard.values[-1][1] == 2006.0


async def test_a_filter_that_cannot_be_honoured_is_refused(connect: Any) -> None:
    client = await connect()
    subscription = await client.create_subscription(50, None)
    state = client.get_node(node_id("RFL.State"))
    for kind, value in ((ua.DeadbandType.Percent, 5.0), (9, 1.0)):
        wanted = subscription.deadband_monitor(state, value, kind)
        assert await status_of(wanted) == "BadDeadbandFilterInvalid"


async def test_history_is_there_from_the_first_second(
    connect: Any, session: StandInSession
) -> None:
    await session.step(3600)
    client = await connect()
    node = client.get_node(node_id("RFL.Zone8Temp"))
    rows = await node.read_raw_history(STARTED, STARTED + timedelta(hours=2), return_bounds=False)
    assert [row.Value.Value for row in rows] == [2000.0 + k for k in range(7200)]


async def test_history_pages_join_over_the_wire(connect: Any, session: StandInSession) -> None:
    await session.step(6000)
    client = await connect()
    node = client.get_node(node_id("RFL.Zone8Temp"))
    rows = await node.read_raw_history(STARTED, STARTED + timedelta(hours=2), return_bounds=False)
    assert len(rows) == 12_000
    assert rows[-1].Value.Value == 2000.0 + 11_999


async def test_an_operator_writes_a_set_point(connect: Any, session: StandInSession) -> None:
    client = await connect("olga")
    node = client.get_node(node_id("RFL.BeltSpeed"))
    await node.write_value(90.0)
    (command,) = session.commands
    assert (command.kind, command.target, command.value) == ("set", "RFL.BeltSpeed", 90.0)
    assert (command.role, command.source) == ("operator", "opcua")
    await session.step(1)
    assert await node.read_value() == 90.0


WRONG_WRITES = (
    ("", "RFL.BeltSpeed", 90.0, "BadUserAccessDenied"),
    ("olga", "RFL.BeltSpeed", 500.0, "BadOutOfRange"),
    ("olga", "RFL.BeltSpeed", float("nan"), "BadOutOfRange"),
    ("olga", "RFL.BeltSpeed", "fast", "BadTypeMismatch"),
    ("olga", "RFL.BeltSpeed", [90.0, 91.0], "BadTypeMismatch"),
    ("ines", "RFL.Zone8Temp", 90.0, "BadNotWritable"),
    ("ines", LINE, 90.0, "BadNotWritable"),
    ("ines", "RFL.NoSuchTag", 90.0, "BadNodeIdUnknown"),
)


async def test_a_wrong_write_is_refused_with_its_reason(
    connect: Any, session: StandInSession
) -> None:
    clients = {user: await connect(user) for user in ("", "olga", "ines")}
    for user, name, value, status in WRONG_WRITES:
        write = clients[user].get_node(node_id(name)).write_value(ua.Variant(value))
        assert await status_of(write) == status, (user, name, value)
    assert session.commands == []


async def test_a_write_to_an_element_is_not_taken_for_a_whole_write(
    connect: Any, session: StandInSession
) -> None:
    client = await connect("olga")
    value = ua.WriteValue(node_id("RFL.BeltSpeed"), ua.AttributeIds.Value, "0:1")
    value.Value = ua.DataValue(90.0)
    (status,) = await client.uaclient.write(ua.WriteParameters([value]))
    assert status.name == "BadWriteNotSupported"
    assert session.commands == []


async def test_the_reason_of_a_refusal_can_be_read(connect: Any) -> None:
    client = await connect("olga")
    await status_of(client.get_node(node_id("RFL.BeltSpeed")).write_value(500.0))
    told = await client.get_node(node_id("LastRejection")).read_value()
    assert "50 to 120 cm/min, not 500" in told


async def test_rights_shown_are_the_rights_had(connect: Any) -> None:
    writes = ua.AccessLevel.CurrentWrite
    for user, may_write, may_inject in (("", 0, 0), ("olga", 1, 0), ("ines", 1, 1)):
        client = await connect(user)
        level = await client.get_node(node_id("RFL.BeltSpeed")).get_user_access_level()
        assert (writes in level) == may_write
        method = client.get_node(node_id(f"{LINE}.InjectFault()"))
        shown = await method.read_attribute(ua.AttributeIds.UserExecutable)
        assert shown.Value.Value == may_inject


async def test_methods_become_commands(connect: Any, session: StandInSession) -> None:
    client = await connect("olga")
    await call(client, LINE, "Stop")
    await call(client, "RFL", "Start")
    await call(client, "RFL", "Reset")
    assert [(c.kind, c.target) for c in session.commands] == [
        ("stop", ""),
        ("start", "RFL"),
        ("reset", "RFL"),
    ]


async def test_an_instructor_injects_and_repairs_a_fault(
    connect: Any, session: StandInSession
) -> None:
    client = await connect("ines")
    await call(client, LINE, "InjectFault", "E-Z8")
    await call(client, LINE, "InjectFault", "E-Z8", 0.5)
    await call(client, LINE, "RepairFault", "E-Z8")
    found = [(c.kind, c.target, c.value, c.role) for c in session.commands]
    assert found == [
        ("fault", "E-Z8", 1.0, "instructor"),
        ("fault", "E-Z8", 0.5, "instructor"),
        ("repair", "E-Z8", None, "instructor"),
    ]


WRONG_CALLS = (
    ("", "Stop", (), "BadUserAccessDenied"),
    ("olga", "InjectFault", ("E-Z8",), "BadUserAccessDenied"),
    ("ines", "InjectFault", ("E-NONE",), "BadInvalidArgument"),
    ("ines", "InjectFault", ("E-Z8", -1.0), "BadOutOfRange"),
    ("ines", "InjectFault", ("E-Z8", float("nan")), "BadOutOfRange"),
    ("ines", "InjectFault", (), "BadArgumentsMissing"),
    ("ines", "InjectFault", ("E-Z8", 1.0, 2.0), "BadTooManyArguments"),
    ("ines", "InjectFault", (8.0,), "BadInvalidArgument"),
    ("ines", "Advance", (0.0,), "BadOutOfRange"),
)


async def test_a_wrong_call_is_refused(connect: Any, session: StandInSession) -> None:
    clients = {user: await connect(user) for user in ("", "olga", "ines")}
    for user, method, arguments, status in WRONG_CALLS:
        found = await status_of(call(clients[user], LINE, method, *arguments))
        assert found == status, (user, method, arguments)
    assert session.commands == []


async def test_a_refusal_by_the_simulation_is_an_invalid_state(
    connect: Any, session: StandInSession
) -> None:
    session.refuse = "the oven is down"
    client = await connect("olga")
    assert await status_of(call(client, "RFL", "Start")) == "BadInvalidState"
    assert "the oven is down" in await client.get_node(node_id("LastRejection")).read_value()


async def test_a_method_belongs_to_its_own_object(connect: Any) -> None:
    client = await connect("olga")
    printer = client.get_node(node_id("PRN"))
    assert await status_of(printer.call_method(node_id("RFL.Stop()"))) == "BadMethodInvalid"


async def test_a_client_advances_time_in_the_stepped_clock(
    connect: Any, session: StandInSession
) -> None:
    client = await connect("olga")
    assert await call(client, LINE, "Advance", 12.5) == 12.5
    assert session.now == 12.5


async def test_there_is_no_advance_in_the_paced_clock() -> None:
    adapter = OpcUaAdapter(port=0)
    await adapter.start(StandInSession(clock="paced"))
    try:
        async with Client(adapter.endpoints[0]) as client:
            method = client.get_node(node_id(f"{LINE}.Advance()"))
            assert await status_of(method.read_browse_name()) == "BadNodeIdUnknown"
    finally:
        await adapter.stop()


async def test_a_taken_port_is_told_with_what_to_do(session: StandInSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"{port}.*--opcua-port") as caught:
            await OpcUaAdapter(port=port).start(session)
    assert caught.value.fields["port"] == port


async def test_the_port_is_free_again_after_a_stop(session: StandInSession) -> None:
    first = OpcUaAdapter(port=0)
    await first.start(session)
    port = first.port
    await first.stop()
    assert first.endpoints == []
    second = OpcUaAdapter(port=port)
    await second.start(StandInSession())
    await second.stop()


async def test_ten_thousand_tags_are_built_and_read() -> None:
    many = tuple(tag(f"M{i // 100:02d}", f"T{i % 100:02d}", "°C") for i in range(10_000))
    session = StandInSession(line=make_line(many))
    adapter = OpcUaAdapter(port=0)
    await adapter.start(session)
    session.adapter = adapter
    try:
        await session.step(1.5)
        async with Client(adapter.endpoints[0]) as client:
            nodes = [client.get_node(node_id(t.key)) for t in many]
            assert await client.read_values(nodes) == [1000.0 * i + 1 for i in range(10_000)]
    finally:
        await adapter.stop()

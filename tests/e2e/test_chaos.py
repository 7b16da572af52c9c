"""Each disturbance of the server, seen to happen by a real client over TCP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

import twin
from opcua_server import OpcUaAdapter, hash_password
from opcua_server.chaos.actions import ACTIONS
from opcua_server.chaos.plan import Step
from opcua_server.fleet import OpcUaFleet
from twin.serve.session import Session

pytestmark = pytest.mark.e2e

LINE = "electronics/smt-v1"
ZONE, BELT = "RFL.Zone8Temp", "RFL.BeltSpeed"
Codes = ua.StatusCodes
SEEN: set[str] = set()  # actions a client has seen happen in this module


def node_id(text: str, index: int = 2) -> ua.NodeId:
    return ua.NodeId(text, index)


@asynccontextmanager
async def serving(
    chaos: str = "none", until: float = 600.0, machines: bool = False, **named: Any
) -> AsyncIterator[tuple[Session, Any]]:
    session = Session(twin.load(LINE), 3, "stepped")
    session.run.advance(until)
    kind = OpcUaFleet if machines else OpcUaAdapter
    adapter: Any = kind(port=0, anonymous_role="operator", chaos=chaos, **named)
    await session.start(adapter)
    try:
        yield session, adapter
    finally:
        await session.stop()


@asynccontextmanager
async def connected(url: str, lost: bool = False) -> AsyncIterator[Client]:
    """A client; one whose connection is to be `lost` may fail to say goodbye."""
    client = Client(url, timeout=10, watchdog_intervall=60.0)  # else it gives up by itself
    await client.connect()
    try:
        yield client
    finally:
        if lost:
            with suppress(Exception):
                await client.disconnect()
        else:
            await client.disconnect()


class Listener:
    """Hears values with their status and times, and status changes of the subscription."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ua.DataValue]] = []
        self.statuses: list[ua.StatusCode] = []

    def datachange_notification(self, node: Any, _value: Any, data: Any) -> None:
        self.heard.append((node.nodeid.Identifier, data.monitored_item.Value))

    def status_change_notification(self, status: Any) -> None:
        self.statuses.append(getattr(status, "Status", status))

    def of(self, name: str) -> list[ua.DataValue]:
        return [value for heard, value in self.heard if heard == name]


async def listen(client: Client, *names: str, queue: int = 100) -> Listener:
    listener = Listener()
    subscription = await client.create_subscription(50, listener)
    nodes = [client.get_node(node_id(name)) for name in names]
    await subscription.subscribe_data_change(nodes, queuesize=queue)
    await until(lambda: {name for name, _ in listener.heard} == set(names))
    return listener


async def until(condition: Callable[[], bool], within: float = 15.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.02)


async def eventually(ask: Callable[[], Awaitable[Any]], within: float = 20.0) -> Any:
    """The first answer without an error."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await ask()
            except Exception:  # noqa: BLE001 - any error means: not yet
                await asyncio.sleep(0.1)


async def breaks_off(client: Client) -> None:
    """Wait until a client's reads fail, with whatever error it makes of a lost connection."""

    async def read_on() -> None:
        while True:
            await client.get_node(node_id(ZONE)).read_value()
            await asyncio.sleep(0.02)

    with pytest.raises((OSError, ua.uaerrors.UaError)):
        await asyncio.wait_for(read_on(), 10)


def do(adapter: Any, action: str, **named: Any) -> Step:
    """Let a disturbance begin; its row in the log is what later asserts look at."""
    SEEN.add(action)
    step = Step(0.0, action, **({"value": ACTIONS[action].default} | named))
    adapter.chaos.trigger(step)
    return step


def logged(adapter: Any, action: str, phase: str = "begin") -> list[dict[str, Any]]:
    rows = adapter.chaos.rows[1:]
    return [row for row in rows if (row["action"], row["phase"]) == (action, phase)]


async def test_a_closed_session_is_told_and_the_next_request_is_refused() -> None:
    async with serving() as (_session, adapter), connected(adapter.endpoints[0], True) as client:
        await listen(client, ZONE)
        do(adapter, "close-sessions")
        await until(lambda: bool(logged(adapter, "close-sessions")))
        with pytest.raises(ua.uaerrors.BadSessionIdInvalid):
            await client.get_node(node_id(ZONE)).read_value()
        (row,) = logged(adapter, "close-sessions")
        assert row["hit"][0].startswith("anonymous (operator) at 127.0.0.1:")


async def test_waiting_publish_requests_of_a_closed_session_are_answered() -> None:
    async with serving() as (_session, adapter), connected(adapter.endpoints[0], True) as client:
        await client.uaclient.create_subscription(
            ua.CreateSubscriptionParameters(60_000.0, 1000, 1000, 0, True, 0), lambda _result: None
        )
        # the first is taken by the first keep-alive, the second waits
        waiting = [asyncio.create_task(client.uaclient.publish([])) for _number in range(3)]
        await asyncio.sleep(0.3)
        do(adapter, "close-sessions")
        answers = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 10)
        assert any(isinstance(one, ua.uaerrors.BadSessionClosed) for one in answers), answers


async def test_a_reset_connection_breaks_off_and_a_new_one_is_taken() -> None:
    async with serving() as (_session, adapter):
        async with connected(adapter.endpoints[0], True) as client:
            do(adapter, "close-connections")
            await breaks_off(client)
        async with connected(adapter.endpoints[0]) as client:
            assert await client.get_node(node_id(ZONE)).read_value() > 20.0


async def test_only_the_share_of_clients_that_was_drawn_is_hit() -> None:
    async with serving() as (_session, adapter):
        url = adapter.endpoints[0]
        async with connected(url) as first, connected(url, True) as second:
            do(adapter, "close-sessions", share=0.5, pick=0.6)
            await until(lambda: bool(logged(adapter, "close-sessions")))
            assert await first.get_node(node_id(ZONE)).read_value() > 20.0
            with pytest.raises(ua.uaerrors.BadSessionIdInvalid):
                await second.get_node(node_id(ZONE)).read_value()


async def test_a_dropped_subscription_says_so_and_is_gone() -> None:
    async with serving() as (session, adapter), connected(adapter.endpoints[0]) as client:
        listener = await listen(client, "Line.Finished", ZONE)
        do(adapter, "drop-subscriptions")
        await until(lambda: bool(listener.statuses))
        assert listener.statuses[0].value == Codes.BadTimeout
        count = len(listener.heard)
        await session.step(60.0)
        await asyncio.sleep(0.3)
        assert len(listener.heard) == count
        assert await client.get_node(node_id(ZONE)).read_value() > 20.0  # the session lives on


async def test_delayed_publishes_come_all_together_afterwards() -> None:
    async with serving() as (session, adapter), connected(adapter.endpoints[0]) as client:
        listener = await listen(client, ZONE)
        do(adapter, "delay-publishes", seconds=6.0)
        await until(lambda: bool(logged(adapter, "delay-publishes")))
        await asyncio.sleep(0.2)
        count = len(listener.heard)
        for _number in range(5):
            await session.step(2.0)
            await asyncio.sleep(0.1)
        held = len(listener.heard) == count
        assert not logged(adapter, "delay-publishes", "end"), "this machine is too slow to tell"
        assert held, "something left while publishing was held back"
        await until(lambda: len(listener.heard) >= count + 4, 30.0)
        stamps = [value.SourceTimestamp for value in listener.of(ZONE)]
        assert stamps == sorted(stamps)


async def test_slow_answers_take_longer_by_the_value_then_no_longer() -> None:
    async with serving() as (_session, adapter), connected(adapter.endpoints[0]) as client:
        node = client.get_node(node_id(ZONE))
        do(adapter, "slow-answers", seconds=3.0, value=1.0)
        await until(lambda: bool(logged(adapter, "slow-answers")))
        began = time.monotonic()
        await node.read_value()
        assert time.monotonic() - began >= 1.0
        await until(lambda: bool(logged(adapter, "slow-answers", "end")))
        began = time.monotonic()
        for _number in range(3):
            await node.read_value()
        assert time.monotonic() - began < 3.0


async def test_refused_connections_are_reset_while_others_stay() -> None:
    async with serving() as (_session, adapter), connected(adapter.endpoints[0]) as client:
        do(adapter, "refuse-connections", seconds=3.0)
        await until(lambda: bool(logged(adapter, "refuse-connections")))
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever a client makes of a reset
            async with asyncio.timeout(0.8), connected(adapter.endpoints[0], True):
                pass
        assert await client.get_node(node_id(ZONE)).read_value() > 20.0
        await until(lambda: bool(logged(adapter, "refuse-connections", "end")))
        async with connected(adapter.endpoints[0]) as another:
            assert await another.get_node(node_id(ZONE)).read_value() > 20.0


async def test_a_service_fails_with_the_status_asked_for_and_others_do_not() -> None:
    async with serving() as (_session, adapter), connected(adapter.endpoints[0], True) as client:
        do(adapter, "service-faults", target="Read", seconds=3.0, value="BadServerTooBusy")
        await until(lambda: bool(logged(adapter, "service-faults")))
        with pytest.raises(ua.uaerrors.BadServerTooBusy):
            await client.get_node(node_id(ZONE)).read_value()
        assert await client.get_node(node_id(LINE)).get_children()
        await until(lambda: bool(logged(adapter, "service-faults", "end")))
        async with connected(adapter.endpoints[0]) as another:  # the first may have given up
            assert await another.get_node(node_id(ZONE)).read_value() > 20.0


async def test_a_script_by_simulated_time_makes_bursts_at_their_right_times(
    tmp_path: Path,
) -> None:
    script = tmp_path / "bursts.yaml"
    script.write_text(
        "chaos: 1\nclock: simulated\nsteps:\n"
        f"  - {{at: 610s, do: bad-values, to: {ZONE}, for: 5s, value: BadSensorFailure}}\n"
        "  - {at: 620s, do: uncertain-values, to: RFL, for: 5s}\n"
    )
    SEEN.update(("bad-values", "uncertain-values"))
    async with (
        serving(str(script)) as (session, adapter),
        connected(adapter.endpoints[0]) as client,
    ):
        listener = await listen(client, ZONE, BELT, queue=100)
        node = client.get_node(node_id(ZONE))
        for _number in range(30):
            await session.step(1.0)
        await until(lambda: listener.of(ZONE)[-1].SourceTimestamp >= session.wall(628.0))

        def at(value: ua.DataValue) -> float:
            return (value.SourceTimestamp - session.started_at).total_seconds()

        bad = [at(one) for one in listener.of(ZONE) if one.StatusCode.is_bad()]
        soft = [one for one in listener.of(ZONE) if one.StatusCode.is_uncertain()]
        assert {one.StatusCode.value for one in listener.of(ZONE) if one.StatusCode.is_bad()} == {
            Codes.BadSensorFailure
        }
        assert 609.0 <= min(bad) <= max(bad) < 615.0
        assert {one.StatusCode.value for one in soft} == {Codes.UncertainLastUsableValue}
        assert 619.0 <= min(map(at, soft)) <= max(map(at, soft)) < 625.0
        assert all(one.Value.Value is not None for one in soft)
        assert not any(one.StatusCode.is_bad() for one in listener.of(BELT))
        assert any(one.StatusCode.is_uncertain() for one in listener.of(BELT))
        # history tells what the sensor showed: chaos is the server's, not the line's
        past = await node.read_raw_history(session.wall(605.0), session.wall(627.0))
        assert past
        assert all(one.StatusCode.is_good() for one in past)


async def test_a_jumped_clock_shows_in_stamps_and_current_time_and_comes_back() -> None:
    async with serving() as (session, adapter), connected(adapter.endpoints[0]) as client:
        node = client.get_node(node_id(ZONE))
        clock = client.get_node(ua.ObjectIds.Server_ServerStatus_CurrentTime)
        do(adapter, "jump-clock", seconds=20.0, value=3600.0)
        await until(lambda: bool(logged(adapter, "jump-clock")))
        await session.step(5.0)
        wanted = ua.ReadValueId(node.nodeid, ua.AttributeIds.Value)
        both = ua.TimestampsToReturn.Both
        (value,) = await client.uaclient.read(ua.ReadParameters(0.0, both, [wanted]))
        off = value.SourceTimestamp - session.wall(session.now)
        assert timedelta(seconds=3598) < off <= timedelta(seconds=3600)
        assert value.ServerTimestamp - datetime.now(UTC) > timedelta(seconds=3500)

        async def told() -> None:
            assert await clock.read_value() - datetime.now(UTC) > timedelta(seconds=3500)

        await eventually(told)
        await session.step(20.0)
        assert logged(adapter, "jump-clock", "end")
        await session.step(1.0)
        value = await node.read_data_value()
        assert abs(value.SourceTimestamp - session.wall(session.now)) <= timedelta(seconds=1)


async def test_after_a_restart_a_client_finds_the_same_line_at_the_same_address() -> None:
    async with serving() as (session, adapter):
        url = adapter.endpoints[0]
        async with connected(url, True) as client:
            before = await client.get_node(node_id(ZONE)).read_data_value()
            do(adapter, "restart", seconds=0.5)
            await breaks_off(client)
        await session.step(30.0)  # the line goes on meanwhile

        async def ask() -> ua.DataValue:
            async with connected(url) as client:
                return await client.get_node(node_id(ZONE)).read_data_value()

        after = await eventually(ask)
        assert after.SourceTimestamp - before.SourceTimestamp == timedelta(seconds=30)
        assert adapter.endpoints == [url]
        await until(lambda: bool(logged(adapter, "restart", "end")))


async def test_a_namespace_index_shifts_over_a_restart_and_the_uri_still_leads_to_it() -> None:
    async with serving() as (_session, adapter):
        url = adapter.endpoints[0]
        uri = f"urn:twin:line:{LINE}"
        async with connected(url, True) as client:
            assert await client.get_namespace_index(uri) == 2
            others = (await client.get_namespace_array())[3:]
            do(adapter, "shift-namespaces", seconds=0.2)
            await until(lambda: bool(logged(adapter, "shift-namespaces", "end")))

        async def ask() -> tuple[int, list[str]]:
            async with connected(url) as client:
                index = await client.get_namespace_index(uri)
                assert await client.get_node(node_id(ZONE, index)).read_value() > 20.0
                with pytest.raises(ua.uaerrors.BadNodeIdUnknown):
                    await client.get_node(node_id(ZONE)).read_value()
                return index, (await client.get_namespace_array())[3:]

        index, now = await eventually(ask)
        assert index > 2
        assert now[: len(others)] == others, "companion namespaces keep their index"


async def test_a_restarted_server_can_have_another_certificate(tmp_path: Path) -> None:
    async with serving(pki=tmp_path) as (_session, adapter):
        url = adapter.endpoints[0]
        own = (tmp_path / "own" / "server.der").read_bytes()
        before = await Client(url).connect_and_get_server_endpoints()
        assert before[0].ServerCertificate == own
        do(adapter, "change-certificate", seconds=0.2)
        await until(lambda: bool(logged(adapter, "change-certificate", "end")), 30.0)
        after = await eventually(lambda: Client(url).connect_and_get_server_endpoints())
        assert after[0].ServerCertificate != own
        assert (tmp_path / "own" / "server.der").read_bytes() == own, "the user's own is kept"
        assert after[0].ServerCertificate == (tmp_path / "own" / "chaos-server.der").read_bytes()
        assert after[0].Server.ApplicationUri == before[0].Server.ApplicationUri
        assert SecurityPolicyBasic256Sha256.URI in {one.SecurityPolicyUri for one in after}


async def test_chaos_by_simulated_time_repeats_and_leaves_the_truth_alone(tmp_path: Path) -> None:
    digests, logs = [], []
    for chaos in ("hostile", "hostile", ""):
        async with serving(chaos, until=1.0) as (session, adapter):
            for _number in range(30):
                await session.step(60.0)
            digests.append(session.trace.digest)
            if chaos:
                await until(lambda found=adapter: not found.chaos._busy.locked())
                adapter.keep(tmp_path)
                text = (tmp_path / "chaos.jsonl").read_text()
                logs.append([json.loads(row) for row in text.splitlines()])
    assert len(set(digests)) == 1
    first, second = (
        [(row["t"], row["action"], row["target"], row["seconds"], row["value"])
         for row in log[1:] if row["phase"] == "begin"]
        for log in logs
    )  # fmt: skip
    assert first == second
    assert len(first) > 30
    assert {row["chaos"] for row in logs[0][:1]} == {1}
    assert not [row for row in logs[0] if row.get("problem")]


async def test_an_instructor_triggers_by_a_method_and_nobody_else() -> None:
    users: Any = {"ines": (hash_password("instructor-pw"), "instructor")}
    async with serving(users=users, until=60.0) as (_session, adapter):
        url = adapter.endpoints[0]
        arguments = ("service-faults", "Browse", 3.0, "BadServerHalted")
        async with connected(url) as client:
            line = client.get_node(node_id(LINE))
            with pytest.raises(ua.uaerrors.BadUserAccessDenied):
                await line.call_method("2:TriggerChaos", *arguments)
        client = Client(url)
        client.set_user("ines")
        client.set_password("instructor-pw")
        async with client:
            line = client.get_node(node_id(LINE))
            with pytest.raises(ua.uaerrors.BadInvalidArgument):
                await line.call_method("2:TriggerChaos", "explode", "", 0.5, "")
            reason = await client.get_node(node_id("LastRejection")).read_value()
            assert "close-sessions | close-connections" in reason
            await line.call_method("2:TriggerChaos", *arguments)
            await until(lambda: bool(logged(adapter, "service-faults")))
            with pytest.raises(ua.uaerrors.BadServerHalted):
                await line.get_children()
        (row,) = logged(adapter, "service-faults")
        assert (row["seconds"], row["value"], row["hit"]) == (3.0, "BadServerHalted", ["Browse"])


async def test_one_machine_of_a_fleet_is_disturbed_and_the_others_are_not() -> None:
    async with serving(machines=True) as (_session, adapter):
        oven, printer = adapter.endpoint_of["RFL"], adapter.endpoint_of["PRN"]
        async with connected(oven, True) as one, connected(printer) as other:
            do(adapter, "close-sessions", target="RFL")
            await until(lambda: bool(logged(adapter, "close-sessions")))
            with pytest.raises(ua.uaerrors.BadSessionIdInvalid):
                await one.get_node(node_id(ZONE)).read_value()
            await other.get_node(node_id("PRN.State")).read_value()
        (row,) = logged(adapter, "close-sessions")
        assert row["hit"][0].startswith("RFL: ")


async def test_a_fleets_line_still_names_its_machines_after_a_restart() -> None:
    async with serving(machines=True) as (session, adapter):
        do(adapter, "restart", target="Line", seconds=0.2)
        await until(lambda: bool(logged(adapter, "restart", "end")), 30.0)
        found = await eventually(lambda: Client(adapter.endpoints[0]).connect_and_find_servers())
        assert len(found) == 1 + len(session.line.stations)
        async with connected(adapter.endpoint_of["RFL"]) as client:
            assert await client.get_node(node_id(ZONE)).read_value() > 20.0


def test_a_client_has_seen_every_action_of_the_table() -> None:
    assert set(ACTIONS) == SEEN

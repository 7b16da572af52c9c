"""The shaft line as machines of OPC 40001-1 and OPC 40501-1, found and read over TCP.

What a client reads is compared with the trace by rules written down here once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC
from math import isclose
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from tests.e2e.spec_client import (
    BLOCKS,
    COUNTERS,
    DI,
    IA,
    ITEM_STATE,
    LIFETIMES,
    MACHINE_TOOL,
    MACHINE_TOOL_TYPE,
    MACHINERY,
    MODE,
    PADIM,
    PNEM,
    PROCESS_VALUES,
    SpecClient,
)
from twin.metrics import tally
from twin.serve.session import Session
from twin.trace.journal import Command
from twin.trace.tables import State
from twin.trace.trace import Trace

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

LINE = "machine-parts/shaft-v1"
OWN = f"urn:twin:line:{LINE}"
HOUR = 3600.0
PROGRAM_STATES = 15  # NodeId of ProductionProgramStateMachineType
NORMAL, FAILURE, CHECK_FUNCTION = 0, 1, 2  # DeviceHealthEnumeration
# OPC 40001-1, 12.2 and 13.2, and OPC 40501-1, C.2.3, read for the states of a station
EXPECTED = {
    State.STOPPED: ("NotAvailable", "None"),
    State.IDLE: ("NotExecuting", "None"),
    State.STARVED: ("NotExecuting", "Processing"),
    State.WORKING: ("Executing", "Processing"),
    State.BLOCKED: ("NotExecuting", "Processing"),
    State.DOWN: ("OutOfService", "Processing"),
    State.SETUP: ("Executing", "Setup"),
    State.HELD: ("NotExecuting", "Processing"),
    State.MAINTENANCE: ("OutOfService", "Maintenance"),
    State.LOADING: ("NotExecuting", "Processing"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[tuple[Session, OpcUaAdapter]]:
    session = Session(twin.load(LINE), seed=3, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await session.start(adapter)
    await session.step(HOUR)
    yield session, adapter
    await session.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def spec(served: tuple[Session, OpcUaAdapter]) -> AsyncIterator[SpecClient]:
    async with Client(served[1].endpoints[0]) as client:
        yield await SpecClient.of(client)


@pytest.fixture
def session(served: tuple[Session, OpcUaAdapter]) -> Session:
    return served[0]


def rows(trace: Trace, station: str, until: float) -> tuple[Any, Any, Any]:
    """Beginnings, ends and states of a station's stretches of [0, until), from the log itself."""
    mine = (trace.log.place == trace.line.place(station)) & (trace.log.t <= until)
    begin = trace.log.t[mine]
    return begin, np.append(begin[1:], until), trace.log.state[mine]


def state_at(trace: Trace, station: str, t: float) -> State:
    begin, _end, state = rows(trace, station, t)
    return State(int(state[-1])) if len(begin) else State.IDLE


def spent(trace: Trace, station: str, until: float, states: set[State]) -> float:
    begin, end, state = rows(trace, station, until)
    return float((end - begin)[np.isin(state, list(states))].sum())


def last_look(session: Session) -> float:
    """When the control of a machine looked at itself last: once a second."""
    return float(np.floor(np.nextafter(session.now, 0.0)))


async def stop_by_itself(session: Session, station: str) -> None:
    """Let a slack chuck stop a lathe."""
    await inject(session, "fault", f"M-CHUCK:{station}")
    for _ in range(200):
        await session.step(60.0)
        if state_at(session.trace, station, last_look(session)) == State.DOWN:
            break
    await inject(session, "repair", f"M-CHUCK:{station}")


async def inject(session: Session, kind: Any, fault: str) -> None:
    command = Command(kind, fault, 1.0 if kind == "fault" else None, role="instructor")
    assert (await session.submit(command)).ok


async def test_every_station_and_the_line_is_a_machine(spec: SpecClient, session: Session) -> None:
    found = {machine.name for machine in await spec.machines()}
    assert found == {session.line.id, *(station.id for station in session.line.stations)}


async def test_each_machine_has_a_nameplate_of_its_own(spec: SpecClient) -> None:
    serials, uris = set(), set()
    machines = await spec.machines()
    for machine in machines:
        plate = await spec.at(machine.node, (DI, "Identification"))
        assert "simulated" in (await spec.read(plate, (DI, "Manufacturer"))).Text
        serials.add(await spec.read(plate, (DI, "SerialNumber")))
        uris.add(await spec.read(plate, (DI, "ProductInstanceUri")))
        assert 2000 < await spec.read(plate, (MACHINERY, "YearOfConstruction")) < 2026
        assert (await spec.at(machine.node, BLOCKS, (DI, "Identification"))) == plate
    assert len(serials) == len(uris) == len(machines)


async def test_state_mode_and_counters_agree_with_the_trace(
    spec: SpecClient, session: Session
) -> None:
    stations = [station.id for station in session.line.stations]
    seen: set[State] = set()
    nodes = {name: await spec.machine(name) for name in stations}
    for hours in (0.7, 0.7, 0.7, 0.7, 0.7, 0.0):
        if hours:
            await session.step(hours * HOUR)
        else:
            await stop_by_itself(session, "LTH1")
        t = last_look(session)
        for name, node in nodes.items():
            state = state_at(session.trace, name, t)
            seen.add(state)
            told = (await spec.state(node, ITEM_STATE), await spec.state(node, MODE))
            assert told == EXPECTED[state], f"{name} at {t}: {state.name}"
            counters = await spec.at(node, BLOCKS, COUNTERS)
            power = await spec.read(counters, (DI, "PowerOnDuration"))
            busy = await spec.read(counters, (DI, "OperationDuration"))
            on = set(State) - {State.STOPPED}
            expected = spent(session.trace, name, t, on)
            assert isclose(power, 1000.0 * expected, abs_tol=1e-3)
            expected = spent(session.trace, name, t, {State.WORKING, State.SETUP})
            assert isclose(busy, 1000.0 * expected, abs_tol=1e-3)
            begun = int(np.count_nonzero(session.trace.index.starts(
                session.line.place(name)) <= t))  # fmt: skip
            assert await spec.read(counters, (DI, "OperationCycleCounter")) == begun
    assert {State.WORKING, State.STARVED, State.DOWN} <= seen


async def test_durations_are_the_key_figures_of_the_line(
    spec: SpecClient, session: Session
) -> None:
    """A machine's executing time is the working and set-up time that the KPIs are made of."""
    times = tally(session.trace).state_time
    for name in ("LTH1", "VMC", "SAW"):
        counters = await spec.at(await spec.machine(name), BLOCKS, COUNTERS)
        busy = await spec.read(counters, (DI, "OperationDuration")) / 1000.0
        mine = times[session.line.place(name)]
        # the State tag was looked at up to one second ago
        assert 0.0 <= mine[State.WORKING] + mine[State.SETUP] - busy <= 1.0
        assert busy > 1000.0


async def test_a_transition_leads_to_the_present_state(spec: SpecClient) -> None:
    checked = 0
    for machine in await spec.machines():
        block = await spec.find(machine.node, BLOCKS, ITEM_STATE)
        last = None if block is None else await spec.find(block, ("", "LastTransition"))
        if block is None or last is None:
            continue
        value = await last.read_data_value(raise_on_bad_status=False)
        if not value.StatusCode.is_good():
            continue
        way = spec.client.get_node(await spec.read(last, ("", "Id")))
        ends = await way.get_referenced_nodes(refs=ua.ObjectIds.ToState)
        assert ends[0].nodeid == await spec.read(block, ("", "CurrentState"), ("", "Id"))
        assert (await way.read_browse_name()).Name == value.Value.Value.Text
        checked += 1
    assert checked >= 8


class Heard:
    """What a subscription was told, by name."""

    def __init__(self) -> None:
        self.by_node: dict[str, list[str]] = {}

    def datachange_notification(self, node: Any, value: Any, _data: Any) -> None:
        self.by_node.setdefault(str(node.nodeid), []).append(value.Text)


async def test_every_change_of_state_is_told(spec: SpecClient, session: Session) -> None:
    names = ["LTH1", "LTH2", "VMC", "DBR", "GAG"]
    nodes = {
        name: await spec.at(await spec.machine(name), BLOCKS, ITEM_STATE, ("", "CurrentState"))
        for name in names
    }
    heard = Heard()
    subscription = await spec.client.create_subscription(20, heard)
    await subscription.subscribe_data_change(list(nodes.values()), queuesize=100)
    await asyncio.sleep(0.1)
    expected = {name: [EXPECTED[state_at(session.trace, name, session.now - 1)][0]]
                for name in names}  # fmt: skip
    for _ in range(200):
        await session.step(1.0)
        t = last_look(session)
        for name in names:
            item = EXPECTED[state_at(session.trace, name, t)][0]
            if item != expected[name][-1]:
                expected[name].append(item)
    await asyncio.sleep(0.5)
    told = {name: heard.by_node[str(node.nodeid)] for name, node in nodes.items()}
    assert told == expected
    assert sum(map(len, expected.values())) > 10
    await subscription.delete()


async def test_the_line_sums_its_stations_up(spec: SpecClient, session: Session) -> None:
    line = await spec.machine(session.line.id)
    items = [
        await spec.state(await spec.machine(station.id), ITEM_STATE)
        for station in session.line.stations
    ]
    assert "Executing" in items
    assert await spec.state(line, ITEM_STATE) == "Executing"
    parts = await (await spec.at(line, (MACHINERY, "Components"))).get_children()
    assert len(parts) == len(session.line.stations)


async def test_machine_tools_are_of_their_type(spec: SpecClient) -> None:
    kind = ua.NodeId(MACHINE_TOOL_TYPE, spec.index(MACHINE_TOOL))
    tools = {m.name for m in await spec.machines() if await m.node.read_type_definition() == kind}
    assert tools == {"LTH1", "LTH2", "VMC", "GRD"}


async def test_a_machine_tool_tells_mode_channel_spindle_and_program(
    spec: SpecClient, session: Session
) -> None:
    mt = MACHINE_TOOL
    lathe = await spec.machine("LTH1")
    lamps = await spec.at(lathe, (MACHINE_TOOL, "Monitoring"), (MACHINE_TOOL, "Stacklight"))
    running = 0
    for _ in range(8):
        await session.step(47.0)
        t = last_look(session)
        state = state_at(session.trace, "LTH1", t)
        monitoring = await spec.at(lathe, (mt, "Monitoring"))
        spindle = await spec.read(monitoring, (OWN, "Spindle"),
                                  (mt, "IsRotating"))  # fmt: skip
        channel = await spec.read(monitoring, (OWN, "Channel"),
                                  (mt, "ChannelState"))  # fmt: skip
        mode = await spec.read(monitoring, (mt, "MachineTool"), (mt, "OperationMode"))
        program = await spec.at(lathe, (mt, "Production"), (mt, "ActiveProgram"))
        name = await spec.read(program, (mt, "Name"))
        running_now = (await spec.read(program, (mt, "State"), ("", "CurrentState"))).Text
        rpm = session.sample("LTH1.Srpm", [t])[0, 0]
        assert spindle == (rpm > 30.0)
        assert (channel == 0) == (state == State.WORKING)
        assert (running_now == "Running") == (state == State.WORKING)
        assert mode == {State.SETUP: 2, State.MAINTENANCE: 4, State.STOPPED: 5}.get(state, 1)
        product = session.line.products[int(session.sample("LTH1.Product", [t])[0, 0]) - 1]
        assert name == f"{product} rev 1"
        running += state == State.WORKING
        for colour, lit in (("Green", state == State.WORKING), ("Red", state == State.DOWN)):
            assert await spec.read(lamps, (OWN, colour), (IA, "SignalOn")) == lit
    assert running


async def test_a_program_goes_only_the_ways_its_type_has(
    spec: SpecClient, session: Session
) -> None:
    """Second by second; a state of no length between two looks is the Ended one."""
    kind = spec.client.get_node(ua.NodeId(PROGRAM_STATES, spec.index(MACHINE_TOOL)))
    ways = set()
    for node in await kind.get_children(refs=ua.ObjectIds.HasComponent):
        ends = [await node.get_referenced_nodes(refs=way)
                for way in (ua.ObjectIds.FromState, ua.ObjectIds.ToState)]  # fmt: skip
        if (await node.read_type_definition()).Identifier == ua.ObjectIds.TransitionType:
            ways.add(tuple([(await end[0].read_browse_name()).Name for end in ends]))
    assert ("Running", "Interrupted") in ways
    mill = await spec.machine("VMC")
    program = await spec.at(mill, (MACHINE_TOOL, "Production"), (MACHINE_TOOL, "ActiveProgram"),
                            (MACHINE_TOOL, "State"), ("", "CurrentState"))  # fmt: skip
    before, seen = (await program.read_value()).Text, set()
    for _ in range(220):
        await session.step(1.0)
        state = (await program.read_value()).Text
        if state != before:
            through = (before, "Ended") in ways and ("Ended", state) in ways
            assert (before, state) in ways or through, f"{before} to {state}"
            seen.add(state)
        before = state
    assert {"Running", "Ended", "Initializing"} <= seen


async def test_blocks_of_a_machine_tool_are_shared_not_doubled(spec: SpecClient) -> None:
    lathe = await spec.machine("LTH1")
    for name in (ITEM_STATE, MODE, COUNTERS):
        block = await spec.at(lathe, BLOCKS, name)
        again = await spec.at(lathe, (MACHINE_TOOL, "Monitoring"), (MACHINE_TOOL, "MachineTool"),
                              name)  # fmt: skip
        assert block == again


async def test_tools_are_used_up_one_after_the_other(spec: SpecClient, session: Session) -> None:
    mt, own = MACHINE_TOOL, OWN
    tools = await spec.at(await spec.machine("LTH1"), (mt, "Equipment"), (mt, "Tools"))
    t = last_look(session)
    used, left = session.sample(["LTH1.ToolNo", "LTH1.ToolLifeMin"], [t])[:, 0]
    found = await tools.get_children(refs=ua.ObjectIds.HasComponent)
    assert len(found) == 8
    for node in found:
        number = await spec.read(node, (mt, "ControlIdentifier1"))
        life = await spec.at(node, (mt, "ToolLife"), (own, "Life"))
        whole = await spec.read(life, (mt, "StartValue"))
        expected = left if number == used else 0.0 if number < used else whole
        assert isclose(await life.read_value(), expected, abs_tol=1e-9)
        assert await spec.read(node, (mt, "Locked")) == (number < used)
        assert await spec.read(life, (mt, "Indication")) == 0  # time
    assert used > 1


async def test_prognoses_lie_ahead(spec: SpecClient, session: Session) -> None:
    mt = MACHINE_TOOL
    for name in ("LTH1", "VMC", "GRD"):
        listed = await spec.at(await spec.machine(name), (mt, "Notification"), (mt, "Prognoses"))
        found = await listed.get_children(refs=ua.ObjectIds.HasComponent)
        kinds = {await spec.type_name(node) for node in found}
        assert "MaintenancePrognosisType" in kinds
        assert ("ToolChangePrognosisType" in kinds) == (name != "GRD")
        for node in found:
            if await spec.find(node, (mt, "ToolIdentifier")) is not None:
                used = session.sample(f"{name}.ToolNo", [last_look(session)])[0, 0]
                assert await spec.read(node, (mt, "ToolIdentifier")) == f"{name}.Tool{used:.0f}"
            predicted = await spec.read(node, (mt, "PredictedTime"))
            assert predicted.replace(tzinfo=UTC) >= session.wall(session.now - 1.0)


async def test_lifetimes_count_what_the_control_counts(spec: SpecClient, session: Session) -> None:
    own = OWN
    t = last_look(session)
    for name, life, tag in (
        ("LTH1", "ToolLife", "ToolLifeMin"),
        ("SAW", "Blade", "BladeCuts"),
        ("GRD", "Wheel", "WheelDia"),
        ("DBR", "Brush", "BrushParts"),
    ):
        node = await spec.at(await spec.machine(name), BLOCKS, LIFETIMES, (own, life))
        assert await node.read_value() == session.sample(f"{name}.{tag}", [t])[0, 0]
        new = await spec.read(node, (DI, "StartValue"))
        spent_at = await spec.read(node, (DI, "LimitValue"))
        assert min(new, spent_at) <= await node.read_value() <= max(new, spent_at)


async def test_energy_is_the_meter_in_watts(spec: SpecClient, session: Session) -> None:
    await session.step(60.0)
    t = last_look(session)
    for station in session.line.stations:
        machine = await spec.machine(station.id)
        meters = await machine.get_referenced_nodes(
            refs=ua.NodeId(4004, spec.index(PNEM)), includesubtypes=False
        )
        kw, kwh = session.sample([f"{station.id}.Power", f"{station.id}.Energy"], [t])[:, 0]
        watts = await spec.read(meters[0], (PNEM, "AcActivePowerTotal"))
        assert isclose(watts, 1000.0 * kw, rel_tol=1e-6)
        imported = await spec.at(meters[0], (PNEM, "AcActiveEnergyTotalImportLp"))
        assert isclose(await imported.read_value(), 1000.0 * kwh, rel_tol=1e-6)
        assert await spec.read(imported, (PNEM, "PeMeasurementID")) == 200
        assert (await spec.read(imported, ("", "EngineeringUnits"))).UnitId == 5720146  # Wh


async def test_a_process_value_is_the_tag_and_its_set_point_can_be_written(
    spec: SpecClient, session: Session
) -> None:
    own = OWN
    furnace = await spec.machine("HT")
    chamber = await spec.at(furnace, (MACHINERY, "Components"), (own, "Chamber"))
    value = await spec.at(chamber, (own, "FurnT"))
    assert await spec.read(value, (PADIM, "SignalTag")) == "HT.FurnT"
    t = last_look(session)
    signal = await spec.at(value, (PADIM, "AnalogSignal"))
    assert await signal.read_value() == session.sample("HT.FurnT", [t])[0, 0]
    history = await signal.read_raw_history(session.wall(100.0), session.wall(110.0))
    # asyncua's client asks for the bounds
    expected = session.sample("HT.FurnT", np.arange(100.0, 111.0))[0]
    assert [row.Value.Value for row in history] == expected.tolist()
    aim = await spec.at(value, (PROCESS_VALUES, "ProcessValueSetpoint"))
    await aim.write_value(925.0)
    await session.step(2.0)
    assert await aim.read_value() == 925.0
    assert session.trace.journal[-1].target == "HT.FurnTSet"


async def test_health_says_what_the_machine_can_know(spec: SpecClient, session: Session) -> None:
    seen = set()
    nodes = {
        station.id: await spec.at(await spec.machine(station.id), (DI, "DeviceHealth"))
        for station in session.line.stations
    }
    await stop_by_itself(session, "LTH1")
    for _ in range(30):
        t = last_look(session)
        for name, node in nodes.items():
            health = await node.read_value()
            state = state_at(session.trace, name, t)
            assert (health == FAILURE) == (state == State.DOWN)
            assert (health == CHECK_FUNCTION) == (state in (State.SETUP, State.MAINTENANCE))
            seen.add(health)
        await session.step(60.0)
    assert {NORMAL, FAILURE} <= seen


async def test_a_sensor_that_lies_leaves_the_machine_healthy(
    spec: SpecClient, session: Session
) -> None:
    """The gauge of the grinder is off by 4 um: nobody but the truth knows."""
    health = await spec.at(await spec.machine("GRD"), (DI, "DeviceHealth"))
    before = await health.read_value()
    await inject(session, "fault", "M-GAUGE")
    await session.step(120.0)
    assert await health.read_value() == before == NORMAL

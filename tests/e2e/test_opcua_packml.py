"""PackML, Weihenstephan and batch units over TCP, compared with the trace by rules written here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from asyncua import Client, Node, ua

import twin
from opcua_server import OpcUaAdapter, hash_password
from tests.e2e.spec_client import DI, UA, SpecClient
from twin.serve.session import Session
from twin.trace.tables import State
from twin.trace.trace import Trace

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

PACKML, WS = f"{UA}PackML/", f"{UA}Weihenstephan/"
OBJECTS = 72  # NodeId of PackMLObjects in the published NodeSet
BASE = (PACKML, "BaseStateMachine")
MACHINE, EXECUTE = (PACKML, "MachineState"), (PACKML, "ExecuteState")
Codes = ua.StatusCodes
# TR88.00.02: state of the machine as clients see it, its number in OPC 30050, and the mode
EXPECTED = {
    State.STOPPED: ("Stopped", 2, 1),
    State.IDLE: ("Idle", 4, 1),
    State.STARVED: ("Suspended", 5, 1),
    State.WORKING: ("Execute", 6, 1),
    State.BLOCKED: ("Suspended", 5, 1),
    State.DOWN: ("Aborted", 9, 1),
    State.SETUP: ("Held", 11, 1),
    State.HELD: ("Held", 11, 1),
    State.MAINTENANCE: ("Stopped", 2, 2),
    State.LOADING: ("Held", 11, 1),
}
# ISA-88's states of a unit
UNIT = {
    State.STOPPED: "Stopped", State.IDLE: "Idle", State.STARVED: "Idle", State.WORKING: "Running",
    State.BLOCKED: "Complete", State.DOWN: "Held", State.SETUP: "Idle", State.HELD: "Held",
    State.MAINTENANCE: "Stopped", State.LOADING: "Idle",
}  # fmt: skip


class Plant:
    """A served line and a client of it with the role operator."""

    def __init__(self, session: Session, adapter: OpcUaAdapter, spec: SpecClient) -> None:
        self.session, self.adapter, self.spec = session, adapter, spec
        self.line = spec.client

    def truth(self, station: str) -> State:
        """The state at the control's latest look: once a second."""
        return state_at(self.session.trace, station, np.floor(np.nextafter(self.session.now, 0.0)))

    def node(self, name: str) -> Node:
        return self.line.get_node(ua.NodeId(name, 2))

    async def packml(self) -> dict[str, Node]:
        """PackML objects by TagID, found by the folder of OPC 30050."""
        folder = self.line.get_node(ua.NodeId(OBJECTS, self.spec.index(PACKML)))
        nodes = await folder.get_children(refs=ua.ObjectIds.Organizes)
        return {await self.spec.read(one, (PACKML, "TagID")): one for one in nodes}

    async def state(self, outer: Node) -> tuple[str, int]:
        """Name and number of the innermost state that is active, and that its Id is that state."""
        for path in ((MACHINE, EXECUTE), (MACHINE,), ()):
            told = await self.spec.at(outer, *path, ("", "CurrentState"))
            value = await told.read_data_value(raise_on_bad_status=False)
            if value.StatusCode.value == Codes.BadStateNotActive:
                continue
            named = self.line.get_node(await self.spec.read(told, ("", "Id")))
            assert (await named.read_browse_name()).Name == value.Value.Value.Text
            return value.Value.Value.Text, await self.spec.read(told, ("", "Number"))
        raise AssertionError("no state machine is active")

    async def call(self, owner: Node, name: tuple[str, str], *arguments: Any) -> int:
        """Call a method; its StatusCode."""
        try:
            await owner.call_method(self.spec.qualified(name), *arguments)
        except ua.UaStatusCodeError as error:
            return int(error.code)
        return 0

    async def rejection(self) -> str:
        return str(await self.node("LastRejection").read_value())


def state_at(trace: Trace, station: str, t: float) -> State:
    mine = (trace.log.place == trace.line.place(station)) & (trace.log.t <= t)
    states = trace.log.state[mine]
    return State(int(states[-1])) if len(states) else State.IDLE


@asynccontextmanager
async def serving(line: str, until: float, level: int | None = None) -> AsyncIterator[Plant]:
    session = Session(twin.load(line), seed=3, clock="stepped", level=level)
    users = {"olga": (hash_password("olga-pw"), "operator")}
    adapter = OpcUaAdapter(port=0, anonymous_role="observer", users=users)  # type: ignore[arg-type]
    await session.start(adapter)
    client = Client(adapter.endpoints[0])
    client.set_user("olga")
    client.set_password("olga-pw")
    try:
        await session.step(until)
        async with client:
            await client.load_data_type_definitions()
            yield Plant(session, adapter, await SpecClient.of(client))
    finally:
        await session.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drinks() -> AsyncIterator[Plant]:
    async with serving("food/beverage-v1", 9 * 3600.0) as plant:
        yield plant


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def boards() -> AsyncIterator[Plant]:
    async with serving("electronics/smt-v1", 3600.0) as plant:
        yield plant


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paint() -> AsyncIterator[Plant]:
    async with serving("chemical/coating-v1", 4 * 3600.0) as plant:
        yield plant


@pytest.fixture(params=["drinks", "boards"])
def either(request: pytest.FixtureRequest, drinks: Plant, boards: Plant) -> Plant:
    return drinks if request.param == "drinks" else boards


async def test_each_machine_is_in_the_packml_state_of_its_own_state(either: Plant) -> None:
    machines = await either.packml()
    met: set[State] = set()
    assert len(machines) >= 6
    for _ in range(6):
        await either.session.step(300.0)
        for tag, machine in machines.items():
            state = either.truth(tag)
            name, number = await either.state(await either.spec.at(machine, BASE))
            mode = await either.spec.read(machine, (PACKML, "Status"), (PACKML, "UnitModeCurrent"))
            assert (name, number, mode) == EXPECTED[state], (tag, state)
            met.add(state)
    assert len(met) > 2


async def test_status_and_admin_are_the_machines_own_tags(either: Plant) -> None:
    for tag, machine in (await either.packml()).items():
        status = await either.spec.at(machine, (PACKML, "Status"))
        admin = await either.spec.at(machine, (PACKML, "Admin"))
        state = either.truth(tag)
        read = either.spec.read
        assert await read(status, (PACKML, "EquipmentStarved")) == (state == State.STARVED)
        assert await read(status, (PACKML, "EquipmentBlocked")) == (state == State.BLOCKED)
        good, bad = "Passed", "Rejected"
        if f"{tag}.OutCount" in either.session.line.tags:
            good, bad = "OutCount", "RejectCount"
            speed = await either.node(f"{tag}.Speed").read_value()
            assert await read(status, (PACKML, "CurMachSpeed")) == pytest.approx(speed / 60.0)
        counts = [await either.node(f"{tag}.{name}").read_value() for name in (good, bad)]
        (made,) = await read(admin, (PACKML, "ProdProcessedCount"))
        (spoilt,) = await read(admin, (PACKML, "ProdDefectiveCount"))
        assert (made.Count, spoilt.Count) == (sum(counts), counts[1])


async def test_a_machine_that_works_part_by_part_tells_its_speed(boards: Plant) -> None:
    machine = (await boards.packml())["AOI"]
    trace, now = boards.session.trace, np.floor(np.nextafter(boards.session.now, 0.0))
    since = now - 600.0
    left = trace.index.departures(trace.line.place("AOI"))
    parts = ((left > since) & (left <= now)).sum()
    spent = 0.0
    mine = trace.log.place == trace.line.place("AOI")
    begin, states = trace.log.t[mine], trace.log.state[mine]
    for start, end, state in zip(begin, [*begin[1:], now], states, strict=True):
        if state == State.WORKING:
            spent += max(min(end, now) - max(start, since), 0.0)
    status = await boards.spec.at(machine, (PACKML, "Status"))
    read = boards.spec.read
    assert await read(status, (PACKML, "CurMachSpeed")) == pytest.approx(parts / 10.0)
    assert parts > 5
    working = await read(status, (PACKML, "MachSpeed"))
    assert working == pytest.approx(60.0 * parts / spent, rel=1e-5)


async def test_stop_and_reset_go_through_the_journal_and_replay(drinks: Plant) -> None:
    machine = (await drinks.packml())["LABEL"]
    base = await drinks.spec.at(machine, BASE)
    states = await drinks.spec.at(base, MACHINE)
    begun = len(drinks.session.trace.journal)
    assert await drinks.call(states, (PACKML, "Stop")) == 0
    await drinks.session.step(5.0)
    assert await drinks.state(base) == ("Stopped", 2)
    assert drinks.truth("LABEL") == State.STOPPED
    assert await drinks.call(states, (PACKML, "Reset")) == 0
    await drinks.session.step(120.0)
    assert drinks.truth("LABEL") != State.STOPPED
    assert await drinks.state(base) == EXPECTED[drinks.truth("LABEL")][:2]
    told = [(one.kind, one.target, one.by) for one in drinks.session.trace.journal[begun:]]
    assert told == [("stop", "LABEL", "olga"), ("start", "LABEL", "olga")]
    trace = drinks.session.trace
    again = twin.run(trace.line, drinks.session.now, seed=3, journal=trace.journal)
    assert again.digest == trace.digest


@pytest.mark.parametrize(
    ("where", "method", "code"),
    [
        ((BASE, MACHINE, EXECUTE), "Hold", Codes.BadNotSupported),
        ((BASE, MACHINE, EXECUTE), "Suspend", Codes.BadNotSupported),
        ((BASE, MACHINE, EXECUTE), "Start", Codes.BadInvalidState),
        ((BASE, MACHINE, EXECUTE), "ToComplete", Codes.BadNotSupported),
        ((BASE,), "Abort", Codes.BadNotSupported),
        ((BASE,), "Clear", Codes.BadNotSupported),
    ],
)
async def test_what_the_control_cannot_do_is_refused_and_says_why(
    drinks: Plant, where: tuple[Any, ...], method: str, code: int
) -> None:
    machine = (await drinks.packml())["FILL"]
    begun = len(drinks.session.trace.journal)
    owner = await drinks.spec.at(machine, *where)
    sent = []
    if method == "Start":  # it takes a list of parameters
        sent = [ua.Variant([], ua.VariantType.ExtensionObject, is_array=True)]
    assert await drinks.call(owner, (PACKML, method), *sent) == code
    assert f"FILL.{method}: " in await drinks.rejection()
    assert len(drinks.session.trace.journal) == begun


async def test_the_mode_is_confirmed_and_not_commanded(drinks: Plant) -> None:
    machine = (await drinks.packml())["PALL"]
    mode = (PACKML, "SetUnitMode")
    told = {
        number: await drinks.call(machine, mode, ua.Variant(number, ua.VariantType.Int32))
        for number in (1, 2, 3, 4)
    }
    assert told == {
        1: 0,
        2: Codes.BadInvalidState,
        3: Codes.BadNotSupported,
        4: Codes.BadOutOfRange,
    }


async def test_an_observer_commands_nothing(drinks: Plant) -> None:
    async with Client(drinks.adapter.endpoints[0]) as client:
        other = Plant(drinks.session, drinks.adapter, await SpecClient.of(client))
        states = await other.spec.at((await other.packml())["FILL"], BASE, MACHINE)
        assert await other.call(states, (PACKML, "Stop")) == Codes.BadUserAccessDenied


async def test_a_level_without_control_shows_the_state_and_takes_no_command() -> None:
    async with serving("food/beverage-v1", 60.0, level=3) as watched:
        base = await watched.spec.at((await watched.packml())["FILL"], BASE)
        assert (await watched.state(base)) == EXPECTED[watched.truth("FILL")][:2]
        states = await watched.spec.at(base, MACHINE)
        assert await watched.call(states, (PACKML, "Stop")) == Codes.BadNotSupported
        assert "level" in await watched.rejection()
        assert not watched.session.trace.journal


async def test_packaging_machines_have_weihenstephan_data_points(drinks: Plant) -> None:
    own = drinks.node("FILL").nodeid.NamespaceIndex
    found = 0
    for machine in await drinks.spec.machines():
        if await drinks.spec.type_name(machine.node) != "WSMachineType":
            continue
        found += 1

        async def point(group: str, name: str, node: Node = machine.node) -> Node:
            path = [ua.QualifiedName(group, drinks.spec.index(WS)), ua.QualifiedName(name, own)]
            return await node.get_child(path)

        state = EXPECTED[drinks.truth(machine.name)][:2]
        assert await drinks.state(await point("OperatingStates", "WS_Cur_State")) == state
        counts = [
            await (await point("Counters", f"WS_{name}_Packages")).read_value()
            for name in ("Tot", "Good", "Bad")
        ]
        assert counts[0] == counts[1] + counts[2]
        assert counts[1] == await drinks.node(f"{machine.name}.OutCount").read_value()
        program = await point("Programs", "WS_Cur_Prog")
        kind = drinks.line.get_node(await program.read_data_type())
        assert (await kind.read_browse_name()).Name == "WSProgramEnumerationType"
        speed = await point("MeasuredValues", "WS_Cur_Mach_Spd")
        assert await speed.read_value() == await drinks.node(f"{machine.name}.Speed").read_value()
        serial = await drinks.spec.read(machine.node, (DI, "Identification"), (DI, "SerialNumber"))
        assert serial.startswith("SIM-")
    assert found == 6


async def test_batch_units_tell_state_batch_recipe_and_phase(paint: Plant) -> None:
    trace, products = paint.session.trace, paint.session.line.products
    met: set[State] = set()
    for _ in range(4):
        await paint.session.step(1800.0)
        for station in [one.id for one in paint.session.line.stations]:
            if f"{station}.Phase" not in paint.session.line.tags:
                continue
            top = f"{station}.Unit"
            told = {
                name: await paint.node(f"{top}.{name}").read_value()
                for name in ("ProceduralState", "BatchId", "Recipe", "Phase", "Mode")
            }
            state = paint.truth(station)
            met.add(state)
            assert told["ProceduralState"] == UNIT[state]
            assert (told["Mode"] == "Manual") == (state in (State.SETUP, State.MAINTENANCE))
            part = await paint.node(f"{station}.PartInWork").read_value()
            assert told["BatchId"] == (str(part) if part >= 0 else "")
            assert told["Recipe"] in ("", *products)
            assert told["Phase"] == await paint.node(f"{station}.Phase").read_value()
            if state == State.WORKING:
                assert told["BatchId"]
    assert State.WORKING in met
    assert trace is paint.session.trace


async def test_a_unit_stops_and_goes_on_by_command(paint: Plant) -> None:
    unit, own = paint.node("R101.Unit"), paint.node("R101").nodeid.NamespaceIndex
    for method, expected in (("Stop", True), ("Start", False)):
        await unit.call_method(ua.QualifiedName(method, own))
        await paint.session.step(5.0)
        assert (await paint.node("R101.Unit.ProceduralState").read_value() == "Stopped") is expected
        assert paint.truth("R101") == State.STOPPED or not expected
    with pytest.raises(ua.UaStatusCodeError) as refused:
        await unit.call_method(ua.QualifiedName("Abort", own))
    assert refused.value.code == Codes.BadNotSupported
    assert "Stop and Start" in await paint.rejection()
    journal = paint.session.trace.journal
    assert [(one.kind, one.target) for one in journal] == [("stop", "R101"), ("start", "R101")]

"""What of the machines appears at each level of digitalisation, on every line, over TCP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asyncua import Client, ua

import twin
from opcua_server import OpcUaAdapter
from tests.e2e.spec_client import (
    BLOCKS,
    COUNTERS,
    DI,
    ITEM_STATE,
    LIFETIMES,
    MACHINE_TOOL,
    MACHINE_TOOL_TYPE,
    MACHINERY,
    PNEM,
    PROCESS_VALUES,
    SpecClient,
)
from twin.serve.session import Session

pytestmark = [pytest.mark.e2e]

LINES = (
    "electronics/smt-v1",
    "machine-parts/shaft-v1",
    "food/beverage-v1",
    "chemical/coating-v1",
    "chemical/cstr-v1",
)
METER = "EnergyMeasurement"


@asynccontextmanager
async def serving(
    line: str, level: int | None = None, seed: int = 1, dirt: str = "clean"
) -> AsyncIterator[tuple[Session, SpecClient]]:
    session = Session(twin.load(line), seed=seed, clock="stepped", level=level, dirt=dirt)
    adapter = OpcUaAdapter(port=0, anonymous_role="operator")
    await session.start(adapter)
    try:
        await session.step(600.0)
        async with Client(adapter.endpoints[0]) as client:
            yield session, await SpecClient.of(client)
    finally:
        await session.stop()


@pytest.mark.parametrize("line", LINES)
async def test_every_machine_of_every_line_tells_who_and_how_it_is(line: str) -> None:
    async with serving(line) as (session, spec):
        machines = await spec.machines()
        assert len(machines) == len(session.line.stations) + 1
        for machine in machines:
            plate = await spec.at(machine.node, (DI, "Identification"))
            for name in ("SerialNumber", "ProductInstanceUri", "Model"):
                assert await spec.read(plate, (DI, name))
            assert await spec.state(machine.node, ITEM_STATE) in (
                "Executing", "NotExecuting", "OutOfService", "NotAvailable",
            )  # fmt: skip
            if machine.name != session.line.id:
                power = await spec.read(machine.node, BLOCKS, COUNTERS, (DI, "PowerOnDuration"))
                assert 0.0 < power <= 600_000.0


@pytest.mark.parametrize(
    ("line", "station", "parts"),
    [
        ("electronics/smt-v1", "RFL", {*(f"Zone{n}" for n in range(1, 11)), "Conveyor"}),
        ("food/beverage-v1", "FILL", {*(f"Valve{n:02}" for n in range(1, 41)), "Capper", "Bowl"}),
        ("machine-parts/shaft-v1", "LTH1", {"Spindle", "XAxis", "ZAxis", "Chuck", "Coolant"}),
        ("chemical/coating-v1", "R101", {"Vessel", "Jacket", "Agitator", "DosingPump"}),
        ("chemical/cstr-v1", "R1", {"Vessel", "Jacket", "FeedPump"}),
    ],
)
async def test_machines_name_their_parts(line: str, station: str, parts: set[str]) -> None:
    async with serving(line) as (_session, spec):
        machine = await spec.machine(station)
        found = await (await spec.at(machine, (MACHINERY, "Components"))).get_children()
        names = set()
        for node in found:
            names.add((await node.read_browse_name()).Name)
            assert await spec.read(node, (DI, "Identification"), (DI, "SerialNumber"))
        assert parts <= names


async def test_a_set_value_and_its_limits_stand_beside_the_measured_one() -> None:
    async with serving("electronics/smt-v1") as (session, spec):
        own = f"urn:twin:line:{session.line.id}"
        oven = await spec.machine("RFL")
        zone = await spec.at(oven, (MACHINERY, "Components"), (own, "Zone8"), (own, "Zone8Temp"))
        aim = await spec.at(zone, (PROCESS_VALUES, "ProcessValueSetpoint"))
        assert await aim.read_value() == session.line.settings["RFL.Zone8Set"].default
        assert await spec.read(aim, (PROCESS_VALUES, "HighDeviation")) == 8.0


async def test_at_level_1_a_machine_has_a_nameplate_and_no_more() -> None:
    async with serving("machine-parts/shaft-v1", level=1) as (_session, spec):
        assert MACHINE_TOOL not in spec.namespaces or not await of_type(spec, MACHINE_TOOL_TYPE)
        for machine in await spec.machines():
            assert await spec.find(machine.node, (DI, "Identification")) is not None
            for block in (ITEM_STATE, COUNTERS, LIFETIMES):
                assert await spec.find(machine.node, BLOCKS, block) is None
            assert await spec.find(machine.node, (DI, "DeviceHealth")) is None
            assert await spec.find(machine.node, *[(own_of(spec), METER)]) is None


async def test_at_level_2_states_counters_and_the_energy_counter_come() -> None:
    async with serving("machine-parts/shaft-v1", level=2) as (session, spec):
        assert await of_type(spec, MACHINE_TOOL_TYPE) == {"LTH1", "LTH2", "VMC", "GRD"}
        lathe = await spec.machine("LTH1")
        assert await spec.state(lathe, ITEM_STATE)
        assert await spec.read(lathe, BLOCKS, COUNTERS, (DI, "OperationDuration")) > 0.0
        meter = await spec.at(lathe, (own_of(spec), METER))
        assert await spec.read(meter, (PNEM, "AcActiveEnergyTotalImportLp")) > 0.0
        assert await spec.find(meter, (PNEM, "AcActivePowerTotal")) is None
        assert await spec.find(lathe, (MACHINERY, "Components")) is None  # no process values
        assert await spec.find(lathe, BLOCKS, LIFETIMES) is None
        assert PROCESS_VALUES not in used(spec, session)


async def test_at_level_3_a_set_point_can_be_read_and_at_level_4_written() -> None:
    for level, code in ((3, ua.StatusCodes.BadNotWritable), (4, None)):
        async with serving("machine-parts/shaft-v1", level=level) as (_session, spec):
            own = own_of(spec)
            value = await spec.at(await spec.machine("HT"), (DI, "Operational"), (own, "FurnT"))
            aim = await spec.at(value, (PROCESS_VALUES, "ProcessValueSetpoint"))
            if code is None:
                await aim.write_value(925.0)
            else:
                with pytest.raises(ua.UaStatusCodeError) as refused:
                    await aim.write_value(925.0)
                assert refused.value.code == code


async def test_state_and_counters_are_as_old_and_as_certain_as_what_the_network_brought() -> None:
    """Behind a plant network the state is the last received one, and the counters fit to it."""
    async with serving("machine-parts/shaft-v1", level=2, dirt="nist") as (session, spec):
        labels = session.line.tags["LTH1.State"].labels
        statuses = set()
        for _ in range(60):
            await session.step(60.0)
            for station in ("LTH1", "VMC"):
                node = await spec.machine(station)
                tag = spec.client.get_node(ua.NodeId(f"{station}.State", 2))
                block = await spec.at(node, BLOCKS, ITEM_STATE, ("", "CurrentState"))
                power = await spec.at(node, BLOCKS, COUNTERS, (DI, "PowerOnDuration"))
                held, item, on = [
                    await one.read_data_value(raise_on_bad_status=False)
                    for one in (tag, block, power)
                ]
                assert item.StatusCode == on.StatusCode == held.StatusCode
                statuses.add(held.StatusCode.name)
                if held.Value is not None and held.Value.Value is not None:
                    assert item.Value.Value.Text == MEANT[labels[held.Value.Value]]
                    age = held.SourceTimestamp - session.started_at
                    assert on.Value.Value <= 1000.0 * age.total_seconds() + 1.0
        assert {"Good", "UncertainNoCommunicationLastUsableValue"} <= statuses


MEANT = {
    "STOPPED": "NotAvailable", "IDLE": "NotExecuting", "STARVED": "NotExecuting",
    "WORKING": "Executing", "BLOCKED": "NotExecuting", "DOWN": "OutOfService",
    "SETUP": "Executing", "HELD": "NotExecuting", "MAINTENANCE": "OutOfService",
    "LOADING": "NotExecuting",
}  # fmt: skip


def own_of(spec: SpecClient) -> str:
    return spec.namespaces[2]


def used(spec: SpecClient, session: Session) -> set[str]:
    """Namespaces of the specifications that the adapter loaded types of."""
    space = session._adapters[0]._server.iserver.aspace  # type: ignore[attr-defined]
    return {spec.namespaces[node.NamespaceIndex] for node in space.keys()}  # noqa: SIM118


async def of_type(spec: SpecClient, number: int) -> set[str]:
    kind = ua.NodeId(number, spec.index(MACHINE_TOOL))
    return {m.name for m in await spec.machines() if await m.node.read_type_definition() == kind}


async def test_ids_are_the_same_in_every_run() -> None:
    found: list[Any] = []
    for seed in (1, 2):
        async with serving("electronics/smt-v1", seed=seed) as (session, spec):
            space = session._adapters[0]._server.iserver.aspace  # type: ignore[attr-defined]
            ids = {str(node) for node in space.keys() if node.NamespaceIndex == 2}  # noqa: SIM118
            serial = await spec.read(
                await spec.machine("RFL"), (DI, "Identification"), (DI, "SerialNumber")
            )
            found.append((ids, serial, spec.namespaces))
    assert found[0] == found[1]


async def test_parts_have_korean_names_for_clients_that_ask() -> None:
    async with serving("electronics/smt-v1") as (session, _spec):
        korean = Client(session._adapters[0].endpoints[0])  # type: ignore[attr-defined]
        korean._locale = ["ko"]
        async with korean:
            zone = korean.get_node(ua.NodeId("RFL.Components.Zone8", 2))
            assert (await zone.read_display_name()).Text == "8존"
            kind = korean.get_node(ua.NodeId("RFL.Operational.Zone8Temp", 2))
            assert (await kind.read_display_name()).Locale == "ko"
            with pytest.raises(ua.UaStatusCodeError):
                await zone.read_description()  # it has none, in any language

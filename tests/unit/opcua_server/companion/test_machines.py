"""Tables behind the machines, and that nothing in them asks for hidden truth."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua

import twin
from opcua_server import OpcUaAdapter
from opcua_server.companion import machine_parts, machine_wear, nameplate, process_values
from opcua_server.companion.check import check
from opcua_server.companion.machine_states import EXECUTING, MEANINGS, POWERED
from opcua_server.companion.snapshot import of_space
from twin.serve.session import Session
from twin.trace.index import Index
from twin.trace.journal import Command
from twin.trace.tables import EventKind, State

LINES = (
    "electronics/smt-v1",
    "machine-parts/shaft-v1",
    "food/beverage-v1",
    "chemical/coating-v1",
    "chemical/cstr-v1",
)
HIDDEN_EVENTS = (
    EventKind.FAULT_ONSET,
    EventKind.FAULT_OBSERVABLE,
    EventKind.FAULT_FAILURE,
    EventKind.FAULT_REPAIR,
)


@asynccontextmanager
async def serving(line: str, level: int | None = None) -> AsyncIterator[tuple[Session, Any]]:
    session = Session(twin.load(line), seed=5, clock="stepped", level=level)
    adapter = OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        yield session, adapter
    finally:
        await session.stop()


def test_every_state_has_a_meaning() -> None:
    assert set(MEANINGS) == set(State)


def test_mode_processing_and_executing_is_working_time_alone() -> None:
    """So actual production time by OPC 40001-1, C.2, is the twin's."""
    both = {s for s, m in MEANINGS.items() if (m.item, m.mode) == ("Executing", "Processing")}
    assert both == {State.WORKING}
    assert [State(i) for i, x in enumerate(EXECUTING) if x] == [State.WORKING, State.SETUP]
    assert [State(i) for i, x in enumerate(POWERED) if not x] == [State.STOPPED]


def test_nameplates_are_stable_and_different() -> None:
    line = twin.load("electronics/smt-v1")
    plates = [nameplate.of_station(line, station) for station in line.stations]
    again = [nameplate.of_station(line, station) for station in twin.load(line.id).stations]
    assert plates == again
    assert len({plate.serial_number for plate in plates}) == len(plates)
    assert plates[0].serial_number == "SIM-" + plates[0].serial_number.removeprefix("SIM-")
    assert all(re.fullmatch(r"SIM-[0-9A-F]{10}", plate.serial_number) for plate in plates)


@pytest.mark.parametrize("name", LINES)
def test_parts_and_wear_name_tags_that_exist(name: str) -> None:
    line = twin.load(name)
    for station in line.stations:
        tags = {tag.name for tag in station.tags}
        for part in machine_parts.parts_of(station.kind, tags):
            assert part.tags
            assert set(part.tags) <= tags
        for row in machine_wear.WEARS.get(station.kind, ()):
            assert row.tag in tags
            new, spent = row.new(station.parameters), row.spent(station.parameters)
            assert min(new, spent) <= row.warns(station.parameters) <= max(new, spent)


def test_every_named_part_is_found_on_some_line() -> None:
    """A row of the table that no machine has would be a promise nobody keeps."""
    kinds = {s.kind: [t.name for t in s.tags] for n in LINES for s in twin.load(n).stations}
    assert set(machine_parts.PARTS) <= set(kinds)
    for kind, rows in machine_parts.PARTS.items():
        if kind in ("lathe", "silo"):  # their rows are shared with other kinds
            continue
        found = machine_parts.parts_of(kind, kinds[kind])
        for row in rows:
            pattern = re.escape(row.name).replace(r"\{n\}", r"\w+")
            assert any(re.fullmatch(pattern, part.name) for part in found), (kind, row.name)


@pytest.mark.parametrize("name", LINES)
def test_set_points_have_the_unit_of_what_they_set(name: str) -> None:
    line = twin.load(name)
    pairs = 0
    for station in line.stations:
        by_name = {tag.name: tag for tag in station.tags}
        for tag in process_values.measured(station, line.tags):
            aim = process_values.set_point(tag, by_name)
            if aim is not None:
                assert by_name[aim].unit == tag.unit, (station.id, tag.name, aim)
                pairs += 1
    assert pairs


@pytest.mark.parametrize("name", LINES)
async def test_no_value_asks_for_hidden_truth(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every computed value is read while hidden laws, readings and faults cannot be asked for."""
    async with serving(name) as (session, adapter):
        line = session.line
        if line.faults:
            fault = line.faults[0].id
            await session.submit(Command("fault", fault, 1.0, role="instructor"))
        await session.step(3 * 3600.0)
        laws, readings, events = Index.laws, Index.readings, Index.events

        def seen_law(self: Index, quantity: int) -> Any:
            assert not list(line.quantities.values())[quantity].hidden
            return laws(self, quantity)

        def seen_reading(self: Index, reading: int) -> Any:
            assert not list(line.readings.values())[reading].hidden
            return readings(self, reading)

        def seen_event(self: Index, kind: int, place: int) -> Any:
            assert kind not in HIDDEN_EVENTS
            return events(self, kind, place)

        monkeypatch.setattr(Index, "laws", seen_law)
        monkeypatch.setattr(Index, "readings", seen_reading)
        monkeypatch.setattr(Index, "events", seen_event)
        values = [value.data_value() for value in adapter._derivations.values]
        good = sum(value.StatusCode.is_good() for value in values)
        assert good > 0.8 * len(values)


async def test_counters_never_fall() -> None:
    async with serving("machine-parts/shaft-v1") as (session, adapter):
        space = adapter._server.iserver.aspace
        names = ("PowerOnDuration", "OperationDuration", "OperationCycleCounter")
        nodes = [
            ua.NodeId(f"{station.id}.MachineryBuildingBlocks.OperationCounters.{name}", 2)
            for station in session.line.stations
            for name in names
        ]
        series: list[list[float]] = []
        for _ in range(10):
            await session.step(777.0)
            await session.submit(Command("reset", "", None, role="operator"))
            series.append([
                space.read_attribute_value(node, ua.AttributeIds.Value).Value.Value
                for node in nodes
            ])  # fmt: skip
        for before, after in pairwise(series):
            assert all(x <= y for x, y in zip(before, after, strict=True))
        assert sum(series[-1]) > sum(series[0])


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("level", [1, 2])
async def test_every_instance_is_one_of_its_type_at_low_levels(name: str, level: int) -> None:
    async with serving(name, level) as (session, adapter):
        await session.step(900.0)
        seen = of_space(adapter._server.iserver.aspace)
        assert [str(one) for one in check(seen)] == []


def test_the_page_tells_the_states_as_the_table_has_them() -> None:
    page = Path(__file__).parents[4] / "docs" / "explanation" / "companion-specifications.md"
    told = re.findall(r"^\| ([A-Z]+) \| (\w+) \| (\w+) \|", page.read_text("utf-8"), re.MULTILINE)
    assert told == [(state.name, row.item, row.mode) for state, row in MEANINGS.items()]


async def test_where_material_flows_a_cycle_is_a_start() -> None:
    async with serving("food/beverage-v1") as (session, adapter):
        await session.step(6 * 3600.0)
        space = adapter._server.iserver.aspace
        trace, known = session.trace, session.now - 1.0
        for station in session.line.stations:
            node = f"{station.id}.MachineryBuildingBlocks.OperationCounters.OperationCycleCounter"
            told = space.read_attribute_value(ua.NodeId(node, 2), ua.AttributeIds.Value)
            mine = (trace.log.place == trace.line.place(station.id)) & (trace.log.t <= known)
            if station.fluid:
                busy = [MEANINGS[State(int(s))].item == "Executing" for s in trace.log.state[mine]]
                starts = sum(now and not before for before, now in pairwise([False, *busy]))
                assert told.Value.Value == starts
                assert told.Value.VariantType == ua.VariantType.UInt64
        assert starts > 10

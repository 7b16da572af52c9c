"""Coverage is counted from instances: what is used and what is left out of each type."""

from __future__ import annotations

import twin
from opcua_server import OpcUaAdapter
from opcua_server.companion.coverage import coverage
from twin.serve.session import Session


async def test_it_counts_instances_and_tells_open_members_used_and_left_out() -> None:
    session, adapter = Session(twin.load("chemical/cstr-v1"), clock="stepped"), OpcUaAdapter(port=0)
    await session.start(adapter)
    try:
        assert adapter._server is not None
        rows = {row.type_name: row for row in coverage(adapter._server.iserver.aspace)}
    finally:
        await session.stop()
    stations = len(session.line.stations)
    plate = rows["MachineIdentificationType"]
    assert plate.instances == stations + 1
    assert plate.specification.name == "Machinery"
    assert {"Model", "YearOfConstruction"} <= plate.used
    assert "MonthOfConstruction" in plate.unused
    assert not plate.used & plate.unused
    assert rows["MachineryItemState_StateMachineType"].used == {"LastTransition"}
    assert rows["MachineComponentsType"].used == {"<Component>"}
    assert rows["FunctionalGroupType"].unused == {"<GroupIdentifier>", "UIElement"}
    assert rows["IEnergyProfileE2Type"].instances == stations
    assert "MachineToolType" not in rows  # a reactor is none

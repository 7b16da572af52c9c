"""Prognoses of a machine tool: next tool change and next service (OPC 40501-1, 8.7).

Both follow from what the control counts and what is planned; when something will break is not
known to anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from opcua_server.companion import known
from opcua_server.companion.instance import Instance
from opcua_server.companion.nameplate import english
from opcua_server.companion.part import Plant
from opcua_server.companion.tool_list import identifier
from opcua_server.companion.values import Derived, View
from twin.equipment.tag import Text
from twin.line.line import Station


def add(plant: Plant, station: Station, tool: Instance) -> None:
    """What the station's control foresees."""
    types = plant.types
    path = "Notification/Prognoses/<Prognosis>"
    if types.shows(f"{station.id}.ToolLifeMin"):
        where = english(Text("Tool magazine", "공구 매거진"))
        types.placeholder(
            tool, path, "ToolChange", kind="MachineTool:ToolChangePrognosisType",
            values={
                "PredictedTime": Derived(_tool_change(station)),
                "Location": where,
                "ToolIdentifier": Derived(_tool(station), of=f"{station.id}.ToolNo"),
            },
        )  # fmt: skip
    for plan in station.spec.maintenance:
        title = plan.title or Text(plan.id, plan.id)
        types.placeholder(
            tool, path, f"Maintenance-{plan.id}", kind="MachineTool:MaintenancePrognosisType",
            values={"PredictedTime": Derived(_next(plan)), "Activity": english(title)},
        )  # fmt: skip


def _tool(station: Station) -> Callable[[View], str | None]:
    """Identifier of the tool that will be changed: the one in use, as the tool list has it."""

    def value(view: View) -> str | None:
        number = view.value(f"{station.id}.ToolNo")
        return None if number is None else identifier(station.id, f"Tool{int(number)}")

    return value


def _tool_change(station: Station) -> Callable[[View], Any]:
    """When the edge in use will be spent, if the machine goes on cutting as it did so far."""
    parameters: Any = station.parameters

    def value(view: View) -> Any:
        left = view.value(f"{station.id}.ToolLifeMin")
        begun = known.cycles(view, station.id)
        t = known.looked(view, station.id)
        if left is None or not begun or not t:
            return None
        a_part = t / begun  # s from one cycle's begin to the next, all waits included
        parts = 60.0 * left / parameters.cutting
        return view.session.started_at + timedelta(seconds=round(t + parts * a_part))

    return value


def _next(plan: Any) -> Callable[[View], Any]:
    """When a service is due next by its plan."""

    def value(view: View) -> Any:
        first = plan.every if plan.first is None else plan.first
        late = view.now - first
        times = 0 if late < 0.0 else int(late // plan.every) + 1
        return view.session.started_at + timedelta(seconds=first + times * plan.every)

    return value

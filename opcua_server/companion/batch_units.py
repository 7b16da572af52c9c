"""Batch units of a chemical line in the words of ISA-88, in the line's own namespace.

No OPC UA companion specification of batch control is published; nothing here stands under a
namespace of the OPC Foundation. A unit tells batch, recipe, phase, procedural state and mode, from
what its control shows, and takes `Stop` and `Start`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncua import ua

from opcua_server.companion.calls import Call
from opcua_server.companion.own import Own, offer
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.values import Derived, Row, View
from opcua_server.desk import Refused
from twin.equipment.tag import Text
from twin.line.line import Station
from twin.trace.journal import CommandKind
from twin.trace.tables import State

NAME = "Unit"
T, Codes = ua.VariantType, ua.StatusCodes
TAGS = ("State", "PartInWork", "Product", "Phase")
# procedural states of ANSI/ISA-88.00.01, 6.5 (table of states); no acting ones, they take no time
STATES: Mapping[State, str] = {
    State.STOPPED: "Stopped",
    State.IDLE: "Idle",
    State.STARVED: "Idle",
    State.WORKING: "Running",
    State.BLOCKED: "Complete",
    State.DOWN: "Held",
    State.SETUP: "Idle",
    State.HELD: "Held",
    State.MAINTENANCE: "Stopped",
    State.LOADING: "Idle",
}
MANUAL = (State.SETUP, State.MAINTENANCE)  # people are at it; else Automatic (ISA-88 modes)


def applies(session: Any, station: Station) -> bool:
    """Whether a station works in phases and shows them."""
    return all(f"{station.id}.{name}" in session.shown.tags for name in TAGS)


def needs(session: Any) -> tuple[str, ...]:
    """Only the standard's types, where a station is such a unit."""
    line = session.line
    if not hasattr(line, "scenario"):
        return ()
    return ("DI",) if any(applies(session, one) for one in line.stations) else ()


def build(plant: Plant) -> None:
    """Add the units."""
    for station in plant.line.stations:
        if applies(plant.session, station):
            _add(plant, station)


def _add(plant: Plant, station: Station) -> None:
    types, top = plant.types, f"{station.id}.{NAME}"
    node = plant.builder.node_id(top)
    types.instantiate("BaseObjectType", node, NAME, plant.station(station.id))
    state, product = f"{station.id}.State", f"{station.id}.Product"
    batch, products = f"{station.id}.PartInWork", plant.line.products

    def of_state(view: View, table: Any) -> str | None:
        held = view.value(state)
        return None if held is None else str(table(State(round(held))))

    def batch_id(view: View) -> str | None:
        held = view.value(batch)
        return None if held is None else (str(int(held)) if held >= 0 else "")

    def recipe(view: View) -> str | None:
        held = view.value(product)
        return None if held is None else (products[int(held) - 1] if held else "")

    rows: dict[str, Any] = {
        "ProceduralState": Derived(lambda v: of_state(v, STATES.__getitem__), T.String, of=state),
        "Mode": Derived(lambda v: of_state(v, mode), T.String, of=state),
        "BatchId": Derived(batch_id, T.String, of=batch),
        "Recipe": Derived(recipe, T.String, of=product),
        "Phase": Row(f"{station.id}.Phase"),
    }
    for name, given in rows.items():
        types.instantiate("BaseDataVariableType", f"{top}.{name}", name, node, values={"": given})
    if plant.session.shown.level.control:
        for name, title, kind in COMMANDS:
            offer(plant, node, Own(name, title, "operator", _command(kind, station.id)))
        for name, title in NOT_HERE:
            offer(plant, node, Own(name, title, "operator", _refuse))


def mode(state: State) -> str:
    """Mode of a unit: Manual while people are at it."""
    return "Manual" if state in MANUAL else "Automatic"


COMMANDS: tuple[tuple[str, Text, CommandKind], ...] = (
    ("Start", Text("Start", "시작"), "start"),
    ("Stop", Text("Stop", "정지"), "stop"),
)
NOT_HERE = (("Hold", Text("Hold", "보류")), ("Restart", Text("Restart", "재개")),
            ("Abort", Text("Abort", "중단")))  # fmt: skip


def _command(kind: CommandKind, station: str) -> Any:
    async def run(call: Call) -> Sequence[Any]:
        await call.desk.submit(kind, station, None, call.user)
        return []

    return run


async def _refuse(_call: Call) -> Sequence[Any]:
    raise Refused(Codes.BadNotSupported, "this control knows Stop and Start only")


BATCH_UNITS = Part("batch units", needs, build)

"""The line's clock as an object of the line's own namespace: no specification has one.

`Now`, `Time`, `Speed`, `Mode` and `Clock` say how simulated time goes. A stepped clock has
`Advance`; a paced one `SetSpeed`, `Pause` and `Resume`, which move the time of every client and are
therefore the instructor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncua import ua

from opcua_server.companion.calls import Call
from opcua_server.companion.own import Own, offer
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.values import Derived
from opcua_server.desk import Refused
from opcua_server.units import engineering_units
from twin.equipment.tag import Text
from twin.errors import TwinError

NAME = "Clock"
T, Codes = ua.VariantType, ua.StatusCodes


def needs(session: Any) -> tuple[str, ...]:
    """Only the standard's types, and what every line loads anyway."""
    line = session.line
    whole = getattr(session, "whole_line", True)  # a fleet's line server has it too
    return ("DI",) if whole and hasattr(line, "scenario") else ()


async def _advance(call: Call) -> Sequence[Any]:
    return [await call.desk.advance(call.arguments[0])]


async def _set_speed(call: Call) -> Sequence[Any]:
    try:
        call.session.set_speed(call.arguments[0])
    except TwinError as error:
        raise Refused(Codes.BadOutOfRange, error.message) from error
    return []


async def _pause(call: Call) -> Sequence[Any]:
    call.session.pause()
    return []


async def _resume(call: Call) -> Sequence[Any]:
    call.session.resume()
    return []


STEPPED = (
    Own(
        "Advance", Text("Advance time", "시간 진행"), "operator", _advance,
        (("Seconds", T.Double, "Simulated seconds to pass"),),
        (("Now", T.Double, "Simulated second after it"),),
    ),
)  # fmt: skip
PACED = (
    Own(
        "SetSpeed", Text("Set the speed", "속도 설정"), "instructor", _set_speed,
        (("Speed", T.Double, "Simulated seconds a second of the wall clock"),),
    ),
    Own("Pause", Text("Stand still", "일시 정지"), "instructor", _pause),
    Own("Resume", Text("Go on", "재개"), "instructor", _resume),
)  # fmt: skip


def build(plant: Plant) -> None:
    """Add the clock below the line."""
    types, session = plant.types, plant.session
    node = plant.builder.node_id(NAME)
    types.instantiate("BaseObjectType", node, NAME, plant.line_id)
    values: dict[str, tuple[Any, ua.VariantType, str]] = {
        "Now": (lambda view: view.now, T.Double, "s"),
        "Time": (lambda view: view.moment, T.DateTime, ""),
        "Speed": (lambda _view: float(session.speed), T.Double, ""),
        "Mode": (lambda _view: session.run_state, T.String, ""),
        "Clock": (lambda _view: session.clock, T.String, ""),
    }
    for name, (compute, kind, unit) in values.items():
        types.instantiate(
            "AnalogUnitType" if unit else "BaseDataVariableType", f"{NAME}.{name}", name, node,
            values={"": Derived(compute, kind)}
            | ({"EngineeringUnits": engineering_units(unit)} if unit else {}),
        )  # fmt: skip
    for method in STEPPED if session.clock == "stepped" else PACED:
        offer(plant, node, method)


CLOCK = Part("clock", needs, build)

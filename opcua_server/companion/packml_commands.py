"""PackML commands as methods: what the control carries out, and why it refuses the rest.

Stop and Reset are commands of the line (`stop`, `start`), so they enter the journal and replay.
What this control cannot do is refused by a StatusCode, its reason in the line's LastRejection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from asyncua import ua

from opcua_server.companion.calls import Call
from opcua_server.companion.instance import Instance
from opcua_server.companion.packml_states import MAINTENANCE, MANUAL, PRODUCE, packed
from opcua_server.companion.part import Plant
from opcua_server.companion.values import View
from opcua_server.desk import Refused
from twin.trace.journal import CommandKind, Role

Codes = ua.StatusCodes
ROLE: Role = "operator"


class Refusal(NamedTuple):
    """Why a method is not carried out."""

    code: int
    reason: str


MACHINE, EXECUTE = "BaseStateMachine/MachineState", "BaseStateMachine/MachineState/ExecuteState"
# TR88.00.02's cycle after a stop is Stopped, Reset, Idle, Start; the control starts by itself
CARRIED_OUT: dict[str, CommandKind] = {f"{MACHINE}/Stop": "stop", f"{MACHINE}/Reset": "start"}
_ITSELF = Refusal(Codes.BadInvalidState, "the control starts by itself once it is reset")
_NO_HOLD = Refusal(Codes.BadNotSupported, "this control has no hold by command; use Stop")
_OUTSIDE = Refusal(Codes.BadNotSupported, "it suspends and goes on by itself, with its neighbours")
_REPAIR = Refusal(Codes.BadNotSupported, "a stop of its own is cleared by its repair")
REFUSED: dict[str, Refusal] = {
    f"{EXECUTE}/Start": _ITSELF,
    f"{EXECUTE}/Reset": Refusal(Codes.BadInvalidState, "the machine never completes"),
    f"{EXECUTE}/ToComplete": Refusal(
        Codes.BadNotSupported, "an order ends at the line: Stop of its job order"
    ),
    f"{EXECUTE}/Hold": _NO_HOLD,
    f"{EXECUTE}/Unhold": _NO_HOLD,
    f"{EXECUTE}/Suspend": _OUTSIDE,
    f"{EXECUTE}/Unsuspend": _OUTSIDE,
    "BaseStateMachine/Abort": Refusal(
        Codes.BadNotSupported, "no emergency stop by command; use Stop"
    ),
    "BaseStateMachine/Clear": _REPAIR,
    "SetMachSpeed": Refusal(Codes.BadNotSupported, "its speed follows its level controls"),
    "SetProduct": Refusal(Codes.BadNotSupported, "the line sets up the product: store a job order"),
    "SetParameter": Refusal(
        Codes.BadNotSupported, "write the set points of the machine, or DownloadRecipe"
    ),
}
OPTIONAL = tuple(path for path in (*CARRIED_OUT, *REFUSED) if "/" in path)


def offer(plant: Plant, machine: Instance, station: str, view: View) -> None:
    """Give every method of a PackMLBaseObjectType what answers it."""
    control = plant.session.shown.level.control
    for path, kind in CARRIED_OUT.items():
        plant.types.method(machine, path, ROLE, _command(plant, kind, station, control), station)
    for path, refusal in REFUSED.items():
        plant.types.method(machine, path, ROLE, _refuse(refusal), station)
    plant.types.method(machine, "SetUnitMode", ROLE, _mode(station, view), station)


def _command(plant: Plant, kind: CommandKind, station: str, control: bool) -> Any:
    async def run(call: Call) -> Sequence[Any]:
        if not control:
            raise Refused(Codes.BadNotSupported, "this level takes no commands")
        await call.desk.submit(kind, station, None, call.user)
        await plant.types.variables.derivations.publish()
        return []

    return run


def _refuse(refusal: Refusal) -> Any:
    async def run(_call: Call) -> Sequence[Any]:
        raise Refused(*refusal)

    return run


def _mode(station: str, view: View) -> Any:
    """SetUnitMode: the mode it is in is taken, another comes by the maintenance plan only."""

    async def run(call: Call) -> Sequence[Any]:
        wanted, row = call.arguments[0], packed(view, station)
        if wanted not in (PRODUCE, MAINTENANCE, MANUAL):
            raise Refused(Codes.BadOutOfRange, f"modes are 1 to 3, not {wanted}"[:80])
        if wanted == MANUAL:
            raise Refused(Codes.BadNotSupported, "the machine has no manual mode")
        if row is None or row.mode != wanted:
            raise Refused(Codes.BadInvalidState, "service is as planned, not by command")
        return []

    return run

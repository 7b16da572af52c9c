"""What a station's state means in companion specifications, as one table.

The columns are names of states in the published types; their ids and numbers are read from the
types themselves. Rows follow OPC 40001-1, 12.2 and 13.2 (what each state and mode means) so that a
client that applies its Annex C.2 gets the twin's own ISO 22400 time elements: working time is
actual production time (APT), set-up time is AUST, planned maintenance is APMT, and waiting with
work at hand is delay (ADET). What was planned, and so availability, is known to the MES only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from twin.trace.tables import State

# DeviceHealthEnumeration, OPC 10000-100, 4.5.4 (NAMUR NE 107)
NORMAL, FAILURE, CHECK_FUNCTION, OFF_SPEC, MAINTENANCE_REQUIRED = range(5)
# MachineOperationMode of a machine tool, OPC 40501-1, 12.5
MANUAL, AUTOMATIC, SETUP_MODE, INTERVENTION, SERVICE, OTHER = range(6)
# ChannelState, OPC 40501-1, 12.2
ACTIVE, INTERRUPTED, RESET = range(3)


class Meaning(NamedTuple):
    """A row: MachineryItemState, MachineryOperationMode, then what a machine tool adds.

    `program` is the state of the active program (a part is loaded: Initializing; a stop in work:
    Interrupted), `tool_mode` the operation mode of a machine tool,
    `channel` the state of its channel, `health` its DeviceHealth when no alarm says more.
    """

    item: str
    mode: str
    program: str
    tool_mode: int
    channel: int
    health: int


MEANINGS: Mapping[State, Meaning] = {
    State.STOPPED: Meaning("NotAvailable", "None", "Ended", OTHER, RESET, NORMAL),
    State.IDLE: Meaning("NotExecuting", "None", "Ended", AUTOMATIC, RESET, NORMAL),
    State.STARVED: Meaning("NotExecuting", "Processing", "Ended", AUTOMATIC, RESET, NORMAL),
    State.WORKING: Meaning("Executing", "Processing", "Running", AUTOMATIC, ACTIVE, NORMAL),
    State.BLOCKED: Meaning("NotExecuting", "Processing", "Ended", AUTOMATIC, RESET, NORMAL),
    State.DOWN: Meaning(
        "OutOfService", "Processing", "Interrupted", AUTOMATIC, INTERRUPTED, FAILURE
    ),
    State.SETUP: Meaning("Executing", "Setup", "Ended", SETUP_MODE, RESET, CHECK_FUNCTION),
    State.HELD: Meaning("NotExecuting", "Processing", "Ended", AUTOMATIC, INTERRUPTED, NORMAL),
    State.MAINTENANCE: Meaning(
        "OutOfService", "Maintenance", "Ended", SERVICE, RESET, CHECK_FUNCTION
    ),
    State.LOADING: Meaning("NotExecuting", "Processing", "Initializing", AUTOMATIC, RESET, NORMAL),
}
POWERED = tuple(float(state != State.STOPPED) for state in State)
EXECUTING = tuple(float(MEANINGS[state].item == "Executing") for state in State)
"""Whether a state counts for PowerOnDuration and OperationDuration (OPC 40001-1, 14.2)."""


def meaning(state: float) -> Meaning:
    """The row of a state code."""
    return MEANINGS[State(round(state))]

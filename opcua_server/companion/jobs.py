"""Job management of the line: OPC 40001-3's JobManagement with the receiver and the provider of
OPC 10031-4.

Every method enters the journal as a command. The answer to a call that was understood is Good with
a ReturnStatus (OPC 10031-4, B.2); why one was refused is in the line's LastRejection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncua import ua

from opcua_server.companion.calls import Call
from opcua_server.companion.finite import current, finite, under
from opcua_server.companion.instance import Instance
from opcua_server.companion.job_events import JobEvents
from opcua_server.companion.job_values import NAMES, JobValues
from opcua_server.companion.machinery import blocks
from opcua_server.companion.part import Part, Plant
from opcua_server.companion.values import Derived
from opcua_server.desk import Refused
from twin.kernel.jobs import MOST_JOBS
from twin.trace.book import Book, Entry
from twin.trace.job import JobOrder, JobState
from twin.trace.journal import CommandKind, Role

# ReturnStatus, bits of OPC 10031-4, B.2
GOOD, UNKNOWN_ID, WRONG_STATE, NOT_ACCEPTED, INVALID = (1 << bit for bit in (0, 1, 3, 4, 32))
CONTROL, RESULTS = "JobOrderControl", "JobOrderResults"
RECEIVER = "JobControl:ISA95JobOrderReceiverObjectType"
ROLE: Role = "operator"  # who may give orders; an execution system logs in as one
STORES: dict[str, CommandKind] = {
    "Store": "job-store",
    "StoreAndStart": "job-store-and-start",
    "Update": "job-update",
}
BY_ID: dict[str, CommandKind] = {
    "Start": "job-start",
    "RevokeStart": "job-revoke-start",
    "Pause": "job-pause",
    "Resume": "job-resume",
    "Stop": "job-stop",
    "Cancel": "job-cancel",
    "Abort": "job-abort",
    "Clear": "job-clear",
}
# whose state the state machine shows when there are several orders
FIRST = (
    JobState.RUNNING,
    JobState.INTERRUPTED,
    JobState.ALLOWED_TO_START,
    JobState.NOT_ALLOWED_TO_START,
    JobState.ENDED,
    JobState.ABORTED,
)


def needs(session: Any) -> tuple[str, ...]:
    """Specifications: where the line can be told what to make."""
    line = getattr(session.line, "whole", session.line)  # a fleet's line server has no stations
    if not hasattr(line, "scenario") or not line.stations or not session.shown.level.control:
        return ()
    if not getattr(session, "whole_line", True):
        return ()
    counted = any(station.spec.pack or not station.fluid for station in line.stations)
    return ("DI", "Machinery", "JobControl", "Jobs") if counted else ()


class JobDesk:
    """The job orders of one line: what clients ask and are told."""

    def __init__(self, plant: Plant) -> None:
        self.session = plant.session
        self.values = JobValues(plant.types, plant.session)
        self._book = Book()

    @property
    def book(self) -> Book:
        """The order book as of now."""
        self._book.follow(self.session.trace)
        return self._book

    def present(self) -> str | None:
        """State of the order the line is at."""
        states = {entry.state for entry in self.book.listed}
        return next((NAMES[state] for state in FIRST if state in states), None)

    async def give(self, call: Call, name: str) -> int:
        """Carry out a method of the receiver; its ReturnStatus."""
        job: JobOrder | None = None
        what, comments = call.arguments
        try:
            if name in STORES:
                job = self.values.order(what)
            target = what or "" if job is None else job.id
            entry = self.book.find(target)
            text = " ".join(one.Text for one in comments or [] if one.Text)
            kind = (STORES | BY_ID)[name]
            await call.desk.submit(kind, target, None, call.user, text, job)
        except Refused as refusal:
            call.desk.refuse(call.user, f"call {self.session.line.id}.{name}", refusal)
            if refusal.code != ua.StatusCodes.BadInvalidState:
                return INVALID
            if name in ("Store", "StoreAndStart"):
                return NOT_ACCEPTED
            if entry is None:
                return UNKNOWN_ID
            updates = (JobState.NOT_ALLOWED_TO_START, JobState.ALLOWED_TO_START)
            return NOT_ACCEPTED if name == "Update" and entry.state in updates else WRONG_STATE
        return GOOD

    def by_id(self, call: Call) -> Sequence[Any]:
        """RequestJobResponseByJobOrderID."""
        entry = self.book.find(call.arguments[0] or "")
        if entry is not None:
            return self.values.response(entry), GOOD
        call.desk.tell(f"RequestJobResponseByJobOrderID: no job order {call.arguments[0]!r:.80}")
        nothing = self.values.make(
            "JobResponse", JobResponseID="", JobOrderID=call.arguments[0] or "", JobState=[]
        )
        return nothing, UNKNOWN_ID

    def by_state(self, call: Call) -> Sequence[Any]:
        """RequestJobResponseByJobOrderState: of the orders in that state."""
        asked = call.arguments[0] or []
        number = getattr(asked[0], "StateNumber", 0) if len(asked) == 1 else 0
        if number not in NAMES:
            call.desk.tell(f"RequestJobResponseByJobOrderState: no state {number!r:.80}")
            return [], WRONG_STATE
        found = [one for one in self.book.listed if one.state == number]
        return [self.values.response(entry) for entry in found], GOOD


def build(plant: Plant) -> None:
    """Add JobManagement to the line."""
    types, desk = plant.types, JobDesk(plant)
    folder = blocks(plant, plant.line_id)
    specs = plant.line.scenario.products
    titles = {
        name: specs[name].title.en if name in specs and specs[name].title else name
        for name in plant.line.products
    }

    def rows(write: Any, wanted: Any = lambda _entry: True) -> Derived:
        def value(_view: Any) -> ua.Variant:
            found = [write(entry) for entry in desk.book.listed if wanted(entry)]
            return ua.Variant(found, ua.VariantType.ExtensionObject, is_array=True)

        return Derived(value)

    def begun(entry: Entry) -> bool:
        return entry.state != JobState.NOT_ALLOWED_TO_START

    values: dict[str, Any] = {
        "JobOrderList": rows(desk.values.listed),
        "WorkMaster": [desk.values.master(name, title) for name, title in titles.items()],
        "MaterialClassID": [],
        "MaterialDefinitionID": list(titles),
        "EquipmentID": [],
        "PhysicalAssetID": [],
        "PersonnelID": [],
        "MaxDownloadableJobOrders": MOST_JOBS,
        **current(finite(types, RECEIVER), lambda _view: desk.present()),
    }
    made = types.instantiate(
        "Jobs:JobManagementType",
        f"{folder.Identifier}.JobManagement",
        "Jobs:JobManagement",
        folder,
        "HasAddIn",
        optional=[f"{CONTROL}/{name}" for name in (*STORES, *BY_ID)],
        values={
            **under(CONTROL, values),
            f"{RESULTS}/JobOrderResponseList": rows(desk.values.response, begun),
        },
    )
    control, results = made[CONTROL], made[RESULTS]
    derivations = types.variables.derivations
    events = JobEvents(plant, desk.values, lambda: desk.book, control, (results,))
    derivations.tellers.append(events.publish)
    for name in (*STORES, *BY_ID):
        _offer(plant, made, desk, name)
    for name, answer in (
        ("RequestJobResponseByJobOrderID", desk.by_id),
        ("RequestJobResponseByJobOrderState", desk.by_state),
    ):
        types.method(made, f"{RESULTS}/{name}", "observer", _reading(answer))


def _offer(plant: Plant, made: Instance, desk: JobDesk, name: str) -> None:
    async def run(call: Call) -> Sequence[Any]:
        status = await desk.give(call, name)
        await plant.types.variables.derivations.publish()
        return (status,)

    plant.types.method(made, f"{CONTROL}/{name}", ROLE, run)


def _reading(answer: Any) -> Any:
    async def run(call: Call) -> Sequence[Any]:
        found: Sequence[Any] = answer(call)
        return found

    return run


JOBS = Part("jobs", needs, build)

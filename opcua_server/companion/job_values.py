"""Job orders as the structures of OPC 10031-4: read from clients, and written for them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from asyncua import ua

from opcua_server.companion.types import Types
from opcua_server.desk import Refused
from twin.trace.book import Entry
from twin.trace.job import JobOrder, JobState

Codes = ua.StatusCodes
USE = "Material Produced"  # MaterialUse of what an order makes (ISA-95 Part 2)
QUANTITY = "Quantity"  # the job order parameter that names it, where no material does
NO_TIME = datetime(1601, 1, 1)  # how DateTime writes that there is none (OPC 10000-6, 5.2.2.5)
NAMES = {
    JobState.NOT_ALLOWED_TO_START: "NotAllowedToStart",
    JobState.ALLOWED_TO_START: "AllowedToStart",
    JobState.RUNNING: "Running",
    JobState.INTERRUPTED: "Interrupted",
    JobState.ENDED: "Ended",
    JobState.ABORTED: "Aborted",
}
# what an order cannot ask for here: it would be taken and not be kept
UNUSED = ("PersonnelRequirements", "EquipmentRequirements", "PhysicalAssetRequirements")


class JobValues:
    """Structures of one server; `session` gives dates for simulated seconds."""

    def __init__(self, types: Types, session: Any) -> None:
        self.session = session
        self._classes: dict[str, Any] = {
            name: types.structure(f"JobControl:ISA95{name}DataType")
            for name in ("JobOrder", "JobOrderAndState", "JobResponse", "State", "WorkMaster",
                         "Parameter", "Material")
        }  # fmt: skip

    def make(self, name: str, **fields: Any) -> Any:
        """A structure by the middle of its name."""
        return self._classes[name](**fields)

    # ---- from clients

    def order(self, sent: Any) -> JobOrder:
        """What a client wants made. Refused where it cannot be understood or would be ignored."""
        if type(sent).__name__ != "ISA95JobOrderDataType":
            raise Refused(Codes.BadTypeMismatch, "takes an ISA95JobOrderDataType")
        for field in UNUSED:
            if getattr(sent, field, None):
                raise Refused(Codes.BadNotSupported, f"a job order here has no {field}")
        materials, masters = sent.MaterialRequirements or [], sent.WorkMasterID or []
        if len(materials) > 1 or len(masters) > 1:
            raise Refused(Codes.BadNotSupported, "a job order here makes one product")
        products = {one.MaterialDefinitionID for one in materials if one.MaterialDefinitionID}
        products |= {one.ID for one in masters if one.ID}
        if len(products) != 1:
            raise Refused(
                Codes.BadInvalidArgument,
                "name one product: WorkMasterID or MaterialRequirements.MaterialDefinitionID",
            )
        texts = [text.Text for text in sent.Description or [] if text.Text]
        return JobOrder(
            sent.JobOrderID or "",
            products.pop(),
            self._quantity(sent, materials),
            sent.Priority or 0,
            self._second(sent.StartTime),
            self._second(sent.EndTime),
            texts[0] if texts else "",
        )

    def _quantity(self, sent: Any, materials: list[Any]) -> int:
        told = [one.Quantity for one in materials if one.Quantity]
        for parameter in sent.JobOrderParameters or []:
            if parameter.ID != QUANTITY:
                raise Refused(Codes.BadNotSupported, f"no job order parameter {parameter.ID!r:.80}")
            value = parameter.Value
            told.append(value.Value if isinstance(value, ua.Variant) else value)
        try:
            numbers = {Decimal(str(one)) for one in told}
            (number,) = numbers
            if number == number.to_integral_value() and abs(number) < 10**12:
                return int(number)
        except (InvalidOperation, ValueError):
            pass
        raise Refused(
            Codes.BadInvalidArgument,
            f"say how many: MaterialRequirements.Quantity or the parameter {QUANTITY}",
        )

    def _second(self, moment: datetime | None) -> float | None:
        if moment is None or moment.replace(tzinfo=None) <= NO_TIME:
            return None
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return float((at - self.session.started_at).total_seconds())

    # ---- for clients

    def date(self, t: float | None) -> datetime | None:
        """The date of a simulated second."""
        return None if t is None else self.session.wall(t).astimezone(UTC)

    def master(self, product: str, title: str) -> Any:
        """What the line can make, as a work master."""
        return self.make("WorkMaster", ID=product, Description=ua.LocalizedText(title, "en"))

    def state(self, state: JobState) -> list[Any]:
        """A state; the empty path means the state machine itself (7.3.2)."""
        text = ua.LocalizedText(NAMES[state], "en")
        return [self.make("State", BrowsePath=ua.RelativePath(), StateText=text,
                          StateNumber=int(state))]  # fmt: skip

    def written(self, entry: Entry) -> Any:
        """The order as it was stored."""
        order = entry.order
        material = self.make(
            "Material", MaterialDefinitionID=order.product, MaterialUse=USE,
            Quantity=str(order.quantity),
        )  # fmt: skip
        return self.make(
            "JobOrder",
            JobOrderID=order.id,
            Description=[ua.LocalizedText(order.description, "en")] if order.description else None,
            WorkMasterID=[self.make("WorkMaster", ID=order.product)],
            StartTime=self.date(order.start),
            EndTime=self.date(order.due),
            Priority=order.priority,
            MaterialRequirements=[material],
        )

    def listed(self, entry: Entry) -> Any:
        """A row of JobOrderList."""
        return self.make(
            "JobOrderAndState", JobOrder=self.written(entry), State=self.state(entry.state)
        )

    def response(self, entry: Entry, state: JobState | None = None) -> Any:
        """What became of an order so far: times, state, parts begun, good and rejected."""
        counts = {"Begun": entry.begun, "Good": entry.good, "Rejected": entry.rejected}
        made = self.make(
            "Material", MaterialDefinitionID=entry.order.product, MaterialUse=USE,
            Quantity=str(entry.good),
        )  # fmt: skip
        return self.make(
            "JobResponse",
            JobResponseID=f"{entry.order.id}:{entry.number}",
            JobOrderID=entry.order.id,
            StartTime=self.date(entry.started),
            EndTime=self.date(entry.ended),
            JobState=self.state(state or entry.state),
            JobResponseData=[
                self.make("Parameter", ID=name, Value=ua.Variant(count, ua.VariantType.Int64))
                for name, count in counts.items()
            ],
            MaterialActuals=[made],
        )

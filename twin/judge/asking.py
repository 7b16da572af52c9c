"""What the judge asks of an MES while the line runs: orders as an ERP gives them, recall drills."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from twin.judge.trial import Incident
from twin.line.line import Line
from twin.line.values import NonNegativeSeconds, Record
from twin.trace.genealogy import begun
from twin.trace.trace import Trace

ORDER, DRILL = "erp-order", "recall-drill"


class OrderStep(Record):
    """An order of the ERP, released at a time.

    `parameters` are those of the recipe of its product. One that is to be `rejected` cannot be
    made: the product is unknown, there is nothing to make, or a parameter is out of its range.
    """

    at: NonNegativeSeconds
    order: Annotated[str, Field(min_length=1)]
    product: str
    quantity: int
    parameters: Mapping[str, float] = Field(default_factory=dict)
    expect: Literal["made", "rejected"] = "made"


class ChartStep(Record):
    """A control chart to keep from the start: single values of what a tag measures, with the
    centre line and the sigma of a process in control."""

    tag: str
    centre: float
    sigma: Annotated[float, Field(gt=0)]


class DrillStep(Record):
    """A recall drill: which parts have of the lot that was in use at a station `back` s before?

    `material` says which, where a station uses several.
    """

    at: NonNegativeSeconds
    station: str
    material: str = ""
    back: NonNegativeSeconds = 0.0


def impossible(step: OrderStep, line: Line) -> Iterator[str]:
    """Why a line cannot make an order; nothing when it can."""
    if step.product not in line.products:
        yield "product"
    if step.quantity < 1:
        yield "quantity"
    for name, value in step.parameters.items():
        row = line.recipe_limits.get(f"{step.product}/{name}")
        if row is None or not row.low <= value <= row.high:
            yield name


class Asking:
    """Asks in time; `orders`, `drills` and `charts` are what solutions are shown so far.

    `shift` (s) is where a plan's times begin, `date` gives the date of a simulated second.
    """

    def __init__(
        self,
        orders: Sequence[OrderStep],
        drills: Sequence[DrillStep],
        charts: Sequence[ChartStep],
        shift: float,
        date: Callable[[float], datetime],
    ) -> None:
        self._date = date
        steps: list[OrderStep | DrillStep] = [*orders, *drills]
        self._open = sorted(((one.at + shift, one) for one in steps), key=lambda row: row[0])
        self.charts = [one.model_dump() for one in charts]
        self.orders: list[dict[str, Any]] = []
        self.drills: list[dict[str, Any]] = []
        self.incidents: list[Incident] = []

    def wait(self, now: float) -> float:
        """Seconds until something is asked; infinite when nothing is left."""
        return max(0.0, self._open[0][0] - now) if self._open else float("inf")

    def ask(self, trace: Trace) -> None:
        """Ask what is due."""
        while self._open and self._open[0][0] <= trace.now:
            _at, step = self._open.pop(0)
            if isinstance(step, OrderStep):
                shown = step.model_dump(exclude={"at", "expect"})
                self.orders.append(shown)
                self._note(ORDER, trace.now, {**shown, "expect": step.expect})
            else:
                asked = self._date(trace.now).isoformat()
                name = f"recall-{len(self.drills) + 1}"
                shown = {"question": name, "asked": asked, **lot_of(step, trace)}
                self.drills.append(shown)
                self._note(DRILL, trace.now, shown)

    def _note(self, kind: str, t: float, detail: Mapping[str, Any]) -> None:
        self.incidents.append(Incident(kind, t, t, {**detail, "wall": time.time()}))


def lot_of(step: DrillStep, trace: Trace) -> dict[str, Any]:
    """The lot that a drill is about, as who recalls it knows it: material and number."""
    found = [
        (number, feed)
        for number, t, feed in begun(trace)
        if feed.station == step.station and step.material in ("", feed.material)
        and t <= max(0.0, trace.now - step.back)
    ]  # fmt: skip
    number, feed = found[-1]
    return {"material": feed.material, "lot": number}

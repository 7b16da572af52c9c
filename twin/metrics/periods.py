"""How a run is cut for key figures: by shift, by hour, by order, by product.

Shifts and hours cut the time of the line. An order's time begins, for the line, with the birth of
its first part and ends with that of the next order's; at a station with the set-up for its first
part, or that part, and ends when another order's begins there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twin.errors import UsageError
from twin.i18n import _, language
from twin.line.calendar import WorkCalendar
from twin.line.line import Line
from twin.metrics.partition import Floats, Ints, Partition, Slot, Split, partition
from twin.trace.tables import EventKind
from twin.trace.trace import Trace
from twin.units import clock

HOUR = 3600.0
BETWEEN = "-"


def by_shift(trace: Trace) -> Split:
    """One stretch a shift; what lies between shifts is a stretch of its own, the last."""
    work = trace.line.calendar
    if work is None:
        text = _("{line} has no calendar, so it has no shifts")
        raise UsageError(text.format(line=trace.line.id))
    slots: list[Slot] = []
    begins, labels = [0.0], []
    for shift in work.shifts(0.0, trace.now):
        begin, end = max(shift.begin, 0.0), min(shift.end, trace.now)
        title = shift.spec.title.in_language(language()) if shift.spec.title else shift.id
        if begin > begins[-1]:
            labels.append(-1)
            begins.append(begin)
        labels.append(len(slots))
        begins.append(end)
        slots.append(Slot(f"{shift.day.isoformat()} {shift.id}", title, begin, end))
    labels.append(-1)
    between = len(slots)
    if -1 in labels[:-1] or begins[-1] < trace.now:
        slots.append(Slot(BETWEEN, _("between shifts"), 0.0, trace.now))
    numbers = np.array([between if label < 0 else label for label in labels])
    return Split(tuple(slots), partition(np.array(begins), numbers, trace.now))


def by_hour(trace: Trace) -> Split:
    """One stretch an hour: of the wall clock when there is a calendar, else from the start."""
    work, now = trace.line.calendar, trace.now
    first = 0.0 if work is None else -(work.start.minute * 60.0 + work.start.second)
    begins = np.asarray(first + HOUR * np.arange(int(np.ceil((now - first) / HOUR))), float)
    slots = [
        Slot(instant(work, max(t, 0.0)), "", max(t, 0.0), min(t + HOUR, now))
        for t in begins.tolist()
    ]
    begins[0] = 0.0
    return Split(tuple(slots), partition(begins, np.arange(len(begins)), now))


def by_order(trace: Trace) -> Split:
    """One stretch an order; its key is its running number from 1."""
    begins, first, numbers = _orders(trace)
    if not len(begins):
        return _none_yet(trace)
    of_part = np.searchsorted(first, np.arange(len(trace.parts)), side="right") - 1
    names = _titles(trace.line)
    ends = np.append(begins[1:], trace.now)
    slots = [
        Slot(str(int(number) + 1), names[trace.parts.product[part]], float(begin), float(end))
        for number, part, begin, end in zip(numbers, first, begins, ends, strict=True)
    ]
    return Split(tuple(slots), _released(trace, begins, np.arange(len(slots))), of_part)


def by_product(trace: Trace) -> Split:
    """One slot a product that was begun, in the order of the scenario."""
    begins, first, _numbers = _orders(trace)
    if not len(begins):
        return _none_yet(trace)
    of_order = trace.parts.product[first].astype(np.int64)
    made = np.unique(of_order)
    names, line = _titles(trace.line), trace.line
    slots = [Slot(line.products[p], names[p], 0.0, trace.now) for p in made.tolist()]
    line_part = _released(trace, begins, np.searchsorted(made, of_order))
    return Split(tuple(slots), line_part, np.searchsorted(made, trace.parts.product))


BY: Mapping[str, Callable[[Trace], Split]] = {
    "shift": by_shift,
    "hour": by_hour,
    "order": by_order,
    "product": by_product,
}


def instant(work: WorkCalendar | None, t: float) -> str:
    """A simulated instant as people read it: wall time with its offset, else time since 0."""
    return clock(t) if work is None else work.wall(t).isoformat(timespec="minutes")


def _orders(trace: Trace) -> tuple[Floats, Ints, Floats]:
    """When each order began, its first part, its running number."""
    rows = trace.index.events(EventKind.ORDER, -1)
    return rows.t, rows.part, rows.value


def _titles(line: Line) -> list[str]:
    specs = line.scenario.products
    titles = [specs[p].title if p in specs else None for p in line.products]
    return [
        title.in_language(language()) if title else name
        for title, name in zip(titles, line.products, strict=True)
    ]


def _none_yet(trace: Trace) -> Split:
    """One stretch, before any order has begun."""
    line = Partition(np.array([0.0, trace.now]), np.zeros(1, dtype=np.int64))
    return Split((Slot(BETWEEN, _("before the first order"), 0.0, trace.now),), line)


def _released(trace: Trace, begins: Floats, labels: Ints) -> Partition:
    """The line's time by order: each from the birth of its first part on."""
    return partition(np.concatenate([[0.0], begins[1:]]), labels, trace.now)

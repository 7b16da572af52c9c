"""Level 0: the shift sheet a foreman writes at the end of a shift, and what really happened.

Counts are up to 2 % off, times are rounded to 10 min, stops under 5 min are not written down, and
of four stops in ten the reason is "other". All four figures are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from twin.errors import UsageError
from twin.field.chance import key, uniform
from twin.field.shifts import Stretch, ended, wall
from twin.i18n import _
from twin.line.line import OUT, SCRAP, Station
from twin.trace.tables import EventKind, State
from twin.trace.trace import Trace

OFF = 0.02
MINUTES = 10
FORGOTTEN = 300.0  # s
VAGUE = 0.4
OTHER = "other"
STOPS = {
    State.DOWN: "breakdown",
    State.SETUP: "changeover",
    State.MAINTENANCE: "maintenance",
    State.STOPPED: "stopped",
}


@dataclass(frozen=True)
class Entry:
    """A line of a sheet: counts have an amount of parts, stops one of minutes.

    `place` is the product of a count and the station of a stop; `begin` and `end` are s of
    simulated time.
    """

    shift: Stretch
    what: str
    place: str
    begin: float
    end: float
    amount: float
    reason: str = ""


@dataclass(frozen=True)
class Sheet:
    """What was written, and each entry as it really was; None where nobody wrote it down."""

    rows: tuple[tuple[Entry | None, Entry], ...]

    @property
    def written(self) -> tuple[Entry, ...]:
        """The entries on paper."""
        return tuple(entry for entry, _true in self.rows if entry is not None)


def sheet(trace: Trace) -> Sheet:
    """The sheets of all shifts that are over. Raises UsageError when none is.

    >>> import twin
    >>> from twin.field.sheet import sheet
    >>> trace = twin.run(twin.load("examples/three-stations-v1"), "24h", seed=1)
    >>> sorted({entry.what for entry in sheet(trace).written})
    ['good', 'stop']
    """
    shifts = ended(trace.line, trace.now)
    if not shifts:
        text = _("no shift has ended within {now:g} s: run the line for longer")
        raise UsageError(text.format(now=trace.now))
    rows: list[tuple[Entry | None, Entry]] = []
    for shift in shifts:
        rows += [(_counted(trace, entry), entry) for entry in _counts(trace, shift)]
        rows += [(_noted(trace, entry), entry) for entry in _stops(trace, shift)]
    return Sheet(tuple(rows))


def _counts(trace: Trace, shift: Stretch) -> Iterator[Entry]:
    log, line = trace.log, trace.line
    for what, sink in (("good", OUT), ("scrap", SCRAP)):
        rows = np.flatnonzero(log.place == line.place(sink))
        rows = rows[(log.t[rows] >= shift.begin) & (log.t[rows] < shift.end)]
        product = trace.parts.product[log.part[rows]]
        for number, name in enumerate(line.products):
            count = int(np.count_nonzero(product == number))
            if count:
                yield Entry(shift, what, name, shift.begin, shift.end, count)


def _counted(trace: Trace, true: Entry) -> Entry:
    of = key(trace.seed, true.place, f"sheet {true.what}")
    share = 2.0 * uniform(of, np.array([round(true.begin)]))[0] - 1.0
    return replace(true, amount=float(round(true.amount * (1.0 + OFF * share))))


def _stops(trace: Trace, shift: Stretch) -> Iterator[Entry]:
    for place, station in enumerate(trace.line.stations):
        series = trace.index.states(place)
        ends = np.append(series.t[1:], trace.now)
        wanted = np.isin(series.state, [int(state) for state in STOPS])
        for row in np.flatnonzero(wanted & (series.t < shift.end) & (ends > shift.begin)).tolist():
            begin, end = max(float(series.t[row]), shift.begin), min(float(ends[row]), shift.end)
            state = State(int(series.state[row]))
            reason = _reason(trace, station, place, state, float(series.t[row]))
            yield Entry(shift, "stop", station.id, begin, end, (end - begin) / 60.0, reason)


def _reason(trace: Trace, station: Station, place: int, state: State, t: float) -> str:
    if state is State.DOWN:
        events = trace.index.events(EventKind.FAILURE, place)
        row = int(np.searchsorted(events.t, t, side="right")) - 1
        if row >= 0 and 0 <= int(events.value[row]) < len(station.spec.failures):
            return station.spec.failures[int(events.value[row])].id
    return STOPS[state]


def _noted(trace: Trace, true: Entry) -> Entry | None:
    """A stop as it is written down, if it is."""
    if true.end - true.begin < FORGOTTEN:
        return None
    begin, end = _rounded(true.begin), _rounded(true.end)
    end = max(end, begin + MINUTES * 60.0)
    vague = uniform(key(trace.seed, true.place, "sheet reason"), np.array([round(true.begin)]))
    reason = OTHER if vague[0] < VAGUE else true.reason
    return replace(true, begin=begin, end=end, amount=(end - begin) / 60.0, reason=reason)


def _rounded(t: float) -> float:
    step = MINUTES * 60.0
    return round(t / step) * step


HEAD = ("date", "shift", "entry", "place", "from", "to", "amount", "unit", "reason")
TRUTH_HEAD = (*HEAD, "written")


def as_rows(trace: Trace, entries: Sheet, epoch: datetime) -> Iterator[tuple[str, ...]]:
    """The sheet as texts, in the columns of HEAD."""
    for entry in entries.written:
        yield _row(trace, entry, epoch, "%H:%M")


def truth_rows(trace: Trace, entries: Sheet, epoch: datetime) -> Iterator[tuple[str, ...]]:
    """What really happened, in the columns of TRUTH_HEAD."""
    for written, true in entries.rows:
        yield (*_row(trace, true, epoch, "%H:%M:%S"), "no" if written is None else "yes")


def _row(trace: Trace, entry: Entry, epoch: datetime, form: str) -> tuple[str, ...]:
    day = wall(trace.line, entry.shift.begin, epoch)
    begin, end = (_time(trace, t, epoch, form) for t in (entry.begin, entry.end))
    unit = "min" if entry.what == "stop" else "parts"
    amount = f"{entry.amount:.1f}" if entry.what == "stop" else f"{entry.amount:.0f}"
    return (
        day.date().isoformat(), entry.shift.id, entry.what, entry.place, begin, end,
        amount.removesuffix(".0"), unit, entry.reason,
    )  # fmt: skip


def _time(trace: Trace, t: float, epoch: datetime, form: str) -> str:
    moment = wall(trace.line, t, epoch)
    if form == "%H:%M":  # rounding happens on the clock on the wall
        moment += timedelta(seconds=30)
    return moment.strftime(form)

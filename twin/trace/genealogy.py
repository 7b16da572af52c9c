"""Genealogy: what a part is made of and where it has been, and which parts a lot went into.

Nothing is kept for it while a line runs: it is read out of the trace. A part's way is in the log,
its lots are in the readings (one each time a station used some for it), its verdicts and what was
built into it in the events. Where material flows, a part has of each lot that was in use while
what is in it flowed by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import UsageError
from twin.i18n import _
from twin.line.feeds import Feed
from twin.line.line import Line
from twin.trace.flow_windows import treated, windows
from twin.trace.tables import Column, EventKind, State
from twin.trace.trace import Trace


@dataclass(frozen=True)
class Visit:
    """A stay at a station: when the part came, when work on it began, when it left (s).

    `begun` is None when it was not worked on, `left` None when it is still there; `passed` is the
    station's verdict, None where it gave none.
    """

    station: str
    came: float
    begun: float | None
    left: float | None
    passed: bool | None


@dataclass(frozen=True)
class Used:
    """Some of a lot went into a part at a station at `t` (s)."""

    t: float
    part: int
    station: str
    material: str
    lot: int


@dataclass(frozen=True)
class Stretch:
    """What is in a part flowed through a station from `begun` to `ended` (s)."""

    station: str
    begun: float
    ended: float


@dataclass(frozen=True)
class PartHistory:
    """What became of a part: `outcome` is a sink, "in line", or "merged" into the part `into`.

    `flowed` is how it came about where material flows; `built_in` are the parts merged into it,
    those of the parts merged into them included; `used` the lots that went into any of them.
    """

    part: int
    serial: str
    product: str
    born: float
    flowed: tuple[Stretch, ...]
    visits: tuple[Visit, ...]
    used: tuple[Used, ...]
    built_in: tuple[int, ...]
    into: int | None
    outcome: str


@dataclass(frozen=True)
class LotHistory:
    """Which parts a lot went into: at once (`used`), and with those built into others (`parts`)."""

    lot: int
    material: str
    station: str
    begun: float
    used: tuple[Used, ...]
    parts: tuple[int, ...]


def serial(trace: Trace, part: int) -> str:
    """Serial number on a part: its product and its number, "controller-000123"."""
    return f"{trace.line.products[int(trace.parts.product[part])]}-{part:06d}"


def part_number(trace: Trace, text: str) -> int:
    """Number of a part by its number or serial. Raises UsageError when there is none."""
    digits = text.rsplit("-", 1)[-1]
    known = len(trace.parts)
    if digits.isdecimal() and int(digits) < known:
        part = int(digits)
        if text in (digits, serial(trace, part)):
            return part
    raise UsageError(
        _("no part {text}: the run has the parts 0 to {last}").format(text=text, last=known - 1)
    )


def part_history(trace: Trace, part: int) -> PartHistory:
    """A part backwards: the way it took and everything in it."""
    inside = _built_in(trace, part)
    visits, outcome = _way(trace, part)
    events = trace.events
    merged = np.flatnonzero((events.kind == EventKind.MERGED) & (events.part == part))
    return PartHistory(
        part,
        serial(trace, part),
        trace.line.products[int(trace.parts.product[part])],
        float(trace.parts.t[part]),
        _flowed(trace, part),
        visits,
        tuple(sorted(_used(trace, np.array([part, *inside])), key=lambda use: use.t)),
        inside,
        int(events.value[merged[0]]) if len(merged) else None,
        outcome,
    )


def lot_history(trace: Trace, lot: int) -> LotHistory:
    """A lot forwards: the parts that it went into. Raises UsageError when it was never begun."""
    feed = feed_of(trace.line, lot)
    known = _lots(trace, feed) if feed is not None else {}
    if feed is None or lot not in known:
        raise UsageError(_("no lot {lot}: no station has begun it").format(lot=lot))
    used = tuple(use for use in _uses_at(trace, feed) if use.lot == lot)
    parts = set()
    into = _into(trace)
    for use in used:
        number: int | None = use.part
        while number is not None and number not in parts:
            parts.add(number)
            number = into.get(number)
    return LotHistory(lot, feed.material, feed.station, known[lot], used, tuple(sorted(parts)))


def feed_of(line: Line, lot: int) -> Feed | None:
    """Where a lot was used, by its number."""
    return line.feeds[(lot - 1) % len(line.feeds)] if line.feeds and lot > 0 else None


def begun(trace: Trace) -> list[tuple[int, float, Feed]]:
    """Every lot that was begun: its number, when (s), and where it was used; in order of time."""
    rows = [(n, t, feed) for feed in trace.line.feeds for n, t in _lots(trace, feed).items()]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def uses(trace: Trace) -> Iterator[Used]:
    """Every use of every lot, feed by feed, each in order of time."""
    for feed in trace.line.feeds:
        yield from _uses_at(trace, feed)


def merges(trace: Trace) -> list[tuple[float, int, str, int]]:
    """Every part built into another: when (s), into which, at which station, which part."""
    events, names = trace.events, trace.line.places
    rows = np.flatnonzero(events.kind == EventKind.MERGED)
    return [
        (float(events.t[i]), int(events.value[i]), names[events.place[i]], int(events.part[i]))
        for i in rows.tolist()
    ]


def outcomes(trace: Trace) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """Names of outcomes and each part's: the sink it ended in, or that it is still in the line."""
    names = ("in line", *(trace.line.places[sink] for sink in trace.sinks))
    outcome = np.zeros(len(trace.parts), dtype=np.int8)
    first = trace.sinks[0]
    rows = np.flatnonzero((trace.log.place >= first) & (trace.log.part >= 0))
    outcome[trace.log.part[rows]] = trace.log.place[rows] - first + 1
    return names, outcome


def _into(trace: Trace) -> dict[int, int]:
    return {part: into for _t, into, _station, part in merges(trace)}


def _built_in(trace: Trace, part: int) -> tuple[int, ...]:
    children: dict[int, list[int]] = {}
    for child, parent in _into(trace).items():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    front = [part]
    while front:
        front = [child for parent in front for child in children.get(parent, ())]
        found += front
    return tuple(sorted(found))


def _lots(trace: Trace, feed: Feed) -> dict[int, float]:
    """Lots of a feed and when each was begun."""
    events = trace.index.events(EventKind.LOT, trace.line.place(feed.station))
    own = (events.value.astype(np.int64) - 1) % feed.count == feed.number
    return dict(zip(events.value[own].astype(int).tolist(), events.t[own].tolist(), strict=True))


def _flowed(trace: Trace, part: int) -> tuple[Stretch, ...]:
    found = []
    for station, rows in reversed(windows(trace).items()):  # the end of the line comes first
        at = int(np.searchsorted(rows.part, part))
        if at < len(rows.part) and rows.part[at] == part:
            found.append(Stretch(station, float(rows.begin[at]), float(rows.end[at])))
    return tuple(sorted(found, key=lambda stretch: stretch.begun))


def _uses_at(trace: Trace, feed: Feed, parts: Column | None = None) -> Iterator[Used]:
    if trace.line.station_by_id[feed.station].fluid:
        yield from _flow_uses(trace, feed, parts)
        return
    series = trace.index.readings(trace.reading_number(f"{feed.station}.{feed.lot_key}"))
    rows = slice(None) if parts is None else np.isin(series.part, parts)
    lots = series.value[rows].astype(np.int64)
    columns = (series.t[rows].tolist(), series.part[rows].tolist(), lots.tolist())
    for t, part, lot in zip(*columns, strict=True):
        yield Used(t, part, feed.station, feed.material, lot)


def _flow_uses(trace: Trace, feed: Feed, parts: Column | None) -> Iterator[Used]:
    """Lots that were in use at a station while what is in each part flowed through it."""
    rows, lots = windows(trace).get(feed.station), _lots(trace, feed)
    if rows is None or not lots:
        return
    numbers, begun = np.array(list(lots)), np.array(list(lots.values()))
    # by what the station had treated, not by the clock: nothing is used while it stands still
    counts = treated(trace, feed.station, begun)
    low, high = (treated(trace, feed.station, t) for t in (rows.begin, rows.end))
    slack = 1e-6 * (high - low)
    first = np.searchsorted(counts, low + slack, side="right") - 1
    last = np.searchsorted(counts, high - slack, side="left") - 1
    takes = np.array(feed.amounts)[trace.parts.product[rows.part]] > 0.0
    wanted = takes if parts is None else takes & np.isin(rows.part, parts)
    for i in np.flatnonzero(wanted):
        for lot in range(int(first[i]), int(last[i]) + 1):
            t = max(float(begun[lot]), float(rows.begin[i]))
            yield Used(t, int(rows.part[i]), feed.station, feed.material, int(numbers[lot]))


def _used(trace: Trace, parts: Column) -> Iterator[Used]:
    for feed in trace.line.feeds:
        yield from _uses_at(trace, feed, parts)


def _way(trace: Trace, part: int) -> tuple[tuple[Visit, ...], str]:
    """Stays at stations in order, and where the part is at the end."""
    log, names = trace.log, trace.line.places
    rows = np.flatnonzero(log.part == part)
    stays: list[tuple[int, float, float | None]] = []  # place, came, work begun
    left: list[float | None] = []
    for row in rows.tolist():
        place, t = int(log.place[row]), float(log.t[row])
        if not stays or stays[-1][0] != place:
            if stays:
                left.append(t)
            stays.append((place, t, None))
        if log.state[row] == State.WORKING and stays[-1][2] is None:
            stays[-1] = (place, stays[-1][1], t)
    left += [None] * (len(stays) - len(left))
    visits = tuple(
        Visit(names[place], came, begun, gone, _verdict(trace, part, place, came, gone))
        for (place, came, begun), gone in zip(stays, left, strict=True)
        if place < len(trace.line.stations)
    )
    at_end = stays[-1][0] if stays else -1
    return visits, names[at_end] if at_end in trace.sinks else "in line"


def _verdict(trace: Trace, part: int, place: int, came: float, left: float | None) -> bool | None:
    events = trace.index.events(EventKind.VERDICT, place)
    until = np.inf if left is None else left
    rows = np.flatnonzero((events.part == part) & (events.t >= came) & (events.t <= until))
    return bool(events.value[rows[-1]]) if len(rows) else None

"""What the server shows of a session, as plain JSON-ready values; nothing hidden leaves here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from twin.alarms import AlarmState, Change, alarm_states
from twin.equipment.tag import Text
from twin.field import QUALITIES, Exposure, Records, exposure
from twin.line.line import Line
from twin.trace import EventKind, State
from twin.trace.journal import Command

if TYPE_CHECKING:
    from twin.serve.session import Session

JSON = dict[str, Any]

TRUTH: Final = frozenset(
    {
        EventKind.FAULT_ONSET,
        EventKind.FAULT_OBSERVABLE,
        EventKind.FAULT_FAILURE,
        EventKind.FAULT_REPAIR,
    }
)
"""Events that are labels for training and judging: only an instructor may see them."""

# what people want to see pass by; a verdict only when it is a rejection
NEWS: Final = frozenset(
    {EventKind.FAILURE, EventKind.REPAIRED, EventKind.SETUP, EventKind.RESET, EventKind.COMMAND}
)


def is_news(kind: EventKind, value: float, t: float) -> bool:
    """Whether the page's event list shows an event. How the line is set up at first is no news."""
    if kind is EventKind.SETUP and t == 0.0:
        return False
    return kind in NEWS or (kind is EventKind.VERDICT and value == 0.0)


def latest(session: Session) -> float | None:
    """The last instant whose values are known (s); None before the first."""
    return math.nextafter(session.now, 0.0) if session.now > 0.0 else None


def wall_time(session: Session, t: float) -> str:
    """A simulated instant as a date, ISO 8601."""
    return (session.started_at + timedelta(seconds=t)).isoformat(timespec="milliseconds")


def oee(session: Session) -> float | None:
    """OEE of the line so far, 0 to 1; None before there is one."""
    value = session.kpis.line["oee"] if session.now > 0.0 else None
    return None if value is None else figure(value)


def figure(value: float) -> float | None:
    """A key figure as it is told, to twelve digits; None where it is not finite.

    Sums are made piece by piece, and a run is cut where a fault is injected: the last bits of a
    sum would tell when that was.
    """
    return float(f"{value:.12g}") if math.isfinite(value) else None


def line_view(line: Line, shown: Exposure | None = None, dirt: str = "clean") -> JSON:
    """The line, its stations, buffers, and the tags and set points that are shown of it."""
    shown = shown or exposure(line)
    return {
        "id": line.id,
        "title": text(line.title),
        "version": line.version,
        "stations": [
            {
                "id": station.id,
                "kind": station.kind,
                "title": text(station.title),
                "x": None if station.layout is None else station.layout.x,
                "y": None if station.layout is None else station.layout.y,
                "inputs": station.inputs,
                "outputs": station.outputs,
                "residence": station.residence,
            }
            for station in line.stations
        ],
        "buffers": [
            {
                "id": buffer.id,
                "capacity": buffer.capacity,
                "transport": buffer.transport,
                "from": buffer.feeders,
                "to": buffer.takers,
            }
            for buffer in line.buffers
        ],
        "places": line.places,
        "tags": [
            {
                "name": key,
                "station": tag.station,
                "title": text(tag.title),
                "unit": tag.unit,
                "low": tag.low,
                "high": tag.high,
                "period": tag.period,
                "resolution": tag.resolution,
                "kind": tag.kind,
                "labels": tag.labels,
                "setting": writable if writable in shown.settings else None,
            }
            for key, tag in shown.tags.items()
            for writable in [f"{tag.station}.{tag.setting}"]
        ],
        "settings": {
            key: {
                "title": text(setting.title),
                "unit": setting.unit,
                "low": setting.low,
                "high": setting.high,
                "default": setting.default,
            }
            for key, setting in shown.settings.items()
        },
        "states": [state.name for state in State],
        "products": line.products,
        "dirt": dirt,
        "level": shown.level.number if shown.level.number >= 0 else None,
    }


def session_line(session: Session) -> JSON:
    """The line of a session, as far as it is shown."""
    front = session.front
    return line_view(
        session.line, session.shown, "clean" if front is None else front.network.profile.id
    )


def text(value: Text) -> JSON:
    """A text in both languages."""
    return {"en": value.en, "ko": value.ko}


def values_view(session: Session, names: list[str]) -> dict[str, float | None]:
    """Latest value of each named tag."""
    t = latest(session)
    if t is None or not names:
        return dict.fromkeys(names)
    return dict(zip(names, numbers(session.sample(names, np.array([t]))[:, 0]), strict=True))


def received_view(rows: Records) -> list[JSON]:
    """Rows that arrived, as they look to a receiver; times in simulated s."""
    columns = zip(
        rows.stamp.tolist(), rows.arrival.tolist(), rows.tag.tolist(), numbers(rows.value),
        rows.quality.tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "time": round(stamp, 3),
            "arrival": round(arrival, 3),
            "name": rows.names[tag],
            "value": value,
            "quality": QUALITIES[quality],
        }
        for stamp, arrival, tag, value, quality in columns
    ]


def numbers(values: Iterable[float]) -> list[float | None]:
    """Numbers for JSON, which knows neither NaN nor infinity; digits beyond the 12th are dust."""
    return [float(f"{v:.12g}") if math.isfinite(v) else None for v in values]


def tellable(session: Session, rows: Iterable[int]) -> list[int]:
    """Rows of events a client may know of: not the commands about hidden faults or forced alarms.

    No row number leaves by the server: a gap would say when something hidden happened.
    """
    table = session.trace.events

    def hidden(row: int) -> bool:
        command = _command(session, EventKind(int(table.kind[row])), float(table.value[row]))
        return command is not None and command.kind in ("fault", "repair", "force", "release")

    return [row for row in rows if not hidden(row)]


def event_views(session: Session, rows: Iterable[int]) -> list[JSON]:
    """Events by row number."""
    table, line, views = session.trace.events, session.line, []
    for row in tellable(session, rows):
        kind, place = EventKind(int(table.kind[row])), int(table.place[row])
        value, part = float(table.value[row]), int(table.part[row])
        command = _command(session, kind, value)
        views.append(
            {
                "t": round(float(table.t[row]), 3),
                "kind": kind.name,
                "place": line.places[place] if place >= 0 else "",
                "part": part if part >= 0 else None,
                "value": None if command is not None else value,
                "detail": _detail(line, kind, place, int(value), command),
                "title": _title(line, kind, place, int(value)),
            }
        )
    return views


def alarm_views(session: Session, changes: Sequence[Change]) -> list[JSON]:
    """Alarms that are not in their normal state now, the latest first."""
    line = session.line
    rows = alarm_states(line, changes, session.trace.journal, session.now)
    latest = {row.alarm: row for row in rows}
    views = []
    for row in sorted(latest.values(), reverse=True, key=lambda row: row.t):
        if row.state is AlarmState.NORMAL:
            continue
        alarm = line.alarm(row.alarm)
        views.append(
            {
                "alarm": alarm.key,
                "title": {"en": alarm.title.en, "ko": alarm.title.ko},
                "cause": {"en": alarm.cause.en, "ko": alarm.cause.ko},
                "severity": alarm.severity,
                "priority": alarm.priority,
                "state": row.state.name.lower(),
                "since": round(row.t, 3),
            }
        )
    return views


def _command(session: Session, kind: EventKind, value: float) -> Command | None:
    journal = session.trace.journal
    known = kind is EventKind.COMMAND and 0 <= int(value) < len(journal)
    return journal[int(value)] if known else None


def _detail(line: Line, kind: EventKind, place: int, value: int, command: Command | None) -> str:
    if command is not None:
        amount = "" if command.value is None else f" = {command.value:g}"
        return f"{command.kind} {command.target or line.id}{amount}"
    if kind in (EventKind.FAILURE, EventKind.REPAIRED) and 0 <= place < len(line.stations):
        modes = line.stations[place].spec.failures
        return modes[value].id if 0 <= value < len(modes) else ""
    if kind is EventKind.SETUP:
        return line.products[value] if 0 <= value < len(line.products) else ""
    if kind is EventKind.VERDICT:
        return "passed" if value else "rejected"
    if kind in TRUTH:
        return line.faults[value].id if 0 <= value < len(line.faults) else ""
    return ""


def _title(line: Line, kind: EventKind, place: int, value: int) -> JSON | None:
    """The detail in the words of the scenario, where it has some."""
    named: Text | None = None
    if kind in (EventKind.FAILURE, EventKind.REPAIRED) and 0 <= place < len(line.stations):
        modes = line.stations[place].spec.failures
        named = modes[value].title if 0 <= value < len(modes) else None
    elif kind is EventKind.SETUP and 0 <= value < len(line.products):
        product = line.scenario.products.get(line.products[value])
        named = None if product is None else product.title
    return None if named is None else text(named)

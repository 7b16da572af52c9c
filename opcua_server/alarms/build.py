"""Conditions in the address space: one below its station for each alarm, and who tells events."""

from __future__ import annotations

from typing import Any

from asyncua import ua

from opcua_server.alarms.fields import Condition, fields
from opcua_server.alarms.kinds import condition_id, kind_of
from opcua_server.bulk import SpaceBuilder
from opcua_server.companion.instance import Instance
from opcua_server.companion.types import Types
from opcua_server.companion.values import Derived, View
from opcua_server.events.happening import SERVER
from opcua_server.events.telling import listenable
from opcua_server.nodes import Space
from twin.alarms import Record
from twin.equipment.alarm import Alarm, Beyond

IDS = ua.ObjectIds
OPTIONAL = (
    "ConfirmedState", "Confirm", "ShelvingState", "ShelvingState/TimedShelve",
    "ShelvingState/OneShotShelve", "ShelvingState/Unshelve", "MaxTimeShelved",
)  # fmt: skip


def conditions_of(session: Any, builder: SpaceBuilder) -> dict[int, Condition]:
    """Conditions of the alarms of the session's stations, by the alarm's number in the line."""
    if not session.shown.level.alarms:
        return {}
    here = {station.id for station in session.line.stations}
    return {
        number: _condition(session, builder, alarm)
        for number, alarm in enumerate(session.line.alarms.values())
        if alarm.station in here
    }


def _condition(session: Any, builder: SpaceBuilder, alarm: Alarm) -> Condition:
    when = alarm.when
    watched = f"{alarm.station}.{when.tag}" if isinstance(when, Beyond) else ""
    reference = f"{alarm.station}.{when.of}" if isinstance(when, Beyond) and when.of else ""

    def node(key: str) -> ua.NodeId:
        return builder.node_id(key) if key in session.shown.tags else ua.NodeId()

    def high_at(t: float) -> bool:
        """Whether it was the upper limit that was left at second `t`."""
        assert isinstance(when, Beyond)
        keys = [watched, reference] if reference else [watched]
        values = session.sample(keys, [min(t, session.now * (1.0 - 1e-12))])[:, 0]
        found = values[0] - (values[1] if reference else 0.0)
        low = -float("inf") if when.low is None else when.low
        high = float("inf") if when.high is None else when.high
        return bool(high - found < found - low)

    return Condition(
        alarm, kind_of(alarm), builder.node_id(condition_id(alarm)),
        builder.node_id(alarm.station), node(watched), node(reference),
        session.line.id, session.trace.seed, session.started_at, high_at,
    )  # fmt: skip


def build(
    builder: SpaceBuilder, space: Space, session: Any, view: View, conditions: dict[int, Condition]
) -> tuple[Types, dict[int, Instance]]:
    """Add the conditions, whose variables show the alarms' present records."""
    rows = {key: row for row, key in enumerate(session.shown.tags)}
    types = Types(builder, (), line=space, rows=rows, view=view)
    made = {}
    for number, condition in conditions.items():
        made[number] = types.instantiate(
            condition.kind.type,
            condition.node,
            condition.alarm.id,
            condition.source,
            optional=OPTIONAL,
            values=_values(session, condition, number),
            display=ua.LocalizedText(condition.alarm.title.en, "en"),
        )
        types.refer(condition.source, IDS.HasCondition, condition.node)
        title = ua.LocalizedText(condition.alarm.title.ko, "ko")
        space.korean[condition.node] = (title, title)
    return types, made


def _values(session: Any, condition: Condition, number: int) -> dict[str, Derived]:
    def field(path: str) -> Derived:
        def present(_view: Any) -> ua.Variant:
            return fields(condition, session.alarms.standing[number])[path]

        return Derived(present)

    return {path: field(path) for path in fields(condition, Record(number))}


def notify(builder: SpaceBuilder, types: Types, space: Space, stations: list[ua.NodeId]) -> None:
    """Let stations, the line and the Server object tell events, each those of all below it."""
    types.refer(SERVER, IDS.HasNotifier, space.line)
    for station in stations:
        types.refer(space.line, IDS.HasNotifier, station)
    listenable(builder.space, (SERVER, space.line, *stations))

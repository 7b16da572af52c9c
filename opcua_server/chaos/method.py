"""TriggerChaos: a method of the line by which an instructor lets one disturbance begin."""

from __future__ import annotations

from typing import Any

from asyncua import ua

from opcua_server.bulk import SpaceBuilder
from opcua_server.chaos.actions import ACTIONS
from opcua_server.chaos.plan import Step
from opcua_server.chaos.script import checked
from opcua_server.chaos.weather import Weather
from opcua_server.companion.calls import Call, Handler, Taken
from opcua_server.desk import Refused
from opcua_server.nodes import Space
from twin.equipment.tag import Text

NAME = "TriggerChaos"
TITLE = Text("Disturb this server", "서버 교란")
T = ua.VariantType
ARGUMENTS: tuple[tuple[str, ua.VariantType, str], ...] = (
    ("Action", T.String, "One of: " + ", ".join(ACTIONS)),
    ("Target", T.String, "A tag, station or service; empty for all"),
    ("Seconds", T.Double, "How long, where the action lasts"),
    ("Value", T.String, "A StatusCode's name, or a time such as -1h; empty for the usual"),
)


def offer(builder: SpaceBuilder, space: Space, session: Any, weather: Weather) -> None:
    """Add the method to the line."""
    node = builder.node_id(f"{space.line.Identifier}.{NAME}()")
    inputs = tuple(
        ua.Argument(name, ua.NodeId(kind.value), -1, [], ua.LocalizedText(text, "en"))
        for name, kind, text in ARGUMENTS
    )
    english = ua.LocalizedText(TITLE.en, "en")
    builder.method(node, NAME, space.line, inputs, (), display=english, description=english)
    space.korean[node] = (ua.LocalizedText(TITLE.ko, "ko"),) * 2
    known = tuple(getattr(session, "whole", session).shown.tags)

    async def run(call: Call) -> list[Any]:
        if weather.trigger is None:
            raise Refused(ua.StatusCodes.BadInvalidState, "the server is still starting")
        weather.trigger(_asked(call.arguments, known))
        return []

    taken = tuple(Taken(name, kind, False) for name, kind, _text in ARGUMENTS)
    space.methods[node] = (Handler(NAME, "instructor", run, taken), space.line, "")


def _asked(arguments: tuple[Any, ...], tags: tuple[str, ...]) -> Step:
    action, target, seconds, value = arguments
    row = {"at": 0.0, "do": action, "to": target, "for": seconds or 0.0, "value": value}
    try:
        return checked({key: found for key, found in row.items() if found not in ("", None)}, tags)
    except ValueError as error:
        raise Refused(ua.StatusCodes.BadInvalidArgument, str(error)) from None

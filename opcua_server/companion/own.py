"""Methods of objects in the line's own namespace, as rows of a table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asyncua import ua

from opcua_server.companion.calls import Call, Handler, Taken
from opcua_server.companion.part import Plant
from twin.equipment.tag import Text
from twin.trace.journal import Role

Row = tuple[str, ua.VariantType, str]  # name, type, description; "[]" after the name: an array


@dataclass(frozen=True)
class Own:
    """A method: name, title, least role, what answers, arguments."""

    name: str
    title: Text
    role: Role
    run: Callable[[Call], Awaitable[Sequence[Any]]]
    inputs: tuple[Row, ...] = ()
    outputs: tuple[Row, ...] = ()


def offer(plant: Plant, owner: ua.NodeId, method: Own) -> None:
    """Add a method to an object; after a call the derived values are told anew."""
    node = plant.builder.node_id(f"{owner.Identifier}.{method.name}()")
    english = ua.LocalizedText(method.title.en, "en")
    inputs = tuple(_described(row) for row in method.inputs)
    outputs = tuple(_described(row) for row in method.outputs)
    plant.builder.method(
        node, method.name, owner, inputs, outputs, display=english, description=english
    )
    plant.space.korean[node] = (ua.LocalizedText(method.title.ko, "ko"),) * 2
    taken = tuple(
        Taken(name.removesuffix("[]"), kind, name.endswith("[]"))
        for name, kind, _text in method.inputs
    )

    async def run(call: Call) -> Sequence[Any]:
        answer = await method.run(call)
        await plant.types.variables.derivations.publish()
        return answer

    def write(values: Sequence[Any]) -> list[ua.Variant]:
        rows = zip(method.outputs, values, strict=True)
        return [
            value if isinstance(value, ua.Variant) else ua.Variant(value, kind)
            for (_name, kind, _text), value in rows
        ]

    plant.space.methods[node] = (Handler(method.name, method.role, run, taken, write), owner, "")


def _described(row: Row) -> ua.Argument:
    name, kind, text = row
    array = name.endswith("[]")
    return ua.Argument(
        name.removesuffix("[]"),
        ua.NodeId(kind.value),
        1 if array else -1,
        [0] if array else [],
        ua.LocalizedText(text, "en"),
    )

"""Where solutions under judgement hand in claims: an object of the line that only its owner sees.

`Claims` has a method Claim(Table, Rows) and a writable variable a table. Both take rows as JSON: a
row, a list of rows, or rows in lines. A variable holds the text that was last taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AttributeValue

from opcua_server.accounts import LineUser
from opcua_server.bulk import A, SpaceBuilder, T
from opcua_server.companion.calls import Call, Handler, Taken
from opcua_server.desk import Refused
from opcua_server.nodes import Space
from opcua_server.tag_nodes import READ, WRITE
from twin.equipment.tag import Text

NAME, METHOD = "Claims", "Claim"
TITLE = Text("Claims of this solution", "이 솔루션의 제출물")
HAND_IN = Text("Hand in rows of a table, as JSON", "표의 행을 JSON으로 제출")
INPUTS = (
    ("Table", T.String, "A claim table, such as counts"),
    ("Rows", T.String, "JSON: a row, a list of rows, or rows in lines"),
)
OUTPUTS = (("Kept", T.UInt32, "Rows that were taken"),)


@dataclass
class Private:
    """A node that one user has to itself; `table` is set where rows can be written."""

    owner: str
    table: str = ""
    text: str = ""

    def take(self, session: Any, request: ua.WriteValue, user: LineUser) -> None:
        """Take the rows that a client writes to its variable. Raises Refused."""
        sent = request.Value.Value
        if request.AttributeId != A.Value or not self.table or request.IndexRange:
            raise Refused(ua.StatusCodes.BadWriteNotSupported, "only a whole value can be written")
        if sent is None or sent.is_array or sent.VariantType != T.String or sent.Value is None:
            raise Refused(ua.StatusCodes.BadTypeMismatch, f"{self.table} takes one String of JSON")
        _kept, reason = session.claims.take(user.name, self.table, sent.Value)
        if reason:
            raise Refused(ua.StatusCodes.BadOutOfRange, reason)
        self.text = sent.Value


def offer(builder: SpaceBuilder, space: Space, session: Any) -> None:
    """Add the object of every solution that hands in by OPC UA; none outside a judged run."""
    if session.claims is not None and getattr(session, "whole_line", True):
        for owner, tables in session.claims.tables.items():
            _add(builder, space, owner, tables)


def _add(builder: SpaceBuilder, space: Space, owner: str, tables: tuple[str, ...]) -> None:
    def named(node: ua.NodeId, title: Text, private: Private) -> dict[str, Any]:
        space.private[node] = private
        space.korean[node] = (ua.LocalizedText(title.ko, "ko"),) * 2
        english = ua.LocalizedText(title.en, "en")
        return {"display": english, "description": english}

    top = builder.node_id(f"{NAME}.{owner}")
    builder.object(
        top, NAME, space.line, ua.ObjectIds.HasComponent, **named(top, TITLE, Private(owner))
    )
    method = builder.node_id(f"{NAME}.{owner}.{METHOD}()")
    builder.method(
        method, METHOD, top, _arguments(INPUTS), _arguments(OUTPUTS),
        **named(method, HAND_IN, Private(owner)),
    )  # fmt: skip
    taken = tuple(Taken(name, kind, False) for name, kind, _text in INPUTS)

    kinds = tuple(kind for _name, kind, _text in OUTPUTS)

    def write(values: Sequence[Any]) -> list[ua.Variant]:
        return [ua.Variant(value, kind) for value, kind in zip(values, kinds, strict=True)]

    space.methods[method] = (Handler(METHOD, "observer", _claim, taken, write), top, NAME)
    for table in tables:
        node = builder.node_id(f"{NAME}.{owner}.{table}")
        private = Private(owner, table)
        value = AttributeValue(ua.DataValue())
        value.value_callback = lambda _node, _attribute, of=private: ua.DataValue(
            ua.Variant(of.text, T.String)
        )
        builder.variable(
            node, table, top, ua.ObjectIds.BaseDataVariableType, ua.ObjectIds.String, value,
            access=READ | WRITE, **named(node, HAND_IN, private),
        )  # fmt: skip


def _arguments(rows: Any) -> tuple[ua.Argument, ...]:
    return tuple(
        ua.Argument(name, ua.NodeId(kind.value), -1, [], ua.LocalizedText(text, "en"))
        for name, kind, text in rows
    )


async def _claim(call: Call) -> list[int]:
    table, rows = call.arguments
    kept, reason = call.session.claims.take(call.user.name, table or "", rows or "")
    if reason:
        raise Refused(ua.StatusCodes.BadInvalidArgument, reason)
    return [kept]

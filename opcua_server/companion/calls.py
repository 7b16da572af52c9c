"""Methods of companion specifications: who may call them, and the function that answers.

A handler is an `async (call) -> outputs`; it raises `Refused` with a StatusCode and a reason. What
clients change goes through `call.submit`, so into the journal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asyncua import ua

from opcua_server.accounts import LineUser
from opcua_server.bulk import A
from opcua_server.companion.graph import Graph
from opcua_server.companion.values import declared_type, guessed, variant
from opcua_server.desk import Desk, Refused
from twin.trace.journal import Role

Codes = ua.StatusCodes


@dataclass(frozen=True)
class Call:
    """A call whose role and arguments are right: values in the order of InputArguments."""

    desk: Desk
    user: LineUser
    arguments: tuple[Any, ...]

    @property
    def session(self) -> Any:
        """The live session."""
        return self.desk.session


@dataclass(frozen=True)
class Taken:
    """An argument as declared: name, type on the wire, whether it is an array."""

    name: str
    kind: ua.VariantType | None
    array: bool

    def accepts(self, sent: ua.Variant) -> bool:
        """Whether a sent value may stand for it; None stands for an empty one."""
        if sent.Value is None:
            return True
        return self.array == bool(sent.is_array) and self.kind in (None, sent.VariantType)


@dataclass(frozen=True)
class Handler:
    """What answers a method: least role, declared arguments, function, outputs' types."""

    name: str
    role: Role
    run: Callable[[Call], Awaitable[Sequence[Any]]]
    inputs: tuple[Taken, ...] = ()
    write: Callable[[Sequence[Any]], list[ua.Variant]] = list


def handler_of(
    graph: Graph,
    method: ua.NodeId,
    name: str,
    role: Role,
    run: Callable[[Call], Awaitable[Sequence[Any]]],
) -> Handler:
    """A handler for a method of an instance, with its arguments as they are declared."""
    inputs = tuple(_taken(graph, one) for one in _arguments(graph, method, "InputArguments"))
    outputs = [_taken(graph, one) for one in _arguments(graph, method, "OutputArguments")]

    def write(values: Sequence[Any]) -> list[ua.Variant]:
        return [
            variant(one.kind or guessed(value), value, one.array)
            for one, value in zip(outputs, values, strict=True)
        ]

    return Handler(name, role, run, inputs, write)


def _arguments(graph: Graph, method: ua.NodeId, which: str) -> list[ua.Argument]:
    for reference in graph.children(method):
        if reference.BrowseName.Name == which:
            return list(graph.attribute(reference.NodeId, A.Value) or [])
    return []


def _taken(graph: Graph, argument: ua.Argument) -> Taken:
    kind = declared_type(graph.space, argument.DataType)
    return Taken(argument.Name, kind, argument.ValueRank >= 0)


async def answer(
    handler: Handler,
    desk: Desk,
    station: str,
    sent: Sequence[ua.Variant],
    user: LineUser,
) -> ua.CallMethodResult:
    """Carry out a call: role, arguments, then the handler."""
    result = ua.CallMethodResult()
    try:
        if not user.may(handler.role):
            raise Refused(Codes.BadUserAccessDenied, f"needs the role {handler.role}")
        _check(handler, sent, result)
        outputs = await handler.run(Call(desk, user, tuple(one.Value for one in sent)))
        result.OutputArguments = handler.write(outputs)
    except Refused as refusal:
        name = f"call {station or desk.session.line.id}.{handler.name}"
        result.StatusCode = desk.refuse(user, name, refusal)
    return result


def _check(handler: Handler, sent: Sequence[ua.Variant], result: ua.CallMethodResult) -> None:
    told = ", ".join(one.name for one in handler.inputs) or "no arguments"
    if len(sent) < len(handler.inputs):
        raise Refused(Codes.BadArgumentsMissing, f"takes {told}")
    if len(sent) > len(handler.inputs):
        raise Refused(Codes.BadTooManyArguments, f"takes {told}")
    right = [taken.accepts(one) for taken, one in zip(handler.inputs, sent, strict=True)]
    result.InputArgumentResults = [
        ua.StatusCode(Codes.Good if good else Codes.BadTypeMismatch) for good in right
    ]
    if not all(right):
        raise Refused(Codes.BadInvalidArgument, f"takes {told}")

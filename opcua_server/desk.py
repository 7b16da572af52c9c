"""Client writes and method calls, checked and turned into commands for the session.

Each answer is a StatusCode that says what kind of no it was; the sentence goes to the log and to
the line's LastRejection variable.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from typing import Any

from asyncua import ua

from opcua_server.accounts import LineUser
from opcua_server.methods import Argument, Method
from opcua_server.nodes import Space
from opcua_server.store import WIRE
from twin.equipment.tag import Tag
from twin.errors import TwinError
from twin.serve.session import LONGEST_STEP
from twin.trace.job import JobOrder
from twin.trace.journal import MOST_SEVERITY, Command, CommandKind

log = logging.getLogger("opcua_server.commands")

ANSWER_WITHIN_S = 30.0  # a paced session answers at its next slice; assumed
Codes = ua.StatusCodes


class Refused(Exception):
    """A request that is not carried out: its StatusCode and the reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Desk:
    """Takes requests of clients for one line."""

    def __init__(self, session: Any, space: Space, tell: Callable[[str], None]) -> None:
        self.session = session
        self.space = space
        self.tell = tell
        self.tags: tuple[Tag, ...] = tuple(session.shown.tags.values())
        self.faults = {fault.id for fault in session.line.faults}

    async def write(self, request: ua.WriteValue, user: LineUser) -> ua.StatusCode:
        """Carry out one WriteValue of a client."""
        try:
            await self._write(request, user)
        except Refused as refusal:
            return self.refuse(user, f"write {request.NodeId.Identifier}", refusal)
        return ua.StatusCode()

    async def _write(self, request: ua.WriteValue, user: LineUser) -> None:
        row = self.space.tags.get(request.NodeId)
        private = self.space.private.get(request.NodeId)
        if private is not None:
            private.take(self.session, request, user)
            return
        if row is None:
            raise Refused(Codes.BadNotWritable, "only set points can be written")
        tag = self.tags[row]
        if request.AttributeId != ua.AttributeIds.Value or not tag.setting:
            raise Refused(Codes.BadNotWritable, f"{tag.key} is measured, not a set point")
        key = f"{tag.station}.{tag.setting}"
        setting = self.session.shown.settings.get(key)
        if setting is None:
            raise Refused(Codes.BadNotWritable, f"{key} is read-only at this level")
        if request.IndexRange:
            raise Refused(Codes.BadWriteNotSupported, "a set point has no elements to write")
        if not user.may("operator"):
            raise Refused(Codes.BadUserAccessDenied, "a set point needs the role operator")
        sent = request.Value
        if sent.StatusCode is not None and not sent.StatusCode.is_good():
            raise Refused(Codes.BadWriteNotSupported, "a value with a status cannot be written")
        if sent.Value is None or sent.Value.is_array or sent.Value.VariantType != WIRE[tag.kind][0]:
            expected = WIRE[tag.kind][0].name
            raise Refused(Codes.BadTypeMismatch, f"{tag.key} takes one {expected}")
        value = float(sent.Value.Value)
        # written so that NaN is out of range too
        if not setting.low <= value <= setting.high:
            limits = f"{setting.low:g} to {setting.high:g} {setting.unit}"
            raise Refused(Codes.BadOutOfRange, f"{key} goes from {limits}, not {value:g}")
        await self.submit("set", key, value, user)

    async def call(
        self, method: Method, station: str, arguments: Sequence[ua.Variant], user: LineUser
    ) -> ua.CallMethodResult:
        """Carry out a method call; `station` is "" for the line."""
        result = ua.CallMethodResult()
        try:
            if not user.may(method.role):
                raise Refused(Codes.BadUserAccessDenied, f"needs the role {method.role}")
            values = take(method, arguments, result)
            result.OutputArguments = await self._carry_out(method, station, values, user)
        except Refused as refusal:
            name = f"call {station or self.session.line.id}.{method.name}"
            result.StatusCode = self.refuse(user, name, refusal)
        return result

    async def _carry_out(
        self, method: Method, station: str, values: list[Any], user: LineUser
    ) -> list[ua.Variant]:
        if method.command is None:
            return [await self.advance(values[0])]
        if method.command in ("fault", "repair"):
            fault = values[0]
            if fault not in self.faults:
                known = ", ".join(sorted(self.faults)) or "none"
                raise Refused(Codes.BadInvalidArgument, f"no fault {fault!r:.80}; known: {known}")
            severity = values[1] if len(values) > 1 else None
            if severity is not None and not 0.0 < severity <= MOST_SEVERITY:
                limits = f"above 0, at most {MOST_SEVERITY:g}"
                raise Refused(Codes.BadOutOfRange, f"severity is {limits}, not {severity:g}")
            await self.submit(method.command, fault, severity, user)
        else:
            await self.submit(method.command, station, None, user)
        return []

    async def advance(self, seconds: float) -> ua.Variant:
        """Let simulated time pass; the second after it."""
        if not (math.isfinite(seconds) and 0.0 < seconds <= LONGEST_STEP):
            limits = f"above 0, at most {LONGEST_STEP:g} s"
            raise Refused(Codes.BadOutOfRange, f"a step is {limits}, not {seconds:g}")
        try:
            await self.session.step(seconds)
        except TwinError as error:
            raise Refused(Codes.BadInvalidState, error.message) from error
        return ua.Variant(float(self.session.now), ua.VariantType.Double)

    async def submit(
        self,
        kind: CommandKind,
        target: str,
        value: float | None,
        user: LineUser,
        text: str = "",
        job: JobOrder | None = None,
    ) -> None:
        """Put a command into the session's inbox; Refused when it is not taken."""
        by = user.name or "anonymous"
        command = Command(kind, target, value, user.grade, "opcua", by=by, text=text, job=job)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                receipt = await self.session.submit(command)
        except TimeoutError:
            raise Refused(Codes.BadTimeout, "the simulation did not take it in time") from None
        except TwinError as error:
            raise Refused(Codes.BadInvalidState, error.message) from error
        if not receipt.ok:
            raise Refused(Codes.BadInvalidState, receipt.reason)
        log.info("%s: %s %s %s", user, kind, target or "line", "" if value is None else value)

    def refuse(self, user: LineUser, what: str, refusal: Refused) -> ua.StatusCode:
        """Say why a request was refused: StatusCode, log and the line's LastRejection."""
        log.warning("%s: %s refused: %s", user, what, refusal)
        self.tell(f"{what}: {refusal}")
        return ua.StatusCode(refusal.code)


def take(method: Method, sent: Sequence[ua.Variant], result: ua.CallMethodResult) -> list[Any]:
    """Values of a call's arguments, defaults filled in; `result` gets the status of each."""
    needed = sum(argument.default is None for argument in method.inputs)
    if len(sent) < needed:
        raise Refused(Codes.BadArgumentsMissing, f"takes {signature(method)}")
    if len(sent) > len(method.inputs):
        raise Refused(Codes.BadTooManyArguments, f"takes {signature(method)}")
    pairs = zip(method.inputs, sent, strict=False)  # arguments with a default may be left out
    right = [matches(argument, variant) for argument, variant in pairs]
    result.InputArgumentResults = [
        ua.StatusCode(Codes.Good if good else Codes.BadTypeMismatch) for good in right
    ]
    if not all(right):
        raise Refused(Codes.BadInvalidArgument, f"takes {signature(method)}")
    left_out = [argument.default for argument in method.inputs[len(sent) :]]
    return [variant.Value for variant in sent] + left_out


def matches(argument: Argument, variant: ua.Variant) -> bool:
    """Whether a sent value is a single one of the argument's type."""
    return (
        variant.VariantType == argument.kind and not variant.is_array and variant.Value is not None
    )


def signature(method: Method) -> str:
    """Arguments of a method as text for messages."""
    return ", ".join(f"{a.name}: {a.kind.name}" for a in method.inputs) or "no arguments"

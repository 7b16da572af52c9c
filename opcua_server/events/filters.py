"""Event filters: which fields of an event a client selects, and which events it wants at all.

OPC 10000-4, 7.7 (ContentFilter) and 7.22.3 (EventFilter). asyncua's own evaluator knows no
subtypes, no Like and no Cast, and looks fields up by the first name of their path only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.events.happening import Happening
from opcua_server.hardening.limits import WHERE_ELEMENTS

Op = ua.FilterOperator
HAS_SUBTYPE = ua.NodeId(ua.ObjectIds.HasSubtype)
DEEPEST = 32  # elements that refer to each other; assumed
MOST_LISTED = 2000  # operands of InList; assumed; clients list all subtypes of a type


class Where:
    """A ContentFilter over events. Raises ValueError for one that cannot be evaluated."""

    def __init__(self, content: Any, space: AddressSpace) -> None:
        self.elements = list(content.Elements or []) if content is not None else []
        self.space = space
        if len(self.elements) > WHERE_ELEMENTS:
            raise ValueError("too many elements")
        for place, element in enumerate(self.elements):
            low, high = OPERANDS.get(element.FilterOperator, (None, None))
            if low is None or high is None:
                raise ValueError(f"operator {element.FilterOperator} is not supported")
            if not low <= len(element.FilterOperands or []) <= high:
                raise ValueError(f"operator {element.FilterOperator} takes {low} to {high} values")
            for operand in element.FilterOperands:
                if isinstance(operand, ua.ElementOperand) and not (
                    place < operand.Index < len(self.elements)
                ):
                    raise ValueError("an element may refer to later ones only")

    def eval(self, event: Any) -> bool:
        """Whether the event is wanted."""
        return not self.elements or self._element(0, event, 0) is True

    def _element(self, place: int, event: Happening, depth: int) -> Any:
        if depth > DEEPEST:
            return None
        element = self.elements[place]
        operator = element.FilterOperator
        if operator == Op.OfType:
            return self._of_type(event, element.FilterOperands[0])
        values = [self._operand(one, event, depth) for one in element.FilterOperands]
        try:
            return EVALUATE[operator](values)
        except TypeError:  # values that cannot be compared: the result is Null
            return None

    def _operand(self, operand: Any, event: Happening, depth: int) -> Any:
        if isinstance(operand, ua.ElementOperand):
            return self._element(operand.Index, event, depth + 1)
        if isinstance(operand, ua.LiteralOperand):
            return plain(operand.Value)
        if isinstance(operand, ua.SimpleAttributeOperand):
            return plain(event.value(operand))
        return None

    def _of_type(self, event: Happening, operand: Any) -> bool:
        wanted = plain(getattr(operand, "Value", None))
        kind: ua.NodeId | None = event.kind
        for _step in range(DEEPEST):
            if kind is None or kind == wanted:
                return kind is not None
            node = self.space._nodes.get(kind)
            above = [
                one.NodeId
                for one in (node.references if node else [])
                if not one.IsForward and one.ReferenceTypeId == HAS_SUBTYPE
            ]
            kind = above[0] if above else None
        return False


def plain(variant: Any) -> Any:
    """Value of a Variant, as things compare: texts without language, statuses as numbers."""
    value = variant.Value if isinstance(variant, ua.Variant) else variant
    if isinstance(value, ua.LocalizedText):
        return value.Text
    if isinstance(value, ua.StatusCode):
        return value.value
    if isinstance(value, ua.QualifiedName):
        return value.Name
    return value


def like(values: Sequence[Any]) -> bool | None:
    """Text against a pattern of % (any text), _ (any one), [], [^] (OPC 10000-4, 7.7.3)."""
    text, pattern = values
    if not (isinstance(text, str) and isinstance(pattern, str)):
        return None
    made, place = "", 0
    while place < len(pattern):
        one = pattern[place]
        if one == "\\" and place + 1 < len(pattern):
            place += 1
            made += re.escape(pattern[place])
        elif one == "[" and "]" in pattern[place:]:
            end = pattern.index("]", place)
            made += "[" + pattern[place + 1 : end].replace("\\", "\\\\") + "]"
            place = end
        else:
            made += {"%": ".*?", "_": "."}.get(one) or re.escape(one)
        place += 1
    try:
        return re.fullmatch(made, text, re.DOTALL) is not None
    except re.error:
        return None


def _both(values: Sequence[Any]) -> bool | None:
    if False in values:
        return False
    return True if all(value is True for value in values) else None


def _either(values: Sequence[Any]) -> bool | None:
    if True in values:
        return True
    return False if all(value is False for value in values) else None


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Sequence[Any]], bool | None]:
    def evaluate(values: Sequence[Any]) -> bool | None:
        return None if None in values else test(*values)

    return evaluate


EVALUATE: dict[ua.FilterOperator, Callable[[Sequence[Any]], Any]] = {
    Op.Equals: _compare(lambda a, b: bool(a == b)),
    Op.IsNull: lambda values: values[0] is None,
    Op.GreaterThan: _compare(lambda a, b: bool(a > b)),
    Op.LessThan: _compare(lambda a, b: bool(a < b)),
    Op.GreaterThanOrEqual: _compare(lambda a, b: bool(a >= b)),
    Op.LessThanOrEqual: _compare(lambda a, b: bool(a <= b)),
    Op.Like: like,
    Op.Not: lambda values: (not values[0]) if isinstance(values[0], bool) else None,
    Op.Between: lambda values: None if None in values else values[1] <= values[0] <= values[2],
    Op.InList: lambda values: values[0] in values[1:],
    Op.And: _both,
    Op.Or: _either,
    Op.BitwiseAnd: _compare(lambda a, b: a & b),
    Op.BitwiseOr: _compare(lambda a, b: a | b),
}
OPERANDS: dict[ua.FilterOperator, tuple[int, int]] = dict.fromkeys(EVALUATE, (2, 2)) | {
    Op.IsNull: (1, 1),
    Op.Not: (1, 1),
    Op.OfType: (1, 1),
    Op.Between: (3, 3),
    Op.InList: (2, MOST_LISTED),
}

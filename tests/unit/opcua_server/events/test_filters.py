"""Where clauses of event filters, operator by operator (OPC 10000-4, 7.7.3)."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua
from asyncua.server.address_space import AddressSpace, NodeManagementService

from opcua_server import standard
from opcua_server.events.filters import Where
from opcua_server.events.happening import Happening

Op, IDS, T = ua.FilterOperator, ua.ObjectIds, ua.VariantType
EVENT = Happening(
    ua.NodeId(IDS.OffNormalAlarmType),
    {
        "Severity": ua.Variant(500, T.UInt16),
        "Message": ua.Variant(ua.LocalizedText("Paste low: active", "en"), T.LocalizedText),
        "ActiveState/Id": ua.Variant(True, T.Boolean),
        "SourceName": ua.Variant("PRN", T.String),
    },
    (),
    ua.NodeId("PRN.Alarms.PasteLow", 2),
)


@pytest.fixture(scope="module")
def space() -> AddressSpace:
    made = AddressSpace()
    standard.make(NodeManagementService(made))
    return made


def field(path: str, attribute: int = ua.AttributeIds.Value) -> Any:
    names = [ua.QualifiedName(name) for name in path.split("/")] if path else []
    return ua.SimpleAttributeOperand(ua.NodeId(IDS.BaseEventType), names, attribute)


def literal(value: Any, kind: Any = None) -> Any:
    return ua.LiteralOperand(ua.Variant(value, kind))


def where(space: AddressSpace, *elements: tuple[Any, list[Any]]) -> Where:
    made = [ua.ContentFilterElement(operator, operands) for operator, operands in elements]
    return Where(ua.ContentFilter(made), space)


@pytest.mark.parametrize(
    ("operator", "operands", "wanted"),
    [
        (Op.Equals, [field("SourceName"), literal("PRN")], True),
        (Op.Equals, [field("Message"), literal("Paste low: active")], True),
        (Op.Equals, [field("Unknown"), literal("PRN")], False),
        (Op.IsNull, [field("Unknown")], True),
        (Op.IsNull, [field("Severity")], False),
        (Op.GreaterThan, [field("Severity"), literal(499)], True),
        (Op.GreaterThan, [field("Severity"), literal(500)], False),
        (Op.GreaterThanOrEqual, [field("Severity"), literal(500)], True),
        (Op.LessThan, [field("Severity"), literal(500)], False),
        (Op.LessThanOrEqual, [field("Severity"), literal(500)], True),
        (Op.GreaterThan, [field("SourceName"), literal(5)], False),  # cannot be compared
        (Op.Between, [field("Severity"), literal(400), literal(600)], True),
        (Op.Between, [field("Severity"), literal(501), literal(600)], False),
        (Op.InList, [field("SourceName"), literal("SPI"), literal("PRN")], True),
        (Op.InList, [field("SourceName"), literal("SPI")], False),
        (Op.Like, [field("Message"), literal("Paste%")], True),
        (Op.Like, [field("SourceName"), literal("PR_")], True),
        (Op.Like, [field("SourceName"), literal("[A-P]R[^A]")], True),
        (Op.Like, [field("SourceName"), literal("PR")], False),
        (Op.Like, [field("SourceName"), literal("P\\%")], False),
        (Op.Not, [field("ActiveState/Id")], False),
        (Op.Equals, [field("", ua.AttributeIds.NodeId), literal(EVENT.condition)], True),
        (Op.OfType, [literal(ua.NodeId(IDS.OffNormalAlarmType))], True),
        (Op.OfType, [literal(ua.NodeId(IDS.ConditionType))], True),
        (Op.OfType, [literal(ua.NodeId(IDS.BaseEventType))], True),
        (Op.OfType, [literal(ua.NodeId(IDS.LimitAlarmType))], False),
    ],
)
def test_an_operator(space: AddressSpace, operator: Any, operands: list[Any], wanted: bool) -> None:
    assert where(space, (operator, operands)).eval(EVENT) is wanted


def test_elements_are_combined_and_null_wants_nothing(space: AddressSpace) -> None:
    severe = (Op.GreaterThan, [field("Severity"), literal(600)])
    active = (Op.Equals, [field("ActiveState/Id"), literal(True)])
    null = (Op.Equals, [field("Unknown"), literal(1)])
    one, two = ua.ElementOperand(1), ua.ElementOperand(2)
    assert where(space, (Op.Or, [one, two]), severe, active).eval(EVENT)
    assert not where(space, (Op.And, [one, two]), severe, active).eval(EVENT)
    assert where(space, (Op.Or, [one, two]), null, active).eval(EVENT)
    assert not where(space, (Op.And, [one, two]), null, active).eval(EVENT)
    assert not where(space, (Op.Not, [one]), null).eval(EVENT)
    assert where(space).eval(EVENT)


@pytest.mark.parametrize(
    "elements",
    [
        [(Op.RelatedTo, [literal(1)])],
        [(Op.Equals, [literal(1)])],
        [(Op.Not, [ua.ElementOperand(0)])],
        [(Op.Not, [ua.ElementOperand(7)])],
        [(Op.IsNull, [literal(1)])] * 101,
    ],
)
def test_what_cannot_be_evaluated_is_refused(space: AddressSpace, elements: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        where(space, *elements)

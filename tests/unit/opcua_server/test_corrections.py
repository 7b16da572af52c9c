"""Standard types as a client reads them."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua

pytestmark = pytest.mark.asyncio(loop_scope="module")
A = ua.AttributeIds


@pytest.mark.parametrize(
    ("name", "attribute", "told"),
    [
        ("PropertyType", A.IsAbstract, False),
        ("BaseVariableType", A.IsAbstract, True),
        ("HasComponent", A.IsAbstract, False),
        ("HierarchicalReferences", A.IsAbstract, True),
        ("HasComponent", A.Symmetric, False),
        ("References", A.Symmetric, True),
        ("PropertyType", A.DataType, ua.NodeId(ua.ObjectIds.BaseDataType)),
        ("AnalogItemType", A.DataType, ua.NodeId(ua.ObjectIds.Number)),
    ],
)
async def test_a_standard_type_is_what_the_standard_says(
    connect: Any, name: str, attribute: ua.AttributeIds, told: object
) -> None:
    client = await connect()
    node = client.get_node(ua.NodeId(getattr(ua.ObjectIds, name)))
    assert (await node.read_attribute(attribute)).Value.Value == told

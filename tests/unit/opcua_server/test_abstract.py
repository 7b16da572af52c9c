"""Abstract types of the standard namespace, as a client reads them."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("name", "abstract"),
    [
        ("PropertyType", False),
        ("BaseDataVariableType", False),
        ("BaseVariableType", True),
        ("HasComponent", False),
        ("HierarchicalReferences", True),
    ],
)
async def test_only_abstract_types_are_abstract(connect: Any, name: str, abstract: bool) -> None:
    client = await connect()
    node = client.get_node(ua.NodeId(getattr(ua.ObjectIds, name)))
    value = await node.read_attribute(ua.AttributeIds.IsAbstract)
    assert value.Value.Value is abstract

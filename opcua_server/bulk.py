"""Nodes in bulk: straight into asyncua's address space, without its per-node checks and copies.

`add_nodes` compares every new node with all its siblings, so a folder of n tags costs n² steps.
Attributes that never change are shared between nodes. Checked with asyncua 2.1.0; the names used
are NodeData, AttributeValue, AddressSpace and the layout of their fields.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.address_space", "AttributeValue"),
    ("asyncua.server.address_space", "NodeData"),
    ("asyncua.server.address_space", "AddressSpace.read_attribute_value"),
    ("asyncua.server.address_space", "NodeManagementService._add_ref_from_parent"),
    ("asyncua.server.address_space", "NodeManagementService._add_ref_to_parent"),
    ("asyncua.server.address_space", "NodeManagementService._add_node_attributes"),
)

A = ua.AttributeIds
T = ua.VariantType
NOT_SPECIFIED = ua.NodeId()


def attribute(value: Any, variant_type: ua.VariantType, **named: Any) -> AttributeValue:
    """A constant attribute."""
    return AttributeValue(ua.DataValue(ua.Variant(value, variant_type, **named)))


@lru_cache(maxsize=4096)
def constant(value: Any, variant_type: ua.VariantType) -> AttributeValue:
    """A constant attribute that many nodes share."""
    return attribute(value, variant_type)


def standard(identifier: int) -> ua.NodeId:
    """Id of a node of the standard namespace."""
    return ua.NodeId(identifier)


class SpaceBuilder:
    """Adds nodes of one namespace below nodes that are there already."""

    def __init__(self, space: AddressSpace, namespace: int) -> None:
        self.space = space
        self.namespace = namespace

    def node_id(self, text: str) -> ua.NodeId:
        """Our node with the string identifier `text`."""
        return ua.NodeId(text, self.namespace)

    def add(
        self,
        node_id: ua.NodeId,
        node_class: ua.NodeClass,
        name: str,
        parent: ua.NodeId,
        reference: int,
        type_definition: ua.NodeId = NOT_SPECIFIED,
        display: ua.LocalizedText | None = None,
        description: ua.LocalizedText | None = None,
        standard_name: bool = False,
    ) -> NodeData:
        """A node with the attributes every node has, and references to parent and type."""
        node = NodeData(node_id)
        browse = ua.QualifiedName(name, 0 if standard_name else self.namespace)
        display = display or ua.LocalizedText(name)
        node.attributes = {
            A.NodeId: attribute(node_id, T.NodeId),
            A.NodeClass: constant(node_class, T.Int32),
            A.BrowseName: attribute(browse, T.QualifiedName),
            A.DisplayName: attribute(display, T.LocalizedText),
            A.WriteMask: constant(0, T.UInt32),
            A.UserWriteMask: constant(0, T.UInt32),
        }
        if description is not None:
            node.attributes[A.Description] = attribute(description, T.LocalizedText)
        self.space[node_id] = node
        above = self.space[parent]
        above.references.append(
            ua.ReferenceDescription(
                standard(reference), True, node_id, browse, display, node_class, type_definition
            )
        )
        node.references.append(self._to(parent, reference, forward=False))
        if type_definition != NOT_SPECIFIED:
            node.references.append(self._to(type_definition, ua.ObjectIds.HasTypeDefinition))
        return node

    def _to(self, target: ua.NodeId, reference: int, forward: bool = True) -> Any:
        attributes = self.space[target].attributes
        named = (A.BrowseName, A.DisplayName, A.NodeClass)
        browse, display, node_class = (attributes[key].value.Value.Value for key in named)
        return ua.ReferenceDescription(
            standard(reference), forward, target, browse, display, ua.NodeClass(node_class)
        )

    def object(
        self, node_id: ua.NodeId, name: str, parent: ua.NodeId, reference: int, **texts: Any
    ) -> NodeData:
        """An object of BaseObjectType."""
        kind = standard(ua.ObjectIds.BaseObjectType)
        node = self.add(node_id, ua.NodeClass.Object, name, parent, reference, kind, **texts)
        node.attributes[A.EventNotifier] = constant(0, T.Byte)
        return node

    def variable(
        self,
        node_id: ua.NodeId,
        name: str,
        parent: ua.NodeId,
        type_definition: int,
        data_type: int,
        value: AttributeValue,
        *,
        access: int = 1,
        historizing: bool = False,
        interval: float = 0.0,
        array: bool = False,
        reference: int = ua.ObjectIds.HasComponent,
        **texts: Any,
    ) -> NodeData:
        """A variable; `access` is its AccessLevel, `interval` its sampling interval in ms."""
        kind = standard(type_definition)
        node = self.add(node_id, ua.NodeClass.Variable, name, parent, reference, kind, **texts)
        node.attributes |= {
            A.Value: value,
            A.DataType: constant(standard(data_type), T.NodeId),
            A.ValueRank: constant(1 if array else -1, T.Int32),
            A.AccessLevel: constant(access, T.Byte),
            A.UserAccessLevel: constant(access, T.Byte),
            A.Historizing: constant(historizing, T.Boolean),
            A.MinimumSamplingInterval: constant(interval, T.Double),
        }
        if array:
            node.attributes[A.ArrayDimensions] = ARRAY_OF_ANY_LENGTH
        return node

    def property(
        self,
        owner: ua.NodeId,
        name: str,
        data_type: int,
        value: AttributeValue,
        array: bool = False,
    ) -> NodeData:
        """A property of the standard namespace, such as EURange."""
        return self.variable(
            self.node_id(f"{owner.Identifier}.{name}"),
            name,
            owner,
            ua.ObjectIds.PropertyType,
            data_type,
            value,
            array=array,
            reference=ua.ObjectIds.HasProperty,
            standard_name=True,
        )

    def method(
        self,
        node_id: ua.NodeId,
        name: str,
        parent: ua.NodeId,
        inputs: tuple[ua.Argument, ...],
        outputs: tuple[ua.Argument, ...],
        call: Callable[..., Any] | None = None,
        **texts: Any,
    ) -> NodeData:
        """A method with its argument descriptions."""
        reference = ua.ObjectIds.HasComponent
        node = self.add(node_id, ua.NodeClass.Method, name, parent, reference, **texts)
        node.attributes |= {
            A.Executable: constant(True, T.Boolean),
            A.UserExecutable: constant(True, T.Boolean),
        }
        node.call = call
        for label, arguments in (("InputArguments", inputs), ("OutputArguments", outputs)):
            if arguments:
                listed = attribute(list(arguments), T.ExtensionObject, is_array=True)
                self.property(node_id, label, ua.ObjectIds.Argument, listed, array=True)
        return node


ARRAY_OF_ANY_LENGTH = attribute([0], T.UInt32, is_array=True)

"""Which standard types are abstract: asyncua 2.1.0 calls every variable and reference type so.

A client that trusts the attribute would then refuse instances of PropertyType or references of
HasComponent. Source: OPC 10000-5, 7 and 11; OPC 10000-8, 5.3 (types of 1.05).
"""

from __future__ import annotations

from asyncua import ua
from asyncua.server.address_space import NodeData

from opcua_server.bulk import A, T, constant

IDS = ua.ObjectIds
VARIABLE_TYPES = {IDS.BaseVariableType, IDS.DiscreteItemType, IDS.ArrayItemType}
REFERENCE_TYPES = {
    IDS.References,
    IDS.HierarchicalReferences,
    IDS.NonHierarchicalReferences,
    IDS.HasChild,
    IDS.Aggregates,
}
ABSTRACT = {
    ua.NodeClass.VariableType: VARIABLE_TYPES,
    ua.NodeClass.ReferenceType: REFERENCE_TYPES,
}


def correct(nodes: dict[ua.NodeId, NodeData]) -> None:
    """Set IsAbstract of the standard variable and reference types."""
    for node_id, node in nodes.items():
        node_class = node.attributes[A.NodeClass].value
        abstract = node_class and ABSTRACT.get(node_class.Value.Value)
        if abstract:
            node.attributes[A.IsAbstract] = constant(node_id.Identifier in abstract, T.Boolean)

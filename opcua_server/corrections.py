"""What asyncua 2.1.0 says wrongly of the standard types, put right once for all lines.

Its generator read a missing attribute as String, abstract and symmetric, where the schema means
BaseDataType, concrete and one-way (OPC 10000-6, F.5). A client that trusts the attributes would
refuse a property that is a number. Source: published Opc.Ua.NodeSet2.xml, 1.05.07.
"""

from __future__ import annotations

from asyncua import ua
from asyncua.server.address_space import NodeData

from opcua_server.bulk import A, T, attribute, constant

C = ua.NodeClass
ABSTRACT = {
    C.VariableType: {62, 2137, 2372, 12021, 17714, 18772, 18779, 18786, 32431},
    C.ReferenceType: {31, 32, 33, 34, 44},
}
SYMMETRIC = {31, 32, 24137, 25257, 25258, 25259, 25260}
# variable types and variables that may hold anything
ANYTHING = {
    *(62, 63, 68, 2102, 2103, 2129, 2137, 2365, 2372, 2379, 2387, 2388, 2756, 2763, 2777, 2778),
    *(3720, 3724, 3746, 3750, 3754, 9002, 11487, 11562, 12021, 12029, 12047, 12057, 12068),
    *(12502, 14418, 14595, 15014, 15038, 15040, 15392, 15393, 15490, 16309, 17503, 17576, 17579),
    *(17582, 17632, 17706, 17710, 18077, 19306, 19821, 19823, 21097, 23844, 23999, 24019, 25684),
    32433,
}
BASE_DATA_TYPE = attribute(ua.NodeId(ua.ObjectIds.BaseDataType), T.NodeId)


def correct(nodes: dict[ua.NodeId, NodeData]) -> None:
    """Set what is wrong in the nodes of the standard namespace."""
    for node_id, node in nodes.items():
        number, told = node_id.Identifier, node.attributes
        if number in ANYTHING:
            told[A.DataType] = BASE_DATA_TYPE
        if A.Symmetric in told:
            told[A.Symmetric] = constant(number in SYMMETRIC, T.Boolean)
        held = told[A.NodeClass].value
        abstract = held and ABSTRACT.get(held.Value.Value)
        if abstract:
            told[A.IsAbstract] = constant(number in abstract, T.Boolean)

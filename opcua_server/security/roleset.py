"""The server's Roles as OPC UA shows them: ServerCapabilities / RoleSet (OPC 10000-18, 4).

Three of ours are well-known roles; the instructor, who breaks machines on purpose, has no
equivalent in the specification and stands beside them in our namespace.
"""

from __future__ import annotations

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.accounts import Accounts, at_least
from opcua_server.bulk import SpaceBuilder, attribute
from twin.trace.journal import Role

IDS = ua.ObjectIds
SERVER_NAMESPACE = 1
INSTRUCTOR = ua.NodeId("Role.Instructor", SERVER_NAMESPACE)
ROLE_IDS: dict[Role, ua.NodeId] = {
    "observer": ua.NodeId(IDS.WellKnownRole_Observer),
    "operator": ua.NodeId(IDS.WellKnownRole_Operator),
    "engineer": ua.NodeId(IDS.WellKnownRole_Engineer),
    "instructor": INSTRUCTOR,
}
IDENTITIES: dict[Role, ua.NodeId] = {
    "observer": ua.NodeId(IDS.WellKnownRole_Observer_Identities),
    "operator": ua.NodeId(IDS.WellKnownRole_Operator_Identities),
    "engineer": ua.NodeId(IDS.WellKnownRole_Engineer_Identities),
    "instructor": ua.NodeId("Role.Instructor.Identities", SERVER_NAMESPACE),
}
Criteria = ua.IdentityCriteriaType


def show(aspace: AddressSpace, accounts: Accounts) -> None:
    """Add the instructor's role, and let each role's Identities say who has it, as of now."""
    builder = SpaceBuilder(aspace, SERVER_NAMESPACE)
    role_set, has_component = ua.NodeId(IDS.Server_ServerCapabilities_RoleSet), IDS.HasComponent
    node = builder.add(
        INSTRUCTOR,
        ua.NodeClass.Object,
        "Instructor",
        role_set,
        has_component,
        ua.NodeId(IDS.RoleType),
    )
    node.attributes[ua.AttributeIds.EventNotifier] = attribute(0, ua.VariantType.Byte)
    nobody = attribute([], ua.VariantType.ExtensionObject, is_array=True)
    builder.property(INSTRUCTOR, "Identities", IDS.IdentityMappingRuleType, nobody, array=True)
    for role, identities in IDENTITIES.items():
        _let_tell(aspace, identities, accounts, role)


def _let_tell(aspace: AddressSpace, node: ua.NodeId, accounts: Accounts, role: Role) -> None:
    def value(_node: ua.NodeId, _attribute: int) -> ua.DataValue:
        rows = identities_of(accounts, role)
        return ua.DataValue(ua.Variant(rows, ua.VariantType.ExtensionObject, is_array=True))

    aspace.set_attribute_value_callback(node, ua.AttributeIds.Value, value)


def identities_of(accounts: Accounts, role: Role) -> list[ua.IdentityMappingRuleType]:
    """Who has the role, also by way of a higher one."""
    rules = []
    if accounts.anonymous_role is not None and at_least(accounts.anonymous_role, role):
        rules.append(ua.IdentityMappingRuleType(Criteria.Anonymous, ""))
    for name, account in sorted(accounts.table().items()):
        if at_least(account.role, role):
            rules.append(ua.IdentityMappingRuleType(Criteria.UserName, name))
    return rules

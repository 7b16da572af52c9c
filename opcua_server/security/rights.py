"""What each role may do with each kind of node: one table, asked by every service.

The same table answers the attributes RolePermissions, UserRolePermissions and AccessRestrictions
(OPC 10000-3, 5.2.9 to 5.2.11), so that what is shown is what is enforced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.accounts import LineUser, at_least
from opcua_server.nodes import Space
from opcua_server.security.roleset import IDENTITIES, ROLE_IDS
from opcua_server.tag_nodes import HISTORY, READ, WRITE
from twin.trace.journal import ROLES, Role

IDS, A, P = ua.ObjectIds, ua.AttributeIds, ua.PermissionType
LINE = 2  # the line's namespace; below it lie the standard's and the server's
OURS = (
    A.RolePermissions,
    A.UserRolePermissions,
    A.AccessRestrictions,
    A.UserAccessLevel,
    A.UserExecutable,
)


@dataclass(frozen=True)
class Kind:
    """A kind of node with the least role for each thing one may do with it; None: nobody may."""

    name: str
    browse: Role | None = "observer"
    read: Role | None = "observer"
    history: Role | None = None
    write: Role | None = None
    call: Role | None = None
    encrypted: bool = False  # only over an encrypted channel, where there is one


STRUCTURE = Kind("objects, types and their properties")
MEASURED = Kind("a measured value", history="observer")
SET_POINT = Kind("a set point", history="observer", write="operator")
CONFIDENTIAL = Kind("who is connected, and who is who", read="instructor", encrypted=True)
PERSONAL = Kind("what clients do: everybody's own, an instructor all")
CLAIM = Kind("where a solution under judgement hands in: its own only", write="observer")
KINDS = (STRUCTURE, MEASURED, SET_POINT, CONFIDENTIAL, PERSONAL, CLAIM)

# what tells of other clients (OPC 10000-5, 6.3.4 to 6.3.6; 10000-18, 4.4.1)
SECRET = frozenset(
    ua.NodeId(getattr(IDS, name))
    for name in dir(IDS)
    if (name.startswith("WellKnownRole_") and name.endswith("_Identities"))
) | frozenset(IDENTITIES.values())
OF_CLIENTS = frozenset(
    ua.NodeId(getattr(IDS, f"Server_ServerDiagnostics_{name}Array"))
    for name in (
        "SubscriptionDiagnostics",
        "SessionsDiagnosticsSummary_SessionDiagnostics",
        "SessionsDiagnosticsSummary_SessionSecurityDiagnostics",
    )
)
# methods of the standard namespace; those that are not named here are called by nobody
CALLS: dict[ua.NodeId, Role] = {
    ua.NodeId(getattr(IDS, name)): role  # type: ignore[misc]
    for name, role in (
        ("Server_GetMonitoredItems", "observer"),
        ("Server_ResendData", "observer"),
        ("ServerType_GetMonitoredItems", "observer"),
        ("ServerType_ResendData", "observer"),
        ("ConditionType_ConditionRefresh", "observer"),
        ("ConditionType_ConditionRefresh2", "observer"),
        ("ConditionType_AddComment", "operator"),
        ("AcknowledgeableConditionType_Acknowledge", "operator"),
        ("AcknowledgeableConditionType_Confirm", "operator"),
        ("AlarmConditionType_ShelvingState_TimedShelve", "operator"),
        ("AlarmConditionType_ShelvingState_OneShotShelve", "operator"),
        ("AlarmConditionType_ShelvingState_Unshelve", "operator"),
        ("ShelvedStateMachineType_TimedShelve", "operator"),
        ("ShelvedStateMachineType_OneShotShelve", "operator"),
        ("ShelvedStateMachineType_Unshelve", "operator"),
        ("ConditionType_Enable", "engineer"),
        ("ConditionType_Disable", "engineer"),
    )
}
DENIED = ua.StatusCode(ua.StatusCodes.BadUserAccessDenied)
INSECURE = ua.StatusCode(ua.StatusCodes.BadSecurityModeInsufficient)


class Rights:
    """Which role a node asks for; `secured` where the server has encrypted endpoints."""

    def __init__(self, aspace: AddressSpace, space: Space, secured: bool) -> None:
        self.aspace = aspace
        self.space = space
        self.secured = secured
        self._inherited: dict[ua.NodeId, Role] = {}
        self._seen = 0

    def inherited(self, method: ua.NodeId) -> Role | None:
        """The role that a type's method asks for where it is called on instances; None: nowhere."""
        if self._seen != len(self.space.inherited):  # instances may come after us
            self._seen = len(self.space.inherited)
            self._inherited = {
                above: self.space.methods[own][0].role
                for (_owner, above), own in self.space.inherited.items()
                if own in self.space.methods
            }
        return self._inherited.get(method)

    def kind(self, node: ua.NodeId) -> Kind:
        """The row of the table a node stands in; for a method one of its own."""
        if self.secret(node):
            return PERSONAL if node in OF_CLIENTS else CONFIDENTIAL
        above = self.inherited(node)
        if above is None and node.NamespaceIndex == 0:
            above = CALLS.get(node)
        if above is not None:
            return Kind("a method", call=above)
        method = self.space.methods.get(node)
        if method is not None:
            return Kind("a method", call=method[0].role)
        if node in self.space.private:
            return CLAIM
        if node not in self.space.tags:
            return STRUCTURE
        level = self.aspace.read_attribute_value(node, A.AccessLevel).Value.Value
        return SET_POINT if level & WRITE else MEASURED

    def secret(self, node: ua.NodeId) -> bool:
        """Whether not everybody may read the node; quick, for services with many nodes."""
        return node.NamespaceIndex < LINE and (node in SECRET or node in OF_CLIENTS)

    def refused(self, node: ua.NodeId, user: LineUser, encrypted: bool) -> ua.StatusCode | None:
        """The status for a client that may not read all of a node's value; None when it may."""
        kind = CONFIDENTIAL if node in OF_CLIENTS else self.kind(node)
        if kind.read is None or not user.may(kind.read):
            return DENIED
        return INSECURE if kind.encrypted and self.secured and not encrypted else None

    def refused_past(self, node: ua.NodeId, user: LineUser) -> ua.StatusCode | None:
        """The status for a client that may not read the node's history; None when it may."""
        least = self.kind(node).history
        return None if least is None or user.may(least) else DENIED

    def may_call(self, method: ua.NodeId, user: LineUser) -> bool:
        """Whether the user may call a method of the standard namespace."""
        role = CALLS.get(method)
        return role is not None and user.may(role)

    def answer(self, node: ua.NodeId, attribute: int, user: LineUser) -> ua.Variant | None:
        """The value of one of `OURS` for this user; None leaves it to the address space."""
        if node not in self.aspace:
            return None
        kind = self.kind(node)
        if attribute == A.UserAccessLevel:
            return self._access_level(node, kind, user)
        if attribute == A.UserExecutable:
            return self._executable(node, kind, user)
        if attribute == A.AccessRestrictions:
            bits = ua.AccessRestrictionType.EncryptionRequired if kind.encrypted else 0
            return ua.Variant(int(bits) * self.secured, ua.VariantType.UInt16)
        roles = [
            role for role in ROLES if attribute == A.RolePermissions or at_least(user.grade, role)
        ]
        rows = [ua.RolePermissionType(ROLE_IDS[role], permissions(kind, role)) for role in roles]
        return ua.Variant(rows, ua.VariantType.ExtensionObject, is_array=True)

    def _access_level(self, node: ua.NodeId, kind: Kind, user: LineUser) -> ua.Variant | None:
        told = self.aspace.read_attribute_value(node, A.AccessLevel)
        if told.Value is None or told.Value.Value is None:
            return None  # no variable, or a standard one that does not say
        level = told.Value.Value
        for bit, least in ((READ, kind.read), (WRITE, kind.write), (HISTORY, kind.history)):
            if least is None or not user.may(least):
                level &= ~bit
        return ua.Variant(level, ua.VariantType.Byte)

    def _executable(self, node: ua.NodeId, kind: Kind, user: LineUser) -> ua.Variant | None:
        if self.aspace.read_attribute_value(node, A.Executable).Value is None:
            return None  # no method
        may = kind.call is not None and user.may(kind.call)
        return ua.Variant(may, ua.VariantType.Boolean)


def permissions(kind: Kind, role: Role) -> Any:
    """The permission bits of a role on a kind of node (OPC 10000-3, 8.55)."""
    needed = (
        (P.Browse, kind.browse),
        (P.ReadRolePermissions, kind.browse),
        (P.Read, kind.read),
        (P.ReadHistory, kind.history),
        (P.Write, kind.write),
        (P.Call, kind.call),
        (P.ReceiveEvents, kind.browse),
    )
    bits = P(0)
    for bit, least in needed:
        if least is not None and at_least(role, least):
            bits |= bit
    return bits

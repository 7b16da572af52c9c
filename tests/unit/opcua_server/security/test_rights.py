"""What is shown of the roles is what is enforced, at every service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua

from opcua_server import OpcUaAdapter, hash_password
from opcua_server.hardening.limits import PUBLISHED
from opcua_server.security.roleset import IDENTITIES, ROLE_IDS
from tests.unit.opcua_server.standin import StandInSession
from tests.unit.opcua_server.test_server import LINE, node_id, status_of
from twin.trace.journal import ROLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

A, P = ua.AttributeIds, ua.PermissionType
USERS = {role: (hash_password(f"{role}-password"), role) for role in ROLES}
SESSIONS = ua.NodeId(
    ua.ObjectIds.Server_ServerDiagnostics_SessionsDiagnosticsSummary_SessionDiagnosticsArray
)
OBJECTS = ua.NodeId(ua.ObjectIds.ObjectsFolder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients() -> AsyncIterator[dict[str, Client]]:
    """A client for each role, and one without a login."""
    session = StandInSession()
    adapter = OpcUaAdapter(port=0, users=USERS)  # type: ignore[arg-type]
    await adapter.start(session)
    session.adapter = adapter
    await session.step(10)
    opened = {}
    for role in ("", *ROLES):
        opened[role] = Client(adapter.endpoints[0])
        if role:
            opened[role].set_user(role)
            opened[role].set_password(f"{role}-password")
        await opened[role].connect()
    yield opened
    for client in opened.values():
        await client.disconnect()
    await adapter.stop()


# node, what is done with it, and the least role: the expectation, written apart from the product
TABLE = (
    ("RFL.Zone8Temp", P.Read, "observer"),
    ("RFL.Zone8Temp", P.ReadHistory, "observer"),
    ("RFL.Zone8Temp", P.Write, None),
    ("RFL.BeltSpeed", P.Read, "observer"),
    ("RFL.BeltSpeed", P.Write, "operator"),
    ("RFL.Stop()", P.Call, "operator"),
    (f"{LINE}.InjectFault()", P.Call, "instructor"),
    (SESSIONS, P.Read, "observer"),  # of his own
    (IDENTITIES["operator"], P.Read, "instructor"),
    (IDENTITIES["instructor"], P.Read, "instructor"),
    (OBJECTS, P.Browse, "observer"),
    (OBJECTS, P.Write, None),
)


def named(node: Any) -> ua.NodeId:
    return node_id(node) if isinstance(node, str) else node


async def does(client: Client, node: ua.NodeId, permission: ua.PermissionType) -> str:
    """Try it; the status it ends with."""
    one = client.get_node(node)
    if permission == P.Browse:
        return await status_of(one.get_references())
    if permission == P.Read:
        return await status_of(one.read_data_value())
    if permission == P.ReadHistory:
        return await status_of(one.read_raw_history(numvalues=1))
    if permission == P.Write:
        return await status_of(one.write_value(ua.Variant(90.0)))
    owner = client.get_node(node_id(node.Identifier.rpartition(".")[0]))
    fault = ["E-Z8"] if "Fault" in node.Identifier else []
    return await status_of(owner.call_method(node, *fault))


@pytest.mark.parametrize(("node", "permission", "least"), TABLE)
async def test_a_role_may_what_the_table_says_and_is_told_so(
    clients: dict[str, Client], node: Any, permission: ua.PermissionType, least: str | None
) -> None:
    for role in ("", *ROLES):
        grade = role or "observer"
        may = least is not None and ROLES.index(grade) >= ROLES.index(least)  # type: ignore[arg-type]
        done = await does(clients[role], named(node), permission)
        refusals = {"BadUserAccessDenied"} if least else {"BadNotWritable"}
        assert (done not in refusals) == may, (role, done)
        one = clients[role].get_node(named(node))
        rows = (await one.read_attribute(A.UserRolePermissions)).Value.Value
        union = P(0)
        for row in rows:
            union |= row.Permissions
        assert bool(union & permission) == may, (role, union)


async def test_permissions_are_listed_for_all_roles(clients: dict[str, Client]) -> None:
    node = clients[""].get_node(node_id("RFL.BeltSpeed"))
    rows = (await node.read_attribute(A.RolePermissions)).Value.Value
    assert [row.RoleId for row in rows] == list(ROLE_IDS.values())
    assert [bool(row.Permissions & P.Write) for row in rows] == [False, True, True, True]


async def test_what_may_not_be_read_may_not_be_watched(clients: dict[str, Client]) -> None:
    for role, expected in (("engineer", "BadUserAccessDenied"), ("instructor", "Good")):
        subscription = await clients[role].create_subscription(500, None)
        nodes = [clients[role].get_node(one) for one in (IDENTITIES["operator"],)]
        (handle,) = await subscription.subscribe_data_change(nodes)
        status = "Good" if isinstance(handle, int) else handle.name
        assert status == expected
        await subscription.delete()


async def test_access_levels_are_those_of_the_user(clients: dict[str, Client]) -> None:
    for role, level in (("engineer", 0), ("instructor", 1)):
        node = clients[role].get_node(IDENTITIES["operator"])
        shown = await node.read_attribute(A.UserAccessLevel)
        assert shown.Value.Value & 1 == level


async def test_methods_of_the_standard_that_change_roles_are_called_by_nobody(
    clients: dict[str, Client],
) -> None:
    names = ("WellKnownRole_Operator_AddIdentity", "Server_ServerCapabilities_RoleSet_AddRole")
    for name in names:
        method = ua.NodeId(getattr(ua.ObjectIds, name))
        role_set = clients["instructor"].get_node(ua.ObjectIds.Server_ServerCapabilities_RoleSet)
        assert await status_of(role_set.call_method(method, "x", "y")) == "BadUserAccessDenied"
        executable = clients["instructor"].get_node(method).read_attribute(A.UserExecutable)
        assert (await executable).Value.Value is False


async def test_the_roles_say_who_has_them(clients: dict[str, Client]) -> None:
    client = clients["instructor"]
    role_set = client.get_node(ua.ObjectIds.Server_ServerCapabilities_RoleSet)
    names = {(await role.read_browse_name()).Name for role in await role_set.get_children()}
    assert {"Observer", "Operator", "Engineer", "Instructor"} <= names
    rules = await client.get_node(IDENTITIES["engineer"]).read_value()
    assert {rule.Criteria for rule in rules} == {"engineer", "instructor"}
    rules = await client.get_node(IDENTITIES["observer"]).read_value()
    assert ua.IdentityCriteriaType.Anonymous in {rule.CriteriaType for rule in rules}


async def test_history_is_rewritten_by_nobody(clients: dict[str, Client]) -> None:
    details = ua.UpdateDataDetails(node_id("RFL.BeltSpeed"), ua.PerformUpdateType.Insert, [])
    request = ua.HistoryUpdateRequest()
    request.Parameters.HistoryUpdateDetails = [details]
    status = await status_of(clients["instructor"].uaclient.protocol.send_request(request))
    assert status == "BadUserAccessDenied"


async def test_the_limits_are_told(clients: dict[str, Client]) -> None:
    for name, most in PUBLISHED.items():
        node = clients[""].get_node(getattr(ua.ObjectIds, f"Server_ServerCapabilities_{name}"))
        assert await node.read_value() == most

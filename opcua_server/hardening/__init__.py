"""Every guard around asyncua that is a matter of security, in one place.

Checked with asyncua 2.1.0. `INTERNALS` names what is overridden or relied on, and a contract test
compares the source of each with what was read then: when asyncua moves, it fails by name. What
each guard is for is told in docs/explanation/security.md.
"""

from __future__ import annotations

from opcua_server.hardening.buffer import GuardedBuffer, bound_decoding
from opcua_server.hardening.server import GuardedInternalServer, GuardedServer
from opcua_server.hardening.sessions import GuardedSession, bounded

__all__ = [
    "CHECKED_WITH",
    "INTERNALS",
    "GuardedBuffer",
    "GuardedInternalServer",
    "GuardedServer",
    "GuardedSession",
    "bound_decoding",
    "bounded",
]

CHECKED_WITH = "2.1.0"
INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.binary_server_asyncio", "OPCUAProtocol"),
    ("asyncua.server.binary_server_asyncio", "BinaryServer"),
    ("asyncua.server.uaprocessor", "UaProcessor"),
    ("asyncua.server.internal_session", "InternalSession"),
    ("asyncua.server.internal_server", "InternalServer"),
    ("asyncua.server.server", "Server.__init__"),
    ("asyncua.server.server", "Server.start"),
    ("asyncua.server.server", "Server.stop"),
    ("asyncua.server.server", "Server._setup_server_nodes"),
    ("asyncua.server.server", "Server._set_endpoints"),
    ("asyncua.server.subscription_service", "SubscriptionService"),
    ("asyncua.common.connection", "SecureConnection"),
    ("asyncua.crypto.security_policies", "SecurityPolicyFactory"),
    ("asyncua.crypto.uacrypto", "verify_sha256"),
    ("asyncua.crypto.uacrypto", "verify_pss_sha256"),
    ("asyncua.server.address_space", "AddressSpace.set_attribute_value_callback"),
    ("asyncua.common.connection", "TransportLimits"),
    ("asyncua.common.utils", "Buffer"),
    ("asyncua.ua.ua_binary", "_Null"),
    ("asyncua.ua.ua_binary", "_Bytes"),
    ("asyncua.ua.ua_binary", "_reshape"),
    ("asyncua.ua.ua_binary", "variant_from_binary"),
    ("asyncua.ua.ua_binary", "extensionobject_from_binary"),
    ("asyncua.ua.ua_binary", "_create_uatype_array_deserializer"),
    ("asyncua.ua.ua_binary", "_create_list_deserializer"),
)

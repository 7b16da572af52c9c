"""SessionSecurityDiagnosticsDataType (OPC 10000-5, 12.12): asyncua 2.1.0 cannot read or write it.

It takes the field Encoding, a String, for the encoding mask of a structure with optional fields.
Importing this puts the class below in its place, for servers and for clients of this process.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncua import ua

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.ua.uaprotocol_auto", "SessionSecurityDiagnosticsDataType"),
)
IDS = ua.ObjectIds


@dataclass
class SessionSecurity:
    """Whose a session is, and how its channel is protected."""

    data_type = ua.NodeId(IDS.SessionSecurityDiagnosticsDataType)

    SessionId: ua.NodeId = field(default_factory=ua.NodeId)
    ClientUserIdOfSession: ua.String = None
    ClientUserIdHistory: list[ua.String] = field(default_factory=list)
    AuthenticationMechanism: ua.String = None
    WireEncoding: ua.String = None  # "Encoding" in the specification
    TransportProtocol: ua.String = None
    SecurityMode: ua.MessageSecurityMode = ua.MessageSecurityMode.Invalid
    SecurityPolicyUri: ua.String = None
    ClientCertificate: ua.ByteString = None


ua.register_extension_object(
    "SessionSecurity",
    ua.NodeId(IDS.SessionSecurityDiagnosticsDataType_Encoding_DefaultBinary),
    SessionSecurity,
    ua.NodeId(IDS.SessionSecurityDiagnosticsDataType),
)

"""FindServers names the servers beside the one that is asked (OPC 10000-4, 5.5.2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from asyncua import ua


def beside(server: Any, params: Any, sockname: Any) -> list[ua.ApplicationDescription]:
    """Descriptions of `server.others` (URI, name, port) that a FindServers request means.

    Their addresses carry the host by which the client reaches this server.
    """
    host = urlsplit(params.EndpointUrl or "").hostname or (sockname[0] if sockname else "localhost")
    host = f"[{host}]" if ":" in host else host
    found = []
    for uri, name, port in server.others:
        if params.ServerUris and uri not in params.ServerUris:
            continue
        found.append(
            ua.ApplicationDescription(
                ApplicationUri=uri,
                ProductUri="urn:twin",
                ApplicationName=ua.LocalizedText(name, "en"),
                ApplicationType=ua.ApplicationType.Server,
                DiscoveryUrls=[f"opc.tcp://{host}:{port}"],
            )
        )
    return found

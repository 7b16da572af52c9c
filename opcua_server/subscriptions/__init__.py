"""Subscriptions: who is told of which value, when, and in what message (OPC 10000-4, 5.13, 5.14).

`record` writes notifications, `packed` holds the monitored items on plain tags in columns,
`monitored` the others, `hub` brings new values to both, `subscription` sends what is queued,
`service` answers the requests.
"""

from __future__ import annotations

from opcua_server.subscriptions.hub import Hub
from opcua_server.subscriptions.service import LineSubscriptions

__all__ = ["Hub", "LineSubscriptions"]

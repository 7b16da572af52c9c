"""The past of a line over OPC UA: raw, at given times, aggregated."""

from opcua_server.history.service import NODES, PAGE, TraceHistory

__all__ = ["NODES", "PAGE", "TraceHistory"]

"""The line as an OPC UA server: address space, live values, history, methods, security."""

from opcua_server.accounts import Account, hash_password
from opcua_server.adapter import OpcUaAdapter

__all__ = ["Account", "OpcUaAdapter", "hash_password"]

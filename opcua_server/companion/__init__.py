"""Companion specifications: their types from tables of facts, and instances of them."""

from opcua_server.companion.calls import Call
from opcua_server.companion.instance import BadInstance, Instance
from opcua_server.companion.types import Types
from opcua_server.companion.values import Derived, Row, View

__all__ = ["BadInstance", "Call", "Derived", "Instance", "Row", "Types", "View"]

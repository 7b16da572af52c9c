"""The diagnostics nodes of the Server object: computed when read, told to who watches them.

The arrays tell of other clients. An instructor reads all of them, over an encrypted channel where
there is one; everybody else reads the entries of his own session, and watches none (OPC 10000-5,
6.3.3 and 6.3.4). There is no SamplingIntervalDiagnosticsArray: sampling intervals here are
multiples of each tag's period, no fixed set.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue

from opcua_server.bulk import A, T, attribute, constant
from opcua_server.diagnostics import records

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.address_space", "AttributeValue"),
    ("asyncua.server.internal_session", "InternalSession._timeout_loop"),
)

IDS = ua.ObjectIds
_OWN = "Server_ServerDiagnostics_"
SUMMARY = ua.NodeId(IDS.Server_ServerDiagnostics_ServerDiagnosticsSummary)
SAMPLING = ua.NodeId(IDS.Server_ServerDiagnostics_SamplingIntervalDiagnosticsArray)
ENABLED = ua.NodeId(IDS.Server_ServerDiagnostics_EnabledFlag)
DURABLE = ua.NodeId(IDS.Server_SetSubscriptionDurable)
STATE_CHANGE = ua.NodeId(IDS.Server_RequestServerStateChange)
# optional properties that tell of what there is not: no changes of the address space or of
# history, no bound of an array but the message's
ABSENT = tuple(
    ua.NodeId(getattr(IDS, f"Server_ServerCapabilities_{name}"))
    for name in (
        "OperationLimits_MaxNodesPerNodeManagement",
        "OperationLimits_MaxNodesPerHistoryUpdateData",
        "OperationLimits_MaxNodesPerHistoryUpdateEvents",
        "MaxArrayLength",
        "ConformanceUnits",
    )
)
ROWS = f"{_OWN}SessionsDiagnosticsSummary_"

# array -> what it lists, and the record of one
ARRAYS: dict[ua.NodeId, tuple[Callable[[Any], list[Any]], Callable[[Any], Any]]] = {
    ua.NodeId(getattr(IDS, name)): (of, record)
    for name, of, record in (
        (f"{_OWN}SubscriptionDiagnosticsArray", records.subscriptions_of, records.subscription),
        (f"{ROWS}SessionDiagnosticsArray", records.sessions_of, records.session),
        (f"{ROWS}SessionSecurityDiagnosticsArray", records.sessions_of, records.security),
    )
}
COUNTERS = {
    ua.NodeId(getattr(IDS, name)): name.rpartition("_")[2]
    for name in dir(IDS)
    if name.startswith(f"{_OWN}ServerDiagnosticsSummary_")
}


class Diagnostics:
    """The diagnostics of one server."""

    def __init__(self, core: Any) -> None:
        self.core = core
        self._told: dict[ua.NodeId, Any] = {}
        space: AddressSpace = core.aspace
        self._computed: dict[ua.NodeId, Callable[[], ua.Variant]] = {
            SUMMARY: lambda: ua.Variant(records.summary(core), T.ExtensionObject),
            **{node: self._counter(name) for node, name in COUNTERS.items()},
            **{node: self._array(node) for node in ARRAYS},
        }
        for node, compute in self._computed.items():
            if node in space:
                space[node].attributes[A.Value] = computed(compute)
                space[node].attributes[A.MinimumSamplingInterval] = constant(1000.0, T.Double)
        space[ENABLED].attributes[A.Value] = attribute(True, T.Boolean)
        for node in (SAMPLING, *ABSENT):
            remove(space, node)
        for node in (DURABLE, STATE_CHANGE):  # not offered: no subscription outlives its session
            for which in (A.Executable, A.UserExecutable):
                space[node].attributes[which] = constant(False, T.Boolean)

    def _counter(self, name: str) -> Callable[[], ua.Variant]:
        return lambda: ua.Variant(getattr(records.summary(self.core), name), T.UInt32)

    def _array(self, node: ua.NodeId) -> Callable[[], ua.Variant]:
        listed, record = ARRAYS[node]
        return lambda: records.listed(record(one) for one in listed(self.core))

    def own(self, node: ua.NodeId, session: Any) -> ua.DataValue:
        """What of an array belongs to a session."""
        listed, record = ARRAYS[node]
        mine = [one for one in listed(self.core) if one.session_id == session.session_id]
        return _now(records.listed(record(one) for one in mine))

    async def publish(self) -> None:
        """Tell who watches a node that its value changed; called once a second."""
        for node, compute in self._computed.items():
            held = self.core.aspace._nodes.get(node)
            listeners = held.attributes[A.Value].datachange_callbacks if held else None
            if not listeners:
                continue
            value = compute()
            if value != self._told.get(node):
                self._told[node] = value
                told = _now(value)
                for handle, notify in list(listeners.items()):
                    await notify(handle, told)


def computed(compute: Callable[[], ua.Variant]) -> AttributeValue:
    """A value computed when it is read."""
    made = AttributeValue(ua.DataValue())
    made.value = None
    made.value_callback = lambda _node, _attribute: _now(compute())
    return made


def _now(value: ua.Variant) -> ua.DataValue:
    moment = datetime.now(UTC)
    return ua.DataValue(value, ua.StatusCode(), moment, moment)


def remove(space: AddressSpace, node: ua.NodeId) -> None:
    """Take a node that is optional and not served out of the address space."""
    held = space._nodes.pop(node, None)
    for reference in held.references if held else ():
        above = space._nodes.get(reference.NodeId)
        if above is not None and not reference.IsForward:
            above.references = [one for one in above.references if one.NodeId != node]

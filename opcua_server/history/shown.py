"""What the address space says of history: each tag's configuration, and the server's capabilities.

OPC 10000-11, 5.2.3 (HistoricalDataConfigurationType), 5.4.2 (HistoryServerCapabilitiesType);
OPC 10000-13, 4.4 (AggregateFunctions).
"""

from __future__ import annotations

from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import A, SpaceBuilder, attribute
from opcua_server.companion.types import Types
from opcua_server.history.aggregates import BY_NODE
from opcua_server.history.points import Rules
from opcua_server.nodes import Space

IDS, T = ua.ObjectIds, ua.VariantType
FOLDERS = (
    ua.NodeId(IDS.HistoryServerCapabilities_AggregateFunctions),
    ua.NodeId(IDS.Server_ServerCapabilities_AggregateFunctions),
)


def capabilities(space: AddressSpace, page: int, nodes: int) -> None:
    """Say what HistoryRead can do, and how much at once; nothing can be written to the past."""
    told = {
        "HistoryServerCapabilities_AccessHistoryDataCapability": ua.Variant(True),
        "HistoryServerCapabilities_AccessHistoryEventsCapability": ua.Variant(True),
        "HistoryServerCapabilities_MaxReturnDataValues": ua.Variant(page, T.UInt32),
        "HistoryServerCapabilities_ServerTimestampSupported": ua.Variant(True),
    }
    limits = "Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryRead"
    told |= {f"{limits}{what}": ua.Variant(nodes, T.UInt32) for what in ("Data", "Events")}
    for name, value in told.items():
        node = space[ua.NodeId(getattr(IDS, name))]
        node.attributes[A.Value] = attribute(value.Value, value.VariantType)
    for folder in FOLDERS:
        for aggregate in BY_NODE:
            _organize(space, folder, aggregate)


def _organize(space: AddressSpace, folder: ua.NodeId, target: ua.NodeId) -> None:
    """One way: the functions' nodes are shared between servers."""
    named = space[target].attributes
    browse, display = (named[key].value.Value.Value for key in (A.BrowseName, A.DisplayName))
    kind = ua.NodeId(IDS.AggregateFunctionType)
    space[folder].references.append(
        ua.ReferenceDescription(
            ua.NodeId(IDS.Organizes), True, target, browse, display, ua.NodeClass.Object, kind
        )
    )


def configurations(builder: SpaceBuilder, space: Space, session: Any) -> None:
    """Tell how the past of each tag is read between samples; tags of a station share that."""
    if not session.keeps_history:
        return
    types = Types(builder, (), line=space)
    groups: dict[tuple[str, bool], list[int]] = {}
    for row, tag in enumerate(session.shown.tags.values()):
        groups.setdefault((tag.station, tag.kind != "float"), []).append(row)
    for (station, stepped), (first, *others) in groups.items():
        name = "Stepped" if stepped else "Sloped"
        made = types.instantiate(
            IDS.HistoricalDataConfigurationType,
            f"{station}.HA Configuration.{name}",
            ua.QualifiedName("HA Configuration"),
            space.variables.nodes[first],
            IDS.HasHistoricalConfiguration,
            values=_configuration(stepped, session.started_at),
        )
        space.variables.configure(made.node, others)


def _configuration(stepped: bool, since: Any) -> dict[str, Any]:
    rules, where = Rules(), "AggregateConfiguration"
    return {
        "Stepped": stepped,
        "StartOfArchive": since,
        "StartOfOnlineArchive": since,
        f"{where}/TreatUncertainAsBad": rules.uncertain_is_bad,
        f"{where}/PercentDataBad": rules.percent_bad,
        f"{where}/PercentDataGood": rules.percent_good,
        f"{where}/UseSlopedExtrapolation": rules.sloped_extrapolation,
    }

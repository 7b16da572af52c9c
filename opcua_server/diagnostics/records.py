"""Counters as the structures of OPC 10000-5, 12.9 to 12.15."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from asyncua import ua

from opcua_server.diagnostics.security import SessionSecurity

MECHANISMS = {
    "UserNameIdentityToken": "UserName",
    "X509IdentityToken": "X509",
}


def sessions_of(core: Any) -> list[Any]:
    """Sessions of clients, in the order they were made."""
    found = core._external_sessions.values()
    return sorted(found, key=lambda one: str(one.session_id.Identifier).zfill(20))


def subscriptions_of(core: Any) -> list[Any]:
    """Subscriptions of clients: the server's own have no Publish requests."""
    known = core.subscription_service.subscriptions.values()
    return [one for one in known if one.pub_request_callback is not None]


def summary(core: Any) -> ua.ServerDiagnosticsSummaryDataType:
    """The server in numbers."""
    tally, held = core.tally, subscriptions_of(core)
    return ua.ServerDiagnosticsSummaryDataType(
        ServerViewCount=0,
        CurrentSessionCount=sum(one.is_activated() for one in sessions_of(core)),
        CumulatedSessionCount=tally.sessions,
        SecurityRejectedSessionCount=tally.insecure_sessions,
        RejectedSessionCount=tally.rejected_sessions,
        SessionTimeoutCount=tally.timeouts,
        SessionAbortCount=tally.aborts,
        CurrentSubscriptionCount=len(held),
        CumulatedSubscriptionCount=tally.subscriptions,
        PublishingIntervalCount=len({one.data.RevisedPublishingInterval for one in held}),
        SecurityRejectedRequestsCount=tally.insecure_requests,
        RejectedRequestsCount=tally.rejected_requests,
    )


def session(one: Any) -> ua.SessionDiagnosticsDataType:
    """What a session is and has asked for."""
    tally, channel, own = one.tally, one.channel, one.own_subscriptions()
    return ua.SessionDiagnosticsDataType(
        SessionId=one.session_id,
        SessionName=tally.name,
        ClientDescription=tally.client,
        ServerUri=tally.server_uri,
        EndpointUrl=tally.endpoint,
        LocaleIds=list(tally.locales),
        ActualSessionTimeout=float(one.session_timeout or 0.0) * 1000.0,
        MaxResponseMessageSize=tally.most_response,
        ClientConnectionTime=tally.since,
        ClientLastContactTime=tally.last,
        CurrentSubscriptionsCount=len(own),
        CurrentMonitoredItemsCount=sum(len(sub.items) for sub in own),
        CurrentPublishRequestsInQueue=0 if channel is None else len(channel._publish_requests),
        TotalRequestCount=ua.ServiceCounterDataType(*tally.requests),
        UnauthorizedRequestCount=tally.unauthorized,
        **{name: ua.ServiceCounterDataType(*found) for name, found in tally.services.items()},
    )


def security(one: Any) -> SessionSecurity:
    """Who a session belongs to and how it is protected."""
    policy = None if one.channel is None else one.channel.policy
    mode = ua.MessageSecurityMode.Invalid if policy is None else policy.Mode
    users = one.tally.users
    return SessionSecurity(
        one.session_id,
        users[-1] if users else "",
        list(users),
        MECHANISMS.get(one.tally.means, "Anonymous"),
        "UA Binary",
        "opc.tcp",
        mode,
        "" if policy is None else policy.URI,
        one.signed_by or b"",
    )


def subscription(one: Any) -> ua.SubscriptionDiagnosticsDataType:
    """A subscription's parameters and what has become of it."""
    data, items = one.data, one.items
    packed_modes = items.packed.items["mode"]
    disabled = int(np.count_nonzero(packed_modes == ua.MonitoringMode.Disabled))
    disabled += sum(
        item.mode == ua.MonitoringMode.Disabled for item in items._monitored_items.values()
    )
    told = {name: count for name, count in one.counts.items() if name in COUNTED}
    told["NotificationsCount"] = sum(
        told.get(f"{kind}NotificationsCount", 0) for kind in ("DataChange", "Event")
    )
    told["RepublishRequestCount"] = told.get("RepublishMessageRequestCount", 0)
    return ua.SubscriptionDiagnosticsDataType(
        SessionId=one.session_id,
        SubscriptionId=data.SubscriptionId,
        Priority=one.priority,
        PublishingInterval=data.RevisedPublishingInterval,
        MaxKeepAliveCount=data.RevisedMaxKeepAliveCount,
        MaxLifetimeCount=data.RevisedLifetimeCount,
        MaxNotificationsPerPublish=one.most,
        PublishingEnabled=one._publishing_enabled,
        CurrentKeepAliveCount=one.silent,
        CurrentLifetimeCount=one._publish_cycles_count,
        UnacknowledgedMessageCount=len(one._not_acknowledged_results),
        MonitoredItemCount=len(items),
        DisabledMonitoredItemCount=disabled,
        NextSequenceNumber=one._notification_seq,
        **told,
    )


# what a subscription counts by itself, under the names of OPC 10000-5, 12.15
COUNTED = frozenset(
    ("ModifyCount", "EnableCount", "DisableCount", "RepublishMessageRequestCount",
     "RepublishMessageCount", "TransferRequestCount", "TransferredToAltClientCount",
     "TransferredToSameClientCount", "PublishRequestCount", "DataChangeNotificationsCount",
     "EventNotificationsCount", "LatePublishRequestCount", "DiscardedMessageCount",
     "MonitoringQueueOverflowCount", "EventQueueOverflowCount")
)  # fmt: skip


def listed(made: Iterable[Any]) -> ua.Variant:
    """Structures as an array."""
    return ua.Variant(list(made), ua.VariantType.ExtensionObject, is_array=True)

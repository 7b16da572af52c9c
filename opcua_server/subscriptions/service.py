"""The subscription services: requests of sessions, answered by `LineSubscription`.

OPC 10000-4, 5.14; checked with asyncua 2.1.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.subscription_service import SubscriptionService

from opcua_server.hardening.limits import LEAST_PUBLISHING_MS, MOST_PUBLISHING_MS
from opcua_server.subscriptions.hub import Hub
from opcua_server.subscriptions.subscription import LineSubscription

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.subscription_service", "SubscriptionService"),
)

KEEP_ALIVE = 10  # intervals, where a client names none; assumed
LIFETIMES = 3  # keep-alives a subscription lives at least (OPC 10000-4, 5.14.2)


def revised(requested: float) -> float:
    """The publishing interval a client gets, ms."""
    wanted = requested if math.isfinite(requested) else MOST_PUBLISHING_MS
    return min(max(wanted, LEAST_PUBLISHING_MS), MOST_PUBLISHING_MS)


class LineSubscriptions(SubscriptionService):
    """All subscriptions of a server; `hub` brings them the values of tags."""

    hub: Hub | None = None

    async def create_subscription(
        self,
        params: Any,
        callback: Callable[..., Any],
        session_id: ua.NodeId,
        request_callback: Callable[..., Any] | None = None,
    ) -> ua.CreateSubscriptionResult:
        """Create a subscription."""
        core = self.iserver
        if core is not None and len(self.subscriptions) >= core.max_subscriptions:
            raise ServiceError(ua.StatusCodes.BadTooManySubscriptions)
        self._sub_id_counter += 1
        number = self._sub_id_counter
        result = ua.CreateSubscriptionResult(number, params.RequestedPublishingInterval)
        self._set_counts(result, params)
        made = LineSubscription(
            result,
            self.aspace,
            self.hub,
            callback=callback,
            session_id=session_id,
            request_callback=request_callback,
            delete_callback=lambda: self._tell_end(self.subscriptions.pop(number, None)),
            no_acks_limit=core.max_unacked_messages_per_subscription if core else 100,
            max_queue_size=core.max_monitored_item_queue_size if core else 100,
            publishing_enabled=params.PublishingEnabled,
            priority=params.Priority,
            most=params.MaxNotificationsPerPublish,
        )
        await made.start()
        if core is not None and request_callback is not None:
            core.tally.subscriptions += 1
        self.subscriptions[number] = made
        return result

    def _set_counts(self, told: Any, params: Any) -> None:
        """Keep-alive and lifetime counts within bounds, in intervals."""
        keep_alive = params.RequestedMaxKeepAliveCount or KEEP_ALIVE
        lifetime = params.RequestedLifetimeCount
        if self.iserver is not None:
            keep_alive = min(keep_alive, self.iserver.max_keep_alive_count)
            lifetime = min(lifetime, self.iserver.max_lifetime_count)
        told.RevisedMaxKeepAliveCount = keep_alive
        told.RevisedLifetimeCount = max(lifetime, LIFETIMES * keep_alive)

    def _tell_end(self, gone: LineSubscription | None) -> None:
        """Leave Bad_Timeout for the session of a subscription that expired (5.14.1.2)."""
        if gone is None or self.iserver is None:
            return
        status = ua.StatusCode(ua.StatusCodes.BadTimeout)
        message = ua.NotificationMessage(
            gone._notification_seq, NotificationData=[ua.StatusChangeNotification(status)]
        )
        told = ua.PublishResult(gone.data.SubscriptionId, NotificationMessage=message)
        for session in self.iserver._external_sessions.values():
            if session.session_id == gone.session_id:
                session.farewells.append(told)

    def _found(self, number: int) -> LineSubscription:
        found = self.subscriptions.get(number)
        if not isinstance(found, LineSubscription):
            raise ServiceError(ua.StatusCodes.BadSubscriptionIdInvalid)
        return found

    def modify_subscription(self, params: Any) -> ua.ModifySubscriptionResult:
        """Change intervals, counts and priority (OPC 10000-4, 5.14.3)."""
        found = self._found(params.SubscriptionId)
        found.data.RevisedPublishingInterval = revised(params.RequestedPublishingInterval)
        self._set_counts(found.data, params)
        found.most, found.priority = params.MaxNotificationsPerPublish, params.Priority
        found.count("ModifyCount")
        found.restart()
        return ua.ModifySubscriptionResult(
            found.data.RevisedPublishingInterval,
            found.data.RevisedLifetimeCount,
            found.data.RevisedMaxKeepAliveCount,
        )

    def publish(self, acks: Iterable[Any]) -> tuple[int, list[ua.StatusCode]]:
        """Acknowledge messages."""
        results = [self._found(one.SubscriptionId).acknowledge(one.SequenceNumber) for one in acks]
        return len(self.subscriptions), results

    async def set_publishing_mode(self, params: Any) -> list[ua.StatusCode]:
        """Switch publishing; what is sampled meanwhile stays queued."""
        for number in params.SubscriptionIds:
            self._found(number).count("EnableCount" if params.PublishingEnabled else "DisableCount")
        return await super().set_publishing_mode(params)

    def set_triggering(self, params: Any) -> ua.SetTriggeringResult:
        """Link items (OPC 10000-4, 5.13.5)."""
        return self._found(params.SubscriptionId).items.set_triggering(params)

    async def transfer_subscriptions(
        self, params: Any, session_id: ua.NodeId, callback: Callable[..., Any]
    ) -> list[ua.TransferResult]:
        """Move subscriptions to another session; the old one is told (OPC 10000-4, 5.14.7)."""
        results = []
        for number in params.SubscriptionIds:
            found = self._found(int(number))
            await self._tell_old(found)
            found.session_id, found.pub_result_callback = session_id, callback
            found.count("TransferRequestCount")
            found.count("TransferredToAltClientCount")
            if params.SendInitialValues:
                found.items.resend()
            sent = sorted(found._not_acknowledged_results)
            results.append(ua.TransferResult(AvailableSequenceNumbers=sent))
        return results

    async def _tell_old(self, found: LineSubscription) -> None:
        """Say Good_SubscriptionTransferred to the session that has it, if that still asks."""
        channel = getattr(found.pub_request_callback, "__self__", None)
        if channel is None or not channel._publish_requests:
            return
        request = channel.get_publish_request(found.data.SubscriptionId)
        if request is not None:
            moved = ua.StatusCode(ua.StatusCodes.GoodSubscriptionTransferred)
            message = ua.NotificationMessage(
                found._notification_seq, NotificationData=[ua.StatusChangeNotification(moved)]
            )
            told = ua.PublishResult(found.data.SubscriptionId, MoreNotifications=False)
            told.NotificationMessage = message
            await found.pub_result_callback(told, request)

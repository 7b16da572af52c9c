"""A subscription: its publishing timer, its messages and those kept for Republish.

The states of OPC 10000-4, 5.14.1: at the end of every publishing interval it sends what is
queued, or a keep-alive after so many silent intervals, or waits (late) for a Publish request;
without any request for its lifetime it ends. Checked with asyncua 2.1.0, whose own version
answers at once, ignores MaxNotificationsPerPublish and forgets a message it sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from time import monotonic
from typing import Any

from asyncua import ua
from asyncua.server.internal_subscription import InternalSubscription

from opcua_server.hardening.limits import NOTIFICATIONS, RETRANSMISSION_BYTES
from opcua_server.subscriptions.hub import Hub
from opcua_server.subscriptions.monitored import LineItems

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.internal_subscription", "InternalSubscription"),
    ("asyncua.server.uaprocessor", "UaProcessor.get_publish_request"),
    ("asyncua.server.uaprocessor", "UaProcessor.forward_publish_response"),
)

LAST_SEQUENCE = 2**32 - 1  # then 1 again (OPC 10000-4, 7.8)
log = logging.getLogger("opcua_server")


class LineSubscription(InternalSubscription):
    """A client's subscription; the server's own ones have no request to wait for."""

    _task: asyncio.Task[None] | None

    def __init__(self, data: Any, aspace: Any, hub: Hub | None, **named: Any) -> None:
        self.priority = named.pop("priority")
        self.most = named.pop("most")  # notifications in a message
        super().__init__(data, aspace, **named)
        self.items = LineItems(self, aspace, hub)
        self.monitored_item_srv = self.items
        self.counts: dict[str, int] = {}  # of what happened, for the diagnostics
        self._silent = 0  # intervals without a message
        self._kept_bytes = 0  # of messages kept for Republish
        self._sizes: dict[int, int] = {}

    @property
    def silent(self) -> int:
        """Publishing intervals since the last message."""
        return self._silent

    def count(self, what: str, more: int = 1) -> None:
        """Note that something happened."""
        self.counts[what] = self.counts.get(what, 0) + more

    async def _subscription_loop(self) -> None:
        begun = monotonic()
        try:
            while not self._closing:
                begun += self.data.RevisedPublishingInterval / 1000.0
                late = monotonic() - begun
                if late > 0.0:  # the loop was busy: no burst to catch up
                    begun += late
                await asyncio.sleep(max(0.0, -late))
                await self._cycle()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("subscription %s stopped", self.data.SubscriptionId)
            raise

    async def _cycle(self) -> None:
        """A publishing interval is over."""
        if self.requests_waiting():
            self._publish_cycles_count = 0
        else:
            self._publish_cycles_count += 1
            if self._publish_cycles_count > self.data.RevisedLifetimeCount:
                self._expire()
                return
        self._silent += 1
        await self.publish_results()

    def requests_waiting(self) -> bool:
        """Whether the client has a Publish request open."""
        channel = getattr(self.pub_request_callback, "__self__", None)
        return channel is None or bool(channel._publish_requests)

    def _expire(self) -> None:
        log.info("subscription %s has expired", self.data.SubscriptionId)
        self._closing = True
        if self.delete_callback is not None:
            self.delete_callback()
        self.items.delete_all_monitored_items()

    def restart(self) -> None:
        """Begin a new publishing interval, of the length that is set now."""
        if self._task is not None:
            self._task.cancel()
            self._task = asyncio.create_task(self._subscription_loop())

    # ---- what there is to send

    @property
    def has_notifications(self) -> bool:
        """Whether something is queued that the client is to hear."""
        if self._triggered_statuschanges:
            return True
        if not self._publishing_enabled:
            return False
        if self.items.links:
            self.items.follow_links()
        if self._triggered_events or self.items.packed.waiting:
            return True
        return any(map(self.items.told, self._triggered_datachanges))

    def has_published_results(self) -> bool:
        """Whether a message is due: notifications, or a sign of life."""
        if self.has_notifications:
            return True
        return self._silent >= (1 if self._startup else self.data.RevisedMaxKeepAliveCount)

    async def publish_results(self, requestdata: Any = None) -> bool:
        """Send what is due, as long as there is more and a Publish request for it.

        Whether the request given was used: a late subscription is given one when it comes.
        """
        used = False
        while self.has_published_results():
            if requestdata is None and self.pub_request_callback is not None:
                requestdata = self.pub_request_callback(self.data.SubscriptionId)
                if requestdata is None:
                    self.count("LatePublishRequestCount")
                    break
            self.count("PublishRequestCount")
            result = self._pop_publish_result()
            self._publish_cycles_count = 0
            used = True
            if requestdata is None:
                await self.pub_result_callback(result)
            else:
                await self.pub_result_callback(result, requestdata)
            requestdata = None
            if not result.MoreNotifications:
                break
        return used

    def _pop_publish_result(self) -> ua.PublishResult:
        """The next message."""
        told: list[Any] = []
        more = False
        if self._publishing_enabled:
            told, more = self._gather(min(self.most or NOTIFICATIONS, NOTIFICATIONS))
        if self._triggered_statuschanges:
            status = self._triggered_statuschanges.pop(0)
            told.append(ua.StatusChangeNotification(status))
        self._silent, self._startup = 0, False
        message = ua.NotificationMessage(self._notification_seq, NotificationData=told)
        result = ua.PublishResult(
            self.data.SubscriptionId, MoreNotifications=more, NotificationMessage=message
        )
        if told and self.pub_request_callback is not None:
            self._keep(result)
        result.AvailableSequenceNumbers = list(self._not_acknowledged_results)
        return result

    def _gather(self, most: int) -> tuple[list[Any], bool]:
        """At most so many notifications, and whether there are more."""
        told: list[Any] = []
        packed, count = self.items.packed.take(most)
        if packed is not None:
            told.append(packed)
        changes: list[Any] = []
        for number in sorted(self._triggered_datachanges):
            if count + len(changes) >= most:
                break
            if self.items.told(number):
                changes += self._pop(self._triggered_datachanges, number, most - count, changes)
        if changes:
            told.append(ua.DataChangeNotification(changes))
        events: list[Any] = []
        for number in list(self._triggered_events):
            if count + len(changes) + len(events) >= most:
                break
            room = most - count - len(changes)
            events += self._pop(self._triggered_events, number, room, events)
        if events:
            told.append(ua.EventNotificationList(events))
        self.count("DataChangeNotificationsCount", count + len(changes))
        self.count("EventNotificationsCount", len(events))
        if not told:
            return told, False
        more = self.items.packed.waiting or bool(self._triggered_events)
        more = more or any(map(self.items.told, self._triggered_datachanges))
        if not more:
            self.items.end_message()
        return told, more

    def _pop(self, queues: dict[int, list[Any]], number: int, most: int, had: list[Any]) -> Any:
        room = most - len(had)
        queue = queues[number]
        if len(queue) <= room:
            return queues.pop(number)
        told, queues[number] = queue[:room], queue[room:]
        return told

    # ---- messages that may be asked for again

    def _keep(self, result: ua.PublishResult) -> None:
        number = result.NotificationMessage.SequenceNumber
        self._notification_seq = 1 if number >= LAST_SEQUENCE else number + 1
        self._not_acknowledged_results[number] = result
        self._sizes[number] = sum(
            len(one.Body) if isinstance(one, ua.ExtensionObject) else 64
            for one in result.NotificationMessage.NotificationData
        )
        self._kept_bytes += self._sizes[number]
        while len(self._not_acknowledged_results) > 1 and (
            len(self._not_acknowledged_results) > self._no_acks_limit
            or self._kept_bytes > RETRANSMISSION_BYTES
        ):
            self._drop(next(iter(self._not_acknowledged_results)))
            self.count("DiscardedMessageCount")

    def _drop(self, number: int) -> None:
        del self._not_acknowledged_results[number]
        self._kept_bytes -= self._sizes.pop(number)

    def acknowledge(self, number: int) -> ua.StatusCode:
        """Forget a message that arrived."""
        if number not in self._not_acknowledged_results:
            return ua.StatusCode(ua.StatusCodes.BadSequenceNumberUnknown)
        self._drop(number)
        return ua.StatusCode()

    def publish(self, acks: Iterable[int]) -> None:
        """Acknowledge messages."""
        for number in acks:
            self.acknowledge(number)

    def republish(self, nb: int) -> ua.NotificationMessage:
        """A message once more; it stays until it is acknowledged."""
        self.count("RepublishMessageRequestCount")
        kept = self._not_acknowledged_results.get(nb)
        if kept is None:
            raise ua.uaerrors.BadMessageNotAvailable
        self.count("RepublishMessageCount")
        return kept.NotificationMessage

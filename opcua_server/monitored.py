"""Monitored items that share one DataValue and filter as OPC 10000-4 says.

asyncua copies each value deeply twice an item, measures a deadband against the previous sample
rather than the last one sent (so a slow drift is never told) and ignores a deadband in percent.
Checked with asyncua 2.1.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncua import ua
from asyncua.server.monitored_item_service import MonitoredItemService
from asyncua.server.subscription_service import SubscriptionService
from asyncua.ua.uaprotocol_auto import DataChangeFilter  # what decoding makes; ua's is a subclass

from opcua_server.alarms.filters import Where
from opcua_server.store import Resent

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.monitored_item_service", "MonitoredItemService"),
    ("asyncua.server.monitored_item_service", "MonitoredItemData"),
    ("asyncua.server.monitored_item_service", "MonitoredItemValues"),
    ("asyncua.server.internal_subscription", "InternalSubscription"),
    ("asyncua.server.subscription_service", "SubscriptionService"),
)

Trigger = ua.DataChangeTrigger
EVENT_QUEUE, MOST_EVENTS = 1000, 10_000  # events an item holds, at least and at most; assumed
RangeOf = Callable[[ua.NodeId], float | None]  # width of a node's EURange


class SharedItems(MonitoredItemService):
    """The monitored items of one subscription."""

    range_of: RangeOf

    async def create_monitored_items(self, params: Any) -> Any:
        """Create items; one whose filter cannot be honoured is refused rather than ignored."""
        results = []
        for item in params.ItemsToCreate:
            code = self._unusable_filter(item)
            if code is None:
                one = ua.CreateMonitoredItemsParameters(
                    params.SubscriptionId, params.TimestampsToReturn, [item]
                )
                results += await super().create_monitored_items(one)
            else:
                results.append(ua.MonitoredItemCreateResult(StatusCode=ua.StatusCode(code)))
        return results

    def _create_events_monitored_item(self, params: Any) -> Any:
        result = super()._create_events_monitored_item(params)
        item = self._monitored_items.get(result.MonitoredItemId)
        if item is not None:
            item.where_clause_evaluator = Where(item.filter.WhereClause, self.aspace)
            wanted = params.RequestedParameters.QueueSize or EVENT_QUEUE
            item.queue_size = result.RevisedQueueSize = min(max(wanted, EVENT_QUEUE), MOST_EVENTS)
        return result

    def _unusable_filter(self, item: Any) -> int | None:
        wanted = item.RequestedParameters.Filter
        monitored = item.ItemToMonitor
        if monitored.AttributeId == ua.AttributeIds.EventNotifier:
            try:
                Where(wanted.WhereClause, self.aspace)
            except (ValueError, AttributeError):
                return int(ua.StatusCodes.BadEventFilterInvalid)
            return None
        if not isinstance(wanted, DataChangeFilter):
            empty = wanted is None or (isinstance(wanted, ua.ExtensionObject) and not wanted)
            if empty:
                item.RequestedParameters.Filter = None
            return None if empty else int(ua.StatusCodes.BadFilterNotAllowed)
        if wanted.DeadbandType == ua.DeadbandType.Percent:
            ranged = self.range_of(monitored.NodeId) is not None
            sound = ranged and 0.0 <= wanted.DeadbandValue <= 100.0
        else:
            sound = wanted.DeadbandType in (ua.DeadbandType.None_, ua.DeadbandType.Absolute)
        return None if sound else int(ua.StatusCodes.BadDeadbandFilterInvalid)

    async def datachange_callback(
        self, handle: int, value: ua.DataValue, error: ua.StatusCode | None = None
    ) -> None:
        """Queue a value for the client when it differs enough from the last one queued."""
        if error is not None:
            await super().datachange_callback(handle, value, error)
            return
        number = self._monitored_datachange[handle]
        item = self._monitored_items[number]
        if item.mode != ua.MonitoringMode.Reporting:
            return
        last = item.mvalue.current_dvalue
        if last is not None and not self._differs(last, value, item):
            return
        item.mvalue.current_dvalue = value
        event = ua.MonitoredItemNotification(item.client_handle, value)
        await self.isub.enqueue_datachange_event(number, event, item.queue_size)

    def _differs(self, last: ua.DataValue, value: ua.DataValue, item: Any) -> bool:
        wanted = item.filter
        trigger = Trigger.StatusValue if wanted is None else wanted.Trigger
        if last.StatusCode != value.StatusCode or isinstance(value, Resent):
            return True
        if trigger == Trigger.Status:
            return False
        if last.Value != value.Value:
            return wanted is None or self._beyond_deadband(last, value, item)
        stamped = trigger == Trigger.StatusValueTimestamp
        return stamped and last.SourceTimestamp != value.SourceTimestamp

    def _beyond_deadband(self, last: ua.DataValue, value: ua.DataValue, item: Any) -> bool:
        wanted = item.filter
        if wanted.DeadbandType == ua.DeadbandType.None_:
            return True
        before, now = last.Value.Value, value.Value.Value
        if not (isinstance(before, int | float) and isinstance(now, int | float)):
            return True
        band = wanted.DeadbandValue
        if wanted.DeadbandType == ua.DeadbandType.Percent:
            band *= (self.range_of(item.read_value_id.NodeId) or 0.0) / 100.0
        return bool(abs(now - before) > band)


class SharedSubscriptions(SubscriptionService):
    """Subscriptions whose monitored items are `SharedItems`."""

    range_of: RangeOf = staticmethod(lambda node: None)

    async def create_subscription(self, *arguments: Any, **named: Any) -> Any:
        """Create a subscription, and put our items in it before it has any."""
        result = await super().create_subscription(*arguments, **named)
        subscription = self.subscriptions[result.SubscriptionId]
        items = SharedItems(subscription, self.aspace)
        items.range_of = self.range_of
        subscription.monitored_item_srv = items
        return result

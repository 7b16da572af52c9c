"""The monitored items of a subscription, as OPC 10000-4, 5.13 has them.

Values of plain tags with a queue of one go to `PackedItems`; every other item is kept here, one
object each. asyncua copies each value deeply twice an item, measures a deadband against the
previous sample rather than the last one sent (so a slow drift is never told), ignores deadbands
in percent, sampling intervals, timestamps to return and which value a full queue drops.
Checked with asyncua 2.1.0.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace
from asyncua.server.monitored_item_service import (
    MonitoredItemData,
    MonitoredItemService,
)

from opcua_server.events.filters import Where
from opcua_server.ranges import ranged
from opcua_server.store import Resent, to_filetime
from opcua_server.subscriptions.hub import Hub
from opcua_server.subscriptions.packed import STAMPS, PackedItems, Wish
from opcua_server.subscriptions.record import SERVER, SOURCE, data_value
from opcua_server.subscriptions.wishes import (
    MS,
    band_of,
    queue_size,
    sampling,
    trigger_of,
    unusable,
    wanted_filter,
)

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.monitored_item_service", "MonitoredItemService"),
    ("asyncua.server.monitored_item_service", "MonitoredItemData"),
    ("asyncua.server.monitored_item_service", "MonitoredItemValues"),
    ("asyncua.server.address_space", "AddressSpace.add_datachange_callback"),
    ("asyncua.server.address_space", "AddressSpace.delete_datachange_callback"),
)

Mode, Trigger, A = ua.MonitoringMode, ua.DataChangeTrigger, ua.AttributeIds
UNKNOWN = ua.StatusCode(ua.StatusCodes.BadMonitoredItemIdInvalid)
OVERFLOW = 0x480  # InfoType DataValue with its Overflow bit, OPC 10000-4, 7.39.1


class Item(MonitoredItemData):
    """An ordinary item."""

    def __init__(self) -> None:
        super().__init__()
        self.row: int | None = None  # of the store, for the value of a tag
        self.trigger = int(Trigger.StatusValue)
        self.band = -1.0
        self.interval = 0  # ticks between samples; 0: every one
        self.index = -1  # of the last sample in the item's grid
        self.stamps = STAMPS[ua.TimestampsToReturn.Both]
        self.discard_oldest = True
        self.fresh = False  # queued something since the last message
        self.called = False  # to be sent although only sampled
        self.last: ua.DataValue | None = None  # queued last

    @property
    def eager(self) -> bool:
        """Whether it looks at samples that did not change too."""
        stamped = self.trigger == Trigger.StatusValueTimestamp and self.band < 0.0
        return stamped or self.interval > 0

    def differs(self, value: ua.DataValue) -> bool:
        """Whether a sample is a change from the value queued last (OPC 10000-4, 7.22.2)."""
        last = self.last
        if last is None or isinstance(value, Resent) or last.StatusCode != value.StatusCode:
            return True
        if self.trigger == Trigger.Status:
            return False
        if last.Value != value.Value:
            return self.band < 0.0 or self._apart(last, value)
        stamped = self.trigger == Trigger.StatusValueTimestamp and self.band < 0.0
        return stamped and last.SourceTimestamp != value.SourceTimestamp

    def _apart(self, last: ua.DataValue, value: ua.DataValue) -> bool:
        before, now = last.Value.Value, value.Value.Value
        if not (isinstance(before, int | float) and isinstance(now, int | float)):
            return True
        return bool(abs(now - before) > self.band)

    def stamped(self, value: ua.DataValue) -> ua.DataValue:
        """The value with the timestamps the client asked for."""
        source, server = self.stamps & SOURCE, self.stamps & SERVER
        if (source or not value.SourceTimestamp) and (server or not value.ServerTimestamp):
            return value
        return dataclasses.replace(
            value,
            SourceTimestamp=value.SourceTimestamp if source else None,
            ServerTimestamp=value.ServerTimestamp if server else None,
        )


class LineItems(MonitoredItemService):
    """The monitored items of one subscription; `packs` tells whether plain tags are packed."""

    def __init__(self, subscription: Any, aspace: AddressSpace, hub: Hub | None) -> None:
        super().__init__(subscription, aspace)
        self.hub = hub
        self.packs = hub is not None and subscription.pub_request_callback is not None
        self.packed = PackedItems()
        self.links: dict[int, set[int]] = {}  # triggering item -> items it has sent
        self._monitored_items: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._monitored_items) + len(self.packed)

    def __contains__(self, number: object) -> bool:
        return number in self._monitored_items or number in self.packed

    # ---- create

    async def create_monitored_items(self, params: Any) -> list[ua.MonitoredItemCreateResult]:
        """Create items; one that cannot be honoured is refused rather than served otherwise."""
        stamps = STAMPS.get(params.TimestampsToReturn)
        if stamps is None:
            raise ua.uaerrors.BadTimestampsToReturnInvalid
        results, wishes = [], []
        range_of = self._range_of
        for request in params.ItemsToCreate:
            code = unusable(
                request.ItemToMonitor, request.RequestedParameters, range_of, self.aspace
            )
            if code is not None:
                results.append(ua.MonitoredItemCreateResult(StatusCode=ua.StatusCode(code)))
                continue
            wish = self._packable(request, stamps)
            if wish is not None:
                wishes.append(wish)
                shown = self._shown_interval(wish.row, wish.interval)
                results.append(
                    ua.MonitoredItemCreateResult(
                        MonitoredItemId=wish.number,
                        RevisedSamplingInterval=shown,
                        RevisedQueueSize=1,
                    )
                )
            elif request.ItemToMonitor.AttributeId == A.EventNotifier:
                request.RequestedParameters.Filter = wanted_filter(request.RequestedParameters)
                results.append(self._create_events_monitored_item(request))
            else:
                results.append(await self._create_ordinary(request, stamps))
        if wishes and self.hub is not None:
            if not len(self.packed):
                self.hub.join(self.packed)
            self.packed.add(wishes, self.hub.columns())
        return results

    def _range_of(self, node: ua.NodeId) -> float | None:
        return None if self.hub is None else self.hub.range_of(node)

    def _row(self, monitored: Any) -> int | None:
        if self.hub is None or monitored.AttributeId != A.Value:
            return None
        return self.hub.tags.get(monitored.NodeId)

    def _packable(self, request: Any, stamps: int) -> Wish | None:
        monitored, asked = request.ItemToMonitor, request.RequestedParameters
        row = self._row(monitored) if self.packs else None
        if row is None or asked.QueueSize > 1 or monitored.IndexRange:
            return None
        self._monitored_item_counter += 1
        number = self._monitored_item_counter
        return self._wish(number, row, monitored.NodeId, asked, int(request.MonitoringMode), stamps)

    def _wish(
        self, number: int, row: int, node: ua.NodeId, asked: Any, mode: int, stamps: int
    ) -> Wish:
        wanted = wanted_filter(asked)
        band = band_of(wanted, self._range_of(node))
        interval = self._interval(row, asked.SamplingInterval)
        return Wish(
            number, row, asked.ClientHandle, mode, trigger_of(wanted), band, interval, stamps
        )

    def _interval(self, row: int | None, requested: float) -> int:
        """Ticks between samples of an item; 0 where each one counts."""
        if row is None or self.hub is None:
            return 0
        period = self.hub.periods[row]
        revised = sampling(requested, period, self.isub.data.RevisedPublishingInterval)
        return 0 if revised == period else revised

    def _create_events_monitored_item(self, params: Any) -> Any:
        result = super()._create_events_monitored_item(params)
        item = self._monitored_items.get(result.MonitoredItemId)
        if item is not None:
            item.where_clause_evaluator = Where(item.filter.WhereClause, self.aspace)
        return result

    def _shown_interval(self, row: int | None, interval: int) -> float:
        """The revised sampling interval, ms: of a tag its period at least, else on change."""
        if row is None or self.hub is None:
            return 0.0
        return (interval or self.hub.periods[row]) / MS

    def _make_monitored_item_common(self, params: Any) -> tuple[Any, Item]:
        self._monitored_item_counter += 1
        asked, monitored = params.RequestedParameters, params.ItemToMonitor
        item = Item()
        item.monitored_item_id = self._monitored_item_counter
        item.mode, item.read_value_id = params.MonitoringMode, monitored
        item.client_handle = asked.ClientHandle
        item.filter = asked.Filter
        item.discard_oldest = asked.DiscardOldest
        events = monitored.AttributeId == A.EventNotifier
        item.queue_size = queue_size(asked.QueueSize, self.isub.max_queue_size, events)
        result = ua.MonitoredItemCreateResult(
            MonitoredItemId=item.monitored_item_id, RevisedQueueSize=item.queue_size
        )
        return result, item

    async def _create_ordinary(self, request: Any, stamps: int) -> ua.MonitoredItemCreateResult:
        monitored = request.ItemToMonitor
        result, item = self._make_monitored_item_common(request)
        item.row = self._row(monitored)
        self._set(item, request.RequestedParameters, stamps)
        result.RevisedSamplingInterval = self._shown_interval(item.row, item.interval)
        result.StatusCode = self._watch(item)
        if result.StatusCode.is_good():
            await self._begin(item)
        return result

    def _set(self, item: Item, asked: Any, stamps: int) -> None:
        """Give a data item its parameters; the queue's size is set by the callers."""
        wanted = wanted_filter(asked)
        node = item.read_value_id.NodeId if item.read_value_id is not None else None
        item.filter, item.trigger = wanted, trigger_of(wanted)
        item.band = band_of(wanted, None if node is None else self._range_of(node))
        item.interval = self._interval(item.row, asked.SamplingInterval)
        item.client_handle, item.stamps = asked.ClientHandle, stamps
        item.discard_oldest = asked.DiscardOldest

    def _watch(self, item: Item) -> ua.StatusCode:
        """Have the address space tell of changes."""
        monitored = item.read_value_id
        status, handle = self.aspace.add_datachange_callback(
            monitored.NodeId, monitored.AttributeId, self.datachange_callback
        )
        if status.is_good():
            item.callback_handle = handle
            self._monitored_items[item.monitored_item_id] = item
            self._monitored_datachange[handle] = item.monitored_item_id
            self._count(item, 1)
        return status

    def _count(self, item: Item, more: int) -> None:
        if item.row is not None and self.hub is not None:
            self.hub.listeners[item.row] += more
            self.hub.eager[item.row] += more * item.eager

    async def _begin(self, item: Item) -> None:
        """Queue the present value of an enabled item, whatever was before."""
        if item.mode == Mode.Disabled:
            return
        monitored = item.read_value_id
        value = self.aspace.read_attribute_value(monitored.NodeId, monitored.AttributeId)
        item.index, item.last = self._place_in_grid(item, value), None
        await self._take(item, value)

    # ---- values

    async def datachange_callback(
        self, handle: int, value: ua.DataValue, error: ua.StatusCode | None = None
    ) -> None:
        """Take a sample, unless the item is disabled or the sample not due."""
        if error is not None:
            await self.trigger_statuschange(error)
            return
        number = self._monitored_datachange.get(handle)
        item = None if number is None else self._monitored_items.get(number)
        if item is None or item.mode == Mode.Disabled:
            return
        if item.interval > 0:
            index = self._place_in_grid(item, value)
            if index <= item.index:
                return
            item.index = index
        await self._take(item, value)

    def _place_in_grid(self, item: Item, value: ua.DataValue) -> int:
        if not item.interval or self.hub is None or value.SourceTimestamp is None:
            return 0
        return (to_filetime(value.SourceTimestamp) - self.hub.store.base) // item.interval

    async def _take(self, item: Item, value: ua.DataValue) -> None:
        """Queue a sample when it is a change."""
        if item.read_value_id.IndexRange:
            value = ranged(value, item.read_value_id.IndexRange)
        if not item.differs(value):
            return
        item.last, item.fresh = value, True
        event = ua.MonitoredItemNotification(item.client_handle, item.stamped(value))
        self._queue(item, event)
        await self.isub._trigger_publish()

    def _queue(self, item: Item, event: ua.MonitoredItemNotification) -> None:
        """Add to the item's queue; a full one drops its oldest or its newest value."""
        queue = self.isub._triggered_datachanges.setdefault(item.monitored_item_id, [])
        queue.append(event)
        if len(queue) <= item.queue_size:
            return
        self.isub.count("MonitoringQueueOverflowCount")
        place = 0 if item.discard_oldest else -1
        del queue[0 if item.discard_oldest else -2]
        if item.queue_size > 1:
            lost = queue[place].Value
            status = ua.StatusCode(lost.StatusCode.value | OVERFLOW)
            queue[place].Value = dataclasses.replace(lost, StatusCode=status)

    # ---- change

    def modify_monitored_items(self, params: Any) -> list[ua.MonitoredItemModifyResult]:
        """Give items other parameters (OPC 10000-4, 5.13.3)."""
        stamps = STAMPS.get(params.TimestampsToReturn)
        if stamps is None:
            raise ua.uaerrors.BadTimestampsToReturnInvalid
        return [self._modify(request, stamps) for request in params.ItemsToModify]

    def _modify(self, request: Any, stamps: int) -> ua.MonitoredItemModifyResult:
        number, asked = request.MonitoredItemId, request.RequestedParameters
        if number in self.packed:
            return self._modify_packed(number, asked, stamps)
        item = self._monitored_items.get(number)
        if item is None:
            return ua.MonitoredItemModifyResult(StatusCode=UNKNOWN)
        code = unusable(item.read_value_id, asked, self._range_of, self.aspace)
        if code is not None:
            return ua.MonitoredItemModifyResult(StatusCode=ua.StatusCode(code))
        events = item.read_value_id.AttributeId == A.EventNotifier
        item.queue_size = queue_size(asked.QueueSize, self.isub.max_queue_size, events)
        if events:
            item.client_handle, item.filter = asked.ClientHandle, asked.Filter
            item.where_clause_evaluator = Where(asked.Filter.WhereClause, self.aspace)
        else:
            self._count(item, -1)
            self._set(item, asked, stamps)
            self._count(item, 1)
            queue = self.isub._triggered_datachanges.get(number, [])
            del queue[: max(0, len(queue) - item.queue_size)]
        return ua.MonitoredItemModifyResult(
            RevisedSamplingInterval=self._shown_interval(item.row, item.interval),
            RevisedQueueSize=item.queue_size,
        )

    def _modify_packed(self, number: int, asked: Any, stamps: int) -> ua.MonitoredItemModifyResult:
        place = self.packed.places[number]
        row = int(self.packed.items["row"][place])
        mode = int(self.packed.items["mode"][place])
        node = self.hub.variables[row].nodeid if self.hub is not None else ua.NodeId()
        monitored = ua.ReadValueId(node, A.Value)
        code = unusable(monitored, asked, self._range_of, self.aspace)
        if code is not None:
            return ua.MonitoredItemModifyResult(StatusCode=ua.StatusCode(code))
        wish = self._wish(number, row, node, asked, mode, stamps)
        size = queue_size(asked.QueueSize, self.isub.max_queue_size, events=False)
        if size == 1:
            self.packed.change(wish)
        else:
            self._unpack(number, row, mode, monitored, asked, stamps, size)
        shown = self._shown_interval(row, wish.interval)
        return ua.MonitoredItemModifyResult(RevisedSamplingInterval=shown, RevisedQueueSize=size)

    def _unpack(
        self, number: int, row: int, mode: int, monitored: Any, asked: Any, stamps: int, size: int
    ) -> None:
        """Make a packed item an ordinary one, with its last value and what is queued."""
        record, pending = self.packed.held(number)
        item = Item()
        item.monitored_item_id, item.row, item.mode = number, row, Mode(mode)
        item.read_value_id, item.queue_size = monitored, size
        item.index = int(self.packed.items["index"][self.packed.places[number]])
        self._set(item, asked, stamps)
        self.packed.remove([number])
        self._watch(item)
        if record is not None:
            item.last = data_value(record)
            if pending:
                told = ua.MonitoredItemNotification(item.client_handle, item.stamped(item.last))
                self.isub._triggered_datachanges[number] = [told]

    async def _set_monitoring_mode(self, mode: ua.MonitoringMode, mid: int) -> ua.StatusCode:
        if mid in self.packed and self.hub is not None:
            self.packed.set_mode(mid, int(mode), self.hub.columns())
            return ua.StatusCode()
        item = self._monitored_items.get(mid)
        if item is None:
            return UNKNOWN
        before, item.mode = item.mode, mode
        if mode == Mode.Disabled:
            self.isub._triggered_datachanges.pop(mid, None)
            self.isub._triggered_events.pop(mid, None)
            item.fresh = item.called = False
        elif before == Mode.Disabled and item.callback_handle is not None:
            await self._begin(item)
        return ua.StatusCode()

    # ---- delete

    def delete_monitored_items(self, ids: list[int]) -> list[ua.StatusCode]:
        """Drop items, with what is queued for them."""
        packed = {number for number in ids if number in self.packed}
        if packed:
            self.packed.remove(packed)
            self._forget_links(packed)
        seen = set(packed)
        results = []
        for number in ids:
            if number in seen:
                seen.discard(number)
                results.append(ua.StatusCode())
            else:
                results.append(self._delete_monitored_items(number))
        if not len(self.packed) and self.hub is not None:
            self.hub.leave(self.packed)
        return results

    def delete_all_monitored_items(self) -> None:
        """Drop all items: the subscription ends."""
        self.delete_monitored_items([*self.packed.places, *self._monitored_items])

    def _delete_monitored_items(self, mid: int) -> ua.StatusCode:
        item = self._monitored_items.pop(mid, None)
        if item is None:
            return UNKNOWN
        if item.callback_handle is not None:
            self.aspace.delete_datachange_callback(item.callback_handle)
            self._monitored_datachange.pop(item.callback_handle, None)
            self._count(item, -1)
        else:
            watched = item.read_value_id.NodeId
            numbers = self._monitored_events.get(watched, [])
            if mid in numbers:
                numbers.remove(mid)
            if not numbers:
                self._monitored_events.pop(watched, None)
        self.isub._triggered_datachanges.pop(mid, None)
        self.isub._triggered_events.pop(mid, None)
        self._forget_links({mid})
        return ua.StatusCode()

    def _forget_links(self, gone: set[int]) -> None:
        for number in gone & self.links.keys():
            del self.links[number]
        for linked in self.links.values():
            linked -= gone

    # ---- triggering

    def set_triggering(self, params: Any) -> ua.SetTriggeringResult:
        """Let an item's report send what others have sampled (OPC 10000-4, 5.13.5)."""
        if params.TriggeringItemId not in self:
            raise ua.uaerrors.BadMonitoredItemIdInvalid
        if not params.LinksToAdd and not params.LinksToRemove:
            raise ua.uaerrors.BadNothingToDo
        if not self.links:
            self._begin_round()
        linked = self.links.setdefault(params.TriggeringItemId, set())
        removed = []
        for number in params.LinksToRemove or []:
            removed.append(ua.StatusCode() if number in linked else UNKNOWN)
            linked.discard(number)
        added = [ua.StatusCode() if one in self else UNKNOWN for one in params.LinksToAdd or []]
        linked |= {one for one in params.LinksToAdd or [] if one in self}
        if not linked:
            del self.links[params.TriggeringItemId]
        return ua.SetTriggeringResult(AddResults=added, RemoveResults=removed)

    def follow_links(self) -> None:
        """Mark what linked items hold to be sent, where a triggering item has news."""
        for number, linked in self.links.items():
            if number in self.packed:
                fresh = self.packed.is_fresh(number)
            else:
                item = self._monitored_items[number]
                fresh = item.fresh or number in self.isub._triggered_events
            for one in linked if fresh else ():
                if one in self.packed:
                    self.packed.call(one)
                else:
                    self._monitored_items[one].called = True

    def end_message(self) -> None:
        """A round of messages is complete: what comes now is news again."""
        if self.links:
            self._begin_round()

    def _begin_round(self) -> None:
        self.packed.end_message()
        for item in self._monitored_items.values():
            item.fresh = item.called = False

    def told(self, number: int) -> bool:
        """Whether what is queued for an ordinary item is to be sent."""
        item = self._monitored_items[number]
        return item.mode == Mode.Reporting or item.called

    def handles(self) -> list[tuple[int, int]]:
        """Id of each item, and the client's handle of it."""
        own = [(number, item.client_handle) for number, item in self._monitored_items.items()]
        packed = zip(self.packed.places, self.packed.records["handle"].tolist(), strict=True)
        return sorted([*own, *packed])

    def resend(self) -> None:
        """Queue the last values of all reporting items once more (OPC 10000-5, 9.2)."""
        self.packed.resend()
        for item in self._monitored_items.values():
            if item.mode == Mode.Reporting and item.last is not None:
                number = item.monitored_item_id
                event = ua.MonitoredItemNotification(item.client_handle, item.stamped(item.last))
                self.isub._triggered_datachanges.setdefault(number, [event])

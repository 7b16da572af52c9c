"""Handing an event to the event items of a subscription.

asyncua's own way looks only at the node that emits and takes its own event objects. Checked with
asyncua 2.1.0.
"""

from __future__ import annotations

from typing import Any

from asyncua import ua

from opcua_server.events.happening import Happening

INTERNALS: tuple[tuple[str, str], ...] = (
    ("asyncua.server.monitored_item_service", "MonitoredItemService"),
    ("asyncua.server.internal_subscription", "InternalSubscription.enqueue_event"),
)


async def tell(sub: Any, event: Happening, only: int | None = None) -> None:
    """Give an event to the event items of a subscription that listen where it is told."""
    service = sub.monitored_item_srv
    for node in event.chain:
        for number in list(service._monitored_events.get(node, ())):
            item = service._monitored_items[number]
            reports = item.mode == ua.MonitoringMode.Reporting and only in (None, number)
            if reports and (event.to_all or item.where_clause_evaluator.eval(event)):
                found = event.to_event_fields(item.filter.SelectClauses)
                row = ua.EventFieldList(item.client_handle, found)
                await service.isub.enqueue_event(number, row, item.queue_size)

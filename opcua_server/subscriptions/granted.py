"""What every subscriber was granted, tag by tag: for whoever wants to compare it with belief."""

from __future__ import annotations

from typing import Any

from opcua_server.store import TICKS_PER_S

MS = TICKS_PER_S / 1000.0


def granted(core: Any) -> list[dict[str, Any]]:
    """A row for each monitored tag of each session: user, tag, sampling_ms, publishing_ms, queue
    and deadband (absolute, in the tag's unit; 0 for none)."""
    rows = []
    for session in core._external_sessions.values():
        if not session.is_activated():
            continue
        user = str(getattr(session.user, "name", session.user))
        for subscription in session.own_subscriptions():
            items, hub = subscription.items, subscription.items.hub
            if hub is None:
                continue
            publishing = float(subscription.data.RevisedPublishingInterval)
            packed = items.packed.items
            found = [
                (row, interval, 1, band)
                for row, interval, band in zip(
                    packed["row"].tolist(), packed["interval"].tolist(), packed["band"].tolist(),
                    strict=True,
                )
            ] + [
                (item.row, item.interval, item.queue_size, item.band)
                for item in items._monitored_items.values()
                if item.row is not None
            ]  # fmt: skip
            rows += [
                {
                    "user": user, "tag": hub.store.tags[row].key,
                    "sampling_ms": (interval or float(hub.periods[row])) / MS,
                    "publishing_ms": publishing, "queue": int(queue), "deadband": max(band, 0.0),
                }
                for row, interval, queue, band in found
            ]  # fmt: skip
    return rows

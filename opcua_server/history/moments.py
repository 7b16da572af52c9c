"""Times of a HistoryRead request."""

from __future__ import annotations

from datetime import datetime

from opcua_server.store import EPOCH


def aware(moment: datetime) -> datetime:
    """A time with its zone: without one it is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=EPOCH.tzinfo)


def given(moment: datetime | None) -> datetime | None:
    """A time that was given, as an aware one; None for one that was left out."""
    if moment is None or aware(moment) <= EPOCH:
        return None
    return aware(moment)

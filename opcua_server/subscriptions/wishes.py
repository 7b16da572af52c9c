"""What a client asks of a monitored item, checked: one function for each thing that can be wrong.

OPC 10000-4, 5.13.2 (CreateMonitoredItems), 7.21 (MonitoringParameters), 7.22 (filters).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace
from asyncua.ua.uaprotocol_auto import DataChangeFilter  # what decoding makes; ua's is a subclass

from opcua_server.events.filters import Where
from opcua_server.hardening.limits import SELECTED
from opcua_server.store import TICKS_PER_S
from opcua_server.subscriptions.packed import NO_BAND

Codes, Trigger, Band = ua.StatusCodes, ua.DataChangeTrigger, ua.DeadbandType
MS = TICKS_PER_S // 1000  # FILETIME ticks
PLAIN_ENCODINGS = (None, "", "Default Binary")
EVENT_QUEUE, MOST_EVENTS = 1000, 10_000  # events an item holds, at least and at most; assumed
RangeOf = Callable[[ua.NodeId], float | None]  # width of a node's EURange


def wanted_filter(parameters: Any) -> Any:
    """The filter asked for; None where there is none, also in an empty wrapping."""
    wanted = parameters.Filter
    empty = wanted is None or (isinstance(wanted, ua.ExtensionObject) and not wanted)
    return None if empty else wanted


def unusable(
    monitored: Any, parameters: Any, range_of: RangeOf, aspace: AddressSpace
) -> int | None:
    """StatusCode of what cannot be honoured, so that it is refused rather than ignored."""
    wanted = wanted_filter(parameters)
    if monitored.AttributeId == ua.AttributeIds.EventNotifier:
        try:
            Where(wanted.WhereClause, aspace)
            if len(wanted.SelectClauses or []) > SELECTED:
                return int(Codes.BadEventFilterInvalid)
        except (ValueError, AttributeError):
            return int(Codes.BadEventFilterInvalid)
        return None
    named = getattr(monitored.DataEncoding, "Name", None)
    if named not in PLAIN_ENCODINGS:
        value = monitored.AttributeId == ua.AttributeIds.Value
        code = Codes.BadDataEncodingUnsupported if value else Codes.BadDataEncodingInvalid
        return int(code)
    if wanted is None:
        return None
    if not isinstance(wanted, DataChangeFilter):
        return int(Codes.BadFilterNotAllowed)
    if monitored.AttributeId != ua.AttributeIds.Value:
        return int(Codes.BadFilterNotAllowed)
    if wanted.DeadbandType == Band.None_:
        return None
    if wanted.DeadbandType == Band.Percent:
        ranged = range_of(monitored.NodeId) is not None
        sound = ranged and 0.0 <= wanted.DeadbandValue <= 100.0
    else:
        sound = wanted.DeadbandType == Band.Absolute and 0.0 <= wanted.DeadbandValue < math.inf
    return None if sound else int(Codes.BadDeadbandFilterInvalid)


def trigger_of(wanted: Any) -> int:
    """What makes a sample a change."""
    return int(Trigger.StatusValue if wanted is None else wanted.Trigger)


def band_of(wanted: Any, width: float | None) -> float:
    """Least difference that is a change, in the value's unit; NO_BAND for any difference."""
    if wanted is None or wanted.DeadbandType == Band.None_:
        return NO_BAND
    value = float(wanted.DeadbandValue)
    return value if wanted.DeadbandType == Band.Absolute else value * (width or 0.0) / 100.0


def sampling(requested: float, period: int, publishing: float) -> int:
    """Ticks between two samples: a multiple of the tag's `period` (ticks).

    0 asks for every sample; below 0 for the publishing interval (ms); what is in between is
    rounded up to the tag's own grid. Intervals count in the time of the source timestamps.
    """
    wanted = publishing if requested < 0.0 or not math.isfinite(requested) else requested
    return max(1, math.ceil(wanted * MS / period - 1e-9)) * period


def queue_size(requested: int, most: int, events: bool) -> int:
    """Values an item holds: 1 for data unless more are asked for (OPC 10000-4, 7.21)."""
    if events:
        return min(max(int(requested), EVENT_QUEUE), MOST_EVENTS)
    return min(max(int(requested), 1), most)

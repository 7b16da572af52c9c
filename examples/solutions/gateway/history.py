"""Filling a gap: what the server's history has of the time in which nobody listened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from asyncua import Client, ua

AT_ONCE = 50  # nodes of one request


async def missed(
    client: Client, since: dict[ua.NodeId, datetime], until: datetime
) -> Iterator[tuple[ua.NodeId, ua.DataValue]]:
    """Raw values of several nodes after each one's own time, up to `until`, oldest first."""
    rows: list[tuple[ua.NodeId, ua.DataValue]] = []
    nodes = list(since)
    for begin in range(0, len(nodes), AT_ONCE):
        part = nodes[begin : begin + AT_ONCE]
        start = min(since[node] for node in part)
        points: dict[ua.NodeId, bytes | None] = dict.fromkeys(part)
        while points:
            asked = list(points)
            details = ua.ReadRawModifiedDetails(
                IsReadModified=False, StartTime=start, EndTime=until, NumValuesPerNode=0,
                ReturnBounds=False,
            )  # fmt: skip
            results = await client.uaclient.history_read(
                ua.HistoryReadParameters(
                    HistoryReadDetails=details,
                    TimestampsToReturn=ua.TimestampsToReturn.Both,
                    ReleaseContinuationPoints=False,  # asyncua would, left to itself
                    NodesToRead=[
                        ua.HistoryReadValueId(NodeId=node, ContinuationPoint=points[node])
                        for node in asked
                    ],
                )
            )
            points = {}
            for node, result in zip(asked, results, strict=True):
                if not result.StatusCode.is_good():
                    continue  # no history of this one
                data = result.HistoryData
                rows += [
                    (node, value)
                    for value in getattr(data, "DataValues", None) or ()
                    if _later(value.SourceTimestamp, since[node])
                ]
                if result.ContinuationPoint:
                    points[node] = result.ContinuationPoint
    return iter(rows)


def _later(stamp: datetime | None, than: datetime) -> bool:
    return stamp is not None and stamp.replace(tzinfo=than.tzinfo) > than

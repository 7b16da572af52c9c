"""How many values a second a server answers: present ones by Read, past ones by HistoryRead.

    python -m tests.bench.opcua.ask read PID ENDPOINT NAMESPACE COUNT
    python -m tests.bench.opcua.ask history PID ENDPOINT NAMESPACE SINCE TAG...

Answers are counted, not decoded, so that the client is not the limit. Prints JSON: values, wall
time (s), and processor time of the server with that PID (s).
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from asyncua import Client, ua
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary

from tests.bench.opcua.compare import processor_time
from tests.bench.opcua.listen import name_of

AT_ONCE = 1000  # nodes in a Read
SECONDS = 4.0


async def read(client: Client, namespace: int, count: int) -> int:
    """Read all values in turn, a thousand in a request; how many came."""
    requests = []
    for first in range(0, count, AT_ONCE):
        request = ua.ReadRequest()
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
        request.Parameters.NodesToRead = [
            ua.ReadValueId(ua.NodeId(name_of(one), namespace), ua.AttributeIds.Value)
            for one in range(first, min(first + AT_ONCE, count))
        ]
        requests.append(request)
    values, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for request in requests:
            data = await client.uaclient.protocol.send_request(request, timeout=60)
            nodeid_from_binary(data)
            struct_from_binary(ua.ResponseHeader, data).ServiceResult.check()
            values += ua.ua_binary.Primitives.Int32.unpack(data)
    return values


async def history(client: Client, namespace: int, since: datetime, tags: list[str]) -> int:
    """Read the whole past of tags, page by page; how many values came."""
    values, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for tag in tags:
            point: bytes | None = None
            while True:
                data = await client.uaclient.protocol.send_request(
                    page(ua.NodeId(tag, namespace), since, point), timeout=60
                )
                found, point = counted(data)
                values += found
                if not point:
                    break
    return values


def page(node: ua.NodeId, since: datetime, point: bytes | None) -> Any:
    """Ask for raw values of a day from `since`, or for more of them."""
    details = ua.ReadRawModifiedDetails(
        False, since, since + timedelta(days=1), 0, ReturnBounds=False
    )
    wanted = ua.HistoryReadValueId(NodeId=node, ContinuationPoint=point)
    request = ua.HistoryReadRequest()
    request.Parameters.HistoryReadDetails = details
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
    request.Parameters.ReleaseContinuationPoints = False
    request.Parameters.NodesToRead = [wanted]
    return request


def counted(data: Any) -> tuple[int, bytes | None]:
    """Values in a HistoryReadResponse of one node, and where it goes on."""
    nodeid_from_binary(data)
    struct_from_binary(ua.ResponseHeader, data).ServiceResult.check()
    ua.ua_binary.Primitives.Int32.unpack(data)
    ua.StatusCode(ua.ua_binary.Primitives.UInt32.unpack(data)).check()
    point = ua.ua_binary.Primitives.ByteString.unpack(data)
    nodeid_from_binary(data)
    data.read(1)
    body = data.read(ua.ua_binary.Primitives.Int32.unpack(data))
    return max(0, int(struct.unpack_from("<i", body)[0])), point


async def ask(what: str, pid: int, endpoint: str, namespace: int, *rest: str) -> dict[str, float]:
    """Ask for some seconds."""
    async with Client(endpoint, timeout=60) as client:
        begin, used = time.perf_counter(), processor_time(pid)
        if what == "read":
            values = await read(client, namespace, int(rest[0]))
        else:
            since = datetime.fromisoformat(rest[0])
            values = await history(client, namespace, since, list(rest[1:]))
        wall, used = time.perf_counter() - begin, processor_time(pid) - used
    return {"values": values, "wall_s": wall, "server_s": used}


if __name__ == "__main__":
    kind, process, address, index, *others = sys.argv[1:]
    found = asyncio.run(ask(kind, int(process), address, int(index), *others))
    sys.stdout.write(json.dumps(found) + "\n")

"""A load client: one subscription on N tags, notifications counted without decoding each.

    python -m tests.bench.opcua.listen ENDPOINT NAMESPACE FIRST COUNT [--seconds S] [--encrypted]

Session and items are asked for by asyncua's client; of each PublishResponse only the header is
read, the values in one step with numpy. Each value is the instant it was made (s since 1970).
Prints JSON: values received of those made in the measured time, how old they were (s), and when
that time began and ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary
from numpy.typing import NDArray

from opcua_server.pki import APPLICATION_URI, own_identity

AT_ONCE = 5000  # items in a CreateMonitoredItems request
WAITING = 6  # Publish requests kept at the server
STRAGGLERS_S = 2.0  # after the measured time, for what is still on its way
HEADER = 6  # bytes of an item before its value: handle, mask, type
STAMP_BYTES = {0x02: 4, 0x04: 8, 0x10: 2, 0x08: 8, 0x20: 2}  # of a DataValue's other fields
DATA_CHANGE = ua.ObjectIds.DataChangeNotification_Encoding_DefaultBinary


def name_of(number: int) -> str:
    """Identifier of a tag, at every server alike."""
    return f"M{number % 100:03d}.Value{number:06d}"


def values_of(body: bytes) -> NDArray[np.float64]:
    """The Doubles in the body of a DataChangeNotification."""
    (count,) = struct.unpack_from("<i", body)
    mask, kind = body[8], body[9]
    size = HEADER + 8 + sum(width for bit, width in STAMP_BYTES.items() if mask & bit)
    if kind == ua.VariantType.Double and mask & 1 and 4 + count * size <= len(body):
        octets = np.frombuffer(body, np.uint8, count * size, 4).reshape(count, size)
        if (octets[:, 4] == mask).all() and (octets[:, 5] == kind).all():
            return np.ascontiguousarray(octets[:, HEADER : HEADER + 8]).view("<f8")[:, 0]
    full = struct_from_binary(ua.DataChangeNotification, ua.utils.Buffer(body))
    return np.array([item.Value.Value.Value or 0.0 for item in full.MonitoredItems], dtype=float)


class Listener:
    """Counts what comes."""

    def __init__(self, client: Client) -> None:
        self.wire = client.uaclient.protocol
        self.got: list[tuple[float, NDArray[np.float64]]] = []
        self.acks: list[ua.SubscriptionAcknowledgement] = []

    async def subscribe(self, namespace: int, first: int, count: int) -> None:
        """Ask for the items, a part in each request."""
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(500.0, 3000, 1000, 0, True, 0)
        answer = await self._ask(request, ua.CreateSubscriptionResponse)
        number = answer.Parameters.SubscriptionId
        for begin in range(first, first + count, AT_ONCE):
            items = [
                ua.MonitoredItemCreateRequest(
                    ua.ReadValueId(ua.NodeId(name_of(one), namespace), ua.AttributeIds.Value),
                    ua.MonitoringMode.Reporting,
                    ua.MonitoringParameters(one, 1000.0, None, 1, True),
                )
                for one in range(begin, min(begin + AT_ONCE, first + count))
            ]
            wanted = ua.CreateMonitoredItemsRequest()
            wanted.Parameters = ua.CreateMonitoredItemsParameters(
                number, ua.TimestampsToReturn.Both, items
            )
            made = await self._ask(wanted, ua.CreateMonitoredItemsResponse)
            bad = [one.StatusCode.name for one in made.Results if not one.StatusCode.is_good()]
            if bad:
                raise RuntimeError(f"{len(bad)} items refused: {bad[0]}")

    async def _ask(self, request: Any, kind: Any) -> Any:
        return struct_from_binary(kind, await self.wire.send_request(request, timeout=120))

    async def publish(self) -> None:
        """Keep a Publish request at the server, for ever."""
        while True:
            request = ua.PublishRequest()
            request.RequestHeader.TimeoutHint = 0
            request.Parameters.SubscriptionAcknowledgements, self.acks = self.acks, []
            data = await self.wire.send_request(request, timeout=600)
            now = time.time()
            nodeid_from_binary(data)
            struct_from_binary(ua.ResponseHeader, data)
            number = ua.ua_binary.Primitives.UInt32.unpack(data)
            for _ in range(ua.ua_binary.Primitives.Int32.unpack(data)):
                ua.ua_binary.Primitives.UInt32.unpack(data)
            ua.ua_binary.Primitives.Boolean.unpack(data)
            sequence = ua.ua_binary.Primitives.UInt32.unpack(data)
            ua.ua_binary.Primitives.DateTime.unpack(data)
            parts = ua.ua_binary.Primitives.Int32.unpack(data)
            for _ in range(parts):
                kind = nodeid_from_binary(data)
                data.read(1)
                body = data.read(ua.ua_binary.Primitives.Int32.unpack(data))
                if kind.Identifier == DATA_CHANGE:
                    self.got.append((now, values_of(body)))
            if parts > 0:
                self.acks.append(ua.SubscriptionAcknowledgement(number, sequence))


async def listen(given: argparse.Namespace) -> dict[str, Any]:
    """Subscribe, wait, measure."""
    client = Client(given.endpoint, timeout=120)
    if given.encrypted:
        folder = Path(tempfile.mkdtemp())
        own = own_identity(folder, APPLICATION_URI)
        client.application_uri = APPLICATION_URI
        await client.set_security(SecurityPolicyBasic256Sha256, own.certificate, own.key)
    await client.connect()
    listener = Listener(client)
    begin = time.time()
    await listener.subscribe(given.namespace, given.first, given.count)
    subscribed = time.time() - begin
    tasks = [asyncio.create_task(listener.publish()) for _ in range(WAITING)]
    await asyncio.sleep(given.settle)
    start = float(np.ceil(time.time())) + 0.5  # between two beats of a server
    end = start + given.seconds
    used = time.process_time()
    await asyncio.sleep(end - time.time() + STRAGGLERS_S)
    used = time.process_time() - used
    failed = [task.exception() for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    ages = [now - values[(values >= start) & (values < end)] for now, values in listener.got]
    all_ages = np.concatenate(ages) if ages else np.zeros(0)
    await client.disconnect()
    p50, p99 = np.percentile(all_ages, [50, 99]) if len(all_ages) else (np.inf, np.inf)
    return {
        "received": len(all_ages),
        "delivered": len(all_ages) / (given.count * given.seconds),
        "p50_s": float(p50),
        "p99_s": float(p99),
        "subscribed_s": subscribed,
        "client_cpu": used / (given.seconds + STRAGGLERS_S),
        "start": start,
        "end": end,
        "failed": [repr(one) for one in failed],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("endpoint")
    parser.add_argument("namespace", type=int)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--settle", type=float, default=3.0)
    parser.add_argument("--encrypted", action="store_true")
    sys.stdout.write(json.dumps(asyncio.run(listen(parser.parse_args()))) + "\n")

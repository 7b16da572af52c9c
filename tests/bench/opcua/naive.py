"""The plain way with asyncua: N variables, one `write_value` each, every second.

python -m tests.bench.opcua.naive N [--seconds S]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from datetime import UTC, datetime

from asyncua import Server, ua

from tests.bench.opcua.listen import name_of
from tests.bench.opcua.wide import memory, say
from tests.bench.ports import free_port


async def serve(count: int, seconds: float) -> None:
    """Serve; who is late writes the next round at once."""
    begin = time.perf_counter()
    server = Server()
    await server.init()
    endpoint = f"opc.tcp://127.0.0.1:{free_port()}"
    server.set_endpoint(endpoint)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace("urn:bench")
    folders = [await server.nodes.objects.add_object(index, f"M{n:03d}") for n in range(100)]
    nodes = [
        await folders[n % 100].add_variable(ua.NodeId(name_of(n), index), f"V{n}", 0.0)
        for n in range(count)
    ]
    async with server:
        built = time.perf_counter() - begin
        say(endpoint=endpoint, built_s=built, memory_mb=memory(), namespace=index)
        while time.perf_counter() - begin < seconds:
            await asyncio.sleep(1.0 - time.time() % 1.0)
            now, stamp = time.time(), datetime.now(UTC)
            for place, node in enumerate(nodes):
                value = ua.Variant(now, ua.VariantType.Double)
                await node.write_value(ua.DataValue(value, SourceTimestamp=stamp))
                if place % 100 == 99:
                    await asyncio.sleep(0)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    asyncio.run(serve(given.count, given.seconds))

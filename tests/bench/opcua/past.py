"""A line of the product with a past: `python -m tests.bench.opcua.past LINE HOURS`."""

from __future__ import annotations

import argparse
import asyncio
import time

import twin
from opcua_server import OpcUaAdapter
from tests.bench.opcua.wide import memory, say
from twin.serve.session import Session


async def serve(name: str, hours: float, seconds: float) -> None:
    """Serve a stepped line that stands at `hours`."""
    session = Session(twin.load(name), seed=1, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role="observer")
    begin = time.perf_counter()
    await session.start(adapter)
    built = time.perf_counter() - begin
    await session.step(hours * 3600.0)
    tags = [tag.key for tag in session.line.tags.values() if tag.kind == "float"]
    say(
        endpoint=adapter.endpoints[0], built_s=built, memory_mb=memory(), namespace=2,
        tags=tags, since=session.started_at.isoformat(),
    )  # fmt: skip
    await asyncio.sleep(seconds)
    await session.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("line")
    parser.add_argument("hours", type=float)
    parser.add_argument("--seconds", type=float, default=120.0)
    given = parser.parse_args()
    asyncio.run(serve(given.line, given.hours, given.seconds))

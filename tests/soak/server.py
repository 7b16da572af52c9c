"""A stepped line in a process of its own, that says every few seconds how it is.

python server.py LINE HOURS SPEED: prints its endpoint, waits for a line on standard input, then
steps a simulated second at a time, at most SPEED of them a second, and prints a JSON row every
5 s: simulated time, resident memory, tasks, sessions, subscriptions, monitored items.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from pathlib import Path

import twin
from opcua_server import OpcUaAdapter
from twin.serve.session import Session

EVERY = 5.0  # s between two rows
PAGE = 4096  # bytes; of the machines this runs on


def state(session: Session, adapter: OpcUaAdapter, begin: float) -> dict[str, float]:
    core = adapter.core
    assert core is not None
    subscriptions = core.subscription_service.subscriptions.values()
    return {
        "wall": time.monotonic() - begin,
        "t": session.now,
        "rss": int(Path("/proc/self/statm").read_text().split()[1]) * PAGE,
        "tasks": len(asyncio.all_tasks()),
        "sessions": len(core._external_sessions),
        "subscriptions": len(subscriptions),
        "items": sum(len(one.monitored_item_srv._monitored_items) for one in subscriptions),
        "callbacks": len(core.aspace._handle_to_attribute_map),
    }


async def main(name: str, hours: float, speed: float) -> None:
    session = Session(twin.load(name), seed=1, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role="observer")
    await session.start(adapter)
    loop = asyncio.get_running_loop()
    await asyncio.sleep(1.0)
    alone = len(asyncio.all_tasks())
    say({"endpoint": adapter.endpoints[0], "tasks": alone})
    await loop.run_in_executor(None, sys.stdin.readline)
    begin = said = time.monotonic()
    for number in range(round(hours * 3600.0)):
        await session.step(1.0)
        ahead = begin + (number + 1) / speed - time.monotonic()
        await asyncio.sleep(max(0.0, ahead))
        if time.monotonic() - said >= EVERY:
            said = time.monotonic()
            say(state(session, adapter, begin))
    say({"done": session.now})
    await loop.run_in_executor(None, sys.stdin.readline)  # all clients have gone
    await asyncio.sleep(1.0)
    gc.collect()
    say(state(session, adapter, begin))
    await session.stop()


def say(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])))

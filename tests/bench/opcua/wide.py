"""The product's server over a wide line: N tags through the code a real line goes through.

    python -m tests.bench.opcua.wide N [--seconds S] [--pki FOLDER]

Every tag changes every second. Prints a line of JSON when it listens, and one a second with its
processor time (s), memory (MB) and the longest the event loop stalled (s). A value
is the instant it was made at (s since 1970), so a client sees how old it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from opcua_server import OpcUaAdapter
from twin.equipment.tag import StateCode, Tag, Text
from twin.field import Exposure
from twin.field.levels import FULL

STATIONS = 100
STALL_S = 0.01  # between two looks at the event loop


def wide(count: int) -> SimpleNamespace:
    """A line of `count` analog tags on a hundred stations."""
    stations = [f"M{number:03d}" for number in range(min(STATIONS, count))]
    source = StateCode()
    tags = {}
    for number in range(count):
        station = stations[number % len(stations)]
        name = f"Value{number:06d}"
        title = Text(f"Value {number}", f"값 {number}")
        made = Tag(name, title, "°C", station=station, low=0.0, high=1e6, source=source, period=1.0)
        tags[made.key] = made
    titled = tuple(SimpleNamespace(id=one, title=Text(one, one)) for one in stations)
    return SimpleNamespace(
        id="bench/wide-v1", title=Text("Wide", "넓은"), tags=tags, stations=titled, settings={},
        faults=(), alarms={},
    )  # fmt: skip


class WideSession:
    """A session whose tags show the instant they are asked for."""

    clock, run_state, keeps_history, speed = "paced", "running", False, 1.0
    whole_line = True

    def __init__(self, count: int) -> None:
        self.line = wide(count)
        self.started_at = datetime.now(UTC)
        self.now = 0.0
        self.shown = Exposure(FULL, self.line.tags, self.line.settings)
        self.alarms = SimpleNamespace(follow=lambda: None, records=[], standing=[])
        self.changed = np.ones(count, dtype=np.bool_)

    def block(self, second: float) -> SimpleNamespace:
        """The values known at a second."""
        self.now = second
        values = np.full(len(self.changed), time.time())
        return SimpleNamespace(
            t=second, wall=datetime.now(UTC), names=tuple(self.line.tags), values=values,
            changed=self.changed,
        )  # fmt: skip


def say(**facts: Any) -> None:
    """Print facts as a line of JSON."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Stalls:
    """The longest time the event loop did not come round."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(STALL_S)
            self.worst = max(self.worst, time.perf_counter() - before - STALL_S)


async def serve(count: int, seconds: float, pki: Path | None) -> None:
    """Serve, a new block each second on the second."""
    begin = time.perf_counter()
    session = WideSession(count)
    adapter = OpcUaAdapter(port=0, anonymous_role="observer", pki=pki, auto_trust=True)
    await adapter.start(session)
    await adapter.publish(session.block(0.5))
    built = time.perf_counter() - begin
    session_zero = session.started_at.timestamp()
    say(endpoint=adapter.endpoints[0], built_s=built, memory_mb=memory(), namespace=2)
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    last = 0
    while time.perf_counter() - begin < seconds:
        await asyncio.sleep(max(0.0, last + 1 - (time.time() - session_zero)))
        last = int(time.time() - session_zero)
        await adapter.publish(session.block(last + 1e-6))
        used = resource.getrusage(resource.RUSAGE_SELF)
        say(
            cpu_s=used.ru_utime + used.ru_stime, at=time.time(), memory_mb=memory(),
            stall_s=stalls.worst,
        )  # fmt: skip
        stalls.worst = 0.0
    watching.cancel()
    await adapter.stop()


def memory() -> float:
    """Resident memory of this process, MB."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith("VmRSS"):
            return int(row.split()[1]) / 1024.0
    return 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pki", type=Path)
    given = parser.parse_args()
    sys.exit(asyncio.run(serve(given.count, given.seconds, given.pki)))

"""Servers against each other: N tags at 1 Hz to one subscribing client in another process.

    python -m tests.bench.opcua.compare naive:6000 product:50000 secured:50000 node:40000 \
        open62541:20000 product:100000:10 reads:10000 history:machine-parts/shaft-v1

A server "holds" N when at least 99.5 % of the values arrive and the oldest hundredth is less than
a second old. A third number shares the tags among that many clients. `node` needs `npm ci` in
tests/bench/node_opcua_server, `open62541` a Python with o6 in TWIN_O6_PYTHON; without them that row
is left out. Prints one row a server: share delivered, age of the values, processor share of a core,
memory; for reads and history the values a second, and those a second of the server's processor.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.ports import free_port

NODE = Path(__file__).parents[1] / "node_opcua_server"
OPEN62541 = Path(__file__).with_name("open62541.py")
SECONDS = 15
LIVES_S = 240
HOURS = 2.0  # of a line's past
TAGS = 5  # whose past is read
TICK = os.sysconf("SC_CLK_TCK")


def command(server: str, count: int | str) -> list[str] | None:
    """How a server is started; None where it is not installed."""
    python = [sys.executable, "-m"]
    lives = ["--seconds", str(LIVES_S)]
    if server == "naive":
        return [*python, "tests.bench.opcua.naive", str(count), *lives]
    if server == "history":
        return [*python, "tests.bench.opcua.past", str(count), str(HOURS), *lives]
    if server == "node":
        if not (NODE / "node_modules").is_dir():
            return None
        return ["node", str(NODE / "server.mjs"), str(count), str(LIVES_S), str(free_port())]
    if server == "open62541":
        o6 = os.environ.get("TWIN_O6_PYTHON")
        return (o6 and [o6, str(OPEN62541), str(count), str(LIVES_S), str(free_port())]) or None
    secured = ["--pki", tempfile.mkdtemp()] if server == "secured" else []
    return [*python, "tests.bench.opcua.wide", str(count), *lives, *secured]


def processor_time(pid: int) -> float:
    """User and system time of a process, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


@contextmanager
def running(started: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """A server's PID and what it said when it listened."""
    pipe = subprocess.PIPE
    with subprocess.Popen(started, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            said = next(row for row in process.stdout if row.startswith("{"))
            yield process.pid, json.loads(said)
        finally:
            process.kill()


def client(program: str, *options: str) -> subprocess.Popen[str]:
    """A client's process."""
    started = [sys.executable, "-m", f"tests.bench.opcua.{program}", *options]
    return subprocess.Popen(started, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a client found."""
    told, _nothing = process.communicate()
    found: dict[str, Any] = json.loads(told)
    return found


def measure(server: str, count: int, clients: int = 1) -> dict[str, Any] | None:
    """One server with one client on all its tags, or several that share them."""
    started = command(server, count)
    if started is None:
        return None
    with running(started) as (pid, said):
        before, share = processor_time(pid), count // clients
        listeners = []
        for number in range(clients):
            options = [said["endpoint"], str(said["namespace"]), str(number * share), str(share)]
            options += ["--seconds", str(SECONDS)] + ["--encrypted"] * (server == "secured")
            listeners.append(client("listen", *options))
        heard = [answer(one) for one in listeners]
        longest = max(one["end"] - one["start"] + one["subscribed_s"] for one in heard) + 6.0
        used = processor_time(pid) - before
        memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) / 256.0
    return {
        "server": server, "tags": count, "clients": clients, "start_s": round(said["built_s"], 1),
        "delivered": round(min(one["delivered"] for one in heard), 4),
        "p50_s": round(max(one["p50_s"] for one in heard), 3),
        "p99_s": round(max(one["p99_s"] for one in heard), 3), "cpu": round(used / longest, 3),
        "memory_mb": round(memory), "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def asked(what: str, of: str) -> dict[str, Any]:
    """Values a second by Read of `of` tags, or by HistoryRead of the line `of`."""
    started = command("product" if what == "reads" else what, of)
    assert started is not None
    with running(started) as (pid, said):
        options = [str(pid), said["endpoint"], str(said["namespace"])]
        if what == "reads":
            found = answer(client("ask", "read", *options, of))
        else:
            tags = said["tags"][:TAGS]
            found = answer(client("ask", "history", *options, said["since"], *tags))
    return {
        "server": what, "of": of, "values_s": round(found["values"] / found["wall_s"]),
        "values_cpu_s": round(found["values"] / max(found["server_s"], 0.01)),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        name, _colon, numbers = wanted.partition(":")
        if name in ("reads", "history"):
            row: dict[str, Any] | None = asked(name, numbers)
        else:
            row = measure(name, *map(int, numbers.split(":")))
        sys.stdout.write(json.dumps(row or {"server": name, "tags": "not installed"}) + "\n")
        sys.stdout.flush()

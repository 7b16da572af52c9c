"""Servers against each other: N tags at 1 Hz to one subscribing client in another process.

    python -m tests.bench.opcua.compare naive:6000 product:50000 secured:50000 node:40000

A server "holds" N when at least 99.5 % of the values arrive and the oldest hundredth is less than
a second old. `node` needs `npm ci` in tests/bench/node_opcua_server; without it that row is left
out. Prints one row a server: share delivered, age of the values, processor share of a core, memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.ports import free_port

NODE = Path(__file__).parents[1] / "node_opcua_server"
SECONDS = 15
LIVES_S = 240
TICK = os.sysconf("SC_CLK_TCK")


def command(server: str, count: int) -> list[str] | None:
    """How a server is started; None where it is not installed."""
    python = [sys.executable, "-m"]
    if server == "naive":
        return [*python, "tests.bench.opcua.naive", str(count), "--seconds", str(LIVES_S)]
    if server == "node":
        if not (NODE / "node_modules").is_dir():
            return None
        return ["node", str(NODE / "server.mjs"), str(count), str(LIVES_S), str(free_port())]
    secured = ["--pki", tempfile.mkdtemp()] if server == "secured" else []
    return [*python, "tests.bench.opcua.wide", str(count), "--seconds", str(LIVES_S), *secured]


def processor_time(pid: int) -> float:
    """User and system time of a process, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(server: str, count: int) -> dict[str, Any] | None:
    """One server with one client on all its tags."""
    started = command(server, count)
    if started is None:
        return None
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        options = [said["endpoint"], str(said["namespace"]), "0", str(count)]
        options += ["--seconds", str(SECONDS)] + ["--encrypted"] * (server == "secured")
        before = processor_time(process.pid)
        client = subprocess.run(
            [sys.executable, "-m", "tests.bench.opcua.listen", *options],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        heard = json.loads(client.stdout)
        whole = heard["end"] - heard["start"] + heard["subscribed_s"] + 6.0
        used = processor_time(process.pid) - before
        memory = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) / 256.0
        process.kill()
    return {
        "server": server, "tags": count, "start_s": round(said["built_s"], 1),
        "delivered": round(heard["delivered"], 4), "p50_s": round(heard["p50_s"], 3),
        "p99_s": round(heard["p99_s"], 3), "cpu": round(used / whole, 3),
        "client_cpu": round(heard["client_cpu"], 3), "memory_mb": round(memory),
    }  # fmt: skip


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        name, _colon, number = wanted.partition(":")
        row = measure(name, int(number))
        sys.stdout.write(json.dumps(row or {"server": name, "tags": "not installed"}) + "\n")
        sys.stdout.flush()

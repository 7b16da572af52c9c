"""How long a user waits: for help, for the first answer of a server, for a line to load."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asyncua import Client
from asyncua.ua.uaerrors import UaError

import twin
from tests.bench.ports import free_port

ROUNDS = 7


def wall(command: list[str]) -> float:
    """Best wall time of a command, s."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        best = min(best, time.perf_counter() - begin)
    return best


def program() -> str:
    """The installed `twin`."""
    beside = Path(sys.executable).with_name("twin")
    found = str(beside) if beside.exists() else shutil.which("twin")
    if found is None:
        pytest.skip("`twin` is not installed")
    return found


def test_help_is_instant(figure):
    bare, help_ = wall([sys.executable, "-c", "pass"]), wall([program(), "--help"])
    figure(f"twin --help: {help_:.2f} s (python -c pass: {bare:.2f} s)")


def test_import_is_light(figure):
    seconds = wall([sys.executable, "-c", "import twin"])
    figure(f"import twin: {seconds:.2f} s")


def test_loading_a_line(benchmark, figure):
    benchmark.pedantic(twin.load, ("electronics/smt-v1",), rounds=5)
    begin = time.perf_counter()
    twin.load("electronics/smt-v1")
    figure(f"twin.load electronics/smt-v1: {time.perf_counter() - begin:.2f} s")


async def _first_answer(port: int, since: float) -> float:
    while time.perf_counter() - since < 60.0:
        try:
            async with Client(f"opc.tcp://127.0.0.1:{port}", timeout=2) as client:
                await client.nodes.server_state.read_value()
                return time.perf_counter() - since
        except (TimeoutError, OSError, UaError):
            await asyncio.sleep(0.02)
    raise TimeoutError("no answer in a minute")


def test_serve_to_first_opc_ua_answer(figure):
    found = []
    for _ in range(3):
        ports = [free_port(), free_port()]
        command = [program(), "serve", "electronics/smt-v1", "--opcua-port", str(ports[0]),
                   "--http-port", str(ports[1]), "--for", "60s"]  # fmt: skip
        begin = time.perf_counter()
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            found.append(asyncio.run(_first_answer(ports[0], begin)))
        finally:
            server.terminate()
            server.wait(20)
    times = ", ".join(f"{seconds:.1f}" for seconds in found)
    figure(f"twin serve to the first OPC UA answer: {times} s")

"""`twin serve` as somebody else meets it: users, certificates, what is written down."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyAes256Sha256RsaPss

from tests.unit.opcua_server.security.authority import URI, Made, make

pytestmark = pytest.mark.e2e

LINE = "electronics/smt-v1"
BELT = ua.NodeId("RFL.BeltSpeed", 2)
PASSWORD = "correct horse"


def twin(folder: Path, *words: str, **named: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"XDG_STATE_HOME": str(folder), "LANG": "C"} | named
    return subprocess.run(
        [sys.executable, "-m", "twin", *words],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address of a line as it stands in a plant: strict, though only this machine reaches it."""
    twin(tmp_path, "users", "add", "olga", "--role", "operator", TWIN_USER_PASSWORD=PASSWORD)
    command = [
        sys.executable, "-m", "twin", "serve", LINE, "--speed", "60",
        "--opcua-port", "0", "--http-port", "0",
        "--no-allow-none", "--no-auto-trust", "--audit", str(tmp_path / "audit.jsonl"),
    ]  # fmt: skip
    server = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path), "LANG": "C"},
    )
    try:
        assert server.stdout is not None
        for row in server.stdout:
            found = re.search(r"opc\.tcp://\S+", row)
            if found:
                yield found[0]
                break
        else:
            pytest.fail("the server has named no address")
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


async def work(url: str, folder: Path, made: Made) -> None:
    """Connect with a certificate and as olga, and write a set point."""
    certificate, key = made.write(folder, "client")
    client = Client(url, timeout=10)
    client.application_uri = URI
    await client.set_security(
        SecurityPolicyAes256Sha256RsaPss,
        certificate=str(certificate),
        private_key=str(key),
        server_certificate=str(folder / "server.der"),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    client.set_user("olga")
    client.set_password(PASSWORD)
    async with client:
        await client.get_node(BELT).write_value(80.0)


async def test_a_strict_server_lets_in_whom_somebody_trusted(served: str, tmp_path: Path) -> None:
    twin(tmp_path, "pki", "export", str(tmp_path / "server.der"))
    made = make("gateway")
    with pytest.raises((ua.UaError, ConnectionError, TimeoutError, asyncio.CancelledError)):
        await work(served, tmp_path, made)
    with pytest.raises((ua.UaError, ConnectionError, TimeoutError, asyncio.CancelledError)):
        async with Client(served):
            pass
    rows = twin(tmp_path, "--lang", "en", "pki", "list").stdout.splitlines()
    (rejected,) = (row for row in rows if row.startswith("rejected"))
    twin(tmp_path, "pki", "trust", rejected.split()[-1])
    await work(served, tmp_path, made)
    text = (tmp_path / "audit.jsonl").read_text()
    entries = [json.loads(line) for line in text.splitlines()]
    assert [(entry["what"], entry["result"]) for entry in entries] == [
        ("certificate", "BadCertificateUntrusted"),
        ("log in", "Good"),
        ("write RFL.BeltSpeed", "Good"),
    ]
    assert entries[-1]["user"] == "olga (operator)"
    assert entries[-1]["simulated"] > 0
    assert PASSWORD not in text

"""A server of our own in a process of its own, to be treated badly: `python -m tests.fuzz.served`.

It prints its port as JSON. On SIGTERM it stops and prints what clients have changed. Waiting times
are shortened, so that what takes half a minute in a plant takes a second here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from opcua_server import OpcUaAdapter, hash_password
from opcua_server.hardening import channel, server
from tests.unit.opcua_server.standin import SMALL, StandInSession, make_line, tag

USERS = {"ines": (hash_password("instructor-password"), "instructor")}


async def main(folder: Path) -> None:
    channel.STUCK_READER_S = 1.0
    channel.UNFINISHED_S = 2.0
    server.HANDSHAKE_S = 2.0
    many = tuple(tag(f"M{i // 50:02d}", f"T{i % 50:02d}", "°C") for i in range(1000))
    session = StandInSession(line=make_line((*SMALL, *many)))
    adapter = OpcUaAdapter(port=0, users=USERS, pki=folder / "pki")  # type: ignore[arg-type]
    await adapter.start(session)
    session.adapter = adapter
    await session.step(3600.0)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write(json.dumps({"port": adapter.port}) + "\n")
    sys.stdout.flush()
    ticking = asyncio.create_task(tick(session))
    await stop.wait()
    ticking.cancel()
    core = adapter._server.iserver  # type: ignore[union-attr]
    left = {
        "commands": [command.role for command in session.commands],
        "sessions": len(core._external_sessions),
        "subscriptions": len(core.subscription_service.subscriptions),
        "incomplete": core.incomplete,
        "tasks": len(asyncio.all_tasks()),
    }
    await adapter.stop()
    sys.stdout.write(json.dumps(left) + "\n")


async def tick(session: StandInSession) -> None:
    while True:
        await asyncio.sleep(0.2)
        await session.step(0.2)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main(Path(sys.argv[1])))

"""The server's certificate while it runs: renewed before it ends, taken when someone renewed it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from opcua_server import pki
from twin.errors import TwinError

log = logging.getLogger("opcua_server.security")

LOOK_EVERY_S = 5.0  # for files that `twin pki renew` wrote; assumed
LOOKS_BETWEEN_CHECKS = 720  # the date is looked at once an hour; assumed


async def keep_current(
    server: Any, folder: Path, uri: str, file: str, every: float = LOOK_EVERY_S
) -> None:
    """Show the certificate `file` in `folder` as it is at any time, as long as the task lives."""
    identity = pki.Identity.of(folder, file)
    shown, looks = written(identity), 0
    while True:
        await asyncio.sleep(every)
        looks += 1
        try:
            if looks % LOOKS_BETWEEN_CHECKS == 0:
                await asyncio.to_thread(pki.own_identity, folder, uri, file)
            now = written(identity)
            if now != shown:
                await server.use_identity(identity.certificate, identity.key)
                shown = now
                log.info("%s is shown from now on", identity.certificate)
        except (OSError, ValueError, TwinError) as error:
            log.warning("%s cannot be shown: %s", identity.certificate, error)


def written(identity: pki.Identity) -> tuple[int, int]:
    """When certificate and key were written (ns); 0 for one that is missing."""
    times = [
        path.stat().st_mtime_ns if path.is_file() else 0
        for path in (identity.certificate, identity.key)
    ]
    return times[0], times[1]

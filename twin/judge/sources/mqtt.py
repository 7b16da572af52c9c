"""Claims over MQTT: the judge listens at the solution's broker while the line runs."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import unquote, urlsplit

import aiomqtt

from twin.errors import UsageError
from twin.i18n import _
from twin.judge.sources.inbox import Inbox

log = logging.getLogger("twin.judge")
AGAIN = 1.0  # s until the next try after a lost connection


async def listen(url: str, solution: str, table: str, inbox: Inbox, ready: asyncio.Event) -> None:
    """Take every message of a topic into the inbox until cancelled; connects again when cut.

    `url` is mqtt://user:password@host:port/topic. `ready` is set at the first subscription.
    """
    parts = urlsplit(url)
    topic = unquote(parts.path.lstrip("/"))
    if parts.scheme != "mqtt" or not parts.hostname or not topic:
        raise UsageError(_("expected mqtt://host:port/topic, found {found!r}").format(found=url))
    while True:
        try:
            async with aiomqtt.Client(
                parts.hostname, parts.port or 1883, username=parts.username,
                password=parts.password,
            ) as client:  # fmt: skip
                await client.subscribe(topic, qos=1)
                ready.set()
                async for message in client.messages:
                    payload = message.payload
                    if isinstance(payload, str | bytes):
                        inbox.take_text(solution, table, payload)
        except aiomqtt.MqttError as error:
            log.warning("MQTT %s: %s", parts.hostname, error)
            await asyncio.sleep(AGAIN)

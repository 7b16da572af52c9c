"""Instructors hear by event who does what; others hear nothing of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asyncua import Client, ua

from opcua_server import OpcUaAdapter, hash_password
from tests.unit.opcua_server.standin import StandInSession
from tests.unit.opcua_server.test_server import node_id, status_of

PASSWORD = "instructor-password"
USERS = {
    "ines": (hash_password(PASSWORD), "instructor"),
    "olga": (hash_password(PASSWORD), "operator"),
}


class Heard:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def event_notification(self, event: Any) -> None:
        self.events.append(event)


async def listening(adapter: OpcUaAdapter, user: str) -> tuple[Client, Heard]:
    client, heard = Client(adapter.endpoints[0]), Heard()
    client.set_user(user)
    client.set_password(PASSWORD)
    await client.connect()
    subscription = await client.create_subscription(50, heard)
    await subscription.subscribe_events(ua.ObjectIds.Server, ua.ObjectIds.AuditEventType)
    return client, heard


@pytest.fixture
def kinds() -> dict[str, int]:
    return {
        "log in": ua.ObjectIds.AuditActivateSessionEventType,
        "write RFL.BeltSpeed": ua.ObjectIds.AuditWriteUpdateEventType,
        "call RFL.Stop()": ua.ObjectIds.AuditUpdateMethodEventType,
    }


async def test_an_instructor_hears_who_does_what(kinds: dict[str, int]) -> None:
    adapter = OpcUaAdapter(port=0, users=USERS)  # type: ignore[arg-type]
    await adapter.start(StandInSession())
    instructor = operator = None
    try:
        instructor, heard = await listening(adapter, "ines")
        operator, overheard = await listening(adapter, "olga")
        await operator.get_node(node_id("RFL.BeltSpeed")).write_value(90.0)
        await status_of(operator.get_node(node_id("RFL.BeltSpeed")).write_value(9999.0))
        await operator.get_node(node_id("RFL")).call_method(node_id("RFL.Stop()"))
        async with asyncio.timeout(5):
            while len(heard.events) < 4:
                await asyncio.sleep(0.02)
        assert [event.EventType.Identifier for event in heard.events] == [
            kinds["log in"],
            kinds["write RFL.BeltSpeed"],
            kinds["write RFL.BeltSpeed"],
            kinds["call RFL.Stop()"],
        ]
        assert [event.Status for event in heard.events] == [True, True, False, True]
        assert {event.ClientUserId for event in heard.events} == {"olga (operator)"}
        assert "BadOutOfRange" in heard.events[2].Message.Text
        assert heard.events[2].Severity > heard.events[1].Severity
        assert PASSWORD not in repr(heard.events)
        assert overheard.events == []
    finally:
        for client in (instructor, operator):
            if client is not None:
                await client.disconnect()
        await adapter.stop()

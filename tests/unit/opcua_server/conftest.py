"""A running server on a free port over a stand-in session, and a client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client

from opcua_server import OpcUaAdapter, hash_password
from tests.unit.opcua_server.standin import StandInSession

USERS = {
    "olga": (hash_password("operator-pw"), "operator"),
    "ines": (hash_password("instructor-pw"), "instructor"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[tuple[StandInSession, OpcUaAdapter]]:
    """One server for all tests of a module: a start costs a good part of a second."""
    session = StandInSession()
    adapter = OpcUaAdapter(port=0, anonymous_role="observer", users=USERS)  # type: ignore[arg-type]
    await adapter.start(session)
    session.adapter = adapter
    yield session, adapter
    await adapter.stop()


@pytest.fixture
def session(running: tuple[StandInSession, OpcUaAdapter]) -> StandInSession:
    """The server's session, back at second 0 and without a past."""
    running[0].begin_again()
    return running[0]


@pytest.fixture
def adapter(running: tuple[StandInSession, OpcUaAdapter]) -> OpcUaAdapter:
    return running[1]


@pytest_asyncio.fixture(loop_scope="module")
async def connect(session: StandInSession, adapter: OpcUaAdapter) -> AsyncIterator[Any]:
    """connect(user) opens a client, with that user's password or without a login."""
    clients: list[Client] = []

    async def open_client(user: str = "") -> Client:
        client = Client(adapter.endpoints[0])
        if user:
            client.set_user(user)
            client.set_password({"olga": "operator-pw", "ines": "instructor-pw"}[user])
        await client.connect()
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.disconnect()

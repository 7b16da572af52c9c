"""The session of a test, and a client of it."""

from __future__ import annotations

import pytest

from tests.unit.serve.live import TOKEN, client_of, make


@pytest.fixture
def session():
    return make(instructor_token=TOKEN)


@pytest.fixture
async def client(session):
    async with client_of(session) as client:
        yield client

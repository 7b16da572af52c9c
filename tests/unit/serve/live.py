"""A real session and a client of its REST face, without a socket."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import numpy as np

import twin
from twin.serve.http import create_app
from twin.serve.session import Session

STARTED = datetime(2026, 1, 5, 8, tzinfo=UTC)
TOKEN = "let-me"


def make(clock="stepped", until=1800.0, **options):
    line = twin.load("electronics/smt-v1")
    session = Session(line, seed=1, clock=clock, speed=10.0, started_at=STARTED, **options)
    session.run.advance(until)
    return session


def client_of(session, **options):
    app = create_app(session, **options)
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


def refused(response, status):
    assert response.status_code == status, response.text
    body = response.json()
    assert body["error"]
    assert {"expected", "found"} <= body.keys()
    return body


def latest(session):
    return float(np.nextafter(session.now, 0.0))

"""Alarms over the REST face: what stands, and what people do about it."""

from __future__ import annotations

import asyncio

import twin
from tests.unit.serve.live import client_of, make


async def test_alarms_that_stand_are_listed_and_can_be_acknowledged():
    session = make(until=60.0)
    async with client_of(session) as client:
        line = (await client.get("/api/alarms")).json()
        assert line["t"] == 60.0
        await session.step(4 * 3600.0)
        shown = (await client.get("/api/alarms")).json()["alarms"]
        assert shown
        assert {row["state"] for row in shown} <= {"unacknowledged", "returned", "acknowledged"}
        key = shown[0]["alarm"]
        assert key in session.line.alarms
        command = session.submit(twin.Command("acknowledge", key))
        task = asyncio.ensure_future(command)
        await asyncio.sleep(0)
        await session.step(1.0)
        assert (await task).ok
        after = (await client.get("/api/alarms")).json()["alarms"]
        assert key not in [row["alarm"] for row in after if row["state"] != "acknowledged"]


async def test_an_unknown_alarm_is_refused_with_a_reason(client, session):
    body = {"kind": "acknowledge", "target": "RFL.Nothing"}
    answer = await asyncio.wait_for(client.post("/api/commands", json=body), 10)
    assert answer.status_code == 409
    assert "no alarm" in answer.json()["reason"]


async def test_a_forced_alarm_stands_and_nothing_says_that_it_is_forced():
    session = make(until=60.0)
    key = "RFL.Zone8Deviation"
    session.agenda.plan([twin.Command("force", key, 1.0, "instructor", "script", 100.0)])
    async with client_of(session) as client:
        await session.step(60.0)
        rows = (await client.get("/api/alarms")).json()["alarms"]
        mine = [row for row in rows if row["alarm"] == key]
        assert [(row["state"], row["since"]) for row in mine] == [("unacknowledged", 100.0)]
        events = (await client.get("/api/events")).json()["events"]
        assert events
        assert "force" not in str(events)
        body = {"kind": "release", "target": key}
        refused = asyncio.ensure_future(client.post("/api/commands", json=body))
        await asyncio.sleep(0)
        assert (await refused).status_code in (403, 409)

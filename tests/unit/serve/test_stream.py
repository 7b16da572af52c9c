"""The page's stream over a real session: rows, catching up, its cost."""

from __future__ import annotations

import json

import pytest

from tests.unit.serve.live import latest
from twin.serve.present import Present
from twin.serve.stream import CATCH_UP, Channel


def fold(message, known):
    """What a viewer knows after a message."""
    stations, parts = known
    if "present" in message:
        stations = {row[1]: row for row in message["present"]["stations"]}
        parts = {row[0]: row[1] for row in message["present"]["parts"]}
    for row in message.get("log", []):
        _t, place, _state, part = row
        if place < stations_of(known):
            stations[place] = row
        if part >= 0:
            parts[part] = place
    return stations, parts


def stations_of(known):
    return len(known[0])


async def test_a_viewer_that_folds_the_rows_knows_the_present(session):
    channel = Channel(session, None, Present(session))
    cursor, text = channel.hello()
    hello = json.loads(text)
    assert hello["type"] == "hello"
    known = fold(hello, ({}, {}))
    for seconds in (0.5, 300, 4000):
        await session.step(seconds)
        cursor, text = channel.news(cursor)
        message = json.loads(text)
        assert message["type"] == "rows"
        assert message["t"] == session.now
        known = fold(message, known)
    stations, parts = known
    fresh = fold(json.loads(channel.hello()[1]), ({}, {}))
    assert stations == fresh[0]
    sinks = session.line.place("out")
    assert {p: where for p, where in parts.items() if where < sinks} == fresh[1]
    assert fresh[1] == {
        p.part: session.line.place(p.place) for p in session.trace.parts_at(latest(session))
    }


async def test_a_viewer_far_behind_gets_the_present_instead_of_the_way(session):
    channel = Channel(session, None, Present(session))
    cursor, _text = channel.hello()
    while len(session.trace.log) - cursor.rows <= CATCH_UP:
        await session.step(8 * 3600)
    cursor, text = channel.news(cursor)
    message = json.loads(text)
    assert message["log"] == []
    assert message["present"] == json.loads(channel.hello()[1])["present"]
    assert len(message["events"]) <= 100
    assert cursor.rows == len(session.trace.log)


async def test_a_tunnels_pace_is_told_when_it_changes(session, client):
    channel = Channel(session, None, Present(session))
    cursor, text = channel.hello()
    default = session.line.station_by_id["RFL"].residence
    (first,) = json.loads(text)["paces"]["RFL"]
    assert first[1] == pytest.approx(default)
    await session.step(100)
    cursor, text = channel.news(cursor)
    assert json.loads(text)["paces"] == {}
    changed_at = session.now
    body = {"kind": "set", "target": "RFL.BeltSpeed", "value": 100}
    assert (await client.post("/api/commands", json=body)).is_success
    await session.step(100)
    cursor, text = channel.news(cursor)
    ((t, seconds),) = json.loads(text)["paces"]["RFL"]
    assert t == changed_at
    assert seconds == pytest.approx(default * 80 / 100)
    assert len(json.loads(channel.hello()[1])["paces"]["RFL"]) == 2


async def test_viewers_in_step_share_one_message(session):
    channel = Channel(session, None, Present(session))
    a, b = channel.hello(), channel.hello()
    await session.step(60)
    assert channel.news(a[0])[1] is channel.news(b[0])[1]


async def test_a_stream_costs_little(session):
    """About 2.6 kB/s a viewer is the aim; here: bytes a simulated second of this line."""
    channel = Channel(session, None, Present(session))
    cursor, _text = channel.hello()
    sent = 0
    for _ in range(100):
        await session.step(0.2)
        cursor, text = channel.news(cursor)
        sent += len(text)
    assert sent / 20 < 2600

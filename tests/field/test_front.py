"""A live line behind a plant network, over REST and the stream: what a level and dirt leave."""

from __future__ import annotations

import json

import httpx
import numpy as np
import pytest

import twin
from twin.errors import UsageError
from twin.field import QUALITIES, records
from twin.serve.http import create_app
from twin.serve.session import Session

TOKEN = "let-me"
ZONE = "RFL.Zone8Temp"


def session_of(dirt: str = "clean", level: int | None = None, until: float = 3600.0) -> Session:
    session = Session(
        twin.load("electronics/smt-v1"), 3, "stepped", instructor_token=TOKEN, dirt=dirt,
        level=level,
    )  # fmt: skip
    session.run.advance(until)
    return session


def client_of(session: Session) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(session))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def get(session: Session, path: str, token: str = "", **params: object) -> httpx.Response:
    headers = {"X-Twin-Role-Token": token} if token else {}
    async with client_of(session) as client:
        return await client.get(path, params=params, headers=headers)


def test_a_session_without_dirt_and_level_has_no_network_between():
    session = session_of()
    assert session.front is None
    assert session.shown.tags == session.line.tags
    assert session.keeps_history


def test_level_zero_is_not_served():
    with pytest.raises(UsageError, match="paper"):
        session_of(level=0)


def test_blocks_carry_the_records_of_the_run_in_order():
    session, got = session_of("hostile", 3, until=1.0), []
    for now in (10.0, 400.0, 2000.0, 3600.0):
        session.run.advance(now)
        block = session.block()
        assert block.names == tuple(session.shown.tags)
        assert block.received is not None
        got.append(block.received)
        assert set(np.flatnonzero(block.changed)) == set(block.received.tag.tolist())
    whole = records(session.trace, "*", 0.0, 3600.0, "hostile", 3).records
    here = whole.take(whole.arrival < 3600.0)
    assert np.concatenate([one.arrival for one in got]).tolist() == here.arrival.tolist()
    assert sorted(np.concatenate([one.stamp for one in got])) == sorted(here.stamp.tolist())
    latest = here.of(ZONE)
    shown = block.values[block.names.index(ZONE)]
    assert shown == latest.value[-1] or (np.isnan(shown) and np.isnan(latest.value[-1]))


@pytest.mark.parametrize("number", range(1, 6))
async def test_the_line_is_told_as_far_as_its_level_shows_it(number):
    session = session_of(level=number)
    body = (await get(session, "/api/line")).json()
    assert [tag["name"] for tag in body["tags"]] == list(session.shown.tags)
    assert (body["level"], body["dirt"]) == (number, "clean")
    assert bool(body["settings"]) == (number >= 4)
    assert any(tag["setting"] for tag in body["tags"]) == (number >= 4)


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/api/state", 2),
        ("/api/kpis", 2),
        ("/api/events", 2),
        ("/api/alarms", 2),
        ("/api/stations/RFL/history", 3),
        ("/api/tags/RFL.Passed/history", 3),
    ],
)
async def test_what_a_level_hides_is_refused_but_to_an_instructor(path, least):
    for number in (least - 1, least):
        session = session_of(level=number, until=60.0)
        answer = await get(session, path)
        assert answer.status_code == (403 if number < least else 200), answer.text
        if number < least:
            assert answer.json()["code"] == "level"
            assert (await get(session, path, TOKEN)).status_code == 200


async def test_values_behind_a_network_have_their_timestamp_and_quality():
    session = session_of("hostile", 3)
    body = (await get(session, "/api/tags", names="RFL.*")).json()
    rows = records(session.trace, "RFL.*", 0.0, 3600.0, "hostile", 3).records
    rows = rows.take(rows.arrival < 3600.0)
    for name in (ZONE, "RFL.State"):
        last = rows.of(name)
        assert body["times"][name] == pytest.approx(last.stamp[-1])
        assert body["quality"][name] in QUALITIES
    assert (await get(session, "/api/tags", names="RFL.Queue")).status_code == 422


async def test_records_over_rest_are_the_rows_as_they_came_each_once():
    session = session_of("hostile", 3, until=600.0)
    whole = records(session.trace, "*", 0.0, 600.0, "hostile", 3).records
    expected = whole.take(whole.arrival < 600.0)
    since, got = 0.0, []
    while since < 600.0:
        body = (await get(session, "/api/records", since=since, limit=700)).json()
        got += body["records"]
        since = body["t"]
    assert len(got) == len(expected)
    assert [row["arrival"] for row in got] == pytest.approx(expected.arrival, abs=1e-3)
    assert {row["quality"] for row in got} <= set(QUALITIES)


async def test_records_asked_for_one_by_one_all_come():
    session = session_of(level=5, until=4.0)
    since, got = 0.0, 0
    while since < 4.0:
        body = (await get(session, "/api/records", since=since, limit=1)).json()
        assert body["t"] > since or body["records"]
        got, since = got + len(body["records"]), body["t"]
    assert got == len(records(session.trace, "*", 0.0, 4.0, level=5).records)


async def test_records_of_a_server_without_a_network_are_refused():
    answer = await get(session_of(until=60.0), "/api/records")
    assert answer.status_code == 409


async def test_history_behind_a_network_is_what_came():
    session = session_of("nist", 3)
    body = (await get(session, f"/api/tags/{ZONE}/history", start=0, end=3600)).json()
    rows = records(session.trace, ZONE, 0.0, 3600.0, "nist", 3).records
    rows = rows.take(rows.arrival < 3600.0)
    assert body["t"] == rows.stamp.tolist()[-5000:]
    assert body["step"] == 0.0


async def test_commands_are_refused_below_level_four_but_an_instructors():
    for number, status in ((3, 403), (4, 200)):
        session = session_of(level=number, until=60.0)
        async with client_of(session) as client:
            for kind, target, value in (("set", "RFL.Zone8Set", 210.0), ("stop", "", None)):
                body = {"kind": kind, "target": target, "value": value, "role": "engineer"}
                answer = await client.post("/api/commands", json=body)
                assert answer.status_code == status, answer.text
            body = {"kind": "stop", "role": "instructor"}
            headers = {"X-Twin-Role-Token": TOKEN}
            answer = await client.post("/api/commands", json=body, headers=headers)
            assert answer.status_code in (200, 409)


def test_the_stream_hides_parts_and_states_below_level_three():
    from twin.serve.present import Present
    from twin.serve.stream import Channel

    for number in (1, 2, 3):
        session = session_of("nist", number, until=600.0)
        channel = Channel(session, None, Present(session))
        cursor, text = channel.hello()
        hello = json.loads(text)
        assert bool(hello["present"]["parts"]) == (number >= 3)
        session.run.advance(1200.0)
        news = json.loads(channel.news(cursor)[1])
        assert bool(news["log"]) == (number >= 3)
        rows = records(session.trace, "*", 0.0, 1200.0, "nist", number).records
        arrived = (rows.arrival >= 600.0) & (rows.arrival < 1200.0)
        assert len(news["received"]) == min(arrived.sum(), 5000)

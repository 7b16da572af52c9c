"""The REST face over a real session, without a socket, and its adapter over one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest

import twin
from tests.unit.serve.live import TOKEN, client_of, latest, make, refused
from twin.errors import PortInUse
from twin.serve.http import HttpAdapter, create_app
from twin.serve.present import Present
from twin.serve.scene import Scene
from twin.serve.stream import Channel
from twin.trace import State

# ---- reading


async def test_the_line_is_told_with_units_ranges_and_both_languages(client, session):
    body = (await client.get("/api/line")).json()
    assert [s["id"] for s in body["stations"]] == [s.id for s in session.line.stations]
    assert body["places"] == list(session.line.places)
    assert body["states"] == [state.name for state in State]
    tags = {tag["name"]: tag for tag in body["tags"]}
    assert tags.keys() == session.line.tags.keys()
    assert tags["RFL.Zone8Temp"]["unit"] == "°C"
    assert re.search("[가-힣]", tags["RFL.Zone8Temp"]["title"]["ko"])
    writable = {tag["setting"] for tag in tags.values()} - {None}
    assert writable <= body["settings"].keys()
    assert "RFL.BeltSpeed" in writable


async def test_the_state_agrees_with_the_trace(client, session):
    body = (await client.get("/api/state")).json()
    states = session.trace.state_at(latest(session))
    assert {name: s["state"] for name, s in body["stations"].items()} == {
        name: state.name for name, state in states.items()
    }
    parts = session.trace.parts_at(latest(session))
    assert body["wip"] == len(parts)
    levels = {name: sum(p.place == name for p in parts) for name in body["buffers"]}
    assert body["buffers"] == levels
    assert body["t"] == session.now
    assert body["wall"] == "2026-01-05T08:30:00.000+00:00"
    assert 0.0 < body["oee"] <= 1.0


async def test_the_state_follows_the_clock(client, session):
    before = (await client.get("/api/state")).json()
    await session.step(3600)
    after = (await client.get("/api/state")).json()
    assert after["finished"] > before["finished"]
    finished = len(session.trace.index.arrivals(session.line.place("out")))
    assert after["finished"] == finished


async def test_key_figures_are_plain_numbers(client, session):
    response = await client.get("/api/kpis")
    body = json.loads(response.text, parse_constant=lambda name: pytest.fail(name))
    assert body["kpis"]["line"]["oee"] == pytest.approx(session.kpis.as_dict()["line"]["oee"])


async def test_key_figures_by_hour_are_those_of_the_trace(client, session):
    await session.step(5400)
    body = (await client.get("/api/kpis", params={"by": "hour"})).json()["kpis"]
    assert body["by"] == "hour"
    expected = twin.kpi(session.trace, by="hour")
    finished = [period["line"]["finished"] for period in body["periods"]]
    assert finished == [period.kpis.line["finished"] for period in expected.periods]
    assert (await client.get("/api/kpis", params={"by": "moon"})).status_code == 422


async def test_values_and_history_are_what_sample_says(client, session):
    body = (await client.get("/api/tags", params={"names": "RFL.Zone*Temp,Line.*"})).json()
    names = list(body["values"])
    assert "Line.Wip" in names
    assert "RFL.Zone1Temp" in names
    assert list(body["values"].values()) == pytest.approx(
        session.sample(names, [latest(session)])[:, 0]
    )
    asked = {"start": 60.5, "end": 90, "step": 2}
    body = (await client.get("/api/tags/RFL.Zone8Temp/history", params=asked)).json()
    assert body["t"] == list(range(62, 90, 2))
    assert body["values"] == pytest.approx(session.sample(["RFL.Zone8Temp"], body["t"])[0])
    assert body["unit"] == "°C"


async def test_a_history_without_a_step_is_bounded(client, session):
    await session.step(40 * 3600)
    url = "/api/tags/RFL.Zone8Temp/history"
    body = (await client.get(url, params={"start": 0})).json()
    assert 100 < len(body["t"]) <= 5000
    assert max(body["t"]) < session.now
    body = refused(await client.get(url, params={"start": 0, "step": 1}), 422)
    least = float(re.search(r"[\d.]+", body["expected"])[0])
    assert (await client.get(url, params={"start": 0, "step": least})).status_code == 200


async def test_nothing_is_known_before_the_first_moment():
    async with client_of(make(until=0.0)) as client:
        values = (await client.get("/api/tags")).json()["values"]
        assert set(values.values()) == {None}
        state = (await client.get("/api/state")).json()
        assert state["oee"] is None
        assert (await client.get("/api/tags/Line.Wip/history")).json()["t"] == []
        assert (await client.get("/api/kpis")).status_code == 200


async def test_state_history_is_the_trace(client, session):
    body = (await client.get("/api/stations/AOI/history", params={"start": 1000})).json()
    assert body["t"][0] <= 1000.0 < body["t"][1]
    assert body["t"] == sorted(body["t"])
    for t, state in zip(body["t"][1:], body["state"][1:], strict=True):
        assert session.trace.state_at(t)["AOI"] == state


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/tags/RFL.Nothing/history", 404),
        ("/api/stations/XYZ/history", 404),
        ("/api/tags?names=XYZ.*", 422),
        ("/api/tags/Line.Wip/history?end=1e9", 422),
        ("/api/tags/Line.Wip/history?start=500&end=400", 422),
        ("/api/tags/Line.Wip/history?start=nan", 422),
        ("/api/tags/Line.Wip/history?step=0", 422),
        ("/api/tags/Line.Wip/history?step=1e-320&start=10", 422),
        ("/api/tags/Line.Wip/history?start=-1", 422),
        ("/api/events?limit=0", 422),
        ("/api/events?kind=SURPRISE", 422),
        ("/api/events?kind=FAULT_ONSET", 422),
        ("/api/scene.glb", 404),
        ("/nowhere", 404),
    ],
)
async def test_a_bad_request_is_told_what_was_expected_and_found(client, path, status):
    refused(await client.get(path), status)


# ---- events and hidden truth


async def test_events_never_show_a_hidden_fault(client, session):
    as_instructor = {"X-Twin-Role-Token": TOKEN}
    fault = session.line.faults[0].id
    body = {"kind": "fault", "target": fault, "role": "instructor"}
    answer = await client.post("/api/commands", json=body, headers=as_instructor)
    assert answer.json()["ok"], answer.text
    assert (await client.post("/api/commands", json={"kind": "stop", "target": "PRN"})).is_success
    await session.step(7200)
    text = (await client.get("/api/events", params={"limit": 1000})).text
    assert "FAULT" not in text
    assert f"fault {fault}" not in text
    events = json.loads(text)["events"]
    assert [e["detail"] for e in events if e["kind"] == "COMMAND"] == ["stop PRN"]
    assert [e["t"] for e in events] == sorted(e["t"] for e in events)
    # neither a number that has gaps nor a count that falls short tells that something is hidden
    assert all("id" not in e for e in events)
    assert [e["value"] for e in events if e["kind"] == "COMMAND"] == [None]
    latest = (await client.get("/api/events", params={"limit": 1, "kind": "COMMAND"})).json()
    assert [e["detail"] for e in latest["events"]] == ["stop PRN"]
    _cursor, hello = Channel(session, None, Present(session)).hello()
    assert "FAULT" not in hello
    assert f"fault {fault}" not in hello


async def test_events_can_be_narrowed(client):
    asked = {"kind": "VERDICT", "since": 900, "limit": 5}
    events = (await client.get("/api/events", params=asked)).json()["events"]
    assert len(events) == 5
    assert {e["kind"] for e in events} == {"VERDICT"}
    assert all(e["t"] >= 900 for e in events)


# ---- commands


async def test_a_set_point_takes_effect_and_is_journalled(client, session):
    body = {"kind": "set", "target": "RFL.BeltSpeed", "value": 90}
    assert (await client.post("/api/commands", json=body)).json() == {"ok": True, "reason": ""}
    assert session.trace.journal[-1].value == 90
    assert session.trace.journal[-1].source == "rest"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "explode"}, 422),
        ({"kind": "set", "target": "RFL.BeltSpeed"}, 422),
        ({"kind": "set", "target": "RFL.BeltSpeed", "value": "fast"}, 422),
        ({"kind": "start", "surprise": 1}, 422),
        ({"kind": "start", "role": "owner"}, 422),
        ({"kind": "start", "role": "observer"}, 403),
        ({"kind": "fault", "target": "E-Z8"}, 403),
        ({"kind": "repair", "target": "E-Z8", "role": "engineer"}, 403),
        ({"kind": "fault", "target": "E-Z8", "role": "instructor"}, 403),
        ([], 422),
    ],
)
async def test_a_command_that_may_not_be_is_refused(client, session, body, status):
    refused(await client.post("/api/commands", json=body), status)
    assert session.trace.journal == ()


async def test_the_line_says_why_it_refuses_a_command(client, session):
    body = {"kind": "set", "target": "RFL.BeltSpeed", "value": 1e6}
    response = await client.post("/api/commands", json=body)
    assert response.status_code == 409
    assert response.json()["ok"] is False
    assert "140" in response.json()["reason"]


async def test_only_the_right_token_makes_an_instructor(client):
    body = {"kind": "fault", "target": "E-Z8", "role": "instructor"}
    for token in ("wrong", "", "ключ"):
        headers = {"X-Twin-Role-Token": token.encode()}
        refused(await client.post("/api/commands", json=body, headers=headers), 403)
    headers = {"X-Twin-Role-Token": TOKEN}
    assert (await client.post("/api/commands", json=body, headers=headers)).json()["ok"]


async def test_from_another_machine_one_only_looks(session):
    app = create_app(session)
    transport = httpx.ASGITransport(app, client=("192.168.1.20", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://192.168.1.7") as client:
        assert (await client.get("/api/state")).status_code == 200
        for path, body in (
            ("/api/commands", {"kind": "stop"}),
            ("/step", {"seconds": 1}),
            ("/api/clock", {"speed": 2}),
        ):
            answer = refused(await client.post(path, json=body), 403)
            assert answer["code"] == "token"
        headers = {"X-Twin-Role-Token": TOKEN}
        answer = await client.post("/api/commands", json={"kind": "stop"}, headers=headers)
        assert answer.json()["ok"]


async def test_not_a_number_is_no_value(client):
    content = '{"kind": "set", "target": "RFL.BeltSpeed", "value": NaN}'
    headers = {"content-type": "application/json"}
    refused(await client.post("/api/commands", content=content, headers=headers), 422)


async def test_a_stepped_clock_steps_and_a_paced_one_does_not(client, session):
    before = session.now
    answer = await client.post("/step", json={"seconds": 10})
    assert answer.json() == {"t": before + 10}
    for bad in (0, -1, 1e9, "soon", None):
        refused(await client.post("/step", json={"seconds": bad}), 422)
    refused(await client.post("/api/clock", json={"speed": 2}), 409)
    async with client_of(make("paced")) as paced:
        refused(await paced.post("/step", json={"seconds": 10}), 409)


async def test_a_paced_clock_changes_speed_and_pauses():
    session = make("paced")
    async with client_of(session) as client:
        answer = await client.post("/api/clock", json={"speed": 60, "running": False})
        assert answer.json() == {"speed": 60.0, "running": False}
        assert session.run_state == "paused"
        answer = await client.post("/api/clock", json={"running": True})
        assert answer.json() == {"speed": 60.0, "running": True}
        refused(await client.post("/api/clock", json={"speed": -1}), 422)


# ---- who may talk


async def test_a_body_that_announces_no_length_is_bounded_too(client):
    async def endless():
        for _ in range(200):
            yield b" " * 1000

    refused(await client.post("/api/commands", content=endless()), 413)


async def test_a_change_of_speed_while_paused_reaches_the_viewers():
    session = make("paced")
    channel = Channel(session, None, Present(session))
    session.pause()
    cursor, _hello = channel.hello()
    assert json.loads(channel.news(cursor)[1])["speed"] == 10.0
    session.set_speed(77.0)
    assert json.loads(channel.news(cursor)[1])["speed"] == 77.0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "localhost.evil.example"])
async def test_another_host_name_is_refused(client, host):
    refused(await client.get("/api/state", headers={"host": host}), 421)


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:80", "192.168.1.7:8080"])
async def test_its_own_names_and_addresses_are_answered(client, host):
    assert (await client.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
async def test_another_pages_command_is_refused(client, session, origin):
    body, headers = {"kind": "stop"}, {"origin": origin}
    refused(await client.post("/api/commands", json=body, headers=headers), 403)
    assert session.trace.journal == ()


async def test_the_own_pages_command_is_taken(client):
    headers = {"origin": "http://127.0.0.1:8080"}
    answer = await client.post("/api/commands", json={"kind": "stop"}, headers=headers)
    assert answer.json()["ok"]


async def test_an_endless_request_is_refused(client):
    content = b'{"kind": "' + b"x" * 100_000 + b'"}'
    refused(await client.post("/api/commands", content=content), 413)


# ---- pages


async def test_the_documentation_loads_nothing_from_elsewhere(session, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><title>page</title>")
    (tmp_path / "swagger-ui-bundle.js").write_text("")
    async with client_of(session) as bare, client_of(session, static=tmp_path) as full:
        for client in (bare, full):
            page = await client.get("/docs")
            assert page.status_code == 200
            assert not re.search(r"(src|href)=['\"](https?:)?//", page.text)
            assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "/api/commands" in (await bare.get("/docs")).text
        assert "api/state" in (await bare.get("/")).text
        assert "page" in (await full.get("/")).text
        refused(await full.get("/missing.js"), 404)


async def test_every_route_is_described(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
    assert {"/api/line", "/api/state", "/step", "/api/commands", "/api/scene.glb"} <= paths.keys()


async def test_the_scene_is_made_once_and_only_when_asked_for(session):
    made = []
    scene = Scene(lambda: made.append("glb") or b"glTF", lambda: {"paths": {}})
    async with client_of(session, scene=scene) as client:
        assert made == []
        for _ in range(2):
            answer = await client.get("/api/scene.glb")
            assert answer.content == b"glTF"
        assert made == ["glb"]


async def test_a_scene_that_cannot_be_made_is_no_end_of_the_stream(session, caplog):
    def broken():
        raise RuntimeError("no graphics here")

    scene = Scene(broken, broken)
    hello = json.loads(Channel(session, scene, Present(session)).hello()[1])
    assert hello["scene"] is None
    async with client_of(session, scene=scene) as client:
        body = refused(await client.get("/api/scene.glb"), 503)
        assert body["found"] == "RuntimeError"
    assert [str(r.exc_info[1]) for r in caplog.records] == 2 * ["no graphics here"]


# ---- the adapter, over a socket


async def open_adapter(session, **options):
    adapter = HttpAdapter(port=0, **options)
    await session.start(adapter)
    return adapter


async def test_the_adapter_says_where_it_is_and_frees_its_port(session):
    import websockets

    adapter = await open_adapter(session)
    page, docs = adapter.endpoints
    assert docs == page + "docs"
    async with httpx.AsyncClient(base_url=page) as client:
        health = (await client.get("healthz")).json()
        assert health == {"ok": True, "line": session.line.id, "t": session.now, "viewers": 0}
    url = page.replace("http", "ws") + "api/stream"
    async with websockets.connect(url, max_size=None) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        await session.step(30)
        assert json.loads(await socket.recv())["t"] == session.now
        with pytest.raises(PortInUse) as taken:
            await HttpAdapter(port=adapter.port).start(session)
        assert taken.value.fields["port"] == adapter.port
        await session.stop()  # with a viewer connected
        await socket.wait_closed()
    again = HttpAdapter(port=adapter.port)
    await again.start(session)
    await again.stop()


async def test_a_foreign_page_may_not_listen(session):
    import websockets

    adapter = await open_adapter(session)
    url = adapter.endpoints[0].replace("http", "ws") + "api/stream"
    try:
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(url, origin="http://evil.example")
    finally:
        await session.stop()


async def test_a_viewer_that_reads_nothing_holds_nobody_up(session):
    import websockets

    adapter = await open_adapter(session)
    url = adapter.endpoints[0].replace("http", "ws") + "api/stream"
    try:
        async with (
            websockets.connect(url, max_queue=1, max_size=None) as lazy,
            websockets.connect(url, max_size=None) as keen,
        ):
            await keen.recv()
            for _ in range(10):
                await session.step(1800)
                while json.loads(await keen.recv())["t"] < session.now:
                    pass
            await lazy.recv()
            last = {"t": -1.0}
            async with asyncio.timeout(30):
                while last["t"] < session.now:
                    last = json.loads(await lazy.recv())
    finally:
        await session.stop()


def test_the_built_page_belongs_to_its_source():
    """Whoever changes the page's source builds it too: `make web`."""
    web = Path(__file__).parents[3] / "visual" / "web"
    files = [web / "package-lock.json", web / "vite.config.js"]
    files += [path for folder in ("public", "src") for path in (web / folder).rglob("*.*")]
    total = hashlib.sha256()
    for name in sorted(path.relative_to(web).as_posix() for path in files):
        total.update(name.encode() + b"\0" + (web / name).read_bytes())
    assert (web / "dist" / "SOURCE").read_text().strip() == total.hexdigest()


def test_the_built_page_is_shipped_and_asks_nobody_else():
    dist = Path(__file__).parents[3] / "visual" / "web" / "dist"
    page = (dist / "index.html").read_text(encoding="utf-8")
    used = re.findall(r'(?:src|href)="([^"]+)"', page)
    for name in used:
        if not name.startswith("docs"):
            assert (dist / name).is_file(), name
    assert not any("//" in name for name in used)

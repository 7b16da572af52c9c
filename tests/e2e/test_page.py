"""The page in a real browser: it draws, moves, answers to clicks and keys, and never goes blank."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

import twin
from twin.serve.http import HttpAdapter
from twin.serve.scene import Scene
from twin.serve.session import Session
from twin.trace import Command, State
from visual.pose import pose
from visual.scene import build_scene, page_scene

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
DIST = ROOT / "visual" / "web" / "dist"
PICTURES = ROOT / "artifacts" / "page"  # looked at by people, ignored by git
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PATIENCE = 60.0  # s; a loaded machine draws slowly


class Server:
    """A session with its page, in a thread with its own event loop."""

    def __init__(self, clock="paced", speed=10.0, port=0, scene=page_scene, until=1800.0):
        line = twin.load("electronics/smt-v1")
        self.session = Session(line, seed=1, clock=clock, speed=speed)
        self.session.run.advance(until)
        self.adapter = HttpAdapter(
            port=port, static=DIST, scene=scene(line) if scene is not None else None
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        try:
            self.do(self.session.start(self.adapter))
        except BaseException:
            self._end()
            raise

    @property
    def url(self):
        return self.adapter.endpoints[0]

    def do(self, awaitable):
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(PATIENCE)

    def stop(self):
        self.do(self.session.stop())
        self._end()

    def _end(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


class Visit:
    """A page with everything it said and asked for."""

    def __init__(self, browser, url, size=(1440, 900), **context):
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, **context
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)  # blob: and data: never leave the page
        self.page.on("websocket", lambda w: self.hosts.add(urlsplit(w.url).netloc))
        self.page.goto(url)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request):
        if urlsplit(request.url).scheme not in ("blob", "data"):
            self.hosts.add(urlsplit(request.url).netloc)

    def ask(self, script, argument=None):
        return self.page.evaluate(script, argument)

    def until(self, script, argument=None):
        """Wait until the page says yes; the page's rules forbid playwright's own way of waiting."""
        end = time.monotonic() + PATIENCE
        while not (answer := self.ask(script, argument)):
            assert time.monotonic() < end, f"still not: {script}; the page said {self.complaints}"
            self.page.wait_for_timeout(50)
        return answer

    def drawn(self):
        """Wait for some pictures."""
        self.until("() => window.twin !== undefined && twin.frames > 5")
        return self

    def picture(self, name):
        PICTURES.mkdir(parents=True, exist_ok=True)
        data = self.page.screenshot(path=PICTURES / f"{name}.png")
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)

    def text(self, selector):
        return self.page.locator(selector).inner_text(timeout=PATIENCE * 1000)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.context.close()


@pytest.fixture
def visit(browser, server):
    with Visit(browser, server.url + "?lang=en") as visit:
        yield visit.drawn()


CANVAS = """() => {
  const view = document.querySelector("canvas.view");
  return new Promise(done => requestAnimationFrame(() => {
    const copy = document.createElement("canvas");
    copy.width = view.width; copy.height = view.height;
    const c = copy.getContext("2d");
    c.drawImage(view, 0, 0);
    const data = c.getImageData(0, 0, copy.width, copy.height).data, seen = new Set();
    for (let i = 0; i < data.length; i += 4)
      seen.add((data[i] >> 4) << 8 | (data[i + 1] >> 4) << 4 | data[i + 2] >> 4);
    done([seen.size, copy.width, copy.height]);
  }));
}"""


def test_the_line_is_drawn_and_nothing_complains(visit, server):
    shades, width, height = visit.ask(CANVAS)
    assert width > 700
    assert height > 300
    assert shades > 60, "the canvas is blank or nearly so"
    assert visit.ask("() => twin.boards") > 5
    picture = visit.picture("whole-line")
    assert len(np.unique(picture.reshape(-1, 3) // 16, axis=0)) > 100
    assert visit.complaints == []
    assert visit.hosts == {urlsplit(server.url).netloc}


def test_every_machine_has_a_label_with_its_state_in_words(visit, server):
    line = server.session.line
    labels = visit.page.locator("button.label")
    assert labels.count() == len(line.stations)
    words = [state.name for state in State]
    for station in line.stations:
        text = visit.text(f'button.label[data-station="{station.id}"]')
        assert station.id in text
        assert any(word in text for word in words), text


def test_boards_move_between_two_messages(visit):
    script = """async () => {
      const seen = new Map();
      for (let n = 0; n < 60; n++) {
        for (const part of twin.parts) {
          const at = twin.wherePart(part);
          if (at) seen.set(part, (seen.get(part) ?? new Set()).add(at.x.toFixed(1)));
        }
        await new Promise(requestAnimationFrame);
      }
      return Math.max(...[...seen.values()].map(s => s.size));
    }"""
    assert visit.ask(script) > 10  # places one board was drawn at, in 60 pictures


def test_a_click_on_a_machine_opens_its_values_and_trend(visit, server):
    place = visit.until("() => twin.where('RFL')")
    visit.page.mouse.click(place["x"], place["y"])
    visit.until("() => document.querySelector('aside.panel')?.hidden === false")
    assert "Reflow oven" in visit.text(".panel h2")
    visit.until(
        "() => /^[\\d.]+$/.test(document.querySelector('[data-tag=\"RFL.Zone8Temp\"]').textContent)"
    )
    shown = float(visit.text('[data-tag="RFL.Zone8Temp"]'))
    tag = server.session.line.tags["RFL.Zone8Temp"]
    assert tag.low <= shown <= tag.high
    assert "°C" in visit.text('tr:has([data-tag="RFL.Zone8Temp"])')
    visit.page.locator('tr:has([data-tag="RFL.Zone8Temp"]) button').click()
    points = visit.until("() => Number(document.querySelector('[data-trend]').dataset.points)")
    assert points > 100
    visit.until("() => document.querySelector('[data-trend] canvas') !== null")
    visit.until("() => document.querySelector('.shares').textContent.includes('WORKING')")
    assert re.search(r"Zone 8 temperature \d+\.\d °C · \d\d:\d\d:\d\d", visit.text(".trend-value"))
    picture = visit.picture("machine")
    height, width = picture.shape[:2]
    hall = picture[height // 4 : 2 * height // 3, : width // 2]  # what the panel leaves free
    assert len(np.unique(hall.reshape(-1, 3) >> 4, axis=0)) > 60, "the panel emptied the canvas"
    visit.page.keyboard.press("Escape")
    visit.until("() => document.querySelector('aside.panel').hidden")
    assert visit.complaints == []


def test_a_set_point_is_written_and_a_wrong_one_refused(visit, server):
    visit.ask("() => twin.select('RFL')")
    box = visit.page.locator('[data-setting="RFL.BeltSpeed"]')
    box.fill("85")
    box.press("Enter")
    visit.until("() => document.querySelector('.toasts').textContent.includes('85')")
    assert server.session.trace.journal[-1].target == "RFL.BeltSpeed"
    assert server.session.trace.journal[-1].value == 85
    box.fill("8500")
    box.press("Enter")
    visit.until("() => document.querySelector('.toast.bad') !== null")
    assert "140" in visit.text(".toast.bad")
    assert len(server.session.trace.journal) == 1


def test_a_machine_is_stopped_and_started_from_its_panel(visit):
    state = "() => document.querySelector('.panel-state .badge').textContent"
    visit.ask("() => twin.select('LDR')")
    visit.page.locator(".panel-actions .halt").click()
    visit.until(f"() => ({state})().includes('STOPPED')")
    label = 'button.label[data-station="LDR"]'
    assert "STOPPED" in visit.text(label)
    visit.until("() => document.querySelector('.active').textContent.includes('LDR')")
    visit.page.locator(".panel-actions .go").click()
    visit.until(f"() => !({state})().includes('STOPPED')")


def test_korean_and_english_are_one_click_apart(visit):
    assert visit.ask("() => document.documentElement.lang") == "en"
    visit.ask("() => twin.select('RFL')")
    visit.page.get_by_role("button", name="한국어").click()
    assert visit.ask("() => document.documentElement.lang") == "ko"
    assert "lang=ko" in visit.page.url
    assert "리플로우" in visit.text(".panel h2")
    labels = " ".join(visit.page.locator("button.label").all_inner_texts())
    assert "가동" in labels
    assert "WORKING" not in labels
    visit.page.wait_for_timeout(1500)
    visit.picture("korean")
    visit.page.get_by_role("button", name="English").click()
    assert "Reflow" in visit.text(".panel h2")
    assert visit.complaints == []


def test_the_browsers_language_is_the_first_choice(browser, server):
    with Visit(browser, server.url, locale="ko-KR") as visit:
        visit.drawn()
        assert visit.ask("() => document.documentElement.lang") == "ko"


def test_key_figures_and_time_move(visit, server):
    before = visit.ask("() => twin.time")
    visit.until("t => twin.time > t + 5", before)
    assert visit.ask("() => twin.time") <= server.session.now
    assert "%" in visit.text('[data-kpi="oee"]')
    assert int(visit.text('[data-kpi="finished"]').replace(",", "")) > 0


def test_the_keyboard_reaches_every_control(visit):
    seen = set()
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        seen.add(
            visit.ask(
                "() => document.activeElement.dataset?.station ?? document.activeElement.tagName"
            )
        )
    assert {"BUTTON", "SELECT", "CANVAS", "SUMMARY", "RFL", "PRN", "ULD"} <= seen
    visit.page.locator('button.label[data-station="AOI"]').focus()
    visit.page.keyboard.press("Enter")
    visit.until("() => document.querySelector('aside.panel').hidden === false")


def test_a_small_screen_shows_the_line_and_the_panel(browser, server):
    with Visit(browser, server.url + "?lang=ko", size=(390, 844), has_touch=True) as visit:
        visit.drawn()
        assert visit.ask("() => document.documentElement.scrollWidth") <= 390
        visit.picture("phone")
        visit.ask("() => twin.select('PRN')")
        visit.until("() => Number(document.querySelector('[data-trend]').dataset.points) > 0")
        panel = visit.page.locator("aside.panel").bounding_box()
        assert panel["width"] <= 390
        assert panel["height"] < 700
        visit.picture("phone-panel")
        assert visit.complaints == []


def test_every_board_is_where_the_pose_of_the_trace_says(browser):
    """Also when the belt ran at another speed meanwhile."""
    with Server(clock="stepped") as server, Visit(browser, server.url + "?lang=en") as visit:
        visit.drawn()
        scene = build_scene(server.session.line)
        for seconds, speed in ((61.7, 100.0), (140.2, 60.0), (33.3, 80.0), (900.0, 90.0)):
            server.do(server.session.step(seconds))
            now = server.session.now
            visit.until("t => Math.abs(twin.time - t) < 0.002", now)
            poses = pose(scene, server.session.trace, now - 1e-6)
            assert len(poses.part) > 10
            at = visit.ask("parts => parts.map(twin.partAt)", poses.part.tolist())
            assert all(at)
            expected = poses.position[:, [0, 2, 1]] * [1, 1, -1]  # z up to y up
            names = [server.session.line.places[p] for p in poses.place]
            away = dict(zip(names, np.abs(np.array(at) - expected).max(axis=1), strict=True))
            # 2 ms of simulated time at 0.9 m/s, and times are sent to the millisecond
            assert max(away.values()) < 0.005, away
            body = Command("set", "RFL.BeltSpeed", speed, source="test")
            assert server.do(server.session.submit(body)).ok


def test_a_stepped_line_shows_each_step(browser):
    with Server(clock="stepped") as server, Visit(browser, server.url + "?lang=en") as visit:
        visit.drawn()
        server.do(server.session.step(600.0))
        visit.until("t => Math.abs(twin.time - t) < 0.5", server.session.now)
        want = {
            k: v.name for k, v in server.session.trace.state_at(server.session.now - 1e-6).items()
        }
        for station, state in want.items():
            assert state in visit.text(f'button.label[data-station="{station}"]')


def test_a_lost_server_is_said_and_found_again(browser):
    first = Server()
    try:
        visit = Visit(browser, first.url + "?lang=en").drawn()
        port = first.adapter.port
    finally:
        first.stop()
    with visit:
        visit.until("() => !document.querySelector('.banner').hidden")
        assert "Connection lost" in visit.text(".banner")
        visit.picture("lost")
        with Server(port=port, until=60.0) as second:
            visit.until("() => document.querySelector('.banner').hidden")
            visit.until("() => twin.time < 1500 && twin.boards > 0")
            assert second.session.now < 1500


def test_without_geometry_simple_shapes_stand_in(browser):
    with (
        Server(scene=None) as server,
        Visit(browser, server.url + "?lang=en") as visit,
    ):
        visit.drawn()
        assert "could not be loaded" in visit.text(".toast")
        shades, _width, _height = visit.ask(CANVAS)
        assert shades > 40
        assert visit.ask("() => twin.boards") > 5
        visit.picture("simple-shapes")


def test_broken_geometry_does_not_empty_the_page(browser):
    broken = Scene(lambda: b"glTF\x02\x00\x00\x00nonsense", lambda: {"paths": {"a": "b"}, "x": 1})
    with (
        Server(scene=lambda line: broken) as server,
        Visit(browser, server.url + "?lang=en") as visit,
    ):
        visit.drawn()
        assert "could not be loaded" in visit.text(".toast")


def test_without_webgl_a_table_shows_the_states(browser, server):
    with Visit(browser, "about:blank") as visit:
        visit.page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
            "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); };"
        )
        visit.page.goto(server.url + "?lang=en")
        visit.until("() => document.querySelector('.table-view')?.hidden === false")
        assert "WebGL" in visit.text(".note")
        rows = visit.page.locator(".table-view tbody tr")
        assert rows.count() == len(server.session.line.stations)
        visit.until("() => document.querySelector('.table-view').textContent.includes('WORKING')")
        visit.picture("table")
        rows.nth(1).get_by_role("button").click()
        visit.until("() => document.querySelector('aside.panel').hidden === false")
        assert [c for c in visit.complaints if "WebGL" not in c] == []

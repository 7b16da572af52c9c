"""The command `twin` as its users meet it: real processes, signals, pipes and terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

import twin
from twin.trace.store import open_run

TWIN = [sys.executable, "-m", "twin"]
SMALL = "examples/three-stations-v1"
SMT = "electronics/smt-v1"
FREE = ["--opcua-port", "0", "--http-port", "0"]
pytestmark = pytest.mark.e2e


@pytest.fixture
def start():
    """Start `twin WORDS`; what a test leaves running is killed at its end."""
    with ExitStack() as stack:

        def begin(*words, **options):
            process = subprocess.Popen(
                [*TWIN, *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                **options,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin


def finished(*words, **options):
    return subprocess.run(
        [*TWIN, *words], capture_output=True, text=True, timeout=60, check=False, **options
    )


def wait_until(condition, process):
    end = time.monotonic() + 30.0
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def written(folder: Path) -> int:
    """Bytes of a run that is being written."""
    return sum(file.stat().st_size for file in folder.glob(".*.partial-*/*.parquet"))


def until_it_answers(server) -> dict[str, str]:
    """The addresses a starting server names."""
    shown = {}
    for line in server.stdout:
        match = re.match(r"  (OPC UA|3D view|REST|Instructor) +(.+)", line)
        if match:
            shown[match[1]] = match[2]
        if line.startswith("Ctrl-C"):
            return shown
    raise AssertionError(server.communicate())


def get(address, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_two_fresh_processes_write_the_same_bytes(tmp_path):
    for name in "ab":
        done = finished(
            "run", SMT, "--for", "2h", "--seed", "1", "--fault", "E-Z8@1h", "--out", name,
            cwd=tmp_path, env=os.environ | {"PYTHONHASHSEED": "1" if name == "a" else "2"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    files = {name: sorted((tmp_path / name).iterdir()) for name in "ab"}
    assert len(files["a"]) == 8
    for one, other in zip(*files.values(), strict=True):
        assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_in_mid_write_leaves_nothing(start, tmp_path, number, status):
    run = start("run", SMALL, "--for", "20000d", "--out", "a", cwd=tmp_path)
    wait_until(lambda: written(tmp_path) > 1_000_000, run)
    run.send_signal(number)
    _out, said = run.communicate(timeout=30)
    assert run.returncode == status
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_killed_run_is_not_taken_for_a_whole_one(start, tmp_path):
    run = start("run", SMALL, "--for", "20000d", "--out", "a", cwd=tmp_path)
    wait_until(lambda: written(tmp_path) > 1_000_000, run)
    run.kill()
    run.communicate()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".a.partial-")
    done = finished("kpi", str(left))
    assert done.returncode == 1
    assert f"{left} is not a finished run: manifest.json is missing" in done.stderr


def test_an_export_that_is_stopped_in_mid_write_leaves_nothing(start, tmp_path):
    finished("run", SMALL, "--for", "50d", "--out", "a", cwd=tmp_path)
    work = start("export", "a", "--every", "100ms", "--out", "data.csv", cwd=tmp_path)
    wait_until(
        lambda: sum(file.stat().st_size for file in tmp_path.glob(".data.csv.partial-*")) > 1000,
        work,
    )
    work.send_signal(signal.SIGINT)
    _out, said = work.communicate(timeout=30)
    assert work.returncode == 130, said
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_reader_that_leaves_early_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*TWIN, "schema"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["--lang", "ko", "--help"], {}), (["--help"], {"TWIN_LANG": "", "LANG": "ko_KR.UTF-8"})],
)
def test_help_follows_the_option_and_the_environment(words, environment):
    plain = {k: v for k, v in os.environ.items() if not k.startswith("LC_")}
    done = finished(*words, env=plain | environment)
    assert done.returncode == 0
    assert "사용법" in done.stdout


def test_help_does_not_import_what_only_commands_need():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "twin", "--help"],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    modules = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines()}
    assert "typer" in modules
    heavy = {"numpy", "pyarrow", "pydantic", "rich", "simpy", "fastapi", "asyncua", "ruamel.yaml"}
    assert not heavy & modules


def test_a_terminal_shows_a_bar_with_the_time_left(tmp_path):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        terminal_of_today = {**os.environ, "TERM": "xterm-256color"}
        os.execve(TWIN[0], [*TWIN, "run", SMALL, "--for", "3000d"], terminal_of_today)
    shown = b""
    try:
        while b"%" not in shown:
            shown += os.read(terminal, 65536)
        os.write(terminal, b"\x03")
        while more := os.read(terminal, 65536):
            shown += more
    except OSError:  # Linux: the last program on the terminal has ended
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130, shown.decode()
    os.close(terminal)
    assert b"left" in shown
    assert b"Stopped" in shown
    assert b"Traceback" not in shown


def test_a_stepped_server_is_driven_and_its_run_replays(start, tmp_path):
    server = start(
        "serve", SMT, "--clock", "stepped", "--seed", "5", "--out", "a", "--password", "sesame",
        *FREE, cwd=tmp_path,
    )  # fmt: skip
    shown = until_it_answers(server)
    assert shown["OPC UA"].startswith("opc.tcp://127.0.0.1:")
    assert shown["Instructor"] == "user instructor, password sesame"
    base = shown["3D view"].rstrip("/")
    assert shown["REST"] == f"{base}/docs"
    first = get(f"{base}/step", {"seconds": 600})["t"]
    command = {"kind": "set", "target": "RFL.BeltSpeed", "value": 75}
    assert get(f"{base}/api/commands", command)["ok"]
    last = get(f"{base}/step", {"seconds": 600})["t"]
    server.send_signal(signal.SIGINT)
    out, said = server.communicate(timeout=30)
    assert server.returncode == 0, said
    assert "Stopped after 00:20:00 of simulated time." in out
    saved = open_run(tmp_path / "a")
    assert [(c.target, c.value, c.t) for c in saved.journal] == [("RFL.BeltSpeed", 75.0, first)]
    assert saved.digest == twin.run(saved.line, last, 5, saved.journal).digest


def test_a_paced_server_tells_its_status_and_ends_by_itself(tmp_path):
    done = finished("serve", SMALL, "--speed", "600", "--for", "1.5s", *FREE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert re.search(
        r"^\d\d:\d\d:\d\d ×600 \| .*\d.* \| OEE .* % \| finished", done.stdout, re.MULTILINE
    )
    assert "Stopped after" in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--opcua-port", "--http-port"])
def test_a_port_in_use_is_named(option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = next(word for word in FREE if word.startswith("--") and word != option)
        done = finished("serve", SMALL, option, str(port), other, "0")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_live_line_forces_the_alarms_of_a_script(start, tmp_path):
    script, out = tmp_path / "alarms.yaml", tmp_path / "run"
    steps = '  - {at: 5 min, alarm: "*", for: 1 min}\n'
    script.write_text(f"alarms: 1\nsteps:\n{steps}")
    told = ["--alarms", str(script), "--head-start", "15min", "--for", "1s", "--out", str(out)]
    process = start("serve", SMALL, *FREE, *told)
    process.communicate(timeout=60)
    assert process.returncode == 0
    trace = open_run(out)
    done = [(one.kind, one.t, one.source) for one in trace.journal]
    count = len(trace.line.alarms)
    assert done == [("force", 300.0, "script")] * count + [("release", 360.0, "script")] * count

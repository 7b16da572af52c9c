"""`make demo` starts, ends by itself, and stops cleanly on Ctrl-C with exit status 0."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTS = "--opcua-port 0 --http-port 0"
pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def make_demo(arguments: str) -> list[str]:
    """The command; set-up is left out, for this test runs in what it has set up."""
    programs = Path(sys.executable).parent
    return ["make", "-o", ".venv/.ready-demo", f"BIN={programs}", "demo", f"ARGS={arguments}"]


def in_a_terminal(command: list[str], when_ready: Callable[[int, int], None]) -> tuple[int, str]:
    """Run in a pseudo-terminal; `when_ready(pid, terminal)` once an endpoint is shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execvp(command[0], command)
    shown, ready = b"", False
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # Linux: the last program on the terminal has ended
            break
        shown += more
        if not ready and b"opc.tcp://" in shown:
            ready = True
            time.sleep(1.0)  # let it run a little
            when_ready(pid, terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return status, shown.decode(errors="replace")


def test_ctrl_c_at_a_terminal_ends_with_exit_status_0():
    status, shown = in_a_terminal(make_demo(PORTS), lambda _pid, tty: os.write(tty, b"\x03"))
    assert status == 0, shown
    assert "Traceback" not in shown
    assert "***" not in shown  # make's own word for an error


def test_it_ends_by_itself_after_the_time_it_was_given():
    done = subprocess.run(
        make_demo(f"--for 2s {PORTS}"), cwd=ROOT, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "opc.tcp://" in done.stdout
    assert "\x1b[" not in done.stdout  # no terminal, plain lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_cleanly_when_it_is_signalled(number):
    programs = Path(sys.executable).parent
    server = subprocess.Popen(
        [programs / "twin", "serve", "electronics/smt-v1", *PORTS.split()],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    for line in server.stdout:
        if "opc.tcp://" in line:
            break
    server.send_signal(number)
    rest, _ = server.communicate(timeout=30)
    assert server.returncode == 0, rest
    assert "Traceback" not in rest

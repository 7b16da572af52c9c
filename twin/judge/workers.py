"""Solutions as processes that the judge starts, watches and stops."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from twin.errors import UsageError
from twin.i18n import _
from twin.judge.trial import Usage

TICK = 0.05  # s
ASK_TWICE = 5.0  # s between SIGTERM and SIGKILL
LOG = "output.log"
READY, STOP = "ready", "stop"  # files in the solution's folder


@dataclass
class Worker:
    """A solution under way. Its folder holds what it writes, also what it says (output.log)."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    status: int | None = None
    usage: Usage | None = None
    ended_at: float | None = None  # simulated s; None when it was still there at the end
    overdue: bool = False  # it did not end when it was asked to
    _peak: int = field(default=0, repr=False)

    @classmethod
    def start(
        cls, name: str, command: str, folder: Path, place: Path, environment: Mapping[str, str]
    ) -> Worker:
        """Start a command with `place` as its working folder; an empty one is started by hand.

        Raises UsageError when there is no such program.
        """
        folder.mkdir(parents=True, exist_ok=True)
        worker = cls(name, folder)
        words = shlex.split(command)
        if not words:
            return worker
        if words[0] in ("python", "python3"):
            words[0] = sys.executable
        try:
            with (folder / LOG).open("wb") as log:
                worker.process = subprocess.Popen(
                    words, cwd=place, env={**os.environ, **environment}, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            raise UsageError(
                _("{name}: cannot start {command!r}: {reason}").format(
                    name=name, command=command, reason=error.strerror
                )
            ) from error
        return worker

    @property
    def by_hand(self) -> bool:
        """Whether somebody else starts and stops it."""
        return self.process is None

    @property
    def ready(self) -> bool:
        """Whether it says that it listens."""
        return (self.folder / READY).exists()

    def poll(self) -> bool:
        """Whether it is running; notes what it has used once it has ended."""
        if self.process is None or self.status is not None:
            return False
        self._peak = max(self._peak, _peak_bytes(self.process.pid))
        pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
        if not pid:
            return True
        self.status = os.waitstatus_to_exitcode(status)
        self.process.returncode = self.status  # so that nobody waits for it again
        self.usage = Usage(used.ru_utime + used.ru_stime, self._peak, self.status)
        return False

    async def stop(self, grace: float) -> None:
        """Ask it to hand in and end; after `grace` s it is told to, then made to."""
        (self.folder / STOP).touch()
        for wait, number in ((grace, signal.SIGTERM), (ASK_TWICE, signal.SIGKILL)):
            if await self.ended(wait):
                return
            self.overdue = True
            self.kill(number)
        await self.ended(ASK_TWICE)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to it and to everything it started."""
        if self.process is not None and self.status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    async def ended(self, wait: float) -> bool:
        """Whether it has ended, after waiting at most `wait` s for it."""
        until = asyncio.get_running_loop().time() + wait
        while self.poll():
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(TICK)
        return True

    def last_words(self, most: int = 400) -> str:
        """The end of what it printed."""
        try:
            return (self.folder / LOG).read_bytes()[-most:].decode(errors="replace").strip()
        except OSError:
            return ""


def _peak_bytes(pid: int) -> int:
    """Most memory a process has held so far, where the system tells (Linux); else 0.

    Not what wait4 says: that counts the judge's own memory before the program was started.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    rows = (row.split() for row in status.splitlines() if row.startswith("VmHWM:"))
    return next((int(row[1]) * 1024 for row in rows), 0)

"""A file that looks like the truth, where no solution has business: whoever opens it is noted.

Linux tells a process of every opening of a file it watches (inotify(7)); elsewhere nothing is
watched, and the check says that it could not judge.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

IN_ACCESS, IN_OPEN = 0x01, 0x20
HEADER = struct.Struct("iIII")
ROWS = "fault,station,onset_s,observable_s,failure_s,repair_s\n"


class Watch:
    """Openings and readings of one file since the watch began; `able` tells if it can see any."""

    def __init__(self, path: Path) -> None:
        self.path, self._seen = path, 0
        self._handle = -1
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None, use_errno=True)
            self._handle = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
            if (
                library.inotify_add_watch(
                    self._handle, os.fsencode(path), ctypes.c_uint32(IN_ACCESS | IN_OPEN)
                )
                < 0
            ):
                os.close(self._handle)
                self._handle = -1
        self.able = self._handle >= 0

    def openings(self) -> int:
        """How often it was opened until now."""
        while self.able:
            try:
                told = os.read(self._handle, 65536)
            except BlockingIOError:
                break
            at = 0
            while at < len(told):
                _watch, mask, _cookie, length = HEADER.unpack_from(told, at)
                self._seen += bool(mask & IN_OPEN)
                at += HEADER.size + length
        return self._seen

    def close(self) -> None:
        """Stop watching."""
        if self.able:
            os.close(self._handle)
            self.able = False


@contextmanager
def watched(folder: Path, solution: str) -> Iterator[list[dict[str, Any]]]:
    """Lay a decoy into `folder`; at the end the list says who opened it, one row an opening.

    The first row only says that there was a watch; without one the list stays empty.
    """
    path = folder / "truth" / "faults.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ROWS, encoding="utf-8")
    watch = Watch(path)
    told: list[dict[str, Any]] = []
    try:
        if watch.able:
            told.append({"solution": "", "what": "watched"})
        yield told
    finally:
        told += [
            {"solution": solution, "what": f"opened truth/faults.csv ({number})"}
            for number in range(1, watch.openings() + 1)
        ]
        watch.close()

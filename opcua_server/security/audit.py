"""The audit log: who did what, when, and with what result, a JSON line each.

Never in it: passwords, tokens, nonces, keys. Files are turned over by size, so that a client that
makes noise cannot fill the disk.
"""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twin.errors import UsageError
from twin.i18n import _

log = logging.getLogger("opcua_server.security")

LARGEST = 10 * 1024 * 1024  # bytes a file; assumed
KEPT = 5  # turned-over files: audit.jsonl.1 is the youngest; assumed
TEXT = 300  # characters of a text from outside; assumed
RECENT = 200  # entries in memory, for the server's own use; assumed
Listener = Callable[[dict[str, Any]], None]


class Audit:
    """Takes entries; `path` None keeps only the last ones in memory.

    `simulated` gives the present simulated second. `listeners` hear each entry.
    """

    def __init__(
        self, path: Path | None = None, simulated: Callable[[], float] | None = None
    ) -> None:
        self.path = path
        self.simulated = simulated
        self.listeners: list[Listener] = []
        self.recent: deque[dict[str, Any]] = deque(maxlen=RECENT)
        self._file: int | None = None
        self._size = 0
        if path is not None:
            self._open(path)

    def tell(self, what: str, result: str, **details: Any) -> None:
        """Write down that `what` ended with the status `result`; None details are left out."""
        now = self.simulated() if self.simulated is not None else None
        entry: dict[str, Any] = {"wall": datetime.now(UTC).isoformat(timespec="milliseconds")}
        if now is not None:
            entry["simulated"] = round(now, 3)
        entry |= {"what": _short(what), "result": result}
        entry |= {key: _short(value) for key, value in details.items() if value is not None}
        self.keep(entry)

    def keep(self, entry: dict[str, Any]) -> None:
        """Take an entry that is made already."""
        self.recent.append(entry)
        self._write(entry)
        for listener in self.listeners:
            listener(entry)

    def of(self, server: str) -> Audit:
        """An audit log of one of several servers: its entries come here too, with its name."""
        one = Audit()
        one.listeners.append(lambda entry: self.keep({**entry, "server": server}))
        return one

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            text = _("--audit: {file} cannot be written: {reason}")
            raise UsageError(text.format(file=path, reason=error.strerror)) from error

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is None or self.path is None:
            return
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        try:
            if self._size + len(line) > LARGEST:
                self._turn_over(self.path)
            os.write(self._file, line)
            self._size += len(line)
        except OSError as error:  # a full disk stops the log, not the line
            log.error("%s", _("{file} cannot be written: {reason}").format(
                file=self.path, reason=error.strerror))  # fmt: skip

    def _turn_over(self, path: Path) -> None:
        self.close()
        for number in range(KEPT - 1, 0, -1):
            old = path.with_name(f"{path.name}.{number}")
            if old.exists():
                old.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))
        self._open(path)


def _short(value: Any) -> Any:
    return value[:TEXT] if isinstance(value, str) else value

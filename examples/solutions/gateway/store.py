"""Where values are kept: one row a change, each exactly once, however often it comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """A value as it came: None where its status is Bad. Times are ISO 8601, UTC."""

    tag: str
    t: str
    value: float | None
    status: str
    arrived: str
    server_t: str | None


COLUMNS = (
    "tag text", "t text", "value real", "status text", "arrived text", "server_t text",
)  # fmt: skip


class Store:
    """A SQLite file. A row is known by its tag, source time and status."""

    def __init__(self, path: Path, *, once: bool = True) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.execute(
            f"create table if not exists samples ({', '.join(COLUMNS)}"
            + (", primary key (tag, t, status)) without rowid" if once else ")")
        )
        self._db.execute(
            "create table if not exists model (tag text primary key, node text, datatype text, "
            "unit text, low real, high real, parent text, type text)"
        )
        self._db.execute(
            "create table if not exists settings (tag text primary key, sampling_ms real, "
            "publishing_ms real, queue integer, deadband real)"
        )

    def add(self, rows: Iterable[Row], *, instead: bool = False) -> None:
        """Keep rows; one that is there already stays as it is, unless it comes `instead`."""
        verb = "replace" if instead else "ignore"
        with self._db:
            self._db.executemany(f"insert or {verb} into samples values (?, ?, ?, ?, ?, ?)", rows)

    def describe(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Keep what is known of the tags."""
        with self._db:
            self._db.executemany(
                "insert or replace into model values (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def negotiated(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Keep what was agreed with the server."""
        with self._db:
            self._db.executemany("insert or replace into settings values (?, ?, ?, ?, ?)", rows)

    def latest(self) -> dict[str, datetime]:
        """Source time of the last row of each tag."""
        found = self._db.execute("select tag, max(t) from samples group by tag")
        return {tag: datetime.fromisoformat(t) for tag, t in found}

    def close(self) -> None:
        """Write everything and close."""
        self._db.close()

"""Rows that solutions hand in while the line runs, by whatever door."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from twin.i18n import _
from twin.judge.claims import CLAIMS, Complaint

MOST_ROWS = 5_000_000  # of one table, by network doors; files and databases have no bound
LARGEST = 2**63  # of a whole number
Key = tuple[str, str]  # solution, table


class Inbox:
    """Takes rows; what cannot be rows is counted and kept as a complaint."""

    def __init__(self) -> None:
        self.rows: dict[Key, list[Mapping[str, Any]]] = {}
        self.complaints: dict[Key, list[Complaint]] = {}
        self.latest = ""  # what was last complained of

    def take(self, solution: str, table: str, rows: Any) -> int:
        """Keep rows (a mapping or a list of mappings); how many were kept."""
        key = (solution, table)
        if table not in CLAIMS:
            self._refuse(key, _("no such table"), 1, table)
            return 0
        given: Sequence[Any] = rows if isinstance(rows, list) else [rows]
        good = [one for one in given if isinstance(one, Mapping)]
        if len(good) < len(given):
            odd = next(one for one in given if not isinstance(one, Mapping))
            self._refuse(key, _("not a row of named values"), len(given) - len(good), repr(odd))
        kept = self.rows.setdefault(key, [])
        room = MOST_ROWS - len(kept)
        if len(good) > room:
            self._refuse(key, _("more rows than fit"), len(good) - room, str(MOST_ROWS))
        kept += good[: max(room, 0)]
        return len(good[: max(room, 0)])

    def take_text(self, solution: str, table: str, text: str | bytes) -> int:
        """Keep rows written as JSON: a row, a list of rows, or rows in lines."""
        try:
            return self.take(solution, table, json.loads(text))
        except ValueError:
            pass
        kept = 0
        lines = text.splitlines()
        for line in lines:
            try:
                kept += self.take(solution, table, json.loads(line))
            except ValueError:
                self._refuse((solution, table), _("not JSON"), 1, str(line)[:60])
        return kept

    def _refuse(self, key: Key, what: str, rows: int, found: str) -> None:
        self.latest = what
        told = self.complaints.setdefault(key, [])
        for i, one in enumerate(told):
            if one.what == what:
                told[i] = Complaint(key[1], "", what, one.rows + rows, one.first, one.found)
                return
        told.append(Complaint(key[1], "", what, rows, -1, found[:60]))

    def table(self, solution: str, table: str) -> tuple[pl.DataFrame, list[Complaint]]:
        """What came for a table."""
        rows = self.rows.get((solution, table), [])
        complaints = self.complaints.get((solution, table), [])
        if not rows:
            return pl.DataFrame(), complaints
        names = {name: None for row in rows for name in row}
        columns = {
            name: pl.Series(name, [plain(row.get(name)) for row in rows], strict=False)
            for name in names
        }
        return pl.DataFrame(columns), complaints


def plain(value: Any) -> Any:
    """A value as a column can hold it: what is neither number nor text is written as text."""
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

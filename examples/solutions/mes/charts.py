"""Control charts of single values: the four rules of Western Electric, on every new value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from examples.solutions.mes.report import Reporter

TABLE = """
drop table if exists signals; create table signals (chart text, t text, rule text);
"""
RULES = {"WE1": (1, 1, 3.0), "WE2": (2, 3, 2.0), "WE3": (4, 5, 1.0), "WE4": (8, 8, 0.0)}


class Charter:
    """Reads what was recorded; writes the table `signals`."""

    rules = RULES

    def __init__(self, reporter: Reporter, charts: Sequence[dict[str, Any]]) -> None:
        self.read, self.charts = reporter, charts

    def limits(self, chart: dict[str, Any], before: Sequence[float]) -> tuple[float, float]:
        """Centre line and sigma, here those that were given; `before` are the values so far."""
        return chart["centre"], chart["sigma"]

    def values(self, chart: dict[str, Any]) -> list[tuple[float, float]]:
        """Measured values, with the time of each, s since 1970."""
        tag = chart["tag"]
        return list(zip(self.read.times.get(tag, []), self.read.values.get(tag, []), strict=True))

    def signals(self, chart: dict[str, Any]) -> Iterator[tuple[float, str]]:
        """Every value at which a rule is hit, and the rule."""
        values: list[float] = []
        for t, value in self.values(chart):
            centre, sigma = self.limits(chart, values)
            values.append(value)
            z = [(one - centre) / sigma for one in values[-8:]]
            yield from ((t, rule) for rule, what in self.rules.items() if self.hit(z, *what))

    def hit(self, z: Sequence[float], least: int, of: int, limit: float) -> bool:
        """Whether the newest and enough of the last `of` values lie beyond, on one side."""
        for last in (z[-of:], [-one for one in z[-of:]]):
            if last[-1] > limit and sum(one > limit for one in last) >= least:
                return True
        return False

    def write(self, db: sqlite3.Connection) -> None:
        """Write the table."""
        db.executescript(TABLE)
        rows = [
            (chart["tag"], self.read.label(t), rule)
            for chart in self.charts
            for t, rule in self.signals(chart)
        ]
        with db:
            db.executemany("insert into signals values (?, ?, ?)", rows)

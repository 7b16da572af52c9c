"""How fast a line-week of a gateway's claims is judged: ten million samples."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import twin
from twin.judge.checks import judge
from twin.judge.collect import collect
from twin.judge.plan import ClaimSource, Solution
from twin.judge.registry import checks_of, exhibits_of
from twin.judge.sources.inbox import Inbox
from twin.judge.trial import Served, Trial
from twin.judge.truth.served import changes
from twin.judge.verdict import Verdict

LINE, WEEK, ROWS = "electronics/smt-v1", 7 * 86_400.0, 10_000_000
START = datetime(2026, 1, 5, tzinfo=UTC)
BEGIN = 1.0
SOLUTION = Solution(
    name="box", kind="gateway", claims=[ClaimSource(table="samples", file="samples.parquet")]
)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begin


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trial, Path]:
    """A week looked at every second, and a file of all that was shown, as dates."""
    trace = twin.run(twin.load(LINE), WEEK, seed=1)
    instants = np.arange(0.0, WEEK + 1.0)
    served = Served(instants, START.timestamp() + instants, ())
    pieces: list[pl.DataFrame] = []
    tags: list[str] = []
    for tag in trace.line.tags:  # one after the other, until there are rows enough
        alone = Trial(trace, START, "paced", {}, begin=BEGIN, served=replace(served, tags=(tag,)))
        pieces.append(changes(alone))
        tags.append(tag)
        if sum(one.height for one in pieces) >= ROWS:
            break
    changes.cache_clear()
    rows = pl.concat(pieces).sort("us", "tag").select(
        "tag",
        (pl.lit(START) + pl.duration(microseconds="us")).alias("t"),
        "value",
        (pl.lit(START + timedelta(seconds=0.3)) + pl.duration(microseconds=pl.col("us")))
        .alias("arrived"),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("week")
    rows.write_parquet(folder / "samples.parquet")
    served = replace(served, tags=tuple(tags))
    return Trial(trace, START, "paced", {}, begin=BEGIN, served=served), folder


def test_a_line_week_of_samples(week, figure) -> None:
    trial, folder = week
    path = folder / "samples.parquet"

    def floor() -> int:
        """What must be done at least: read the rows, and look at each once, tag by tag."""
        return int(pl.read_parquet(path).group_by("tag").agg(pl.all().max()).height)

    _tags, least = timed(floor)
    claims, taken = timed(lambda: collect(SOLUTION, folder, Inbox(), START, WEEK))
    count = claims.table("samples").height
    mine = replace(trial, claims={"box": claims})
    checks = [one for one in checks_of("gateway") if one.needs == ("samples",)]
    findings, judged = timed(lambda: judge(checks, [mine], "box", {}))
    _shown, shown = timed(lambda: [one([mine], "box") for one in exhibits_of("gateway")])
    total = taken + judged + shown
    figure(f"judge {count:,} samples of a line-week, {len(mine.served.tags)} tags: {total:.1f} s "
           f"(claims {taken:.1f}, checks {judged:.1f}, exhibits {shown:.1f}): "
           f"{count / total / 1e6:.2f} M rows/s; {total / least:.0f} times reading and one look "
           f"at each ({least:.2f} s)")  # fmt: skip
    verdicts = {one.check.id: one.verdict for one in findings}
    assert count >= ROWS
    for test in ("GW-01.missing", "GW-02.duplicates", "GW-02.order", "GW-03.values", "GW-04.times"):
        assert verdicts[test] is Verdict.PASS, (test, findings)

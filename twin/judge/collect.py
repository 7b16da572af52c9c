"""From wherever a solution's rows are to the claims that checks look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from twin.i18n import _
from twin.judge.claims import CLAIMS, ClaimSet, Complaint, Times, tidy
from twin.judge.plan import ClaimSource, Solution
from twin.judge.sources.files import joined, read_files
from twin.judge.sources.inbox import Inbox
from twin.judge.sources.sql import read_sql


def collect(
    solution: Solution, folder: Path, inbox: Inbox, started_at: datetime, until: float
) -> ClaimSet:
    """All claims of one solution: valid rows, and complaints about the others."""
    tables: dict[str, pl.DataFrame] = {}
    complaints: list[Complaint] = []
    handed_in: dict[str, int] = {}
    for source in solution.claims:
        try:
            raw, told = _rows(solution.name, source, folder, inbox)
        except (PolarsError, ValueError, TypeError, OverflowError) as error:
            why = str(error).splitlines()[0][:200]
            what = _("cannot be read: {why}").format(why=why)
            raw, told = pl.DataFrame(), [Complaint(source.table, "", what, 0)]
        complaints += told
        handed_in[source.table] = handed_in.get(source.table, 0) + raw.height
        if not raw.height:
            if not told:
                complaints.append(Complaint(source.table, "", _("nothing was handed in"), 0))
            continue
        raw, told = _translated(raw, source)
        complaints += told
        rows, told = tidy(
            CLAIMS[source.table], raw, started_at, until, Times(source.zone, source.epoch)
        )
        complaints += told
        before = tables.get(source.table)
        tables[source.table] = rows if before is None else joined([before, rows])
    return ClaimSet(tables, tuple(complaints), handed_in)


def _rows(
    name: str, source: ClaimSource, folder: Path, inbox: Inbox
) -> tuple[pl.DataFrame, list[Complaint]]:
    if source.file:
        return read_files(source.table, folder, source.file)
    if source.sql:
        return read_sql(source.table, source.database.replace("{folder}", str(folder)), source.sql)
    return inbox.table(name, source.table)


def _translated(raw: pl.DataFrame, source: ClaimSource) -> tuple[pl.DataFrame, list[Complaint]]:
    """Columns and words of the solution as those of the table."""
    lacking = [theirs for theirs in source.columns.values() if theirs not in raw.columns]
    told = [
        Complaint(source.table, theirs, _("the column is missing"), raw.height)
        for theirs in lacking
    ]
    pairs = [(ours, theirs) for ours, theirs in source.columns.items() if theirs in raw.columns]
    renamed = {theirs for _ours, theirs in pairs}
    kept = [name for name in raw.columns if name not in renamed and name not in source.columns]
    raw = raw.select(*kept, *(pl.col(theirs).alias(ours) for ours, theirs in pairs))
    words = [
        pl.col(column).cast(pl.String).replace(table)
        for column, table in source.words.items()
        if column in raw.columns
    ]
    return raw.with_columns(words), told

"""Claims from a solution's own database, by a query."""

from __future__ import annotations

import polars as pl
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from twin.i18n import _
from twin.judge.claims import Complaint


def read_sql(table: str, url: str, query: str) -> tuple[pl.DataFrame, list[Complaint]]:
    """The rows a query gives; a complaint with the database's own words when it gives none."""
    try:
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                result = connection.execute(text(query))
                names, rows = list(result.keys()), result.all()
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        why = str(error).splitlines()[0][:200]
        return pl.DataFrame(), [
            Complaint(table, "", _("the query failed: {why}").format(why=why), 0)
        ]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return pl.DataFrame(columns, strict=False, infer_schema_length=None), []

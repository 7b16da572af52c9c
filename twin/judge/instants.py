"""Dates as people and programs write them, to simulated seconds; columns at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_OFFSET = r"(?:[zZ]|[+-]\d{2}:?\d{2})$"


def simulated(given: pl.Series, started_at: datetime, zone: str, epoch: str) -> pl.Series:
    """Simulated seconds of a column of dates, ISO 8601 texts or numbers; null where unreadable.

    `zone` is that of dates without one, `epoch` the unit of numbers since 1970-01-01 UTC
    ("s", "ms", "us", "ns"), or "simulated" for seconds since the start.
    """
    begin = started_at.timestamp()
    if given.dtype.is_numeric():
        numbers = given.cast(pl.Float64)
        numbers = numbers if epoch == "simulated" else numbers / PER_SECOND[epoch] - begin
        return numbers.set(numbers.is_nan() | numbers.is_infinite(), None)
    if given.dtype == pl.String:  # a CSV file has numbers as text too
        numbers = given.str.strip_chars().cast(pl.Float64, strict=False)
        told = simulated(numbers, started_at, zone, epoch)
        if numbers.null_count() == given.null_count():
            return told
        dates = given.set(numbers.is_not_null(), None)  # one word among numbers spoils none of them
        return told.fill_null(simulated(_dates(dates, zone), started_at, zone, epoch))
    if not isinstance(given.dtype, pl.Datetime):
        return pl.Series(given.name, [None] * len(given), pl.Float64)
    if given.dtype.time_zone is None:
        given = _in_zone(given, zone)
    exact = given.dt.cast_time_unit("ns").dt.convert_time_zone("UTC")
    start = pl.lit(started_at.astimezone(UTC)).dt.cast_time_unit("ns")
    seconds = pl.col("t") - start
    return pl.DataFrame({"t": exact}).select(seconds.dt.total_nanoseconds() / 1e9).to_series()


def _dates(texts: pl.Series, zone: str) -> pl.Series:
    """UTC dates of ISO 8601 texts, with or without an offset."""
    frame = pl.DataFrame({"text": texts.str.strip_chars().str.replace(" ", "T", literal=True)})
    text = pl.col("text")
    with_offset = text.str.replace("[zZ]$", "+00:00").str.to_datetime(
        "%Y-%m-%dT%H:%M:%S%.f%z", time_unit="ns", strict=False
    )
    with_offset = with_offset.dt.convert_time_zone("UTC")
    naive = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="ns", strict=False)
    read = frame.select(
        text.str.contains(_OFFSET).fill_null(False).alias("has"),
        pl.when(text.str.contains(_OFFSET)).then(with_offset).alias("offset"),
        naive.alias("naive"),
    )
    local = _in_zone(read["naive"], zone)
    return read.select(
        pl.when("has").then("offset").otherwise(pl.lit(local)).alias("t")
    ).to_series()


def _in_zone(naive: pl.Series, zone: str) -> pl.Series:
    """Dates without a zone as of `zone`; an hour that comes twice is taken for its first."""
    return naive.dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    ).dt.convert_time_zone("UTC")

"""Tests of recorded samples, on a recording that is perfect until a test breaks it by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

import twin
from twin.judge.checks import Check, measure
from twin.judge.claims import CLAIMS, ClaimSet, Complaint
from twin.judge.gateway import load
from twin.judge.registry import checks_of
from twin.judge.trial import Incident, Served, Trial
from twin.judge.truth.served import changes, source_us, true_values
from twin.judge.verdict import Measured, NotJudged

START, BEGIN, END = datetime(2026, 1, 5, tzinfo=UTC), 7200.0, 7500.0
TEMP = "R1.Temp"
CHECKS: Mapping[str, Check] = {one.id: one for one in checks_of("gateway")}
PER_MILLION = 1e6


@pytest.fixture(scope="module")
def quiet() -> Trial:
    """A reactor, five minutes of it looked at every second; nobody claims anything."""
    trace = twin.run(twin.load("chemical/cstr-v1"), END, seed=1)
    instants = np.arange(BEGIN - 1.0, END + 1.0)
    served = Served(instants, START.timestamp() + instants, tuple(trace.line.tags))
    return Trial(trace, START, "paced", {}, begin=BEGIN, served=served)


@pytest.fixture(scope="module")
def perfect(quiet: Trial) -> pl.DataFrame:
    """Every change at its source time, and before them what each tag showed at first."""
    periods = np.array([quiet.line.tags[tag].period for tag in quiet.served.tags])
    before = np.floor((BEGIN - 1.0) / periods) * periods
    first = pl.DataFrame({"tag": quiet.served.tags, "t": before})
    first = first.with_columns(true_values(quiet, first).alias("value"))
    told = changes(quiet)
    late = START.timestamp() + told["shown"] + 0.25
    rows = [first, told.select("tag", "t", "value").with_columns(late.alias("arrived"))]
    empty = CLAIMS["samples"].schema.to_frame()
    return pl.concat([empty, pl.concat(rows, how="diagonal").sort("t", "tag")], how="diagonal")


def judged(
    trial: Trial, rows: pl.DataFrame, check: str, complaints: Sequence[Complaint] = ()
) -> Measured | NotJudged:
    claims = ClaimSet({"samples": rows}, tuple(complaints), {"samples": rows.height})
    return measure(CHECKS[check], [replace(trial, claims={"it": claims})], "it")


def value(trial: Trial, rows: pl.DataFrame, check: str) -> float:
    found = judged(trial, rows, check)
    assert isinstance(found, Measured), found
    return found.value


def changed(rows: pl.DataFrame, places: Sequence[int], **columns: Any) -> pl.DataFrame:
    """The recording with some rows' columns replaced."""
    here = pl.int_range(pl.len()).is_in(list(places))
    return rows.with_columns(
        pl.when(here).then(new).otherwise(pl.col(name)).alias(name) for name, new in columns.items()
    )


def places(rows: pl.DataFrame, tag: str, count: int) -> list[int]:
    """Where the second and further rows of a tag stand."""
    return np.flatnonzero((rows["tag"] == tag).to_numpy())[1 : count + 1].tolist()


QUIET = ("GW-01.missing", "GW-02.duplicates", "GW-02.order", "GW-03.values", "GW-04.times",
         "GW-09.error")  # fmt: skip


@pytest.mark.parametrize("check", QUIET)
def test_a_perfect_recording_has_no_error(quiet: Trial, perfect: pl.DataFrame, check: str) -> None:
    assert changes(quiet).height > 1000
    assert value(quiet, perfect, check) == 0.0


def test_source_times_are_the_tag_s_own_instants_before_what_is_shown() -> None:
    shown = np.array([10.0, 10.5, 11.0, 0.0])
    assert source_us(shown, 1.0).tolist() == [9_000_000, 10_000_000, 10_000_000, 0]
    assert source_us(shown, 4.0).tolist() == [8_000_000, 8_000_000, 8_000_000, 0]


def test_lost_rows_are_counted_one_by_one(quiet: Trial, perfect: pl.DataFrame) -> None:
    lost = perfect.with_row_index().filter(
        ~pl.col("index").is_in(places(perfect, TEMP, 7))
    ).drop("index")  # fmt: skip
    share = PER_MILLION * 7 / changes(quiet).height
    assert value(quiet, lost, "GW-01.missing") == pytest.approx(share)
    found = judged(quiet, lost, "GW-01.missing")
    assert isinstance(found, Measured)
    assert {row["tag"] for row in found.evidence} == {TEMP}


def test_a_row_kept_three_times_is_two_too_many(quiet: Trial, perfect: pl.DataFrame) -> None:
    again = perfect[places(perfect, TEMP, 1)]
    rows = pl.concat([perfect, again, again]).sort("t", maintain_order=True)
    assert value(quiet, rows, "GW-02.duplicates") == pytest.approx(PER_MILLION * 2 / rows.height)
    assert value(quiet, rows, "GW-01.missing") == 0.0


def test_two_rows_that_changed_places_are_one_out_of_order(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    a, b = places(perfect, TEMP, 2)
    order = list(range(perfect.height))
    order[a], order[b] = b, a
    found = value(quiet, perfect[order], "GW-02.order")
    assert found == pytest.approx(PER_MILLION / perfect.height)


@pytest.mark.parametrize("wrong", [0.0, float("nan"), -1e300, None])
def test_a_false_value_is_found_whatever_it_is(
    quiet: Trial, perfect: pl.DataFrame, wrong: float | None
) -> None:
    rows = changed(perfect, places(perfect, TEMP, 3), value=wrong)
    good = (perfect["tag"].is_in(list(quiet.served.tags))).sum()
    assert value(quiet, rows, "GW-03.values") == pytest.approx(PER_MILLION * 3 / good)


def test_a_whole_number_that_went_through_a_byte_is_found(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    place = places(perfect, "R1.State", 1) or [perfect["tag"].to_list().index("R1.State")]
    true = int(perfect["value"][place[0]])
    assert value(quiet, changed(perfect, place, int_value=true), "GW-03.values") == 0.0
    assert value(quiet, changed(perfect, place, int_value=true - 256), "GW-03.values") > 0.0


def test_a_time_between_two_samplings_is_none_of_the_tag_s(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    place = places(perfect, TEMP, 1)
    rows = changed(perfect, place, t=perfect["t"][place[0]] + 0.37)
    assert value(quiet, rows, "GW-04.times") == pytest.approx(PER_MILLION / perfect.height)
    assert value(quiet, rows, "GW-01.missing") > 0.0


def test_a_row_later_than_the_run_counts_as_a_false_time(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    told = [Complaint("samples", "t", "later than the run", 4, 0, "2027-01-01")]
    found = judged(quiet, perfect, "GW-04.times", told)
    assert isinstance(found, Measured)
    assert found.value == pytest.approx(PER_MILLION * 4 / (perfect.height + 4))


def test_a_forced_status_must_be_seen_once_and_its_values_are_not_missed(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    forced = {
        "tag": TEMP,
        "start": BEGIN + 60.0,
        "stop": BEGIN + 90.0,
        "status": "BadNoCommunication",
    }
    trial = replace(quiet, served=replace(quiet.served, forced=(forced,)))
    inside = (pl.col("tag") == TEMP) & pl.col("t").is_between(BEGIN + 58.0, BEGIN + 90.0)
    honest = perfect.filter(~inside)
    row = perfect.filter(inside)[:1].with_columns(
        pl.lit(None, pl.Float64).alias("value"), pl.lit("BadNoCommunication").alias("status")
    )
    honest = pl.concat([honest, row]).sort("t", "tag")
    assert value(trial, honest, "GW-03.status") == 0.0
    assert value(trial, honest, "GW-09.error") == 0.0
    assert value(trial, perfect, "GW-03.status") == 100.0  # Good all the time
    assert isinstance(judged(quiet, perfect, "GW-03.status"), NotJudged)  # nothing was forced


def test_the_error_of_a_rebuilt_signal_is_its_integral_by_the_range(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    tag = quiet.line.tags[TEMP]
    off = 0.05 * (tag.high - tag.low)
    late = (pl.col("tag") == TEMP) & (pl.col("t") >= BEGIN + 150.0)
    rows = perfect.with_columns(
        pl.when(late).then(pl.col("value") + off).otherwise("value").alias("value")
    )
    since = rows.filter(late)["t"].min()
    assert isinstance(since, float)
    expected = 5.0 * (END - since) / (END - BEGIN)  # % of range, for the time it lasted
    assert value(quiet, rows, "GW-09.error") == pytest.approx(expected, rel=1e-9)


def test_a_tag_of_which_nothing_is_known_is_wholly_wrong(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    assert value(quiet, perfect.filter(pl.col("tag") != TEMP), "GW-09.error") == 100.0


def test_nothing_is_said_of_times_that_a_false_clock_gave(
    quiet: Trial, perfect: pl.DataFrame
) -> None:
    start, stop, error = BEGIN + 100.0, BEGIN + 130.0, -40.0
    jump = Incident("jump-clock", start, stop, {"value": error})
    told = pl.col("t").is_between(start - 1.0, stop - 0.5) & (pl.col("arrived").is_not_null())
    rows = perfect.with_columns(pl.when(told).then(pl.col("t") + error).otherwise("t").alias("t"))
    trial = replace(quiet, incidents=(jump,))
    assert changes(trial).height < changes(quiet).height
    for check in QUIET:
        assert value(trial, rows, check) == 0.0, check
    assert value(quiet, rows, "GW-02.order") > 0.0  # without the jump it is what it looks like


def test_delay_is_from_when_a_value_was_shown(quiet: Trial, perfect: pl.DataFrame) -> None:
    for check in ("GW-05.median", "GW-05.p99"):
        assert value(quiet, perfect, check) == pytest.approx(0.25, abs=1e-5)


def test_silence_ends_with_the_first_row_after_a_cut(quiet: Trial, perfect: pl.DataFrame) -> None:
    cut = Incident("restart", BEGIN + 50.0, BEGIN + 55.0)
    trial = replace(quiet, incidents=(cut,))
    wall = START.timestamp() + BEGIN
    away = pl.col("arrived").is_between(wall + 50.0, wall + 61.5)
    rows = perfect.with_columns(
        pl.when(away).then(wall + 62.0).otherwise("arrived").alias("arrived")
    )
    assert value(trial, rows, "GW-07.recovery") == pytest.approx(7.0, abs=1e-3)
    gone = perfect.filter(pl.col("arrived").is_null() | (pl.col("arrived") < wall + 50.0))
    assert value(trial, gone, "GW-07.recovery") == float("inf")
    assert isinstance(judged(quiet, rows, "GW-07.recovery"), NotJudged)  # nothing was cut


def test_the_load_that_was_borne_is_told(quiet: Trial, perfect: pl.DataFrame) -> None:
    wall = START.timestamp() + BEGIN
    late = pl.col("arrived").is_between(wall + 200.0, wall + 201.0)
    rows = perfect.with_columns(
        pl.when(late).then(pl.col("arrived") + 9.0).otherwise("arrived").alias("arrived")
    )
    claims = ClaimSet({"samples": rows}, (), {"samples": rows.height})
    trial = replace(quiet, claims={"it": claims})
    (figure,) = load.throughput([trial], "it")
    per_second = changes(quiet).group_by(pl.col("shown").floor()).len()["len"]
    assert figure.values["most"] == per_second.max()
    assert figure.values["mean"] == pytest.approx(per_second.mean())
    assert 0.0 < figure.values["least not borne"] <= figure.values["most"]
    (apart,) = load.distances([trial], "it") or (None,)
    assert apart is None  # nobody claimed a server time

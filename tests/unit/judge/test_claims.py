from datetime import UTC, datetime

import polars as pl
import pytest

from twin.judge.claims import CLAIMS, Times, tidy

START = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # the day summer time begins in Europe
SAMPLES, KPIS = CLAIMS["samples"], CLAIMS["kpis"]


UTC_SECONDS = Times()


def times(values: list, given: Times = UTC_SECONDS, until: float = 1e6) -> tuple[list, list[str]]:
    raw = pl.DataFrame({"tag": ["a"] * len(values), "t": values, "value": [1.0] * len(values)})
    rows, told = tidy(SAMPLES, raw, START, until, given)
    return rows["t"].to_list(), [str(one) for one in told]


@pytest.mark.parametrize(
    ("values", "given"),
    [
        (["2026-03-29T00:01:40Z"], Times()),
        (["2026-03-29T09:01:40.000+09:00"], Times()),
        (["2026-03-29 00:01:40"], Times()),
        (["2026-03-29T09:01:40"], Times(zone="Asia/Seoul")),
        ([START.timestamp() + 100.0], Times()),
        ([int(START.timestamp() + 100) * 1000], Times(epoch="ms")),
        ([100.0], Times(epoch="simulated")),
        (["100"], Times(epoch="simulated")),
        ([datetime(2026, 3, 29, 0, 1, 40)], Times()),
        ([datetime(2026, 3, 29, 0, 1, 40, tzinfo=UTC)], Times()),
    ],
)
def test_every_way_to_write_an_instant_is_the_same_instant(values: list, given: Times) -> None:
    assert times(values, given) == ([100.0], [])


def test_an_hour_that_does_not_exist_is_said_and_one_that_comes_twice_is_its_first() -> None:
    spring = times(["2026-03-29T02:30:00"], Times(zone="Europe/Berlin"))
    assert spring[0] == []
    assert "not of the type time: 1 rows, first row 0" in spring[1][0]
    raw = pl.DataFrame({"tag": ["a"], "t": ["2026-10-25T02:30:00"]})
    rows, told = tidy(SAMPLES, raw, datetime(2026, 10, 25, tzinfo=UTC), 1e6, Times("Europe/Berlin"))
    assert (rows["t"].to_list(), told) == ([1800.0], [])


def test_what_nobody_can_know_yet_is_left_out() -> None:
    kept, told = times(["2026-03-29T00:01:40Z", "2026-03-29T02:00:00Z"], until=3600.0)
    assert kept == [100.0]
    assert told == [
        "samples.t: later than the end of the run: 1 rows, first row 1: '2026-03-29T02:00:00Z'"
    ]


def test_bad_rows_are_counted_once_for_each_kind_and_the_rest_is_kept() -> None:
    raw = pl.DataFrame(
        {
            "station": ["SAW", None, "SAW", "SAW"],
            "start": [0.0, 0.0, 0.0, None],
            "end": [60.0] * 4,
            "oee": ["0.5", "0.5", "much", "nan"],
            "mood": ["good"] * 4,
        }
    )
    rows, told = tidy(KPIS, raw, START, 3600.0, Times(epoch="simulated"))
    assert rows["oee"].to_list() == [0.5]
    assert sorted((one.column, one.rows, one.first) for one in told) == [
        ("mood", 4, -1), ("oee", 1, 2), ("oee", 1, 3), ("start", 1, 3), ("station", 1, 1),
    ]  # fmt: skip


def test_a_missing_column_makes_the_table_unusable_and_says_which() -> None:
    rows, told = tidy(KPIS, pl.DataFrame({"station": ["SAW"]}), START, 1.0)
    assert rows.is_empty()
    assert {one.column for one in told} == {"start", "end"}
    assert rows.schema == KPIS.schema


def test_a_sample_may_be_no_number_but_a_key_figure_may_not() -> None:
    raw = pl.DataFrame({"tag": ["a", "a"], "t": [1.0, 2.0], "value": [float("nan"), float("inf")]})
    rows, told = tidy(SAMPLES, raw, START, 10.0, Times(epoch="simulated"))
    assert (rows.height, told) == (2, [])


def test_large_integers_stay_exact() -> None:
    raw = pl.DataFrame({"tag": ["a"], "t": [1.0], "int_value": [2**53 + 1]})
    rows, _told = tidy(SAMPLES, raw, START, 10.0, Times(epoch="simulated"))
    assert rows["int_value"].to_list() == [2**53 + 1]


def test_ten_million_rows_are_tidied_in_columns() -> None:
    n = 1_000_000  # a tenth of it here; `make bench` has the whole
    raw = pl.DataFrame({"t": pl.int_range(n, eager=True).cast(pl.Float64)})
    raw = raw.with_columns(tag=pl.lit("a"))
    rows, told = tidy(SAMPLES, raw, START, 2.0 * n, Times(epoch="simulated"))
    assert (rows.height, told) == (n, [])

"""Alarms, matching and rates, on a handful of rows counted by hand."""

from __future__ import annotations

from math import inf

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judge.ai.alarms import alarms
from twin.judge.ai.episodes import Episode, quiet, wanted
from twin.judge.ai.match import match
from twin.judge.ai.rates import difference, rate
from twin.judge.verdict import Measured


def said(*rows: tuple[float, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"t": pl.Float64, "asset": pl.String, "score": pl.Float64},
                        orient="row")  # fmt: skip


def fault(number: int, onset: float, end: float, **more: object) -> Episode:
    facts: dict[str, object] = {
        "fault": "F", "kind": "F", "station": "A", "assets": ("A", "B"), "tags": ("A.T",),
        "observable": onset + 10.0, "failure": inf, "trap": False, **more,
    }  # fmt: skip
    return Episode(number=number, onset=onset, end=end, **facts)  # type: ignore[arg-type]


def test_scores_close_together_are_one_alarm_and_each_asset_has_its_own() -> None:
    found = alarms(said((0, "A", 0.6), (500, "A", 0.9), (1200, "A", 0.7), (10, "B", 0.5),
                        (20, "B", 0.49)))  # fmt: skip
    assert found.rows() == [
        ("A", 0.0, 500.0, 0.9), ("B", 10.0, 10.0, 0.5), ("A", 1200.0, 1200.0, 0.7)
    ]  # fmt: skip


def test_rows_without_a_score_and_tables_without_rows_have_no_alarm() -> None:
    assert alarms(said((0, "A", 0.1))).is_empty()
    nothing = pl.DataFrame({"t": [1.0], "asset": ["A"], "score": [None]},
                           schema_overrides={"score": pl.Float64})  # fmt: skip
    assert alarms(nothing).is_empty()


def test_an_alarm_is_a_hit_elsewhere_or_false() -> None:
    lives = [fault(0, 1000, 2000), fault(1, 9000, 9500, trap=True)]
    table = alarms(said((900, "A", 1), (1700, "B", 1), (1800, "C", 1), (3000, "A", 1),
                        (9100, "A", 1), (3900, "A", 1)))  # fmt: skip
    done = match(table, lives, grace=1800.0)
    assert done.alarms.select("start", "what").rows() == [
        (900.0, "false"),  # before the onset
        (1700.0, "hit"),
        (1800.0, "elsewhere"),
        (3000.0, "hit"),  # in the time of grace after the repair
        (3900.0, "false"),
        (9100.0, "false"),  # about a trap
    ]
    assert [d.at for d in done.detections] == [1700.0]
    assert done.detections[0].delay == 690.0


def test_an_alarm_after_the_repair_has_found_nothing() -> None:
    done = match(alarms(said((2100, "A", 1))), [fault(0, 1000, 2000)])
    assert done.alarms["what"].to_list() == ["hit"]
    assert not done.detections[0].found


def test_quiet_time_is_what_no_fault_and_no_grace_covers() -> None:
    lives = [fault(0, 1000, 2000), fault(1, 1500, 3000), fault(2, 9000, 20000),
             fault(3, 100, 900, trap=True)]  # fmt: skip
    assert quiet(lives, 10000.0, grace=500.0) == 1000.0 + (9000.0 - 3500.0)


def test_traps_and_what_no_sensor_showed_are_not_asked_for() -> None:
    lives = [fault(0, 0, 100), fault(1, 0, 100, trap=True), fault(2, 0, 100, observable=inf),
             fault(3, 0, 100, kind="G")]  # fmt: skip
    assert [e.number for e in wanted(lives, ("F",))] == [0]


def test_a_rate_has_the_exact_poisson_interval() -> None:
    found = rate(3, 2.0)  # Garwood: 3 events, 0.6187 to 8.7673 (Ulm 1990, table)
    assert (found.value, found.low, found.high) == pytest.approx((1.5, 0.30934, 4.38363), abs=1e-4)
    with pytest.raises(ValueError, match="no time"):
        rate(0, 0.0)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_difference_of_shares_lies_in_its_interval(a: int, b: int) -> None:
    found = difference(Measured.share(a, 40), Measured.share(b, 40))
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0

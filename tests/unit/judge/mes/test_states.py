"""Time put down to false states, on spells small enough to count by hand."""

import polars as pl
import pytest

from twin.judge.mes.states import confusion

TRUTH = [("A", 0.0, 40.0, "WORKING"), ("A", 40.0, 60.0, "DOWN"), ("A", 60.0, 100.0, "WORKING")]


def table(rows: list[tuple]) -> pl.DataFrame:
    schema = {"station": pl.String, "start": pl.Float64, "end": pl.Float64, "state": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def seconds(claims: list[tuple]) -> dict[tuple[str, str], float]:
    found = confusion(table(TRUTH), table(claims), 0.0, 100.0)
    return {(row["true"], row["claimed"]): row["seconds"] for row in found.to_dicts()}


def test_the_truth_is_right() -> None:
    assert seconds(TRUTH) == {("WORKING", "WORKING"): 80.0, ("DOWN", "DOWN"): 20.0}


def test_right_sums_in_the_wrong_order_are_wrong() -> None:
    turned = [("A", 0.0, 20.0, "DOWN"), ("A", 20.0, 100.0, "WORKING")]
    assert seconds(turned) == {
        ("WORKING", "DOWN"): 20.0, ("DOWN", "WORKING"): 20.0, ("WORKING", "WORKING"): 60.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("claims", "word", "wrong"),
    [
        ([], "", 100.0),
        (TRUTH[:2], "", 40.0),
        ([*TRUTH, ("A", 30.0, 50.0, "WORKING")], "several", 20.0),
        ([*TRUTH, ("A", 30.0, 50.0, "SETUP")], "several", 20.0),
        ([("B", 0.0, 100.0, "WORKING")], "", 100.0),
    ],
)
def test_nothing_and_several_are_wrong(claims: list[tuple], word: str, wrong: float) -> None:
    found = seconds(claims)
    assert sum(s for (_true, told), s in found.items() if told == word) == wrong
    assert sum(found.values()) == 100.0


def test_claims_outside_the_window_are_cut() -> None:
    assert seconds([("A", -500.0, 40.0, "WORKING"), *TRUTH[1:2], ("A", 60.0, 1e6, "WORKING")]) == (
        seconds(TRUTH)
    )

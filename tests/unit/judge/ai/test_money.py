"""What alarms cost and save, with sums done by hand."""

from __future__ import annotations

import polars as pl
import pytest

import twin
from twin.errors import UsageError
from twin.judge.ai.alarms import SCHEMA
from twin.judge.ai.episodes import Episode, Output
from twin.judge.ai.match import match
from twin.judge.ai.money import Money, bill, loss, money_of, unaided, upkeep
from twin.trace.trace import Trace

PRICES = Money("KRW", call=100.0, part=10.0, spoilt=0.5, respond=600.0)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return twin.run(twin.load("examples/three-stations-v1"), "4h", seed=1)


def mill(failure: float, end: float, onset: float = 0.0) -> Episode:
    return Episode(0, "F", "F", "mill", ("mill",), (), onset, onset, failure, end, False)


def parts(trace: Trace, start: float, stop: float) -> int:
    """Parts the mill began in a stretch, counted from its own tag."""
    counts = twin.sample(trace, ["mill.Started"], [start, stop])[0]
    return int(counts[1] - counts[0])


def test_a_loss_is_the_spoilt_share_of_the_parts_made_meanwhile(trace: Trace) -> None:
    made = parts(trace, 3600.0, 7200.0)
    assert made > 10
    assert loss(mill(3600.0, 7200.0), 1e9, Output(trace), PRICES) == made * 0.5 * 10.0


def test_the_bill_has_what_was_late_and_every_call(trace: Trace) -> None:
    alarms = pl.DataFrame(
        [("mill", 4000.0, 4000.0, 1.0), ("saw", 9999.0, 9999.0, 1.0)], schema=SCHEMA, orient="row"
    )
    one = mill(3600.0, 7200.0, onset=3000.0)
    found = bill(match(alarms, [one]), trace, PRICES)
    assert (found.missed, found.calls) == (0.0, 200.0)
    assert found.late == parts(trace, 3600.0, 4600.0) * 5.0
    missed = bill(match(alarms.clear(), [one]), trace, PRICES)
    assert missed.missed == parts(trace, 3600.0, 7200.0) * 5.0
    assert missed.total == missed.missed + 100.0 == unaided([one], trace, PRICES)


def test_what_the_script_cut_short_would_have_gone_on_until_people_came(trace: Trace) -> None:
    one = Episode(0, "F", "F", "mill", ("mill",), (), 0.0, 0.0, 3600.0, 7200.0, False, 1800.0)
    usual = parts(trace, 0.0, trace.now - 1.0) / trace.now
    more = unaided([one], trace, PRICES) - unaided([mill(3600.0, 7200.0)], trace, PRICES)
    assert more == pytest.approx(1800.0 * usual * 5.0, rel=0.02)


def test_inspections_in_turn_find_a_fault_at_the_next_round(trace: Trace) -> None:
    found = upkeep([mill(3600.0, 7200.0, onset=3000.0)], trace, PRICES, every=5000.0)
    assert found.late == parts(trace, 3600.0, 5000.0) * 5.0
    assert found.calls == (2 * 3 + 1) * 100.0  # rounds at 5,000 and 10,000 s, and the repair


def test_prices_come_from_the_line_and_the_plan_may_replace_them() -> None:
    line = twin.load("electronics/smt-v1")
    derived = money_of(line)
    assert derived is not None
    assert (derived.call, derived.part) == (35000.0, (42000 + 26000 - 900 - 600) / 2)
    given = money_of(line, {"call": 9.0})
    assert given is not None
    assert given.call == 9.0
    with pytest.raises(UsageError, match="no figure 'cal' of money"):
        money_of(line, {"cal": 9.0})
    assert money_of(twin.load("examples/three-stations-v1")) is None

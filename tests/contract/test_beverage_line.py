"""The beverage line over four weeks: balances close, its OEE is that of its industry."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.fluid_audit import check_flow
from twin.trace import EventKind, Trace

WEEKS = 4 * 7 * 86_400.0
BOTTLES = 24 * 60


@pytest.fixture(scope="module")
def month() -> Trace:
    return twin.run(twin.load("food/beverage-v1"), WEEKS, 1)


@pytest.mark.slow
def test_what_flowed_in_four_weeks_with_faults_is_accounted_for(month):
    assert {EventKind.FAULT_ONSET, EventKind.FAULT_REPAIR} <= set(month.events.kind.tolist())
    check_flow(month)


@pytest.mark.slow
def test_four_weeks_have_the_oee_of_the_food_industry(month):
    """60 to 70 %, give or take 5 points (weak web sources)."""
    found = twin.kpi(month)
    assert found.bottleneck == "FILL"
    assert 0.55 <= found.line["oee"] <= 0.75


@pytest.mark.slow
def test_a_pallet_is_as_many_bottles_as_it_says(month):
    finished = twin.kpi(month).line["finished"]
    filled = twin.sample(month, ["FILL.OutCount"], [np.nextafter(WEEKS, 0.0)])[0, 0]
    assert finished > 1500
    assert 0.95 < finished * BOTTLES / filled < 1.0


@pytest.mark.slow
def test_what_is_drained_at_a_change_of_product_is_little(month):
    events = month.events
    drained = events.value[events.kind == EventKind.DRAINED].sum()
    filled = twin.sample(month, ["FILL.OutCount"], [np.nextafter(WEEKS, 0.0)])[0, 0]
    assert drained < 0.02 * filled


@pytest.mark.slow
def test_every_product_is_made_in_turn(month):
    products = month.parts.product
    assert set(products.tolist()) == {0, 1, 2}
    assert products[:81].tolist() == [0] * 36 + [1] * 24 + [2] * 20 + [0]


@pytest.mark.slow
def test_the_pasteuriser_is_cleaned_after_milk_and_rinsed_after_the_others(month):
    steps = twin.sample(month, ["PAST.CleaningStep"], np.arange(0.0, WEEKS, 60.0))[0]
    begins = steps[1:][(steps[:-1] == 0.0) & (steps[1:] > 0.0)]
    assert set(steps.tolist()) == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
    text = "".join("R" if step == 6.0 else "C" for step in begins)
    assert text.count("RR") > 20  # after juice and after tea
    assert "RRR" not in text  # milk in between: an allergen is not rinsed away
    assert text.count("C") >= text.count("RR")


@pytest.mark.slow
def test_hot_water_stays_in_its_usual_range_while_product_goes_forward(month):
    t = np.arange(0.0, WEEKS, 60.0)
    water, forward = twin.sample(month, ["PAST.HotWaterTemp", "PAST.Forward"], t)
    usual = (water[forward > 0.5] > 75.5) & (water[forward > 0.5] < 81.0)
    assert usual.mean() > 0.95

"""Recipes that name set points: loaded when a station turns to the product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import twin
from tests.laws.lines import make
from twin.trace import Command, EventKind, Trace

OVEN: dict[str, Any] = {"kind": "reflow", "cycle": "20 s", "to": "out"}
WITH_SETUP = OVEN | {"setup": {"time": "10 min"}}
RECIPES = {
    "red": {"units": {"RFL": {"Zone1Set": 110.0, "BeltSpeed": 80.0}}},
    "blue": {"units": {"RFL": {"Zone1Set": {"value": 120.0, "low": 115.0, "high": 125.0}}}},
}


def plant(oven: dict[str, Any] = WITH_SETUP) -> twin.Line:
    return make(
        {"RFL": oven},
        products={"red": {}, "blue": {}},
        orders=[{"product": "red", "quantity": 60}, {"product": "blue", "quantity": 60}],
        recipes=RECIPES,
    )


def shows(trace: Trace, tag: str) -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(0.0, trace.now, 5.0)
    return t, twin.sample(trace, [tag], t)[0]


@pytest.mark.parametrize("oven", [OVEN, WITH_SETUP], ids=["as it goes", "set up"])
def test_set_points_follow_the_product(oven):
    trace = twin.run(plant(oven), "2h", 1)
    t, value = shows(trace, "RFL.Zone1Set")
    product = shows(trace, "RFL.Product")[1]
    assert value[0] == 110.0
    assert set(value) == {110.0, 120.0}
    turned = t[np.flatnonzero(np.diff(value))[0] + 1]
    if "setup" in oven:
        events = trace.index.events(EventKind.SETUP, 0)
        assert turned - 5.0 <= events.t[1] <= turned
    assert product[0] == 1


def test_a_set_point_the_recipe_does_not_name_stays_as_it_is():
    trace = twin.run(plant(), "2h", 1, [Command("set", "RFL.BeltSpeed", 90.0, t=60.0)])
    t, belt = shows(trace, "RFL.BeltSpeed")
    zone = shows(trace, "RFL.Zone1Set")[1]
    first_blue = int(np.flatnonzero(zone == 120.0)[0])
    red_again = first_blue + int(np.flatnonzero(zone[first_blue:] == 110.0)[0])
    assert belt[t > 60.0][0] == 90.0
    assert set(belt[first_blue:red_again]) == {90.0}
    assert belt[red_again] == 80.0


def test_an_order_may_change_the_recipe_within_its_limits():
    run = twin.Run(plant(), 1)
    run.advance(60.0)
    run.apply(Command("recipe", "blue/RFL.Zone1Set", 125.0))
    run.apply(Command("recipe", "red/RFL.Zone1Set", 112.0))
    with pytest.raises(twin.TwinError, match="115 to 125"):
        run.apply(Command("recipe", "blue/RFL.Zone1Set", 126.0))
    run.advance(7200.0)
    t, value = shows(run.trace, "RFL.Zone1Set")
    assert value[t > 60.0][0] == 112.0
    assert set(value[t > 60.0]) == {112.0, 125.0}


def test_a_branch_knows_which_recipe_is_loaded():
    whole = twin.Run(plant(), 1)
    whole.advance(1800.0)
    branch = twin.resume(twin.snapshot(whole))
    for run in (whole, branch):
        run.apply(Command("recipe", "red/RFL.Zone1Set", 113.0))
        run.advance(7200.0)
    assert branch.trace.digest == whole.trace.digest

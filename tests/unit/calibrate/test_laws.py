"""Fits find again what samples were drawn from: kind, parameters, memory."""

from __future__ import annotations

import numpy as np
import pytest

from twin.calibrate import laws
from twin.calibrate.writing import written
from twin.kernel.draws import Draws
from twin.line.values import (
    Automatic,
    Bursts,
    Drawn,
    Erlang,
    Exponential,
    Lognormal,
    Normal,
    Record,
    Uniform,
    Weibull,
)

N = 2000


def law(kind: type[Record], **values) -> Drawn:
    return kind.model_validate({"kind": kind.__name__.lower(), **values})


def sample(of: Drawn, n: int = N, seed: int = 3) -> np.ndarray:
    draws = Draws(seed, "a", "b", of)
    return np.array([draws.pop() for _ in range(n)])


CASES = (
    (law(Automatic, mean="28 s"), laws.CYCLES),
    (law(Normal, mean="30 s", sd="2 s"), laws.CYCLES),
    (law(Lognormal, mean="150 s", sigma=0.5), laws.CYCLES),
    (law(Erlang, mean="40 s", phases=4), laws.CYCLES),
    (law(Uniform, low="10 s", high="20 s"), laws.CYCLES),
    (law(Lognormal, mean="90 s", sigma=1.0, memory=0.4), laws.REPAIRS),
    (law(Exponential, mean="50 min"), laws.GAPS),
    (law(Weibull, mean="15 min", shape=1.8), laws.GAPS),
    (law(Bursts, mean="15 min", share=0.4, close="2 min"), laws.GAPS),
)


@pytest.mark.parametrize(("true", "among"), CASES, ids=lambda c: getattr(c, "kind", ""))
@pytest.mark.parametrize("grid", [0.0, 1.0], ids=["exact", "on a grid"])
def test_the_law_is_found_again(true, among, grid):
    grid = 0.1 * grid if isinstance(true, Automatic) else grid
    x = sample(true)
    x = x if grid == 0.0 else np.maximum(np.round(x / grid) * grid, grid)
    found = laws.fit(x, among)
    assert found.law.kind == true.kind
    assert found.close
    for name in type(true).model_fields:
        wanted, got = getattr(true, name), getattr(found.law, name)
        if name == "memory":
            assert got == pytest.approx(wanted, abs=0.1)
        elif name != "kind":
            assert got == pytest.approx(wanted, rel=0.2), name


def test_times_that_never_vary_are_fixed():
    found = laws.fit(np.full(50, 12.0), laws.CYCLES)
    assert written(found.law) == {"kind": "fixed", "mean": "12 s"}
    assert found.close


def test_a_distance_tells_a_wrong_law():
    x = sample(law(Exponential, mean="100 s"))
    wrong = law(Normal, mean="100 s", sd="20 s")
    assert laws.distance(wrong, x, 0.0) > 0.25
    assert laws.fit(x, ("exponential",)).distance < 0.05


def test_too_few_times_are_refused():
    with pytest.raises(ValueError, match="19 times"):
        laws.fit(np.arange(1.0, 20.0), laws.CYCLES)


def test_the_interval_of_the_mean_holds_the_mean():
    hits = 0
    for seed in range(40):
        low, high = laws.interval(sample(law(Exponential, mean="100 s"), 200, seed))
        hits += low < 100.0 < high
    assert hits >= 33  # of 40 at 95 %: fewer has a probability below 1e-3

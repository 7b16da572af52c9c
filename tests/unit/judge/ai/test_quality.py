"""What is said of single parts, against what became of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import twin
from twin.export.dataset import epoch_of
from twin.judge.ai.quality import (
    CHECKS,
    average_precision,
    calibration_error,
    escape,
)
from twin.judge.checks import judge
from twin.judge.claims import CLAIMS, ClaimSet
from twin.judge.trial import Trial
from twin.judge.verdict import Verdict


def test_average_precision_by_hand() -> None:
    assert average_precision([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([0.5] * 4, [1, 0, 0, 0]) == 0.25  # ties are the base rate
    assert np.isnan(average_precision([0.5], [0]))


def test_escape_is_what_lies_below_the_limit_of_the_overkill() -> None:
    good, bad = np.arange(100) / 100.0, np.array([0.5, 0.975, 0.99, 0.999])
    score, truth = np.concatenate([good, bad]), np.r_[np.zeros(100), np.ones(4)]
    # two good parts in a hundred may be called bad: 0.98 and 0.99; the limit is 0.97
    assert escape(score, truth, 0.02) == 0.25
    assert escape(score, truth, 0.0) == 0.75
    assert np.isnan(escape([0.5], [1]))


def test_calibration_is_perfect_when_scores_are_shares() -> None:
    assert calibration_error([0.25] * 4, [1, 0, 0, 0]) == 0.0
    assert calibration_error([1.0, 0.0], [0, 1]) == 1.0


def test_one_who_knows_passes_and_one_who_guesses_fails() -> None:
    trace = twin.run(twin.load("electronics/smt-v1"), "4h", seed=1)
    rejected = twin.sample(trace, ["SPI.Rejected", "AOI.Rejected"], [trace.now - 1.0]).sum()
    number = np.arange(len(trace.parts.t))
    events = trace.events
    bad = np.isin(number, events.part[(events.kind == 3) & (events.value == 0.0)])
    assert 0 < bad.sum() <= rejected + 20
    rng = np.random.default_rng(1)

    def claims(score: np.ndarray) -> ClaimSet:
        table = pl.DataFrame(
            {"t": np.zeros(len(number)), "asset": [str(n) for n in number], "score": score}
        )
        empty = CLAIMS["predictions"].schema.to_frame()
        rows = pl.concat([empty, table], how="diagonal")
        return ClaimSet({"predictions": rows}, (), {"predictions": len(number)})

    knows = np.where(bad, 0.97, 0.01)
    trial = Trial(trace, epoch_of(trace), "batch",
                  {"knows": claims(knows), "guesses": claims(rng.random(len(number)))})  # fmt: skip
    for name, verdict in (("knows", Verdict.PASS), ("guesses", Verdict.FAIL)):
        assert {one.verdict for one in judge(CHECKS, [trial], name, {})} == {verdict}

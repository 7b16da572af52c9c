"""Set points that a solution asks for, on a line whose oven somebody left too slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

import twin
from twin.export.dataset import epoch_of
from twin.judge.ai.control import gain, travel, violations
from twin.judge.claims import CLAIMS, ClaimSet
from twin.judge.trial import Trial
from twin.judge.verdict import Measured
from twin.trace.journal import Command
from twin.trace.trace import Trace

ASKED = {"mend": [(600.0, "RFL.BeltSpeed", 80.0)], "none": [],
         "wild": [(600.0, "RFL.BeltSpeed", 9000.0), (700.0, "RFL.Colour", 1.0)],
         "nervous": [(600.0 + 60.0 * i, "RFL.BeltSpeed", 60.0 + 20.0 * (i % 2))
                     for i in range(40)]}  # fmt: skip


def claims(rows: Sequence[tuple[float, str, float]]) -> ClaimSet:
    table = pl.DataFrame(
        [{"t": t, "asset": "RFL", "tag": tag, "setpoint": value} for t, tag, value in rows],
        schema=CLAIMS["predictions"].schema,
    )
    return ClaimSet({"predictions": table}, (), {"predictions": len(rows)})


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    line = twin.load("electronics/smt-v1")
    slow = [Command("set", "RFL.BeltSpeed", 60.0, t=1.0)]
    traces = [twin.run(line, "2h", seed, slow) for seed in (1, 2, 3)]
    made = {name: claims(rows) for name, rows in ASKED.items()}
    return [Trial(trace, epoch_of(trace), "batch", made) for trace in traces]


def measured(run: Any, trials: list[Trial], name: str) -> Measured:
    found = run(trials, name)
    assert isinstance(found, Measured)
    return found


def test_mending_what_was_off_gains_money_on_the_same_seeds(trials: list[Trial]) -> None:
    assert measured(gain, trials, "mend").low > 0.0
    assert measured(gain, trials, "none").interval == (0.0, 0.0)


def test_what_the_line_cannot_accept_is_counted_and_not_done(trials: list[Trial]) -> None:
    found = measured(violations, trials, "wild")
    assert (found.value, found.n) == (6.0, 6)
    assert found.evidence[0]["limits"] != "unknown"
    assert found.evidence[1]["limits"] == "unknown"
    assert measured(gain, trials, "wild").value == 0.0
    assert measured(violations, trials, "mend").value == 0.0


def test_the_way_of_an_actuator_is_told_in_ranges_a_day(trials: list[Trial]) -> None:
    limits = trials[0].line.settings["RFL.BeltSpeed"]
    one = 20.0 / (limits.high - limits.low)  # of each change, the first from the default of 80
    assert measured(travel, trials, "nervous").value == pytest.approx(40 * one * 12.0)
    assert measured(travel, trials, "mend").value == 0.0


def test_live_the_line_runs_again_without_what_the_solution_wrote(trials: list[Trial]) -> None:
    slow = [Command("set", "RFL.BeltSpeed", 60.0, t=1.0)]
    own = [Command("set", "RFL.BeltSpeed", 80.0, t=600.0, by="mend")]
    traces: list[Trace] = [
        twin.run(trial.line, "2h", trial.seed, slow + own) for trial in trials[:2]
    ]
    live = [
        Trial(trace, epoch_of(trace), "lockstep", trial.claims)
        for trace, trial in zip(traces, trials, strict=False)
    ]
    assert measured(gain, live, "mend").value == pytest.approx(
        measured(gain, trials[:2], "mend").value
    )

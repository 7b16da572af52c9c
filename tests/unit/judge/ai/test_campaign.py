"""A plan's options for AI data sets: what is wrong is said, what is meant is done."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import twin
from twin.errors import UsageError
from twin.export.dataset import epoch_of
from twin.judge.ai.batch import BatchPlan, hand_out, prepare, schedule, without_faults
from twin.judge.ai.campaign import batch_plan
from twin.judge.ai.folder import SLICES, sliced, telemetry
from twin.judge.plan import Plan
from twin.line.line import Line


@pytest.fixture(scope="module")
def line() -> Line:
    return twin.load("electronics/smt-v1")


def plan(**ai: object) -> Plan:
    return Plan.model_validate(
        {"judge": 1, "line": "electronics/smt-v1", "duration": "4h", "clock": "batch",
         "options": {"ai": ai},
         "solutions": [{"name": "x", "kind": "ai", "claims": []}]}
    )  # fmt: skip


def test_options_become_a_batch(line: Line) -> None:
    found = batch_plan(plan(faults=["E-Z8"], hold="10 min", fresh=3, slices=["drift"]), line)
    assert (found.kinds, found.duration, found.hold) == (("E-Z8",), 14400.0, 600.0)
    assert (found.fresh, found.slices) == (3, ("drift",))


@pytest.mark.parametrize(
    ("ai", "said"),
    [
        ({"faults": ["E-Z9"]}, "no fault 'E-Z9' on this line"),
        ({"faults": ["E-Z8"], "slices": ["fog"]}, "no slice 'fog'"),
        ({"faults": []}, "options.ai.faults"),
        ({"faults": ["E-Z8"], "fresch": 3}, "options.ai.fresch"),
        ({"faults": ["E-Z8"], "fresh": -1, "hold": "soon"}, "options.ai.hold"),
    ],
)
def test_what_is_wrong_is_said(ai: dict[str, object], said: str, line: Line) -> None:
    with pytest.raises(UsageError, match=said):
        batch_plan(plan(**ai), line)


def test_scripted_faults_come_and_go_within_the_run(line: Line) -> None:
    found = schedule(BatchPlan(line, ("E-Z8", "E-O2"), 36000.0, per_trial=4, hold=1800.0), 7)
    assert [c.kind for c in found] == ["fault", "repair"] * 4
    assert sorted(c.target for c in found[::2]) == ["E-O2", "E-O2", "E-Z8", "E-Z8"]
    assert all(0.0 < (c.t or 0.0) <= 36000.0 for c in found)


def test_a_quiet_line_is_the_same_line_without_hazards(line: Line) -> None:
    quiet = without_faults(line)
    assert all(fault.spec.after is None for fault in quiet.faults)
    assert (quiet.id, quiet.tags.keys()) == (line.id, line.tags.keys())


def test_the_data_set_holds_no_truth(line: Line, tmp_path: Path) -> None:
    wanted = BatchPlan(line, ("E-Z8",), 7200.0, per_trial=1, hold=600.0, train=1, healthy=0,
                       fresh=1, published=1, quiet=1, cut=1, slices=(), tags=("RFL.*",),
                       every=60.0)  # fmt: skip
    batch = prepare(wanted)
    hand_out(batch, tmp_path / "data")
    files = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    tests = [p for p in files if "test" in p.parts]
    assert {p.name for p in tests} == {"telemetry.parquet"}
    assert len(tests) == 4
    seeds = {str(one.trace.seed) for one in batch.test if one.role != "published"}
    told = "".join(str(p) for p in files) + (tmp_path / "data" / "line.json").read_text()
    assert not any(seed in told for seed in seeds)
    assert not any(fault.id in told for fault in line.faults)
    shown = set(pl.read_parquet(tests[0]).columns) - {"time"}
    assert shown <= {tag.key for station in line.stations for tag in station.tags}
    cut = next(one for one in batch.test if one.role == "cut")
    frame = pl.read_parquet(tmp_path / "data" / "test" / cut.name / "telemetry.parquet")
    assert (frame["time"][-1] - epoch_of(cut.trace)).total_seconds() < cut.until < 7200.0
    assert set(json.loads((tmp_path / "data" / "line.json").read_text())) == {
        "line", "every_s", "assets", "tags",
    }  # fmt: skip


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_changes_the_data_and_comes_out_the_same_twice(name: str, line: Line) -> None:
    trace = twin.run(line, "1h", seed=3)
    frame = telemetry(trace, 60.0, tags=("RFL.Zone8Temp", "PRN.StencilTemp"))
    once, twice = sliced(frame, name, trace), sliced(frame, name, trace)
    assert once.equals(twice)
    assert not once.equals(frame)
    if name == "missing":
        assert 0 < once["RFL.Zone8Temp"].null_count() < 20
    if name == "season":  # the oven does not feel the hall, the stencil does
        assert once["RFL.Zone8Temp"].equals(frame["RFL.Zone8Temp"])
        assert (once["PRN.StencilTemp"] - frame["PRN.StencilTemp"]).min() > 5.0  # type: ignore[operator]

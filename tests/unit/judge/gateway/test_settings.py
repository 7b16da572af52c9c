"""What a gateway believes was negotiated, and what it found of the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

import twin
from twin.judge.claims import CLAIMS, ClaimSet
from twin.judge.gateway.model import false_model, unmapped
from twin.judge.gateway.settings import misread
from twin.judge.trial import Served, Trial
from twin.judge.verdict import Measured, NotJudged

GRANTED = {"sampling_ms": 1000.0, "publishing_ms": 200.0, "queue": 100, "deadband": 0.0}


@pytest.fixture(scope="module")
def trial() -> Trial:
    trace = twin.run(twin.load("chemical/cstr-v1"), 60.0, seed=1)
    granted = tuple({"user": "it", "tag": tag, **GRANTED} for tag in ("R1.Temp", "R1.Flow"))
    other = {"user": "another", "tag": "R1.Temp", **GRANTED, "queue": 1}
    served = Served(tags=tuple(trace.line.tags), granted=(*granted, other))
    return Trial(trace, datetime(2026, 1, 5, tzinfo=UTC), "paced", {}, served=served)


def claiming(trial: Trial, table: str, rows: list[dict[str, Any]]) -> list[Trial]:
    empty = CLAIMS[table].schema.to_frame()
    frame = pl.concat([empty, pl.DataFrame(rows)], how="diagonal_relaxed") if rows else empty
    return [replace(trial, claims={"it": ClaimSet({table: frame}, (), {table: len(rows)})})]


def settings(**other: Any) -> list[dict[str, Any]]:
    return [{"tag": "R1.Temp", **GRANTED}, {"tag": "R1.Flow", **GRANTED, **other}]


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({}, 0.0), ({"deadband": None}, 0.0), ({"sampling_ms": 0.0}, 50.0), ({"queue": 1}, 50.0),
        ({"publishing_ms": None}, 50.0), ({"deadband": 0.5}, 50.0),
    ],
)  # fmt: skip
def test_one_of_two_tags_misread(trial: Trial, other: dict[str, Any], wrong: float) -> None:
    found = misread(claiming(trial, "settings", settings(**other)), "it")
    assert isinstance(found, Measured)
    assert found.value == wrong
    assert [row["differs"] for row in found.evidence] == ([list(other)] if wrong else [])


def test_a_tag_left_out_of_the_settings_counts(trial: Trial) -> None:
    found = misread(claiming(trial, "settings", settings()[:1]), "it")
    assert isinstance(found, Measured)
    assert found.value == 50.0


def test_without_a_subscription_there_is_nothing_to_know(trial: Trial) -> None:
    alone = replace(trial, served=replace(trial.served, granted=()))
    assert isinstance(misread(claiming(alone, "settings", settings()), "it"), NotJudged)


def test_the_model_is_compared_tag_by_tag(trial: Trial) -> None:
    tags = trial.line.tags
    rows = [
        {"tag": key, "unit": tag.unit, "low": tag.low, "high": tag.high}
        for key, tag in tags.items()
    ]
    assert unmapped(claiming(trial, "model", rows), "it").value == 0.0
    assert false_model(claiming(trial, "model", rows), "it").value == 0.0
    assert unmapped(claiming(trial, "model", rows[1:]), "it").value == pytest.approx(
        100.0 / len(tags)
    )
    floats = [i for i, row in enumerate(rows) if tags[row["tag"]].kind == "float"]
    rows[floats[0]]["unit"], rows[floats[1]]["high"] = "furlong", None
    found = false_model(claiming(trial, "model", rows), "it")
    assert found.value == pytest.approx(200.0 / len(floats))
    assert {row["field"] for row in found.evidence} == {"unit", "high"}

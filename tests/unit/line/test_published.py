"""The published JSON Schema: valid itself, passed by every shipped scenario, strict."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from twin.line import json_schema, shipped
from twin.line.schema import Scenario
from twin.line.source import read

SCHEMA = json_schema()
MINIMAL = {"schema": 1, "id": "a-v1", "title": "A", "stations": {"A": {"cycle": "3 s"}}}


def test_the_schema_is_a_json_schema_with_a_title_and_descriptions():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"]
    assert all(part.get("description") for part in SCHEMA["$defs"].values())


@pytest.mark.parametrize("row", shipped(), ids=lambda row: row.id)
def test_every_shipped_scenario_passes_it(row):
    data = read(row.path.read_bytes(), row.id).data
    assert not list(Draft202012Validator(SCHEMA).iter_errors(data))


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"id": "A line"},
        {"schema": 2},
        {"title": {"en": "A"}},
        {"stations": {}},
        {"stations": {"A": {"cycle": 3}}},
        {"stations": {"A": {"cycle": "3 parsec"}}},
        {"stations": {"A": {"cycle": {"kind": "exponential"}}}},
        {"stations": {"A": {"cycle": "3 s", "buffer": -1}}},
        {"stations": {"A": {"cycle": "3 s", "buffer": "many"}}},
        {"stations": {"A": {"cycle": "3 s", "to": []}}},
        {"stations": {"A": {"cycle": "3 s", "to": [{"to": "out", "share": 2}]}}},
        {"buffers": {"q": {"size": 3}}},
    ],
)
def test_it_refuses_what_loading_refuses(change):
    validator = Draft202012Validator(SCHEMA)
    assert validator.is_valid(MINIMAL)
    assert not validator.is_valid(MINIMAL | change)
    with pytest.raises(ValueError, match="validation error"):
        Scenario.model_validate(MINIMAL | change)


@pytest.mark.parametrize(
    "station",
    [
        {"cycle": {"p": "3 s", "q": {"kind": "uniform", "low": "1 s", "high": "2 s"}}},
        {"cycle": "1h 30min", "buffer": "unlimited"},
        {"cycle": "3 s", "buffer": {"capacity": 2, "transport": "5 s"}, "from": {"q": 2}},
        {"cycle": {"kind": "automatic", "mean": "3 s"}, "from": "q", "to": [{"to": "out"}]},
    ],
)
def test_it_accepts_every_form(station):
    assert Draft202012Validator(SCHEMA).is_valid(MINIMAL | {"stations": {"A": station}})
    Scenario.model_validate(MINIMAL | {"stations": {"A": station}})

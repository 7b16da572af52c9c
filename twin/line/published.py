"""The JSON Schema of the scenario file, for editors and other programs; generated, never edited."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from twin.line.schema import SCHEMA_VERSION, Scenario

DIALECT = GenerateJsonSchema.schema_dialect


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario: shape only, so what it passes `twin check` may
    still refuse.
    """
    schema: JsonSchemaValue = Scenario.model_json_schema(by_alias=True, mode="validation")
    schema.pop("title", None)
    schema.pop("description", None)
    return {
        "$schema": DIALECT,
        "title": f"Line scenario, schema {SCHEMA_VERSION}",
        "description": Scenario.__doc__,
        **schema,
    }

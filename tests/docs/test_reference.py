"""The reference says what the code says."""

from __future__ import annotations

import pytest

import twin
from scripts import reference


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_generated_page_is_up_to_date(name):
    path = reference.FOLDER / name
    assert path.exists(), "run `make docs`"
    assert path.read_text() == reference.content(name), "run `make docs`"


def test_every_public_name_has_a_docstring_and_a_page_entry():
    page = (reference.FOLDER / "python.md").read_text()
    for name in twin.__all__:
        assert f"## {name}\n" in page
        assert getattr(twin, name).__doc__, name


def test_every_key_of_a_scenario_file_is_explained():
    """The how-to page explains what the generated table lists."""
    from twin.line.schema import Scenario

    page = (reference.ROOT / "docs" / "howto" / "write-your-own-line.md").read_text()
    schema = Scenario.model_json_schema(by_alias=True)
    keys = {
        key for model in (schema, *schema["$defs"].values()) for key in model.get("properties", ())
    }
    assert not sorted(key for key in keys if f"`{key}`" not in page)

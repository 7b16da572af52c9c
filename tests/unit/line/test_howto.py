"""The guide's lines are real ones: every YAML block of the page loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from twin.line import check, json_schema, load, shipped
from twin.line.source import read

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "howto" / "write-your-own-line.md").read_text()
BLOCKS = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_a_block_for_every_kind_of_line():
    assert len(BLOCKS) == PAGE.count("```yaml\n") >= 5


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_a_block_of_the_page_is_a_line(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    assert check(file) == []
    assert load(file).stations
    data = read(text.encode(), name).data
    assert not list(Draft202012Validator(json_schema()).iter_errors(data))


def test_the_page_begins_with_the_shipped_example_of_25_lines_at_most():
    (path,) = [row.path for row in shipped() if row.id == "examples/three-stations-v1"]
    assert BLOCKS[0][1] == path.read_text()
    assert len(path.read_text().splitlines()) <= 25

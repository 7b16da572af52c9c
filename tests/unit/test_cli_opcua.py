"""`twin opcua`, in this process; the server it looks at is real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from opcua_server.companion import texts
from opcua_server.companion.published import read
from opcua_server.companion.sets import BY_NAME
from twin import cli
from twin.cli import _globals_first

LINE = "examples/three-stations-v1"
HEAD = """<?xml version="1.0"?>
<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd">
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "twin" / "nodesets"


def invoke(*words: str):
    return CliRunner().invoke(
        cli.build(), _globals_first(["--lang", "en", *words]), prog_name="twin"
    )


def test_a_nodeset_goes_to_standard_output_and_can_be_read(tmp_path: Path) -> None:
    result = invoke("opcua", "nodeset", LINE)
    assert result.exit_code == 0
    file = tmp_path / "line.xml"
    file.write_text(result.stdout)
    assert read(file).uri == f"urn:twin:line:{LINE}"


def test_the_tree_is_as_deep_as_asked() -> None:
    shallow = invoke("opcua", "browse", LINE, "--depth", "2").output.splitlines()
    deep = invoke("opcua", "browse", LINE, "--depth", "4").output.splitlines()
    assert any("Machines" in text for text in shallow)
    assert len(deep) > 2 * len(shallow)


def test_a_server_that_does_not_answer_is_named() -> None:
    result = invoke("opcua", "browse", "opc.tcp://127.0.0.1:1")
    assert result.exit_code == 2
    assert "opc.tcp://127.0.0.1:1 does not answer" in result.output


def test_the_specifications_are_listed() -> None:
    output = invoke("opcua", "nodesets").output
    assert "MachineTool" in output
    assert "1.02.0" in output


@pytest.mark.parametrize("words", [["nodeset"], ["browse"], ["nodesets", "export", "x"]])
def test_a_word_that_is_missing_or_wrong_is_said(words: list[str]) -> None:
    result = invoke("opcua", *words)
    assert result.exit_code == 2
    assert "expected" in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<not-xml", "not XML"),
        ("<html/>", "not a UANodeSet"),
        ('<!DOCTYPE x [<!ENTITY a "a">]><html/>', "no document type"),
        (
            HEAD + '<Models><Model ModelUri="urn:x"/></Models></UANodeSet>',
            "none of the specifications",
        ),
        (
            HEAD + '<Models><Model ModelUri="http://opcfoundation.org/UA/DI/" Version="9"/>'
            "</Models></UANodeSet>",
            "version is 9, the line's instances are made for 1.04.0",
        ),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_not_taken(
    tmp_path: Path, state: Path, content: str, said: str
) -> None:
    (tmp_path / "wrong.xml").write_text(content)
    result = invoke("opcua", "nodesets", "import", str(tmp_path))
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert not state.exists()


def test_texts_are_kept_and_read_again(state: Path) -> None:
    state.mkdir(parents=True)
    told = {"1002": ["MachineryItemState", "What the item does"]}
    (state / "Machinery.json").write_text(json.dumps({"texts": told}))
    assert texts.texts_of(BY_NAME["Machinery"]) == told
    assert texts.texts_of(BY_NAME["DI"]) == {}
    (state / "DI.json").write_text("{broken")
    assert texts.texts_of(BY_NAME["DI"]) == {}

"""Finding and loading: shipped ids, files, and names that are neither."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from twin.errors import ScenarioError, UnknownScenario
from twin.i18n import set_language
from twin.line import check, index, load, shipped

MINIMAL = "schema: 1\nid: test/line-v1\ntitle: A line\nstations: {A: {cycle: 3 s}}\n"


def test_every_shipped_scenario_is_listed_and_loads_under_its_id():
    rows = shipped()
    assert {"electronics/smt-v1", "examples/three-stations-v1"} <= {row.id for row in rows}
    for row in rows:
        line = load(row.id)
        assert (line.id, line.version) == (row.id, row.version)
        assert row.title == line.title.en
        assert line.title.ko != line.title.en
        assert row.path.name.rsplit("-v", 1)[1].removesuffix(".yaml").isdigit()


def test_titles_are_listed_in_the_active_language():
    set_language("ko")
    assert {row.title for row in shipped()} == {load(row.id).title.ko for row in shipped()}


def test_listing_does_not_import_the_schema():
    code = "import sys, twin.line as line; line.shipped(); "
    code += "print(*(name in sys.modules for name in ('pydantic', 'numpy')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]


def test_a_file_loads_by_its_path_as_text_or_path(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINIMAL)
    assert load(file) == load(file)
    assert load(str(file)).digest == load(file).digest
    assert load(file).text == MINIMAL


def test_the_digest_does_not_depend_on_line_ends(tmp_path):
    one, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    one.write_bytes(MINIMAL.encode())
    other.write_bytes(MINIMAL.replace("\n", "\r\n").encode())
    assert load(one).digest == load(other).digest


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("examples/three-station-v1", "Did you mean `examples/three-stations-v1`?"),
        ("nothing-like-it", "`twin lines` lists them."),
        ("gone.yaml", "no such file"),
        ("../scenarios/electronics/smt-v1", "no such file"),
        ("", "Is a directory"),
        ("a\0b", "no shipped scenario"),
    ],
)
def test_a_name_that_is_no_scenario_is_refused(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownScenario) as caught:
        load(name)
    assert words in caught.value.message
    (only,) = check(name)
    assert only.file == name
    assert words in str(only)


def test_a_folder_is_no_scenario(tmp_path):
    with pytest.raises(UnknownScenario, match="directory"):
        load(tmp_path)


def test_a_bad_file_names_every_problem_in_the_error(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(MINIMAL.replace("3 s", "3") + "colour: red\n")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert [problem.line for problem in caught.value.problems] == [4, 5]
    assert check(file) == list(caught.value.problems)
    assert str(caught.value).count("\n") == 1
    assert caught.value.exit_status == 2
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_a_head_that_cannot_be_read_does_not_stop_the_list(tmp_path, monkeypatch):
    (tmp_path / "x-v1.yaml").write_text("a: [\n")
    (tmp_path / "y-v1.yaml").write_text(MINIMAL)
    monkeypatch.setattr(index, "files", lambda name: tmp_path)
    assert [(row.id, row.title) for row in shipped()] == [("x-v1", ""), ("y-v1", "A line")]


def test_names_are_checked_although_a_time_is_wrong(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(
        "schema: 1\nid: test/line-v1\ntitle: A line\nstations:\n  A: {cycle: 3, to: Bb}\n"
        "  B: {cycle: 3 s, crew: joe, bufer: 5}\n  C: 7\n  D: {cycle: 3 s, to: C}\n"
    )
    assert [(problem.line, problem.path) for problem in check(file)] == [
        (5, "stations.A.cycle"),
        (5, "stations.A.to"),
        (6, "stations.B.bufer"),
        (6, "stations.B.crew"),
        (7, "stations.C"),
    ]


def test_nothing_is_said_about_names_when_their_group_is_broken(tmp_path):
    file = tmp_path / "bad.yaml"
    for broken in ("crews: 7", "crew: {joe: {count: 1}}", "crews: {joe s: {count: 1}}"):
        file.write_text(MINIMAL.replace("3 s", "3 s, crew: joe") + broken + "\n")
        (only,) = check(file)
        assert only.line == 5

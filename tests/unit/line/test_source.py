"""Reading the text: every way to be no usable YAML is said with its line."""

from __future__ import annotations

import pytest

from twin.errors import ScenarioError
from twin.line import source
from twin.line.source import dotted, read, shown


def problems(raw: bytes):
    try:
        return list(read(raw, "line.yaml").problems)
    except ScenarioError as error:
        return list(error.problems)


def bomb() -> bytes:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    return "\n".join(rows).encode()


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"", 1, "an empty file"),
        (b"# only a comment\n", 1, "an empty file"),
        (b"\n\n- a\n- b\n", 3, "a list"),
        (b"just words\n", 1, "'just words'"),
        (b"a: 1\nb:\n\tc: 2\n", 3, "a tab"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 3, "begins in line 2"),
        (b"a: b: c\n", 1, "mapping values are not allowed here"),
        (b"a: 1\nb: *gone\n", 2, "gone"),
        (b"a: 1\nb: \x01\n", 2, "control character 0x01"),
        (b"a: 1\nb: caf\xe9\n", 2, "the byte 0xE9"),
        ("a: 1\n".encode("utf-16"), 1, "the byte 0xFF"),
        (b"a: 1\n---\nb: 2\n", 2, "a second one"),
        (b"%YAML 1.1\n---\na: on\n", 1, "%YAML 1.1"),
        (b"a: 1\nb: 2\na: 3\n", 3, "a second time (first in line 1)"),
        (b"a:\n  b: 1\n  b: 2\n", 3, "a second time (first in line 2)"),
        (b"a: {x: 1}\n<<: {y: 1}\n", 2, "a merge key"),
        (b"a: 1\nb: !!python/object:os.system x\n", 2, "the tag"),
        (b"a: 1\nb: !mine {c: 1}\n", 2, "!mine"),
        (b"a: 1\n? [b]\n: 2\n", 2, "a list"),
        (b"a: 1\nb: 1e999\n", 2, "1e999"),
        (b"a: &a [*a]\n", 1, "nested without end"),
        (b"a: " + b"[" * 5000, 1, "nested without end"),
        (bomb(), 1, "aliases written out"),
        (b"a: 1\n" * 200_001, 1, "bytes"),
    ],
)
def test_unusable_text_is_refused_with_its_line(raw, line, words):
    (first, *_) = problems(raw)
    assert words in first.found
    assert first.line >= line if raw == bomb() else first.line == line
    assert first.file == "line.yaml"
    assert first.expected


def test_values_follow_yaml_1_2():
    text = (
        b"a: 14:30\nb: on\nc: true\nd: 0o17\ne: 1_000\nf: 2001-01-01\ng: ~\nh: .5\ni: '3'\nj: -0x10"
    )
    assert read(text, "x").data == {
        "a": "14:30", "b": "on", "c": True, "d": 15, "e": 1000, "f": "2001-01-01", "g": None,
        "h": 0.5, "i": "3", "j": -16,
    }  # fmt: skip


def test_every_key_and_item_has_its_line():
    found = read(b"a:\n  - 1\n  - b: 2\n    c: {d: 3,\n      e: 4}\n", "x")
    assert found.line(("a",)) == 1
    assert found.line(("a", 0)) == 2
    assert found.line(("a", 1, "c")) == 4
    assert found.line(("a", 1, "c", "e")) == 5
    assert found.line(("a", 1, "gone", "too")) == 3
    assert found.line(("gone",)) == 1


def test_aliases_are_expanded_and_keep_the_line_of_their_text():
    found = read(b"a: &t {b: 1}\nc: *t\n", "x")
    assert found.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert found.line(("c",)) == 2
    assert found.value(("c", "b")) == 1
    assert found.value(("c", "b", 0, "z")) is None


def test_line_ends_and_a_byte_order_mark_make_no_difference():
    assert source.decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r", "x") == "a: 1\nb: 2\n"


def test_paths_and_values_read_well():
    assert dotted(("stations", "A", "to", 0, "share")) == "stations.A.to[0].share"
    assert [shown(v) for v in (None, True, {}, {1: 1}, [], [1], "x", 3)] == [
        "nothing", "true", "an empty mapping", "a mapping", "an empty list", "a list", "'x'", "3",
    ]  # fmt: skip
    assert len(shown("x" * 1000)) == source.MAX_TEXT

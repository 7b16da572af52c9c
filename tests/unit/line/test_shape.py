"""The shape of a scenario: each mistake gives one message, in plain words, with its line."""

from __future__ import annotations

import pytest

from twin.line import check

HEAD = "schema: 1\nid: test/line-v1\ntitle: A line\n"


def problems(tmp_path, text: str):
    file = tmp_path / "line.yaml"
    file.write_text(text)
    return check(file)


# rows: what stands in line 6 inside `stations: A:`, the path in the message, words in the message
IN_STATION = [
    ("cycle: 3", "cycle", "a time with its unit, such as 28 s"),
    ("cycle: 28", "cycle", "found 28"),
    ("cycle: 3 parsec", "cycle", "Known units: ms, s, sec, min, h"),
    ("cycle: -3 s", "cycle", "expected 0 s or more, found '-3 s'"),
    ("cycle: 1e300 s", "cycle", "or less, found '1e300 s'"),
    ("cycle: []", "cycle", "found an empty list"),
    ("cycle:", "cycle", "found nothing"),
    ("cycle: {}", "cycle", "1 or more entries"),
    ("cycle: {mean: 3 s}", "cycle.kind", "the name of a distribution"),
    ("cycle: {kind: exponentail, mean: 3 s}", "cycle.kind", "Did you mean `exponential`?"),
    ("cycle: {kind: exponential}", "cycle.mean", "the key `mean`"),
    ("cycle: {kind: exponential, mean: 0 s}", "cycle.mean", "more than 0 s, found '0 s'"),
    ("cycle: {kind: fixed, mean: 3 s, sd: 1 s}", "cycle.sd", "expected one of kind, mean, found"),
    ("cycle: {kind: weibull, mean: 3 s, shape: 0.001}", "cycle.shape", "0.1 or more"),
    ("cycle: {kind: erlang, mean: 3 s, phases: 2.5}", "cycle.phases", "a whole number, found 2.5"),
    ("cycle: {p: {kind: uniform, low: 1 s}}", "cycle.p.high", "the key `high`"),
    ("cycle: {kind: exponential, mean: 3 s, time: 3 s}", "cycle.time", "one of kind, mean, found"),
    ("cycle: {kind: fixed, mean: 3 s, fixed: 3 s}", "cycle.fixed", "one of kind, mean, found"),
    ("cycle: {p: 3}", "cycle.p", "a time with its unit"),
    ("cycel: 3 s", "cycel", "the unknown key `cycel`. Did you mean `cycle`?"),
    ("{cycle: 3 s, to: 3}", "to", "`out` or `scrap`, or a list of routes, found 3"),
    ("{cycle: 3 s, to: []}", "to", "1 or more entries"),
    ("{cycle: 3 s, to: [out]}", "to[0]", "a mapping (lines of `key: value`), found 'out'"),
    ("{cycle: 3 s, to: [{to: out, share: 2}]}", "to[0].share", "1 or less, found 2"),
    ("{cycle: 3 s, to: [{to: out, share: 0}]}", "to[0].share", "more than 0, found 0"),
    ("{cycle: 3 s, to: [{to: out, share: 50 %}]}", "to[0].share", "a number, found '50 %'"),
    ("{cycle: 3 s, to: [{to: out, when: reject}]}", "to[0].when", "Did you mean `rejected`?"),
    ("{cycle: 3 s, to: [{too: out}]}", "to[0].too", "Did you mean `to`?"),
    ("{cycle: 3 s, from: [a]}", "from", "a buffer, or a mapping from buffers to quantities"),
    ("{cycle: 3 s, from: {a: 0}}", "from.a", "more than 0, found 0"),
    ("{cycle: 3 s, from: {a: two}}", "from.a", "a number, found 'two'"),
    ("{cycle: 3 s, buffer: -1}", "buffer", "a whole number from 0 to 1000000, or unlimited"),
    ("{cycle: 3 s, buffer: many}", "buffer", "or unlimited, found 'many'"),
    ("{cycle: 3 s, buffer: true}", "buffer", "found true"),
    ("{cycle: 3 s, buffer: 2.5}", "buffer", "found 2.5"),
    ("{cycle: 3 s, buffer: {capacity: 1, transport: 3}}", "buffer.transport", "with its unit"),
    ("{cycle: 3 s, failures: {after: 3 s}}", "failures", "a list (lines that begin with `- `)"),
    ("{cycle: 3 s, failures: [{id: a b, after: 3 s, repair: 3 s}]}", "failures[0].id", "a name of"),
    ("{cycle: 3 s, failures: [{id: a, after: 3 s}]}", "failures[0].repair", "the key `repair`"),
    ("{cycle: 3 s, failures: [{id: a, after: 3 s, repair: 3 s, minor: 1}]}", "failures[0].minor",
     "true or false, found 1"),
    ("{cycle: 3 s, power: {working: 3 s}}", "power.working", "a power with its unit"),
    ("{cycle: 3 s, power: {working: -3 kW}}", "power.working", "0 kW or more"),
    ("{cycle: 3 s, title: {en: A}}", "title", 'a text, or {en: "...", ko: "..."}'),
    ("{cycle: 3 s, layout: {x: 1}}", "layout.y", "the key `y`"),
    ("{cycle: 3 s, layout: {x: left, y: 1}}", "layout.x", "a number, found 'left'"),
    ("{cycle: 3 s, parameters: 7}", "parameters", "a mapping"),
    ("{cycle: 3 s, kind: 7}", "kind", "a text, found 7. Put it in quotes."),
    ("7", "", "a mapping (lines of `key: value`), found 7"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "words"), IN_STATION)
def test_a_mistake_in_a_station_gives_one_message(tmp_path, text, path, words):
    (only,) = problems(tmp_path, f"{HEAD}stations:\n  A:\n    {text}\n")
    assert only.line == 6 if path else only.line in (5, 6)
    assert only.path == f"stations.A.{path}".rstrip(".")
    assert words in str(only)


@pytest.mark.parametrize(
    ("text", "line", "path", "words"),
    [
        ("stations: {}", 4, "stations", "1 or more entries, found an empty mapping"),
        ("stations:", 4, "stations", "a mapping (lines of `key: value`), found nothing"),
        ("statoins: {A: {cycle: 3 s}}", 4, "statoins", "Did you mean `stations`?"),
        ("licence: x", 1, "stations", "the key `stations`, found nothing"),
        ("stations: {A b: {cycle: 3 s}}", 4, "stations.A b", "a name of at most 32 letters"),
        ("stations: {A: {cycle: 3 s}}\norders: {}", 5, "orders", "a list"),
        ("stations: {A: {cycle: 3 s}}\ncrews: {c: {count: 0}}", 5, "crews.c.count", "1 or more"),
        ("stations: {A: {cycle: 3 s}}\nbuffers: {b: lots}", 5, "buffers.b", "or unlimited"),
        ("stations: {A: {cycle: 3 s}}\nversion: 1.0", 5, "version", "Put it in quotes."),
        ("stations: {A: {cycle: 3 s, arrivals: {every: 30}}}", 4, "stations.A.arrivals.every",
         "a time with its unit"),
    ],
)  # fmt: skip
def test_a_mistake_elsewhere_gives_one_message(tmp_path, text, line, path, words):
    (only,) = problems(tmp_path, f"{HEAD}{text}\n")
    assert (only.line, only.path) == (line, path)
    assert words in str(only)


@pytest.mark.parametrize(
    ("head", "path", "words"),
    [
        ("schema: 2\nid: a-v1\ntitle: T\n", "schema", "expected 1, found 2"),
        ("schema: 1\nid: A line\ntitle: T\n", "id", "such as electronics/smt-v1"),
        ("schema: 1\nid: a-v1\ntitle: [T]\n", "title", 'a text, or {en: "...", ko: "..."}'),
    ],
)
def test_a_mistake_in_the_head_gives_one_message(tmp_path, head, path, words):
    (only,) = problems(tmp_path, f"{head}stations: {{A: {{cycle: 3 s}}}}\n")
    assert only.path == path
    assert words in str(only)


def test_all_mistakes_are_named_at_once_in_the_order_of_their_lines(tmp_path):
    text = f"{HEAD}stations:\n  A: {{cycle: 3}}\n  A: {{cycle: 4 s}}\n  B: {{cycle: 3 s, x: 1}}\n"
    found = problems(tmp_path, text)
    assert [problem.line for problem in found] == [5, 6, 7]


def test_a_message_has_file_line_path_expected_found_and_fix(tmp_path):
    (only,) = problems(tmp_path, f"{HEAD}stations:\n  A: {{cycle: 3 s, when: x, buffr: 3}}\n")[1:]
    assert str(only).startswith(f"{tmp_path}/line.yaml:5: stations.A.buffr: expected one of kind,")
    assert str(only).endswith("found the unknown key `buffr`. Did you mean `buffer`?")

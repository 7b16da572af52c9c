"""Stations that material flows through: every mistake in a file is named with its line."""

from __future__ import annotations

import pytest

import twin
from twin.line.published import json_schema

HEAD = "schema: 1\nid: test/flow-v1\ntitle: A flow\n"
MISTAKES = (
    ("stations:\n  A: {to: out}", 5, "stations.A.cycle", "the key `cycle`, found nothing"),
    ("stations:\n  A: {cycle: 3 s, rate: 5 /s}", 5, "stations.A.cycle", "no `cycle` beside `rate`"),
    ("stations:\n  A: {cycle: 3 s, pack: 5}", 5, "stations.A.pack", "`pack` only beside `rate`"),
    ("stations:\n  A: {cycle: 3 s, reject: 0.1}", 5, "stations.A.reject", "only beside `rate`"),
    (
        "stations:\n  A: {rate: 3 /h, arrivals: {every: 3 s}}",
        5, "stations.A.arrivals", "no `arrivals` beside `rate`",
    ),
    ("stations:\n  A: {rate: 12000}", 5, "stations.A.rate", "a rate with its unit"),
    ("stations:\n  A: {rate: 0 /h}", 5, "stations.A.rate", "more than 0 /s"),
    ("stations:\n  A: {rate: 5 s}", 5, "stations.A.rate", "such as 12000 /h"),
    ("stations:\n  A: {rate: 5 /s, reject: 1}", 5, "stations.A.reject", "less than 1"),
    (
        "stations:\n  A: {rate: {p: 5 /s}}\nproducts: {p: {}, q: {}}\nline_clearance: true\n"
        "orders: [{product: p, quantity: 1}]",
        5, "stations.A.rate", "a rate for every product, found none for q",
    ),
    (
        "stations:\n  A: {rate: {p: 5 /s, r: 3 /s}, pack: 3}\nproducts: {p: {}}",
        5, "stations.A.rate.r", "one of p",
    ),
    (
        "stations:\n  A: {rate: 5 /s}\nproducts: {p: {}}\norders: [{product: p, quantity: 1}]",
        7, "orders", "a station with `pack`",
    ),
    (
        "stations:\n  A: {rate: 5 /s, pack: 2}\nproducts: {p: {}, q: {}}\n"
        "orders: [{product: p, quantity: 1}, {product: q, quantity: 1}]",
        7, "orders", "`line_clearance: true`",
    ),
    (
        "stations:\n  A: {cycle: 5 s, to: b}\n  B: {cycle: 5 s, from: {b: 1.5}}\nbuffers: {b: 4}",
        6, "stations.B.from.b", "a whole number, found 1.5",
    ),
    (
        "stations:\n  A: {rate: 5 /s, to: B}\n  B: {cycle: 5 s}",
        5, "stations.A.to", "a target that material can flow to",
    ),
    (
        "stations:\n  A: {cycle: 5 s, to: B}\n  B: {rate: 5 /s, buffer: 5}",
        5, "stations.A.to", "a target that takes parts",
    ),
    (
        "stations:\n  A: {rate: 5 /s, pack: 5, to: B}\n  B: {rate: 5 /s, buffer: 5}",
        5, "stations.A.to", "a target that takes parts",
    ),
    (
        "stations:\n  A: {rate: 5 /s, to: B}\n  B: {rate: 5 /s, buffer: {capacity: 5, "
        "transport: 3 s}}",
        6, "stations.B.buffer.transport", "no `transport` where material flows",
    ),
    (
        "stations:\n  A: {rate: 5 /s, to: [{to: B, share: 0.5}, {to: out}]}\n"
        "  B: {rate: 5 /s, buffer: 5}",
        5, "stations.A.to", "one target for what flows",
    ),
    (
        "stations:\n  A: {rate: 5 /s, from: {b: 1, c: 1}, to: c}\n  B: {rate: 5 /s, to: b}\n"
        "buffers: {b: 3, c: 3}",
        5, "stations.A", "a loop",
    ),
    (
        "stations:\n  A: {rate: 5 /s, kind: reflow}",
        5, "stations.A.kind", "that material can flow through",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("text", "line", "path", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path, text, line, path, words):
    file = tmp_path / "flow.yaml"
    file.write_text(HEAD + text + "\n")
    found = twin.check(file)
    assert [p for p in found if p.line == line and p.path.startswith(path) and words in str(p)], [
        str(problem) for problem in found
    ]


@pytest.mark.parametrize("rate", ["12000 /h", "200 /min", "5 /s", "6000 L/h", "6 m³/h"])
def test_rates_carry_their_unit(tmp_path, rate):
    file = tmp_path / "flow.yaml"
    file.write_text(f"{HEAD}stations:\n  A: {{rate: {rate}}}\n")
    assert twin.check(file) == []
    assert twin.load(file).stations[0].fluid


def test_the_published_schema_speaks_of_rates_and_packs():
    station = json_schema()["$defs"]["StationSpec"]["properties"]
    assert {"rate", "pack", "reject"} <= set(station)

"""The meaning of a scenario: what cannot be meant is said, with its line and what to do."""

from __future__ import annotations

import pytest

from twin.line import check, load

HEAD = "schema: 1\nid: test/line-v1\ntitle: A line\n"


def problems(tmp_path, text: str):
    file = tmp_path / "line.yaml"
    file.write_text(HEAD + text)
    return check(file)


# what follows the head (3 lines), line and path of the one message, words in it
NAMES = {
    "unknown kind": (
        "stations: {A: {cycle: 3 s, kind: machin}}",
        4, "stations.A.kind", "one of machine, loader, printer",
    ),
    "unknown parameter": (
        "stations:\n  A:\n    cycle: 3 s\n    parameters:\n      speed: 3",
        8, "stations.A.parameters.speed", "no keys here, found the unknown key `speed`",
    ),
    "wrong parameter": (
        "stations:\n  A: {cycle: 3 s, kind: spi, parameters: {escape: lots}}",
        5, "stations.A.parameters.escape", "a number, found 'lots'",
    ),
    "unknown target": (
        "stations:\n  A: {cycle: 3 s, to: Bake}\n  Bakes: {cycle: 3 s}",
        5, "stations.A.to", "Did you mean `Bakes`?",
    ),
    "unknown target in a list": (
        "stations:\n  A:\n    cycle: 3 s\n    to:\n      - {to: out, share: 0.5}\n      - {to: B}",
        9, "stations.A.to[1].to", "one of A, out, scrap, found 'B'",
    ),
    "merged as a target": (
        "stations: {A: {cycle: 3 s, to: merged}}", 4, "stations.A.to", "found 'merged'",
    ),
    "a target that takes from several": (
        "stations:\n  A: {cycle: 3 s, to: C}\n  B: {cycle: 3 s, to: b}\n"
        "  C: {cycle: 3 s, from: {b: 2}}\nbuffers: {b: 3}",
        5, "stations.A.to", "expected one of b, found the station `C`, which takes from several",
    ),
    "unknown source": (
        "stations: {A: {cycle: 3 s, from: q}}", 4, "stations.A.from",
        "a name under `buffers`, where there is none, found 'q'",
    ),
    "a station as source": (
        "stations:\n  A: {cycle: 3 s, to: q}\n  B: {cycle: 3 s, from: {q: 1, A: 1}}\n"
        "buffers: {q: 1}",
        6, "stations.B.from.A", "A station sends its parts on with `to`.",
    ),
    "source and buffer": (
        "stations:\n  A: {cycle: 3 s, to: q}\n  B: {cycle: 3 s, from: q, buffer: 3}\n"
        "buffers: {q: 1}",
        6, "stations.B.buffer", "either `from` or a buffer of the station's own, found both",
    ),
    "arrivals at a kit": (
        "stations:\n  A: {cycle: 3 s, to: q}\n"
        "  B: {cycle: 3 s, from: {q: 1, r: 1}, arrivals: {every: 3 s}}\n"
        "  C: {cycle: 3 s, to: r}\nbuffers: {q: 1, r: 1}",
        6, "stations.B.arrivals", "found 2 inputs",
    ),
    "unknown material": (
        "stations:\n  A: {cycle: 3 s, uses: {glu: 2}}\nmaterials: {glue: {lot: 5}}",
        5, "stations.A.uses.glu", "Did you mean `glue`?",
    ),
    "material without a list of them": (
        "stations: {A: {cycle: 3 s, uses: {glue: 2}}}", 4, "stations.A.uses.glue",
        "a name under `materials`, where there is none, found 'glue'",
    ),
    "no quantity": (
        "stations:\n  A: {cycle: 3 s, uses: {glue: much}}\nmaterials: {glue: {lot: 5}}",
        5, "stations.A.uses.glue", "a quantity for each part, or {quantity: ..., refill:",
    ),
    "quantity of nothing": (
        "stations:\n  A: {cycle: 3 s, uses: {glue: 0}}\nmaterials: {glue: {lot: 5}}",
        5, "stations.A.uses.glue", "more than 0",
    ),
    "empty lot": (
        "stations:\n  A: {cycle: 3 s}\nmaterials: {glue: {lot: 0}}",
        6, "materials.glue.lot", "more than 0, found 0",
    ),
    "unknown key of a material": (
        "stations:\n  A: {cycle: 3 s}\nmaterials: {glue: {lot: 1, propertys: {}}}",
        6, "materials.glue.propertys", "Did you mean `properties`?",
    ),
    "negative spread": (
        "stations:\n  A: {cycle: 3 s}\n"
        "materials:\n  glue: {lot: 1, properties: {v: {mean: 1, sd: -1}}}",
        7, "materials.glue.properties.v.sd", "0 or more",
    ),
    "unknown crew of a refill": (
        "stations:\n  A:\n    cycle: 3 s\n"
        "    uses: {glue: {quantity: 1, refill: {time: 2 s, crew: men}}}\n"
        "crews: {man: {count: 1}}\nmaterials: {glue: {lot: 5}}",
        7, "stations.A.uses.glue.refill.crew", "Did you mean `man`?",
    ),
    "a refill where it flows": (
        "stations:\n  A:\n    rate: 60 /h\n    to: b\n"
        "    uses: {glue: {quantity: 1, refill: {time: 3 s}}}\n"
        "  B: {rate: 60 /h, from: b}\nbuffers: {b: 5}\nmaterials: {glue: {lot: 5}}",
        8, "stations.A.uses.glue.refill", "no `refill` beside `rate`",
    ),
    "material for a product there is not": (
        "products: {red: {}}\nstations:\n  A: {cycle: 3 s, uses: {glue: {quantity: {rad: 1}}}}\n"
        "materials: {glue: {lot: 5}}",
        6, "stations.A.uses.glue.quantity.rad", "one of red",
    ),
    "a utility that physics says": (
        "stations:\n  A: {kind: reflow, cycle: 20 s, utilities: {nitrogen: {working: 9 Nm³/h}}}",
        5, "stations.A.utilities.nitrogen", "the kind `reflow` follows its own physics",
    ),
    "materials of one name": (
        "stations:\n  A: {cycle: 3 s, uses: {glue-a: 1, glue_a: 1}}\n"
        "materials: {glue-a: {lot: 5}, glue_a: {lot: 5}}",
        5, "stations.A.uses.glue_a", "a name that differs from `glue-a` in more than signs",
    ),
    "unknown crew": (
        "stations: {A: {cycle: 3 s, crew: oprators}}\ncrews: {operators: {count: 1}}",
        4, "stations.A.crew", "Did you mean `operators`?",
    ),
    "unknown crew of a setup": (
        "stations: {A: {cycle: 3 s, setup: {time: 3 s, crew: c}}}",
        4, "stations.A.setup.crew", "found 'c'",
    ),
    "unknown crew of a failure": (
        "stations:\n  A:\n    cycle: 3 s\n    failures:\n"
        "      - {id: a, after: 3 s, repair: 3 s, crew: c}",
        8, "stations.A.failures[0].crew", "found 'c'",
    ),
    "unknown product in orders": (
        "stations: {A: {cycle: 3 s}}\nproducts: {p: {}}\norders: [{product: q, quantity: 3}]",
        6, "orders[0].product", "one of p, found 'q'",
    ),
    "unknown product in a table": (
        "stations: {A: {cycle: {p: 3 s, q: 4 s}}}\nproducts: {p: {}}",
        4, "stations.A.cycle.q", "one of p, found 'q'",
    ),
    "a table without products": (
        "stations: {A: {cycle: {p: 3 s}}}", 4, "stations.A.cycle.p", "where there is none",
    ),
    "an incomplete table": (
        "stations: {A: {cycle: {p: 3 s}}}\nproducts: {p: {}, q: {}}\n"
        "orders: [{product: p, quantity: 3}]",
        4, "stations.A.cycle", "a time for every product, found none for q",
    ),
    "products without orders": (
        "stations: {A: {cycle: 3 s}}\nproducts: {p: {}, q: {}}",
        5, "products", "orders: [{product: p, quantity: 100}]",
    ),
    "a product called none": (
        "stations: {A: {cycle: 3 s}}\nproducts: {none: {}}", 5, "products.none", "another name",
    ),
    "one name for two": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B: {cycle: 3 s, from: B}\nbuffers: {B: 3}",
        7, "buffers.B", "a station of the same name in line 6",
    ),
    "a name that is taken": (
        "stations: {Line: {cycle: 3 s}}", 4, "stations.Line", "another name than Line, merged",
    ),
    "a failure twice": (
        "stations:\n  A:\n    cycle: 3 s\n    failures:\n      - {id: a, after: 3 s, repair: 3 s}\n"
        "      - {id: a, after: 4 s, repair: 3 s}",
        9, "stations.A.failures[1].id", "a name of its own, found 'a'",
    ),
    "a fault of an unknown station": (
        "stations: {A: {cycle: 3 s}}\nfaults:\n- {id: E-Z8, station: B}",
        6, "faults[0].station", "one of A, found 'B'",
    ),
    "a fault the kind has not": (
        "stations: {A: {cycle: 3 s}}\nfaults: [{id: E-Z8, station: A}]",
        5, "faults[0].id", "a fault of the kind `machine` (none), found 'E-Z8'",
    ),
}  # fmt: skip

TIMES = {
    "uniform": (
        "stations:\n  A:\n    cycle: {kind: uniform, low: 5 s, high: 3 s}",
        6, "stations.A.cycle", "low ≤ high, found low: 5 s, high: 3 s",
    ),
    "triangular": (
        "stations: {A: {cycle: {p: {kind: triangular, low: 1 s, mode: 9 s, high: 3 s}}}}\n"
        "products: {p: {}}",
        4, "stations.A.cycle.p", "low ≤ mode ≤ high, found low: 1 s, mode: 9 s, high: 3 s",
    ),
    "bursts closer than their mean": (
        "stations:\n  A:\n    cycle: {kind: bursts, mean: 3 s, share: 0.5, close: 3 s}",
        6, "stations.A.cycle.close", "close < mean, found '3 s'",
    ),
    "shifts at one time": (
        "stations: {A: {cycle: 3 s}}\ncalendar:\n  start: 2026-03-02T06:00\n  shifts:\n"
        "  - {id: day, from: '06:00', to: '14:00'}\n  - {id: night, from: '22:00', to: '06:30'}",
        9, "calendar.shifts[1].from",
        "a time when no other shift is, found a part of the shift `day`",
    ),
    "a shift that meets itself a week later": (
        "stations: {A: {cycle: 3 s}}\ncalendar:\n  start: 2026-03-02T06:00\n  shifts:\n"
        "  - {id: late, days: [sun], from: '22:00', to: '06:30'}\n"
        "  - {id: early, days: [mon], from: '06:00', to: '14:00'}",
        9, "calendar.shifts[1].from",
        "a time when no other shift is, found a part of the shift `late`",
    ),
    "a break outside its shift": (
        "stations: {A: {cycle: 3 s}}\ncalendar:\n  start: 2026-03-02T06:00\n  shifts:\n"
        "  - {id: day, from: '06:00', to: '14:00', breaks: [{at: '13:50', for: 15 min}]}",
        8, "calendar.shifts[0].breaks[0]",
        "a break inside the shift, after the break before, found '13:50'",
    ),
    "two shifts of one name": (
        "stations: {A: {cycle: 3 s}}\ncalendar:\n  start: 2026-03-02T06:00\n  shifts:\n"
        "  - {id: day, from: '06:00', to: '14:00'}\n  - {id: day, from: '14:00', to: '20:00'}",
        9, "calendar.shifts[1].id", "a name of its own, found 'day'",
    ),
    "maintenance by nobody": (
        "stations:\n  A:\n    cycle: 3 s\n"
        "    maintenance: [{id: oil, every: 8 h, time: 1 h, crew: x}]",
        7, "stations.A.maintenance[0].crew", "a name under `crews`, where there is none, found 'x'",
    ),
    "failures all the time": (
        "stations: {A: {cycle: 3 s, failures: [{id: a, after: 0 s, repair: 3 s}]}}",
        4, "stations.A.failures[0].after", "more than 0 s, found '0 s'",
    ),
    "arrivals all the time": (
        "stations: {A: {cycle: 3 s, arrivals: {every: {kind: fixed, mean: 0 min}}}}",
        4, "stations.A.arrivals.every", "more than 0 s, found '0 min'",
    ),
    "a conveyor without room": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B:\n    cycle: 3 s\n"
        "    buffer: {capacity: 0, transport: 5 s}",
        8, "stations.B.buffer.capacity", "because transport takes time, found 0",
    ),
    "a named conveyor without room": (
        "stations:\n  A: {cycle: 3 s, to: q}\n  B: {cycle: 3 s, from: q}\n"
        "buffers: {q: {transport: 5 s}}",
        7, "buffers.q.capacity", "because transport takes time, found 0",
    ),
}  # fmt: skip

FLOW = {
    "shares above 1": (
        "stations: {A: {cycle: 3 s, to: [{to: out, share: 0.7}, {to: scrap, share: 0.7}]}}",
        4, "stations.A.to", "shares that add up to 1 at most, found 1.4",
    ),
    "shares of rejected parts above 1": (
        "stations:\n  A:\n    kind: spi\n    cycle: 3 s\n    to:\n"
        "    - {to: scrap, when: rejected, share: 0.7}\n    - {to: out, share: 0.7}",
        8, "stations.A.to", "found 1.4",
    ),
    "a route behind all others": (
        "stations:\n  A:\n    cycle: 3 s\n    to:\n      - {to: out}\n"
        "      - {to: scrap, share: 0.1}",
        9, "stations.A.to[1]", "a route behind others that take every part",
    ),
    "a route behind both verdicts": (
        "stations:\n  A:\n    kind: spi\n    cycle: 3 s\n    to:\n"
        "      - {to: scrap, when: rejected}\n"
        "      - {to: out, when: passed}\n      - {to: scrap}",
        11, "stations.A.to[2]", "a route behind others that take every part",
    ),
    "a verdict of a plain machine": (
        "stations:\n  A: {cycle: 3 s, to: [{to: scrap, when: rejected}, {to: out}]}",
        5, "stations.A.to[0].when", "the kind `machine`, which gives no verdict",
    ),
    "a buffer of a first station": (
        "stations: {A: {cycle: 3 s, buffer: 3}}",
        4, "stations.A.buffer", "a buffer that nobody fills. Write `to: A`",
    ),
    "a buffer that nobody fills": (
        "stations: {A: {cycle: 3 s, from: q}}\nbuffers: {q: 3}",
        5, "buffers.q", "a buffer that nobody fills. Write `to: q`",
    ),
    "a buffer that nobody empties": (
        "stations: {A: {cycle: 3 s, to: q}}\nbuffers: {q: 3}",
        5, "buffers.q", "a buffer that nobody empties. Write `from: q`",
    ),
    "a loop without an exit": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B: {cycle: 3 s, to: C}\n  C: {cycle: 3 s, to: B}",
        6, "stations.B.to", "a loop without an exit: B → C → B",
    ),
    "a rework loop that takes all": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B: {cycle: 3 s, to: C}\n"
        "  C: {cycle: 3 s, to: [{to: B, share: 0.4}, {to: B, share: 0.6}]}",
        6, "stations.B.to", "a loop without an exit: B → C → B",
    ),
    "a loop without an entrance": (
        "stations:\n  A: {cycle: 3 s}\n  B: {cycle: 3 s, to: C}\n"
        "  C: {cycle: 3 s, to: [{to: B, share: 0.4}]}",
        6, "stations.B", "a way for parts to come to B, C",
    ),
    "pallets that were never there": (
        "stations:\n  A: {cycle: 3 s, to: b}\n"
        "  B: {cycle: 3 s, from: {b: 1, q: 1}, to: [{to: q, share: 0.5}]}\nbuffers: {b: 1, q: 1}",
        6, "stations.B", "a loop that no part ever enters",
    ),
    "no time passes in a loop": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B: {cycle: 0 s, to: C}\n"
        "  C: {cycle: 0 s, to: [{to: B, share: 0.4}]}",
        6, "stations.B.cycle", "a loop that takes no time: B → C → B",
    ),
    "no time passes at all": (
        "stations: {A: {cycle: 0 s}}", 4, "stations.A.cycle", "more than 0 s, found '0 s'",
    ),
    "no time passes on the way to an endless buffer": (
        "stations:\n  A: {cycle: 0 s, to: B}\n  B: {cycle: 3 s, buffer: unlimited}",
        5, "stations.A.cycle", "parts without end would come at one instant",
    ),
    "a station that feeds only itself": (
        "stations:\n  A: {cycle: 3 s, arrivals: {every: 9 s}, to: [{to: A, share: 0.5}]}",
        5, "stations.A.buffer", "`A` could never hand a part to itself",
    ),
    "a tunnel without room behind": (
        "stations:\n  O: {kind: reflow, cycle: 20 s, to: B}\n  B: {cycle: 3 s}",
        6, "stations.B.buffer", "0 behind `O`: parts in a `reflow` cannot wait",
    ),
    "a tunnel with two ways out": (
        "stations:\n  O: {kind: reflow, cycle: 20 s, to: [{to: out, share: 0.5}, {to: scrap}]}",
        5, "stations.O.to", "one target, because parts come out of `reflow` in a row",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(v, id=k) for k, v in (NAMES | TIMES | FLOW).items()])
def test_what_cannot_be_meant_gives_one_message(tmp_path, case):
    text, line, path, words = case
    (only,) = problems(tmp_path, text + "\n")
    assert (only.line, only.path) == (line, path)
    assert words in str(only)


VALID = {
    "one station": "stations: {A: {cycle: 3 s}}",
    "a queue": "stations: {A: {cycle: 3 s, arrivals: {every: 4 s}, buffer: unlimited}}",
    "two servers, one queue": (
        "stations:\n  A: {cycle: 3 s, from: q, arrivals: {every: 2 s}}\n"
        "  B: {cycle: 3 s, from: q}\nbuffers: {q: unlimited}"
    ),
    "rework into the first station": (
        "stations:\n  A: {cycle: 3 s, arrivals: {every: 9 s}, buffer: 2, to: B}\n"
        "  B: {cycle: 3 s, to: [{to: A, share: 0.1}]}"
    ),
    "shares that add up to 1": (
        "stations:\n  A: {cycle: 3 s, to: [{to: out, share: 0.1}, {to: scrap, share: 0.2}, "
        "{to: out, share: 0.7}]}"
    ),
    "one station without time among others": (
        "stations:\n  A: {cycle: 3 s, to: B}\n  B: {cycle: 0 s, to: C}\n  C: {cycle: 0 s}"
    ),
    "a source without time in front of a limited buffer": (
        "stations:\n  A: {cycle: 0 s, to: B}\n  B: {cycle: 1 s, buffer: 3}"
    ),
    "a loop that takes time on the way": (
        "stations:\n  A: {cycle: 3 s, to: B}\n"
        "  B: {cycle: 0 s, buffer: {capacity: 5, transport: 1 s}, to: [{to: B, share: 0.4}]}"
    ),
    "low and high the same": (
        "stations: {A: {cycle: {kind: triangular, low: 2 s, mode: 2 s, high: 2 s}}}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(v, id=k) for k, v in VALID.items()])
def test_what_can_be_meant_is_accepted(tmp_path, text):
    assert problems(tmp_path, text + "\n") == []
    assert load(tmp_path / "line.yaml").stations


def test_a_misspelt_target_is_one_message_even_when_its_buffer_is_left_unfed(tmp_path):
    text = "stations:\n  A: {cycle: 3 s, to: Bb}\n  B: {cycle: 3 s, buffer: 5}\n"
    (only,) = problems(tmp_path, text)
    assert only.path == "stations.A.to"


def test_a_fault_is_named_once_and_by_its_own_station(tmp_path):
    stations = "stations:\n  O: {kind: reflow, cycle: 20 s, to: P}\n"
    stations += "  P: {kind: reflow, cycle: 20 s, buffer: 1}\n"
    rows = "{id: E-Z8, station: O}, {id: E-Z8, station: P}"
    (twice,) = problems(tmp_path, f"{stations}faults: [{rows}]\n")
    assert twice.fix == "Write E-Z8:P."
    rows = "{id: E-Z8, station: O}, {id: 'E-Z8:O', station: P}"
    (other,) = problems(tmp_path, f"{stations}faults: [{rows}]\n")
    assert other.expected == "E-Z8:P"
    rows = "{id: E-Z8, station: O}, {id: 'E-Z8:P', station: P}"
    assert problems(tmp_path, f"{stations}faults: [{rows}]\n") == []
    rows = "{id: E-Z9, station: O}"
    (unknown,) = problems(tmp_path, f"{stations}faults: [{rows}]\n")
    assert unknown.fix == "Did you mean `E-Z8`?"
    rows = "{id: E-Z8, station: O, shape: ramp}"
    (ramp,) = problems(tmp_path, f"{stations}faults: [{rows}]\n")
    assert ramp.path == "faults[0].span"

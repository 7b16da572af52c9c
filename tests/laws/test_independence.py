"""Law 5: changing one machine leaves every other machine's draws alone (common random numbers)."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.audit import audit
from tests.laws.lines import Day, days, make, smt
from twin.kernel.draws import BLOCK, Draws
from twin.line import Line
from twin.line.values import Exponential
from twin.trace import Command

CHANGES = st.sampled_from(
    [
        {"cycle": {"kind": "exponential", "mean": "3 s"}},
        {"cycle": "0.7 s"},
        {"failures": [{"id": "new", "after": {"kind": "exponential", "mean": "4 s"},
                       "repair": {"kind": "exponential", "mean": "2 s"}}]},
    ]
)  # fmt: skip


def changed(line: Line, station: str, change: dict) -> Line:
    """The same line with one station changed."""
    data = json.loads(line.text)
    stations = data.pop("stations")
    stations[station].update(change)
    return make(stations, **{k: v for k, v in data.items() if k not in ("schema", "id", "title")})


def cycles(trace: twin.Trace) -> dict[tuple[str, int], list[float]]:
    """Working times of finished cycles, in order, by station and product; one for a batch."""
    found: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
    for station, visits in audit(trace).visits.items():
        for visit in visits:
            if visit.done:
                found[station, visit.product].setdefault(visit.cycle, visit.worked)
    return {key: list(times.values()) for key, times in found.items()}


@settings(max_examples=30)
@given(days(ovens=False, most=0), st.data())
def test_changing_one_machine_changes_no_draw_of_another(day: Day, data: st.DataObject):
    names = [station.id for station in day.line.stations]
    victim, change = data.draw(st.sampled_from(names)), data.draw(CHANGES)
    other = Day(changed(day.line, victim, change), day.seed, (), day.end)
    before, after = day.run(), other.run()
    was, now = cycles(before), cycles(after)
    for key in was.keys() & now.keys():
        by_product = isinstance(day.line.station_by_id[key[0]].spec.cycle, dict)
        if key[0] == victim or (not by_product and len(day.line.products) > 1):
            continue  # a stream shared by products goes by order of arrival, which may change
        n = min(len(was[key]), len(now[key]))
        assert np.allclose(was[key][:n], now[key][:n], rtol=0.0, atol=1e-7)


def test_a_slower_placer_leaves_the_readings_of_the_printer_and_the_inspection_alone():
    """The n-th board printed gets the n-th paste volume, whatever happens down the line."""
    calm = twin.run(smt(), "6h", 9)
    slow = twin.run(smt(), "6h", 9, [Command("stop", "PNP2", t=600.0),
                                     Command("start", "PNP2", t=2400.0)])  # fmt: skip
    for key in ("PRN.TrueVolume", "PNP1.PlacementOffset"):
        a, b = (t.index.readings(t.reading_number(key)).value for t in (calm, slow))
        n = min(len(a), len(b))
        assert n > 100
        assert np.array_equal(a[:n], b[:n])


@given(st.integers(0, 2**64), st.integers(0, 5 * BLOCK))
def test_the_nth_draw_can_be_had_alone(seed: int, n: int):
    law = Exponential(kind="exponential", mean="2 s")
    stream = Draws(seed, "M1", "cycle", law)
    drawn = [stream.pop() for _ in range(n + 1)]
    alone = Draws(seed, "M1", "cycle", law)
    alone.block = n // BLOCK
    alone.refill()
    assert alone.values[::-1][n % BLOCK] == drawn[n]


def test_streams_of_different_names_have_nothing_in_common():
    law = Exponential(kind="exponential", mean="2 s")
    names = [(s, o, p) for s in (0, 1) for o in ("M1", "M2", "M12") for p in ("cycle", "2cycle")]
    firsts = {Draws(seed, owner, purpose, law).pop() for seed, owner, purpose in names}
    assert len(firsts) == len(names)

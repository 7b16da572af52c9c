"""KPIs against numbers worked out by hand, and against the trace they come from."""

import numpy as np
import pytest

import twin
from twin.kernel.run import Run, run
from twin.metrics import Tally, summarise
from twin.metrics.indicators import LINE_KPIS, STATION_KPIS
from twin.trace import EventKind

TWO = """
schema: 1
id: test/two
title: two
stations:
  A: {cycle: 10 s, power: {working: 2 kW, standby: 1 kW}, to: B}
  B: {cycle: 20 s, buffer: 1}
"""


@pytest.fixture
def two(tmp_path):
    """Two machines, 10 s and 20 s, one place between them."""
    (tmp_path / "two.yaml").write_text(TWO)
    return twin.load(tmp_path / "two.yaml")


def test_a_deterministic_line_has_the_kpis_one_computes_by_hand(two):
    # A works 0-10, 10-20, then is blocked: B takes a part every 20 s from 10 s on
    kpis = twin.kpi(run(two, 1010.0))
    assert kpis.bottleneck == "B"
    assert kpis.line["finished"] == 49  # parts end at 30, 50, ..., 990; the one at 1010 is to come
    assert kpis.stations["B"]["availability"] == pytest.approx(1000 / 1010)
    assert kpis.stations["B"]["effectiveness"] == pytest.approx(1.0)
    assert kpis.line["oee"] == pytest.approx(1000 / 1010)
    assert kpis.line["lead_time"] == pytest.approx(np.mean([30, 40, 50] + [60] * 46) / 60, rel=0.02)


def test_energy_is_power_times_time_in_state(two):
    kpis = twin.kpi(run(two, 1010.0))
    working = 10.0 * 52  # parts 1 to 51 have entered B or its buffer by 1010 s; A holds the 52nd
    expected = (2.0 * working + 1.0 * (1010 - working)) / 3600
    assert kpis.stations["A"]["energy"] == pytest.approx(expected)
    shown = twin.sample(run(two, 1010.1), "A.Energy", [1010.0])[0, 0]
    assert shown == pytest.approx(expected, abs=0.01)


def test_the_states_of_a_station_fill_all_time():
    trace = twin.run(twin.load("electronics/smt-v1"), "6h", seed=5)
    for shares in twin.kpi(trace).states.values():
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)


def test_littles_law_holds_between_the_kpis():
    trace = twin.run(twin.load("electronics/smt-v1"), "100h", seed=2)
    k = twin.kpi(trace).line
    rate = (k["finished"] + k["scrapped"]) / 100.0  # 1/h
    assert k["wip"] == pytest.approx(rate * k["lead_time"] / 60.0, rel=0.02)


def test_chunks_do_not_show_in_the_tally():
    smt = twin.load("electronics/smt-v1")
    pieces = Tally(smt)
    chunks = []
    live = Run(smt, 3, consume=lambda chunk, now: chunks.append((chunk, now)))
    for until in (1.0, 500.5, 500.6, 500.6, 7200.0, 30_000.0):
        live.advance(until)
    for chunk, now in chunks:
        pieces.feed(chunk, now)
    whole = twin.kpi(twin.run(smt, 30_000.0, seed=3))
    parts = summarise(pieces)
    assert parts.line == pytest.approx(whole.line)
    assert parts.stations["AOI"] == pytest.approx(whole.stations["AOI"], nan_ok=True)


def test_stopped_time_is_not_planned_busy_time(two):
    stop = twin.Command("stop", "B", t=410.0)
    start = twin.Command("start", "B", t=810.0)
    kpis = twin.kpi(run(two, 1010.0, journal=[stop, start]))
    assert kpis.states["B"]["STOPPED"] == pytest.approx(400 / 1010)
    assert kpis.stations["B"]["availability"] == pytest.approx(600 / 610)


def test_rejected_parts_lower_first_pass_yield_not_only_scrap():
    k = twin.kpi(twin.run(twin.load("electronics/smt-v1"), "50h", seed=4))
    assert k.line["scrapped"] < k.stations["AOI"]["rejected"]
    assert k.line["first_time_right"] < k.line["quality"]


def test_the_default_four_weeks_lie_in_the_band_for_electronics():
    oee = twin.kpi(twin.run(twin.load("electronics/smt-v1"), "28d", seed=1)).line["oee"]
    assert 0.72 - 0.05 <= oee <= 0.77 + 0.05


def test_a_rejecting_station_counts_verdicts_as_its_production():
    trace = twin.run(twin.load("electronics/smt-v1"), "8h", seed=1)
    aoi = twin.kpi(trace).stations["AOI"]
    shown = twin.sample(trace, ["AOI.Passed", "AOI.Rejected"], [8 * 3600 - 1e-6])[:, 0]
    assert aoi["produced"] == shown.sum()
    assert aoi["rejected"] == shown[1]


def a_line(tmp_path, text):
    """The line of some stations."""
    (tmp_path / "line.yaml").write_text("schema: 1\nid: test/line\ntitle: t\nstations:\n" + text)
    return twin.load(tmp_path / "line.yaml")


def counters(trace, station):
    """Started and Passed as the tags show them at the end."""
    at = np.nextafter(trace.now, 0.0)
    return twin.sample(trace, [f"{station}.Started", f"{station}.Passed"], [at])[:, 0].tolist()


def test_a_blocked_station_that_is_stopped_has_finished_its_part(tmp_path):
    line = a_line(tmp_path, "  A: {cycle: 10 s, to: B}\n  B: {cycle: 1000 s, buffer: 1}\n")
    free = twin.kpi(twin.run(line, 100.0)).stations["A"]["produced"]
    stop = [twin.Command("stop", "A", t=80.0)]
    assert twin.kpi(twin.run(line, 100.0, journal=stop)).stations["A"]["produced"] == free == 3


def test_a_part_that_comes_straight_back_is_treated_again(tmp_path):
    line = a_line(
        tmp_path,
        "  A:\n    cycle: 1 s\n    buffer: 5\n    arrivals: {every: 1000 s}\n"
        "    to: [{to: A, share: 0.5}, {to: out}]\n",
    )
    trace = twin.run(line, "40h", seed=1)
    kpis = twin.kpi(trace)
    started, passed = counters(trace, "A")
    assert kpis.stations["A"]["produced"] == started == passed
    assert started > 1.5 * kpis.line["finished"]
    assert kpis.stations["A"]["effectiveness"] == pytest.approx(1.0)


def test_an_assembly_counts_cycles_and_not_the_parts_of_its_kits(tmp_path):
    (tmp_path / "kit.yaml").write_text(
        "schema: 1\nid: test/kit\ntitle: t\nbuffers:\n  bodies: 2\n  caps: 8\nstations:\n"
        "  S: {cycle: 1 s, to: bodies}\n  C: {cycle: 1 s, to: caps}\n"
        "  A: {from: {bodies: 1, caps: 4}, cycle: 2 s}\n"
    )
    trace = twin.run(twin.load(tmp_path / "kit.yaml"), 1000.5)
    started, passed = counters(trace, "A")
    kpis = twin.kpi(trace)
    assert passed == kpis.stations["A"]["produced"] == kpis.line["finished"]
    assert started - passed in (0.0, 1.0)


def test_time_to_repair_is_that_of_failures_and_not_of_maintenance():
    smt = twin.load("electronics/smt-v1")
    fault = twin.Command("fault", "E-Z8", role="instructor", t=600.0)
    trace = twin.run(smt, "24h", seed=3, journal=[fault])
    events, place = trace.events, smt.place("RFL")
    mine = events.place == place
    begun = events.t[mine & (events.kind == EventKind.FAILURE)]
    ended = events.t[mine & (events.kind == EventKind.REPAIRED)]
    mttr = twin.kpi(trace).stations["RFL"]["mttr"]
    if len(begun):
        ends = ended if len(ended) == len(begun) else np.append(ended, trace.now)
        assert mttr == pytest.approx((ends - begun).mean() / 60.0)
    else:
        assert mttr is None
    down = twin.kpi(trace).states["RFL"]["DOWN"] * trace.now
    assert down > (0.0 if mttr is None else mttr * 60.0 * len(begun)) + 60.0  # the fault's repair


def test_every_key_figure_says_its_formula_and_what_it_follows():
    for kpi in (*STATION_KPIS, *LINE_KPIS):
        assert kpi.formula, kpi.key
        assert kpi.clause.startswith(("ISO 22400-2:2014 ", "Little (1961)", "assumed")), kpi.key
    named = " ".join(kpi.clause for kpi in (*STATION_KPIS, *LINE_KPIS))
    for words in (
        "availability",
        "effectiveness",
        "quality ratio",
        "OEE index",
        "throughput rate",
        "mean operating time between failures",
        "mean time to restoration",
        "first pass yield",
        "scrap ratio",
        "rework ratio",
        "direct energy consumption",
    ):
        assert f"ISO 22400-2:2014 {words}" in named  # fmt: skip

"""The shaft line as a whole: its OEE, its tending, its energy."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.audit import audit, check_events, check_work
from tests.laws.pieces import in_pieces
from twin.trace import Command, State

HOUR = 3600.0
WEEKS = 4 * 168 * 3600.0


def test_four_weeks_land_in_the_band_of_metal_fabrication():
    """60-68 %, five points either side, on every seed tried."""
    line = twin.load("machine-parts/shaft-v1")
    found = [twin.kpi(twin.run(line, WEEKS, seed=seed)).line["oee"] for seed in (1, 2, 3)]
    assert min(found) > 0.55
    assert max(found) < 0.73
    assert 0.60 < np.mean(found) < 0.70


def changed(tmp_path, old: str, new: str) -> twin.Line:
    text = twin.load("machine-parts/shaft-v1").text
    assert old in text
    path = tmp_path / "shaft-v1.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return twin.load(path)


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("{time: 14 s, crew: robot}", "{time: 25 s, crew: operators}", State.LOADING),
        ("mean: 15 min", "mean: 35 min", State.SETUP),
    ],
    ids=["by hand", "without SMED"],
)
def test_tending_by_hand_and_set_up_without_smed_cost_time(tmp_path, old, new, state):
    shares = []
    for line in (twin.load("machine-parts/shaft-v1"), changed(tmp_path, old, new)):
        kpis = twin.kpi(twin.run(line, "96h", seed=1))
        shares.append(kpis.states["LTH1"][state.name])
    assert shares[1] > 1.3 * shares[0]


def test_machines_that_wait_use_a_quarter_and_more_of_their_energy():
    """On, and nobody cutting: the first thing an energy study finds."""
    line = twin.load("machine-parts/shaft-v1")
    kpis = twin.kpi(twin.run(line, "168h", seed=1))
    station = line.station_by_id["LTH1"]
    working = kpis.states["LTH1"]["WORKING"] * 168.0 * station.spec.power.working
    assert working / kpis.stations["LTH1"]["energy"] < 0.75


def eventful(line: twin.Line) -> list[Command]:
    """Every fault of the line, one after the other, and stops in the middle of a batch."""
    journal = [
        Command("fault", fault.id, None, "instructor", t=(1.0 + 3.0 * i) * HOUR)
        for i, fault in enumerate(line.faults)
    ]
    journal += [Command("stop", "HT", t=9.3 * HOUR), Command("start", "HT", t=10.1 * HOUR)]
    return sorted(journal, key=lambda command: command.t)


def test_cuts_snapshots_and_windows_do_not_show_with_every_fault_at_work():
    line, end = twin.load("machine-parts/shaft-v1"), 40.0 * HOUR
    whole = twin.run(line, end, 5, eventful(line))
    check_work(whole, audit(whole))
    check_events(whole)
    cuts = [*np.arange(0.7, 40.0, 1.9) * HOUR, end]
    assert in_pieces(line, 5, eventful(line), cuts).digest == whole.digest
    ticks = np.arange(0.0, end - 1.0, 31.0)
    values = twin.sample(whole, "*", ticks)
    pieces = [twin.sample(whole, "*", ticks[i : i + 499]) for i in range(0, len(ticks), 499)]
    assert np.array_equal(np.concatenate(pieces, axis=1), values)

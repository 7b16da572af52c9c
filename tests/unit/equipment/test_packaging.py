"""Packaging machines: what they show in order, and what each fault moves, rejects and stops."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

import twin
from tests.unit.equipment.packaging import packaging
from twin.physics.filling import given_away, leak_share, share_astray, share_over, share_under
from twin.trace import Command, EventKind, Trace

ONSET = 2 * 3600.0
LABELS = (
    EventKind.FAULT_ONSET,
    EventKind.FAULT_OBSERVABLE,
    EventKind.FAULT_FAILURE,
    EventKind.FAULT_REPAIR,
)


def shift(fault: str, hours: float = 10.0, seed: int = 3, **change) -> Trace:
    """A run with a fault from the second hour on."""
    journal = [Command("fault", fault, None, "instructor", "test", ONSET)]
    return twin.run(packaging(**change), f"{hours}h", seed, journal)


def shows(trace: Trace, tag: str, begin: float, end: float) -> np.ndarray:
    return twin.sample(trace, [tag], np.arange(begin, end, 20.0))[0]


def lost(trace: Trace, station: str, begin: float, end: float) -> float:
    """Share that a station rejected between two instants."""
    made, rejected = twin.sample(
        trace, [f"{station}.OutCount", f"{station}.RejectCount"], [begin, end]
    )
    return float(np.diff(rejected)[0] / (np.diff(made)[0] + np.diff(rejected)[0]))


def labels(trace: Trace) -> dict[EventKind, float]:
    """When each label of the fault came first."""
    events = trace.events
    return {kind: float(events.t[events.kind == kind][0]) for kind in LABELS if kind in events.kind}


def stops(trace: Trace, station: str, begin: float, end: float) -> int:
    t = trace.index.events(EventKind.FAILURE, trace.line.place(station)).t
    return int(((begin <= t) & (t < end)).sum())


@pytest.fixture(scope="module")
def sound() -> Trace:
    return twin.run(packaging(), "10h", 3)


def test_shares_are_those_of_the_normal_distribution():
    fills = NormalDist(500.0, 1.5)
    assert share_under(485.0, [486.5], 1.5) == pytest.approx(NormalDist().cdf(-1.0))
    assert share_over(501.5, [500.0], 1.5) == pytest.approx(1.0 - fills.cdf(501.5))
    assert share_under(485.0, [500.0] * 39 + [485.0], 1.5) == pytest.approx(0.5 / 40)
    assert share_astray(1.0, 0.5) == pytest.approx(2.0 * NormalDist().cdf(-2.0))


def test_giveaway_is_the_mean_of_what_is_over_nominal():
    draws = np.random.default_rng(1).normal(500.4, 1.5, 200_000)
    assert given_away(500.0, [500.4], 1.5) == pytest.approx(
        np.maximum(draws - 500.0, 0.0).mean(), rel=0.01
    )


def test_loose_caps_leak():
    assert leak_share(1.3, 1e-9) == pytest.approx(0.5)
    assert leak_share(1.7, 0.08) < 0.002
    shares = [leak_share(torque, 0.08) for torque in (1.8, 1.6, 1.4, 1.2)]
    assert shares == sorted(shares)


def test_a_sound_line_rejects_what_its_scenario_says(sound):
    assert lost(sound, "FILL", 3600.0, 35_900.0) == pytest.approx(0.006, abs=1e-4)
    assert lost(sound, "INSP", 3600.0, 35_900.0) == pytest.approx(0.0033, abs=1e-3)
    assert labels(sound) == {}
    fills = shows(sound, "FILL.FillVol03", 3600.0, 35_900.0)
    assert fills.mean() == pytest.approx(500.0, abs=3.0)
    assert shows(sound, "LABEL.GlueTemp", 0.0, 35_900.0).min() > 140.0


def test_tags_of_a_filler_hold_while_it_stands_still():
    journal = [Command("stop", "FILL", t=3600.0)]
    trace = twin.run(packaging(), "2h", 3, journal)
    assert len(set(shows(trace, "FILL.FillVol03", 3660.0, 7000.0))) == 1
    assert shows(trace, "FILL.BowlLevel", 4000.0, 7000.0).mean() == pytest.approx(75.0, abs=1.0)


@pytest.mark.parametrize("fault", ["F-VALVE", "F-TORQUE", "F-GLUE", "F-CONV"])
def test_a_fault_has_its_four_labels_in_order(fault):
    found = labels(shift(fault))
    assert list(found) == list(LABELS)
    assert list(found.values()) == sorted(found.values())
    assert found[EventKind.FAULT_ONSET] == ONSET


def test_a_valve_that_sticks_open_gives_away(sound):
    trace = shift("F-VALVE", found={"found": "20 h"})
    other, weak = "FILL.FillVol03", "FILL.FillVol17"
    rise = shows(trace, weak, ONSET + 600, 9000).mean() - shows(sound, weak, 0, 9000).mean()
    assert rise == pytest.approx(8.0, abs=1.5)
    assert np.array_equal(shows(trace, other, 0, 9000), shows(sound, other, 0, 9000))
    given = [shows(t, "FILL.Giveaway", 8900, 9000)[0] for t in (trace, sound)]
    assert given[0] > given[1] + 0.5


def test_a_valve_that_closes_early_rejects_every_fortieth_bottle():
    trace = shift("F-VALVE", F_VALVE={"size": -20.0, "found": "20 h"})
    assert lost(trace, "FILL", 3600.0, 7100.0) == pytest.approx(0.006, abs=2e-4)
    assert lost(trace, "FILL", 7400.0, 30_000.0) == pytest.approx(0.006 + 1 / 40, abs=2e-3)


def test_a_worn_clutch_shows_in_torque_and_in_leaking_pallets(sound):
    trace = shift("F-TORQUE", F_TORQUE={"found": "20 h"})
    late = (6.5 * 3600.0, 9.5 * 3600.0)
    assert shows(trace, "FILL.TorqueMean", *late).mean() < 1.35
    assert shows(sound, "FILL.TorqueMean", *late).mean() == pytest.approx(1.7, abs=0.02)
    leakers = trace.index.readings(trace.reading_number("PALL.Leakers")).value
    before = sound.index.readings(sound.reading_number("PALL.Leakers")).value
    assert leakers[-1] > 100 > 20 > before.max()
    assert lost(trace, "FILL", *late) == pytest.approx(lost(sound, "FILL", *late), abs=1e-3)


def test_cold_glue_moves_labels_and_jams_the_labeller(sound):
    trace = shift("F-GLUE", hours=24.0, F_GLUE={"found": "40 h"})
    late = (3 * 3600.0, 24 * 3600.0 - 60.0)
    assert shows(trace, "LABEL.GlueTemp", *late).mean() == pytest.approx(135.0, abs=0.2)
    spread = [shows(trace, "LABEL.LabelOffset", *t).std() for t in ((0.0, 7000.0), late)]
    assert 1.3 < spread[1] / spread[0] < 2.3
    assert lost(trace, "INSP", *late) > lost(trace, "INSP", 0.0, 7000.0) + 0.02
    assert stops(trace, "LABEL", *late) > 10
    assert stops(trace, "LABEL", 0.0, 7000.0) == 0


def test_a_dry_conveyor_draws_more_and_fells_bottles(sound):
    trace = shift("F-CONV", F_CONV={"found": "20 h", "shape": "step"})
    late = (3 * 3600.0, 9.9 * 3600.0)
    current = [shows(t, "DEPAL.ConveyorCurrent", *late) for t in (trace, sound)]
    assert np.quantile(current[0], 0.9) > np.quantile(current[1], 0.9) + 0.8
    assert stops(trace, "DEPAL", *late) > 20 > stops(sound, "DEPAL", *late)


def test_a_tunnel_set_too_cold_loses_packs():
    journal = [Command("set", "PACK.TunnelSet", 152.0, t=7200.0)]
    trace = twin.run(packaging(), "5h", 3, journal)
    assert lost(trace, "PACK", 1800.0, 7100.0) == pytest.approx(0.0015, abs=3e-3)
    assert lost(trace, "PACK", 9000.0, 17_900.0) > 0.3


def test_a_new_roll_of_labels_is_a_lot(sound):
    lots = sound.index.events(EventKind.LOT, sound.line.place("LABEL"))
    made = twin.sample(sound, ["LABEL.OutCount"], [35_900.0])[0, 0]
    assert len(lots) == int(made * 1.003) // 40_000
    assert lots.value.tolist() == list(range(1, len(lots) + 1))

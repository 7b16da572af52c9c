"""Faults from cause to signature to defect, with the four times of their life."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

import twin
from tests.laws.lines import make, smt
from twin.trace import Command, EventKind, State, Trace

FOUR = (
    EventKind.FAULT_ONSET,
    EventKind.FAULT_OBSERVABLE,
    EventKind.FAULT_FAILURE,
    EventKind.FAULT_REPAIR,
)
ONSET = 5400.0


def inject(fault: str, hours: float, seed: int = 3, factor: float | None = None) -> Trace:
    """A run in which an instructor injects a fault after 90 min."""
    command = Command("fault", fault, factor, "instructor", "test", ONSET)
    return twin.run(smt(), hours * 3600.0, seed, [command])


def times(trace: Trace, fault: str) -> dict[EventKind, float]:
    """The label times of a fault's first life at or after the injection."""
    number = [f.id for f in trace.line.faults].index(fault)
    found: dict[EventKind, float] = {}
    for kind, t, value in zip(trace.events.kind, trace.events.t, trace.events.value, strict=True):
        if kind in FOUR and value == number and t >= ONSET:
            found.setdefault(EventKind(kind), float(t))
    return found


def reading(trace: Trace, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of a reading."""
    series = trace.index.readings(trace.reading_number(key))
    return series.t, series.value


@pytest.fixture(scope="module")
def zone8() -> Trace:
    return inject("E-Z8", 24.0)


def test_the_four_times_of_a_failing_heater_are_in_order(zone8: Trace):
    label = times(zone8, "E-Z8")
    assert list(label) == list(FOUR)
    assert label[FOUR[0]] == ONSET
    assert sorted(label.values()) == list(label.values())


def test_it_is_observable_when_its_zone_is_three_sigma_off(zone8: Trace):
    """20 (1 - exp(-t / 90)) reaches 3 * 0.3 K after -90 ln(1 - 0.9 / 20) s."""
    crossing = ONSET - 90.0 * log(1.0 - 0.9 / 20.0)
    assert times(zone8, "E-Z8")[EventKind.FAULT_OBSERVABLE] == pytest.approx(crossing, abs=1e-6)


def test_the_zone_follows_with_its_lag(zone8: Trace):
    t = ONSET + np.arange(0.0, 1200.0)
    shown = twin.sample(zone8, ["RFL.Zone8Temp", "RFL.Zone8Set"], t)
    assert np.abs(shown[0] - (228.0 + 20.0 * np.exp(-(t - ONSET) / 90.0))).max() < 0.3 * 4.5 + 0.06
    assert (shown[0] - (228.0 + 20.0 * np.exp(-(t - ONSET) / 90.0))).mean() == pytest.approx(
        0.0, abs=0.3
    )
    assert (shown[1] == 248.0).all()


def test_boards_then_miss_peak_and_time_above_liquidus(zone8: Trace):
    repair = times(zone8, "E-Z8")[EventKind.FAULT_REPAIR]
    for key, sound, faulty in (("RFL.Peak", 244.8, 241.9), ("RFL.TimeAboveLiquidus", 72.2, 61.1)):
        t, value = reading(zone8, key)
        before, during = value[t < ONSET], value[(t > ONSET + 800.0) & (t < repair)]
        assert len(before) > 50
        assert len(during) >= 10
        assert before == pytest.approx(sound, abs=0.15)
        assert during == pytest.approx(faulty, abs=0.15)


def test_cold_joints_are_its_doing_and_the_ones_before_are_not(zone8: Trace):
    t, cold = reading(zone8, "RFL.ColdJoints")
    label = times(zone8, "E-Z8")
    window = (t > ONSET + 600.0) & (t < label[EventKind.FAULT_REPAIR])
    assert cold[window].mean() > 5.0 * max(cold[t < ONSET].mean(), 0.001)
    assert label[EventKind.FAULT_FAILURE] in t[window | (t > ONSET)]


def test_its_repair_stops_the_oven_inlet(zone8: Trace):
    end = times(zone8, "E-Z8")[EventKind.FAULT_REPAIR]
    assert zone8.state_at(np.nextafter(end, 0.0))["RFL"] == State.DOWN
    assert zone8.state_at(end)["RFL"] != State.DOWN


def test_changing_the_set_point_does_not_move_the_observable_time():
    """On its way to another set point, a zone deviates from its sound self as it would at rest."""
    journal = [
        Command("set", "RFL.Zone8Set", 260.0, "engineer", "test", ONSET - 10.0),
        Command("fault", "E-Z8", None, "instructor", "test", ONSET),
        Command("set", "RFL.Zone8Set", 240.0, "engineer", "test", ONSET + 1.0),
    ]
    trace = twin.run(smt(), ONSET + 600.0, 3, journal)
    crossing = ONSET - 90.0 * log(1.0 - 0.9 / 20.0)
    assert times(trace, "E-Z8")[EventKind.FAULT_OBSERVABLE] == pytest.approx(crossing, abs=1e-6)


def test_a_fault_that_ends_before_it_shows_is_never_observable():
    journal = [
        Command("fault", "E-Z8", None, "instructor", "test", ONSET),
        Command("repair", "E-Z8", None, "instructor", "test", ONSET + 2.0),
    ]
    label = times(twin.run(smt(), ONSET + 600.0, 3, journal), "E-Z8")
    assert label == {EventKind.FAULT_ONSET: ONSET, EventKind.FAULT_REPAIR: ONSET + 2.0}


def test_a_severity_too_small_to_see_is_never_observable():
    """4 % of 20 K is 0.8 K, less than three sigma of 0.3 K."""
    label = times(inject("E-Z8", 3.0, factor=0.04), "E-Z8")
    assert EventKind.FAULT_OBSERVABLE not in label


def test_a_clogged_stencil_is_seen_on_successive_boards_until_a_wipe():
    """It begins just after a wipe, so the eight boards up to the next one are spoilt."""
    place = smt().place("PRN")
    wipes = twin.run(smt(), "3h", 3).index.events(EventKind.WIPE, place).t
    onset = float(wipes[wipes > ONSET][0]) + 1.0
    command = Command("fault", "E-CLOG", None, "instructor", "test", onset)
    trace = twin.run(smt(), "6h", 3, [command])
    label = times(trace, "E-CLOG")
    assert set(label) == set(FOUR)
    # printed first, then inspected; the wipe at the begin of the next print ends it
    assert onset == label[FOUR[0]] < label[FOUR[2]] < label[FOUR[1]] < label[FOUR[3]]
    repair = label[EventKind.FAULT_REPAIR]
    assert repair in trace.index.events(EventKind.WIPE, place).t
    printed = trace.index.readings(trace.reading_number("PRN.TrueVolume"))
    spoilt = printed.part[(printed.t > onset) & (printed.t <= repair)].tolist()
    assert len(spoilt) == 8
    seen = trace.index.readings(trace.reading_number("SPI.VolumeMin"))
    first = dict(zip(seen.part[::-1].tolist(), seen.value[::-1].tolist(), strict=True))
    assert all(first[part] < 50.0 for part in spoilt)
    around = [v for part, v in first.items() if abs(part - spoilt[0]) < 60 and part not in spoilt]
    assert np.median(around) > 60.0
    assert np.mean(np.array(around) < 50.0) < 0.1  # now and then a stencil clogs by itself


def test_a_clog_that_ends_with_the_print_is_still_seen_at_the_inspection():
    """The spoilt board is under way to the inspection when the wipe ends the fault."""
    label = times(inject("E-CLOG", 6.0), "E-CLOG")
    assert label[EventKind.FAULT_ONSET] <= label[EventKind.FAULT_FAILURE]
    assert label[EventKind.FAULT_FAILURE] <= label[EventKind.FAULT_REPAIR]
    assert label[EventKind.FAULT_FAILURE] < label[EventKind.FAULT_OBSERVABLE]


def test_lost_vacuum_shows_in_vacuum_pick_errors_and_offset():
    trace = inject("E-NOZ", 8.0)
    label = times(trace, "E-NOZ")
    # a ramp of 8 kPa in 1800 s crosses 3 * 0.4 kPa after 270 s; it is stepped every 45 s
    assert ONSET + 270.0 <= label[EventKind.FAULT_OBSERVABLE] <= ONSET + 316.0
    end = label.get(EventKind.FAULT_REPAIR, trace.now)
    assert end > ONSET + 2400.0
    t = np.arange(ONSET + 1900.0, min(end, trace.now) - 1.0)
    vacuum = twin.sample(trace, ["PNP1.NozzleVacuum"], t)[0]
    assert vacuum.mean() == pytest.approx(54.0, abs=0.4)  # an instrument wanders
    for key, sound, faulty in (
        ("PNP1.PickErrors", 240 * 0.0005, 240 * 0.0005 * (1 + 1.5 * 8)),
        ("PNP1.PlacementOffset", 0.0, 24.0),
    ):
        at, value = reading(trace, key)
        before, during = value[at < ONSET], value[(at > ONSET + 1900.0) & (at < end)]
        for values, mean in ((before, sound), (during, faulty)):
            error = values.std(ddof=1) / np.sqrt(len(values))
            assert abs(values.mean() - mean) < 3.5 * error + 1e-9


def test_a_worn_feeder_makes_bursts_and_stops():
    trace = inject("E-FDR", 12.0)
    label = times(trace, "E-FDR")
    assert label[EventKind.FAULT_ONSET] <= label[EventKind.FAULT_OBSERVABLE]
    assert label[EventKind.FAULT_OBSERVABLE] <= label[EventKind.FAULT_FAILURE]
    end = label.get(EventKind.FAULT_REPAIR, trace.now)
    t, errors = reading(trace, "PNP2.PickErrors")
    window = (t > ONSET) & (t < end)
    share = (errors[window] >= 5).mean()
    assert (errors[t < ONSET] >= 5).mean() < 0.02
    assert abs(share - 0.25) < 4.0 * np.sqrt(0.25 * 0.75 / window.sum())
    stops = trace.index.events(EventKind.FAILURE, trace.line.place("PNP2")).t
    other = trace.index.events(EventKind.FAILURE, trace.line.place("PNP1")).t
    assert ((stops > ONSET) & (stops < end)).sum() > 3 * max(
        ((other > ONSET) & (other < end)).sum(), 1
    )


def test_two_repairs_at_one_station_do_not_end_each_other():
    """A station is down as long as anything at it is under repair."""
    oven = {
        "kind": "reflow", "cycle": "10 s", "to": "out",
        "parameters": {"base_cold": 1.0},
    }  # fmt: skip
    fault = {"station": "RFL", "found": "0 s"}
    line = make(
        {"RFL": oven},
        faults=[{"id": "E-Z8:one", "repair": "100 s", **fault},
                {"id": "E-Z8:two", "repair": "400 s", **fault}],
    )  # fmt: skip
    journal = [
        Command("fault", f"E-Z8:{name}", None, "instructor", t=10.0) for name in ("one", "two")
    ]
    trace = twin.run(line, 1200.0, 1, journal)
    events = trace.index.events(EventKind.FAULT_REPAIR, 0)
    first, second = events.t.tolist()
    assert second - first == pytest.approx(300.0)
    assert trace.state_at(first)["RFL"] == State.DOWN
    assert trace.state_at(np.nextafter(second, 0.0))["RFL"] == State.DOWN
    assert trace.state_at(second)["RFL"] == State.WORKING


def stays_in_the_oven(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """Entry into the tunnel and time in it, for every board that came out."""
    line, log = trace.line, trace.log
    place, behind = line.place("RFL"), line.place("AOI.queue")
    working = (log.place == place) & (log.state == State.WORKING)
    begun = dict(zip(log.part[working].tolist(), log.t[working].tolist(), strict=True))
    first_behind: dict[int, float] = {}
    for part, t in zip(log.part[log.place == behind], log.t[log.place == behind], strict=True):
        first_behind.setdefault(int(part), float(t))
    parts = [part for part in first_behind if part in begun and first_behind[part] > begun[part]]
    entry = np.array([begun[part] for part in parts])
    return entry, np.array([first_behind[part] for part in parts]) - entry


def test_a_faster_belt_shortens_the_stay_and_cools_the_boards():
    command = Command("set", "RFL.BeltSpeed", 100.0, "engineer", "test", ONSET)
    trace = twin.run(smt(), "3h", 3, [command])
    entry, stay = stays_in_the_oven(trace)
    way = 292.5
    before = stay[entry < ONSET - 400.0]
    after = stay[entry > ONSET + 1.0]
    assert np.median(before) == pytest.approx(way, rel=0.005)
    assert np.median(after) == pytest.approx(way * 0.8, rel=0.005)
    across = stay[(entry < ONSET - 30.0) & (entry + before.min() > ONSET)]
    assert ((across > after.min()) & (across < before.max())).all()
    at, peak = reading(trace, "RFL.Peak")
    assert peak[at > ONSET + 400.0].max() < peak[at < ONSET].min() - 3.0
    shown = twin.sample(trace, ["RFL.BeltSpeed", "RFL.BeltSpeedActual"], [ONSET - 1, ONSET + 5])
    assert shown[0].tolist() == [80.0, 100.0]
    assert shown[1] == pytest.approx([80.0, 100.0], abs=1.0)


def test_a_higher_set_point_warms_its_zone_by_a_lag():
    command = Command("set", "RFL.Zone9Set", 266.0, "engineer", "test", ONSET)
    trace = twin.run(smt(), ONSET + 200.0, 3, [command])
    t = ONSET + np.array([0.0, 45.0, 90.0, 180.0])
    shown = twin.sample(trace, ["RFL.Zone9Temp"], t)[0]
    exact = [266.0 - 10.0 * exp(-s / 90.0) for s in (0.0, 45.0, 90.0, 180.0)]
    assert shown == pytest.approx(exact, abs=0.3 * 4.5)

"""A pasteuriser at work: control, diversion, cleaning, and what each fault moves and spoils."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from tests.laws.fluid_audit import law
from tests.laws.lines import make
from twin.line import Line
from twin.trace import Command, EventKind, Trace

LABELS = (
    EventKind.FAULT_ONSET,
    EventKind.FAULT_OBSERVABLE,
    EventKind.FAULT_FAILURE,
    EventKind.FAULT_REPAIR,
)
HOUR = 3600.0
ONSET = 2 * HOUR


def dairy(**fault) -> Line:
    """Feed, pasteuriser, tank, and a station that packs 500 L."""
    stations = {
        "FEED": {"rate": "12000 L/h", "to": "raw"},
        "PAST": {"kind": "pasteuriser", "rate": "6000 L/h", "from": "raw", "to": "cold"},
        "PALL": {"kind": "palletiser", "rate": "6000 L/h", "from": "cold", "pack": 500},
    }
    faults = [
        {"id": name, "station": "PAST", "found": "12 h", "repair": "10 min"}
        for name in ("F-FOUL", "F-RTD", "F-FDV", "F-REGEN-P", "F-CIP")
    ]
    for row in faults:
        row.update(fault.get(row["id"].replace("-", "_"), {}))
    return make(stations, buffers={"raw": 3000, "cold": 6000}, faults=faults)


def run(hours: float, *commands: Command, **fault) -> Trace:
    return twin.run(dairy(**fault), f"{hours}h", 3, list(commands))


def broken(name: str, hours: float, **change) -> Trace:
    command = Command("fault", name, None, "instructor", "test", ONSET)
    return run(hours, command, **{name.replace("-", "_"): change})


def shows(trace: Trace, tag: str, begin: float, end: float, every: float = 10.0) -> np.ndarray:
    return twin.sample(trace, [f"PAST.{tag}"], np.arange(begin, end, every))[0]


def truth(trace: Trace, quantity: str, *t: float) -> np.ndarray:
    return law(trace, f"PAST.{quantity}", np.array(t))


def labels(trace: Trace) -> dict[EventKind, float]:
    events = trace.events
    return {kind: float(events.t[events.kind == kind][0]) for kind in LABELS if kind in events.kind}


def first(trace: Trace, tag: str, since: float, until: float, when) -> float:
    """When a tag first does something, s."""
    t = np.arange(since, until, 1.0)
    return float(t[np.flatnonzero(when(twin.sample(trace, [f"PAST.{tag}"], t)[0]))[0]])


@pytest.fixture(scope="module")
def sound() -> Trace:
    return run(24.0)


def test_it_holds_product_hot_enough_all_day(sound):
    hold = shows(sound, "HoldTemp", 0.0, 7 * HOUR)
    assert hold.mean() == pytest.approx(72.5, abs=0.1)
    assert 0.03 < hold.std() < 0.12
    assert truth(sound, "Logs", HOUR, 5 * HOUR) == pytest.approx(6.49, abs=0.1)
    assert truth(sound, "Underheated", 7.9 * HOUR)[0] == 0.0
    assert labels(sound) == {}


def test_hot_water_creeps_up_as_the_plates_foul(sound):
    """Within the usual 76 to 80 °C over eight hours of milk."""
    water = [shows(sound, "HotWaterTemp", h * HOUR, h * HOUR + 600).mean() for h in (0, 4, 7)]
    assert 76.0 < water[0] < water[1] - 0.8 < water[2] - 1.6 < 80.0
    assert truth(sound, "Deposit", 4 * HOUR)[0] == pytest.approx(8.0, abs=0.05)
    valve = [shows(sound, "HotWaterValve", h * HOUR, h * HOUR + 600).mean() for h in (0, 7)]
    assert valve[1] > valve[0] + 1.0


def test_heat_balances(sound):
    """What hot water gives is what the product gains between regenerator and tube."""
    gain = shows(sound, "HoldTemp", 0.0, HOUR).mean() - shows(sound, "RegenOut", 0.0, HOUR).mean()
    assert shows(sound, "HeatPower", 0.0, HOUR).mean() == pytest.approx(6.746 * gain, rel=0.02)


def test_after_eight_hours_it_is_cleaned_step_by_step(sound):
    steps = shows(sound, "CleaningStep", 8 * HOUR - 60, 9.5 * HOUR, 1.0)
    changes = steps[np.flatnonzero(np.diff(steps)) + 1]
    assert changes.tolist() == [1, 2, 3, 4, 5, 0]
    t = 8 * HOUR - 60 + np.arange(len(steps))
    for step, least in ((1, 300), (2, 900), (3, 300), (4, 600), (5, 300)):
        assert least - 1 <= (steps == step).sum() < least + 400
    caustic = twin.sample(sound, ["PAST.Conductivity"], t[steps == 2][-60:])[0]
    assert 70.0 < caustic.mean() < 90.0
    assert twin.sample(sound, ["PAST.Conductivity"], t[steps == 5][-60:])[0].mean() < 2.0
    assert truth(sound, "Deposit", 8.8 * HOUR)[0] < 0.1
    made = twin.sample(sound, ["PAST.OutCount"], t[(steps > 0)][[0, -1]])[0]
    assert made[0] == made[1]


def test_it_goes_forward_only_when_it_was_hot_long_enough(sound):
    """Over every second of a start-up: below 71.7 °C nothing goes forward, as far as it knows."""
    t = np.arange(8.5 * HOUR, 9.5 * HOUR, 1.0)
    forward = law(sound, "PAST.Fdv", t) > 0.5
    seen = law(sound, "PAST.HoldSeen", t)
    assert forward.any()
    assert not forward.all()
    assert (seen[forward] > 71.69).all()
    starts = np.flatnonzero(~forward[:-1] & forward[1:])
    assert all((seen[i - 18 : i + 1] > 72.0).all() for i in starts)


def test_a_set_point_below_the_limit_diverts():
    trace = run(4.0, Command("set", "PAST.HoldSet", 71.0, t=ONSET))
    below = first(trace, "HoldTemp", ONSET, 3 * HOUR, lambda v: v < 71.7)
    diverted = first(trace, "Diverted", ONSET, 3 * HOUR, lambda v: v > 0.5)
    assert abs(below - diverted) < 15.0
    made = twin.sample(trace, ["PAST.OutCount"], [3 * HOUR, 3.9 * HOUR])[0]
    assert made[0] == made[1]


def test_too_fast_a_flow_diverts_and_a_slower_one_makes_less():
    trace = run(3.0, Command("set", "PAST.FlowSet", 6600.0, t=HOUR))
    assert shows(trace, "Diverted", HOUR + 60, 3 * HOUR - 60).all()
    trace = run(3.0, Command("set", "PAST.FlowSet", 4800.0, t=HOUR))
    made = twin.sample(trace, ["PAST.OutCount"], [1.5 * HOUR, 2.5 * HOUR])[0]
    assert np.diff(made)[0] == pytest.approx(4800.0, rel=0.01)
    assert truth(trace, "Logs", 2 * HOUR)[0] > 7.5


@pytest.mark.parametrize(
    ("fault", "hours", "change"),
    [
        ("F-FOUL", 30, {}),
        ("F-RTD", 30, {"span": "6 h", "found": "6 h"}),
        ("F-FDV", 24, {}),
        ("F-REGEN-P", 24, {}),
        ("F-CIP", 24, {}),
    ],
)
def test_a_fault_has_its_four_labels_in_order(fault, hours, change):
    found = labels(broken(fault, hours, **change))
    assert list(found) == list(LABELS)
    assert list(found.values()) == sorted(found.values())
    assert found[EventKind.FAULT_ONSET] == ONSET


def test_fast_fouling_shows_in_hot_water_first_and_cleans_early(sound):
    trace = broken("F-FOUL", 10.0, found="40 h")
    end = 7 * HOUR
    limits = {"HotWaterTemp": 78.6, "HotWaterValve": 23.2, "HeaterDrop": 0.46}
    for tag, limit in limits.items():
        assert shows(trace, tag, end - 600, end).mean() > limit
    clean = first(trace, "CleaningStep", ONSET, 9 * HOUR, lambda v: v > 0)
    assert clean < first(sound, "CleaningStep", ONSET, 9 * HOUR, lambda v: v > 0) - 600.0
    seen = labels(trace)[EventKind.FAULT_OBSERVABLE]
    assert seen < labels(trace)[EventKind.FAULT_FAILURE] == pytest.approx(clean, abs=2.0)


def test_a_sensor_that_reads_high_underheats_without_an_alarm(sound):
    """Its own tag and the diversion valve show nothing; a second sensor and the heat do."""
    trace = broken("F-RTD", 7.9, span="2 h", found="40 h")
    late = (5 * HOUR, 7.5 * HOUR)
    assert shows(trace, "HoldTemp", *late).mean() == pytest.approx(72.5, abs=0.1)
    assert not shows(trace, "Diverted", *late).any()
    indicator = [shows(t, "HoldIndicator", *late).mean() for t in (sound, trace)]
    assert indicator[0] - indicator[1] == pytest.approx(0.6, abs=0.02)
    regenerated = [shows(t, "RegenOut", *late).mean() for t in (sound, trace)]
    assert regenerated[0] - regenerated[1] == pytest.approx(0.54, abs=0.05)
    assert truth(trace, "Logs", *late) == pytest.approx(4.74, abs=0.05)
    assert truth(trace, "Underheated", 7.5 * HOUR)[0] > 6000.0
    assert truth(sound, "Underheated", 7.5 * HOUR)[0] == 0.0


def test_a_pallet_of_underheated_product_says_so_in_the_truth(sound):
    trace = broken("F-RTD", 7.9, span="2 h", found="40 h")
    shares = [t.index.readings(t.reading_number("PALL.Underheated")) for t in (sound, trace)]
    assert shares[1].value[-1] == pytest.approx(1.0)
    assert shares[1].value[shares[1].t < 3 * HOUR].max() == 0.0
    assert shares[0].value[shares[0].t < 7 * HOUR].max() == 0.0
    assert not [key for key in trace.line.tags if "Underheated" in key or "Logs" in key]


def test_a_leaking_diversion_valve_shows_in_the_forward_flow(sound):
    trace = broken("F-FDV", 10.0, found="40 h")
    forward = [shows(t, "ForwardFlow", 3 * HOUR, 5 * HOUR).mean() for t in (sound, trace)]
    assert forward[1] / forward[0] == pytest.approx(0.98, abs=0.002)
    t = np.arange(8.7 * HOUR, 9.3 * HOUR, 1.0)
    diverted = twin.sample(trace, ["PAST.Diverted"], t)[0] > 0.5
    through = twin.sample(trace, ["PAST.ForwardFlow"], t[diverted])[0]
    assert np.median(through) == pytest.approx(120.0, abs=15.0)
    assert truth(trace, "Leaked", 7 * HOUR, 9.4 * HOUR).tolist()[0] == 0.0
    assert truth(trace, "Leaked", 9.4 * HOUR)[0] > 1.0
    assert truth(sound, "Leaked", 9.4 * HOUR)[0] == 0.0


def test_lost_pressure_diverts_before_raw_stands_over_pasteurised(sound):
    trace = broken("F-REGEN-P", 6.0, found="40 h")
    low = first(trace, "PressureLead", ONSET, 3 * HOUR, lambda v: v < 0.35)
    diverted = first(trace, "Diverted", ONSET, 3 * HOUR, lambda v: v > 0.5)
    raw_over = first(trace, "PressureLead", ONSET, 3 * HOUR, lambda v: v < 0.0)
    assert ONSET < low <= diverted + 3.0 < raw_over + 3.0
    times = (
        shows(trace, "Diverted", ONSET, 5.9 * HOUR).mean(),
        shows(sound, "Diverted", ONSET, 5.9 * HOUR).mean(),
    )
    assert times[0] > 0.3 > 0.0 == times[1]


def test_weak_caustic_leaves_soil_microbes_and_plates_that_foul_faster(sound):
    trace = broken("F-CIP", 16.0, found="40 h")
    caustic = [shows(t, "Conductivity", 8.2 * HOUR, 8.3 * HOUR).mean() for t in (sound, trace)]
    assert caustic[1] / caustic[0] == pytest.approx(0.4, abs=0.02)
    counts = [
        t.index.readings(t.reading_number("PAST.RinseCount")).value[0] for t in (sound, trace)
    ]
    assert counts[1] > 60.0 > 30.0 > counts[0]
    grown = [np.diff(truth(t, "Deposit", 10 * HOUR, 14 * HOUR))[0] for t in (sound, trace)]
    assert grown[1] / grown[0] == pytest.approx(1.5, abs=0.06)


def test_a_week_of_it_costs_little():
    trace = run(7 * 24.0)
    assert len(trace.tracks.t) < 150_000
    assert truth(trace, "Cleanings", 167 * HOUR)[0] == pytest.approx(19, abs=2)

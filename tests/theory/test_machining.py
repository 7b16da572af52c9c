"""Cutting, bearings and case hardening against published and independently computed figures."""

from __future__ import annotations

import numpy as np
import pytest

from twin.physics import bearing, heat_treatment, machining

MEDIUM = machining.STEELS["medium"]


def test_turning_medium_steel_takes_the_force_and_power_of_kienzle():
    """vc 180 m/min, f 0.2 mm, ap 2 mm: kc 2736 N/mm2, 1094 N, 3.28 kW."""
    assert machining.specific_force(MEDIUM, 0.2) == pytest.approx(2736, rel=1e-3)
    force = machining.cutting_force(MEDIUM, 0.2, 2.0)
    assert force == pytest.approx(1094, rel=1.5e-3)
    assert machining.cutting_power(force, 180.0) == pytest.approx(3.28, abs=0.01)


@pytest.mark.parametrize(("wear", "load"), [(0.0, 37.3), (0.1, 41.0), (0.2, 44.8), (0.3, 48.5)])
def test_spindle_load_rises_with_wear(wear, load):
    power = machining.cutting_power(machining.cutting_force(MEDIUM, 0.2, 2.0), 180.0)
    assert machining.spindle_load(power, 11.0, wear) == pytest.approx(load, abs=0.1)


@pytest.mark.parametrize(
    ("steel", "kc"),
    [("mild", 3036), ("crmo600", 3146), ("crmo730", 3800), ("hard", 3506), ("grey-iron", 1762)],
)
def test_the_steels_keep_the_order_of_the_tool_maker_s_table(steel, kc):
    """At 0.2 mm feed; the values follow from the fitted coefficients."""
    assert machining.specific_force(machining.STEELS[steel], 0.2) == pytest.approx(kc, rel=2e-3)


@pytest.mark.parametrize(("speed", "minutes"), [(150.0, 50.6), (180.0, 24.4)])
def test_tool_life_of_carbide_follows_taylor(speed, minutes):
    assert machining.tool_life(speed) == pytest.approx(minutes, abs=0.05)


def test_flank_wear_starts_fast_slows_and_ends_fast():
    wear = [machining.flank_wear(u) for u in np.linspace(0.0, 1.0, 21)]
    steps = np.diff(wear)
    assert (steps > 0.0).all()
    assert steps[0] > 3.0 * steps[10] < steps[-1]
    assert wear[-1] == pytest.approx(machining.WEAR_LIMIT)


def test_a_worn_edge_turns_63_um_too_large_and_ten_kelvin_add_their_part():
    assert machining.diameter_growth(0.3, 0.0, 40.0) == pytest.approx(0.063, abs=1e-4)
    assert machining.diameter_growth(0.0, 10.0, 40.0) == pytest.approx(0.0046)


def test_roughness_follows_feed_and_nose_radius():
    assert machining.roughness(0.2, 0.8) == pytest.approx(1.56, abs=0.005)
    assert machining.roughness(0.2, 0.8, 0.3) == pytest.approx(1.7125)


def test_vibrations_add_as_powers_and_fall_into_zones():
    assert machining.vibration(0.3, 40.0, 0.01, 0.0) == pytest.approx(0.5)
    assert [machining.vibration_zone(v) for v in (1.0, 2.0, 5.0, 8.0)] == list("ABCD")


def test_fault_frequencies_of_a_6205_at_1797_rev_a_minute():
    f = bearing.frequencies(bearing.B6205, 1797.0)
    assert f.bpfo == pytest.approx(107.36, abs=0.01)
    assert f.bpfi == pytest.approx(162.19, abs=0.01)
    assert f.bsf == pytest.approx(70.58, abs=0.01)
    assert f.ftf == pytest.approx(11.93, abs=0.01)


def test_fault_orders_of_a_6205():
    f = bearing.frequencies(bearing.B6205, 60.0)
    found = (f.bpfo, f.bpfi, f.bsf, f.ftf)
    assert found == pytest.approx((3.5848, 5.4152, 2.3567, 0.3983), abs=1e-4)


def _burst(severity: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal(12_800)
    return bearing.burst(noise, 1797.0, severity)


def test_damage_shows_in_the_envelope_before_it_shows_in_the_whole_vibration():
    sound, early, late = _burst(0.0), _burst(0.05), _burst(0.6)
    frequency, lines = bearing.envelope_spectrum(early)
    low = (frequency > 20.0) & (frequency < 500.0)
    strongest = frequency[low][np.argmax(lines[low])] / 107.36
    assert strongest == pytest.approx(round(strongest), abs=0.02), "a multiple of BPFO"
    assert lines[107] > 4.0 * np.median(lines[low])
    assert bearing.shape(early).rms < 1.25 * bearing.shape(sound).rms
    assert bearing.shape(late).rms > 3.0 * bearing.shape(sound).rms
    assert bearing.shape(sound).kurtosis == pytest.approx(3.0, abs=0.2)
    assert bearing.shape(late).kurtosis > 6.0


@pytest.mark.parametrize("severity", [0.0, 0.05, 0.1, 0.2, 0.4, 0.8])
def test_the_expected_figures_are_those_of_the_burst(severity):
    found = bearing.shape(_burst(severity))
    rms, kurtosis = bearing.expected(1797.0, severity)
    assert rms == pytest.approx(found.rms, rel=0.05)
    assert kurtosis == pytest.approx(found.kurtosis, rel=0.1)


@pytest.mark.parametrize(("hours", "depth"), [(2, 0.37), (4, 0.52)])
def test_case_depth_at_930_degrees(hours, depth):
    assert heat_treatment.case_depth_after(930.0, hours * 3600.0) == pytest.approx(depth, abs=0.005)


@pytest.mark.parametrize(("kelvin", "depth"), [(15.0, 0.48), (40.0, 0.41)])
def test_a_colder_furnace_gives_less_depth(kelvin, depth):
    found = heat_treatment.case_depth_after(930.0 - kelvin, 4 * 3600.0)
    assert found == pytest.approx(depth, abs=0.005)


def test_hardness_lies_in_the_window_and_falls_with_too_much_carbon():
    assert 58.0 <= heat_treatment.surface_hardness(0.8) <= 62.0
    assert heat_treatment.retained_austenite(0.95) > 0.35 > heat_treatment.retained_austenite(0.8)
    assert heat_treatment.surface_hardness(0.95) < heat_treatment.surface_hardness(0.8)

"""Golden numbers of the chemical lines, through the product's own functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fsolve

from twin.physics import coating, cstr, reactor, stiction
from twin.physics.reactor import Conditions, Kettle, jacket_time, semi_batch

MINUTE = 60.0


@pytest.mark.parametrize(
    ("start", "end", "jacket", "clean", "fouled"),
    [(25.0, 80.0, 130.0, 31.3, 44.8), (80.0, 35.0, 15.0, 49.8, 71.1)],
)
def test_a_fouled_jacket_takes_43_percent_longer(start, end, jacket, clean, fouled):
    assert jacket_time(2000.0, start, end, jacket) / MINUTE == pytest.approx(clean, abs=0.06)
    slow = jacket_time(2000.0, start, end, jacket, 0.7 * reactor.TRANSFER)
    assert slow / MINUTE == pytest.approx(fouled, abs=0.06)


def test_a_jacket_cannot_heat_beyond_itself():
    with pytest.raises(ValueError, match="never"):
        jacket_time(2000.0, 25.0, 140.0, 130.0)


def _day(lost_after: float, **conditions: float | bool) -> tuple[float, reactor.Course]:
    """(highest temperature, the whole course) when cooling fails `lost_after` s after the start."""
    under = Conditions(**conditions)  # type: ignore[arg-type]
    first = semi_batch(Kettle(60.0), under, lost_after)
    hot = Conditions(**{**conditions, "transfer": 0.0})  # type: ignore[arg-type]
    rest = semi_batch(first.end, hot, 3 * 3600.0 - lost_after)
    return float(max(first.temperature.max(), rest.temperature.max())), rest


def test_the_adiabatic_rise():
    rise = reactor.REACTION_HEAT * 2000.0 / (2000.0 * reactor.HEAT_CAPACITY)
    assert rise == pytest.approx(31.6, abs=0.05)


def test_normal_dosing_stays_within_a_kelvin_and_little_accumulates():
    run = semi_batch(Kettle(60.0), Conditions(), 3 * 3600.0)
    assert run.temperature.max() == pytest.approx(61.0, abs=0.1)
    assert run.accumulation == pytest.approx(0.09, abs=0.005)


def test_the_interlock_holds_the_peak_but_leaves_b_unreacted():
    peak, rest = _day(1800.0, interlock=True)
    assert peak == pytest.approx(68.9, abs=0.1)
    assert rest.end.b / reactor.CHARGED == pytest.approx(0.195, abs=0.005)
    assert _day(1800.0, interlock=False)[0] == pytest.approx(72.9, abs=0.1)


def test_slow_kinetics_accumulate_and_run_hotter():
    slow = reactor.RATE_60 / 5.0
    assert semi_batch(Kettle(60.0), Conditions(rate_60=slow), 3 * 3600.0).accumulation == (
        pytest.approx(0.20, abs=0.01)
    )
    assert _day(1800.0, rate_60=slow, interlock=False)[0] == pytest.approx(74.5, abs=0.1)


def test_amounts_and_heat_balance():
    run = semi_batch(Kettle(60.0), Conditions(), 3 * 3600.0)
    reacted = reactor.CHARGED - run.end.b
    assert run.end.dosed / reactor.DOSE * reactor.DOSE_AMOUNT == pytest.approx(
        run.end.a + reacted, rel=1e-6
    )


def test_the_cold_steady_state_of_the_stirred_tank():
    _, c, T = cstr.integrate(cstr.Tank(), 0.9, 320.0, 300.0, 60.0)
    assert c[-1] == pytest.approx(0.877, abs=0.001)
    assert T[-1] == pytest.approx(324.475, abs=0.005)


def test_it_ignites_between_302_and_304_kelvin_of_coolant():
    hottest = [cstr.integrate(cstr.Tank(), 0.877, 324.475, tc, 60.0)[2].max() for tc in (302, 304)]
    assert hottest[0] < 330.0
    assert hottest[1] > 450.0


def test_ignition_overshoots_to_477_kelvin():
    _, _, T = cstr.integrate(cstr.Tank(), 0.877, 324.475, 305.0, 20.0, 0.001)
    assert T.max() == pytest.approx(476.7, abs=0.5)


def test_the_hot_steady_state_is_no_resting_place():
    """Its equilibrium spirals outwards (two eigenvalues with positive real part): it cycles."""
    hot = fsolve(lambda x: cstr.change(cstr.Tank(), x[0], x[1], 305.0), (0.1, 380.0))
    assert hot == pytest.approx([0.1352, 378.065], abs=0.001)
    jacobian = np.array(
        [
            np.subtract(
                cstr.change(cstr.Tank(), *(hot + d), 305.0),
                cstr.change(cstr.Tank(), *(hot - d), 305.0),
            ) / (2.0 * d.sum())
            for d in (np.array([1e-6, 0.0]), np.array([0.0, 1e-4]))
        ]
    ).T  # fmt: skip
    assert (np.linalg.eigvals(jacobian).real > 0.1).all()
    _, _, T = cstr.integrate(cstr.Tank(), 0.877, 324.475, 305.0, 200.0, 0.005)
    assert np.ptp(T[-10_000:]) > 30.0  # K, for ever


@pytest.mark.parametrize(("coolant", "c", "kelvin"), [(304.0, 0.151, 370.95), (305.0, None, 374.3)])
def test_what_is_quoted_as_hot_steady_states_is_passed_on_the_cycle(coolant, c, kelvin):
    """0.151 mol/l at 370.95 K, and 374.3 K: no balance of A holds there, so nothing rests there.

    A mole balance at rest asks for c = 1 / (1 + k V / q): 0.196 mol/l at 370.95 K.
    """
    tank = cstr.Tank()
    _, conc, T = cstr.integrate(tank, 0.877, 324.475, coolant, 200.0)
    late = slice(len(T) // 4, None)
    if c is not None:
        away = np.hypot((conc[late] - c) / 0.001, (T[late] - kelvin) / 0.1)
        assert away.min() < 1.0
        assert abs(cstr.change(tank, c, kelvin, coolant)[0]) > 0.1  # mol/l min: far from rest
    assert T[late].min() < kelvin - 5.0 < kelvin + 5.0 < T[late].max()


def test_dispersing_reaches_hegman_six_and_faster_with_a_faster_tip():
    rate = coating.grind_rate(20.0)
    assert coating.hegman(coating.fineness(0.0, rate)) == pytest.approx(8.0 - 80.0 / 12.7)
    times = [
        next(t for t in range(0, 36_000, 10)
             if coating.hegman(coating.fineness(t, coating.grind_rate(tip))) >= 6.0)
        for tip in (18.0, 20.0, 25.0)
    ]  # fmt: skip
    assert times[0] > times[1] > times[2]
    assert coating.fineness(1e9, rate) == pytest.approx(coating.FINEST)


def test_viscosity_grows_with_solids_and_falls_with_heat():
    assert coating.viscosity(1.0, 0.0, 25.0) == pytest.approx(1.0)
    assert coating.viscosity(1.0, 0.32, 25.0) == pytest.approx(0.5 ** (-1.6))
    assert coating.viscosity(1.0, 0.3, 35.0) < coating.viscosity(1.0, 0.3, 25.0)
    with pytest.raises(ValueError, match="volume share"):
        coating.viscosity(1.0, 0.7, 25.0)


def test_a_correction_takes_a_colour_difference_away_when_pastes_can():
    wrong = np.array([0.2, 0.0, -0.1, 0.05, 0.0])  # too much white and red, too little yellow
    lab = coating.TINT @ wrong
    left = lab + coating.TINT @ coating.correction(lab)
    assert (coating.correction(lab) >= 0.0).all()
    assert np.linalg.norm(left) < 0.2 * coating.colour_error(wrong)


def test_a_sticking_valve_cycles_in_four_to_eight_minutes_whatever_its_band():
    assert 4 * MINUTE < stiction.period() < 8 * MINUTE
    t = np.arange(0.0, 3600.0)
    one, three = (stiction.jacket_cycle(t, band) for band in (1.0, 3.0))
    assert np.allclose(three.jacket, 3.0 * one.jacket)
    assert np.ptp(three.jacket) > 3.0  # K
    assert 0.0 < np.ptp(three.contents) < 0.1 * np.ptp(three.jacket), "the contents are heavy"


@pytest.mark.parametrize("transfer", [reactor.TRANSFER, 0.7 * reactor.TRANSFER, 0.0])
def test_the_heat_of_the_kettle_balances(transfer):
    """What the contents hold = what the jacket gave and the reaction made, the feed at 25 degC."""
    run = semi_batch(Kettle(60.0), Conditions(transfer=transfer), 2 * 3600.0)
    mass = reactor.HEEL + run.dosed
    held = mass * reactor.HEAT_CAPACITY * (run.temperature - reactor.FEED_TEMPERATURE)
    jacket = transfer * np.sum((run.jacket - run.temperature)[:-1]) * 0.5
    made = reactor.REACTION_HEAT * (reactor.CHARGED - run.end.b)
    assert held[-1] - held[0] == pytest.approx(jacket + made, rel=2e-3, abs=2e-3 * made)

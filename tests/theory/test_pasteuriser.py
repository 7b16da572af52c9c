"""Pasteurising and cleaning, against figures computed by hand or published."""

from __future__ import annotations

import pytest

from twin.physics import cip
from twin.physics import pasteuriser as heat


@pytest.mark.parametrize(
    ("share", "outlet", "power"), [(0.85, 62.2, 69.3), (0.90, 65.7, 46.2), (0.93, 67.7, 32.3)]
)
def test_regeneration_saves_heat(share, outlet, power):
    """6,000 L/h from 4 to 72.5 °C."""
    assert heat.regenerated(4.0, 72.5, share) == pytest.approx(outlet, abs=0.051)
    assert heat.heat_needed(6000.0, 4.0, 72.5, share) == pytest.approx(power, abs=0.05)


def test_the_heater_gives_transfer_times_the_mean_temperature_difference():
    for transfer, cold, hot in (
        (9.1, 6.7, 9.3),
        (5.8, 6.7, 9.3),
        (9.1, 6.7, 6.7),
        (9.1, 11.0, 6.7),
    ):
        inlet, supply = 65.65, 77.0
        outlet = inlet + heat.effectiveness(transfer, cold, hot) * (supply - inlet)
        power = cold * (outlet - inlet)
        back = supply - power / hot
        assert power == pytest.approx(transfer * heat.log_mean(supply - outlet, back - inlet))


@pytest.mark.parametrize(("hours", "transfer"), [(0, 3500), (4, 2734), (8, 2244)])
def test_plates_foul_with_milk(hours, transfer):
    assert heat.fouled(hours * heat.FOULING) == pytest.approx(transfer, abs=0.5)


@pytest.mark.parametrize(("temperature", "logs"), [(70, 1.76), (71, 2.96), (72, 5.00), (73, 8.44)])
def test_a_kelvin_less_leaves_a_hundred_times_as_many(temperature, logs):
    assert heat.log_reduction(15.0, temperature) == pytest.approx(logs, abs=0.005)


def test_fifteen_seconds_at_72_degrees_are_five_powers_of_ten():
    """The legal minimum and the target for Coxiella burnetii: D at 72 °C is at most 3 s."""
    assert heat.log_reduction(15.0, 72.0) == pytest.approx(5.0)


def test_the_holding_tube_holds_fifteen_seconds_in_turbulent_flow():
    tube = heat.Tube()
    assert tube.velocity(6000.0) == pytest.approx(0.94, abs=0.001)
    assert tube.time(6000.0) == pytest.approx(15.0, abs=0.02)
    assert tube.reynolds(6000.0) == pytest.approx(41_800, abs=50)


def test_pasteurisation_units_of_beer():
    """1.393 to the power 12 gives 13.35; the usual 13.4 is rounded up."""
    assert heat.pasteurisation_units(15.0, 72.0) == pytest.approx(13.4, abs=0.06)
    assert heat.pasteurisation_units(60.0, 60.0) == pytest.approx(1.0)


def test_cleaning_a_dn50_pipe_takes_9570_litres_an_hour():
    assert cip.flow_for(1.5) == pytest.approx(9570, abs=1.0)
    assert cip.velocity_of(cip.flow_for(2.0)) == pytest.approx(2.0)


def test_conductivity_tells_caustic_from_water():
    assert 70.0 < cip.conductivity(cip.CAUSTIC, 75.0) < 90.0
    assert cip.conductivity(cip.RINSE, 38.0) < 1.0
    weak = cip.conductivity(cip.Step(75.0, 900.0, caustic=0.6), 75.0)
    assert weak == pytest.approx(0.4 * cip.conductivity(cip.CAUSTIC, 75.0), rel=0.02)


def test_weak_or_cold_caustic_leaves_soil():
    usual, weak, cold = cip.soil_left(1.5), cip.soil_left(0.6), cip.soil_left(1.5, 60.0)
    assert usual < 0.003
    assert 0.04 < cold < weak < 0.15


def test_the_steps_are_within_their_usual_limits():
    """Caustic 0.5 to 2 % at 60 to 85 °C, acid at 60 to 65 °C, rinses below 40 °C; 40 minutes."""
    assert 0.5 <= cip.CAUSTIC.caustic <= 2.0
    assert 60.0 <= cip.CAUSTIC.temperature <= 85.0
    assert 60.0 <= cip.ACID.temperature <= 65.0
    assert all(step.temperature <= 40.0 for step in cip.FULL if not step.chemical)
    assert [step.time for step in cip.FULL] == [300.0, 900.0, 300.0, 600.0, 300.0]

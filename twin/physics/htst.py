"""A pasteuriser in motion: balance tank, regenerator, heater, hot water, valve and its control.

Explicit Euler on a grid of 1 s; no lag is below 5 s. The diversion valve sits behind the cooler:
diverted product has passed the regenerator too, so that the heat balance stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.physics import pasteuriser as heat

STEP = 1.0  # s
WATER_CAPACITY = 4.19  # kJ/(kg K)


@dataclass(frozen=True, slots=True)
class Plant:
    """Plates, water and control; lags in s, assumed where nothing else is said."""

    share: float = 0.90  # of heat regenerated; 0.85 to 0.93 is usual
    area: float = 2.6  # m2 of the heater
    water: float = 8000.0  # L/h of hot water through it
    supply: float = 95.0  # degC of the water that the valve lets into the circuit
    tank: float = 200.0  # L in the balance tank
    gain: float = 2.0  # %/K of the controller
    reset: float = 40.0  # s, its integral time
    heater_lag: float = 20.0
    valve_lag: float = 8.0  # valves of that size take 5 to 9 s
    water_lag: float = 10.0
    plates_lag: float = 15.0  # of the regenerator


@dataclass(slots=True)
class Inputs:
    """What acts on the plant from outside: degC, L/h, m2 K/W."""

    target: float = 72.5  # set point
    flow: float = 6000.0
    feed: float = 4.0
    resistance: float = 0.0  # of the deposit
    sensor: float = 0.0  # K that the sensor reads too high


@dataclass(slots=True)
class State:
    """Temperatures in degC, valve and the controller's integral in %."""

    tank: float
    preheated: float
    water: float
    hold: float
    valve: float
    integral: float


def advance(plant: Plant, now: Inputs, state: State, dt: float = STEP) -> float:
    """Move the state on by `dt` s; heat taken from the water in that time, kW."""
    cold = heat.capacity_flow(now.flow)
    hot = plant.water / 3600.0 * WATER_CAPACITY
    gained = heat.effectiveness(_transfer(plant, now.resistance), cold, hot)
    rise = gained * (state.water - state.preheated)
    back = state.water - rise * cold / hot
    mixed = back + state.valve / 100.0 * (plant.supply - back)
    error = now.target - (state.hold + now.sensor)
    wanted = state.integral + plant.gain * error
    if 0.0 < wanted < 100.0 or (wanted <= 0.0) == (error > 0.0):
        state.integral += plant.gain / plant.reset * error * dt
    wanted = min(max(wanted, 0.0), 100.0)
    before = heat.regenerated(state.tank, state.hold, plant.share)
    fill = now.flow / 3600.0 / plant.tank
    hold = state.hold + dt * (state.preheated + rise - state.hold) / plant.heater_lag
    state.tank += dt * fill * (now.feed - state.tank)
    state.preheated += dt * (before - state.preheated) / plant.plates_lag
    state.water += dt * (mixed - state.water) / plant.water_lag
    state.valve += dt * (wanted - state.valve) / plant.valve_lag
    state.hold = hold
    return cold * rise


def at_rest(plant: Plant, now: Inputs) -> State | None:
    """The state that stays as it is with product going forward; None where the valve cannot."""
    hold = now.target - now.sensor
    cold = heat.capacity_flow(now.flow)
    hot = plant.water / 3600.0 * WATER_CAPACITY
    gained = heat.effectiveness(_transfer(plant, now.resistance), cold, hot)
    preheated = heat.regenerated(now.feed, hold, plant.share)
    water = preheated + (hold - preheated) / gained
    back = water - (hold - preheated) * cold / hot
    valve = 100.0 * (water - back) / (plant.supply - back)
    if not 0.0 <= valve <= 100.0:
        return None
    return State(now.feed, preheated, water, hold, valve, valve)


def _transfer(plant: Plant, resistance: float) -> float:
    return heat.fouled(resistance) * plant.area / 1000.0

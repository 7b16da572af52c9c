"""Cleaning in place: steps, velocity, what conductivity says, and what soil is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, pi

TURBULENT = 1.5  # m/s at least in the pipes
PIPE = 0.0475  # m, bore of a DN50 pipe
USUAL, HOT, LONG = 1.5, 75.0, 900.0  # % NaOH, degC and s of the usual caustic step
CLEANED = 6.0  # natural logarithms of soil which that step takes off, assumed
TWICE = 15.0  # K for twice the speed of cleaning, assumed
WATER = 0.4  # mS/cm of tap water, assumed
CAUSTIC_25, CAUSTIC_RISE = 27.4, 0.019  # mS/cm a %, 1/K: NaOH 1.5 % at 75 degC has 80 mS/cm
ACID_25, ACID_RISE = 33.0, 0.015  # the same of nitric acid, assumed


@dataclass(frozen=True, slots=True)
class Step:
    """A step: set point in degC, time in s, % of NaOH and of HNO3 in the water."""

    temperature: float
    time: float
    caustic: float = 0.0
    acid: float = 0.0

    @property
    def chemical(self) -> bool:
        """Whether it circulates a solution instead of rinsing to the drain."""
        return self.caustic > 0.0 or self.acid > 0.0


PRE_RINSE = Step(38.0, 300.0)
CAUSTIC = Step(HOT, LONG, caustic=USUAL)
RINSE = Step(38.0, 300.0)
ACID = Step(62.0, 600.0, acid=1.0)
FINAL_RINSE = Step(38.0, 300.0)
FULL = (PRE_RINSE, CAUSTIC, RINSE, ACID, FINAL_RINSE)
ONLY_RINSE = (Step(38.0, 1200.0),)  # between products that may meet in traces


def weaker(step: Step, less: float, colder: float) -> Step:
    """The step with so much less NaOH (%) and so many K colder; only caustic steps suffer."""
    if not step.caustic:
        return step
    return replace(
        step, caustic=max(step.caustic - less, 0.0), temperature=step.temperature - colder
    )


def flow_for(velocity: float = TURBULENT, bore: float = PIPE) -> float:
    """Flow in L/h at a mean velocity (m/s) in a pipe (m)."""
    return velocity * pi * bore**2 / 4.0 * 3.6e6


def velocity_of(flow: float, bore: float = PIPE) -> float:
    """Mean velocity in m/s of a flow in L/h."""
    return flow / flow_for(1.0, bore)


def conductivity(step: Step, temperature: float) -> float:
    """Conductivity of the solution that returns, mS/cm."""
    warm = temperature - 25.0
    return (
        WATER
        + CAUSTIC_25 * step.caustic * (1.0 + CAUSTIC_RISE * warm)
        + ACID_25 * step.acid * (1.0 + ACID_RISE * warm)
    )


def cleaning_rate(step: Step, temperature: float, velocity: float) -> float:
    """Share of the organic soil there is that goes in a second: by chemistry, heat and flow."""
    strength = step.caustic / USUAL
    warm = float(2.0 ** ((temperature - HOT) / TWICE))
    return CLEANED / LONG * strength * warm * velocity / TURBULENT


def soil_left(strength: float, temperature: float = HOT, time: float = LONG) -> float:
    """Share of soil left by a caustic step of so many % NaOH, at 1.5 m/s."""
    return exp(-cleaning_rate(Step(temperature, time, strength), temperature, TURBULENT) * time)

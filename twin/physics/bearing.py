"""Rolling bearings: fault frequencies, and what an accelerometer near a damaged one records.

A damaged outer ring is struck by one rolling element after the other. Each blow lets the housing
ring at its own frequency, so the damage shows in the envelope of the high frequencies long before
it shows in the vibration as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE = 12_800.0  # samples a second
RING = 3_200.0  # Hz, natural frequency of the housing, assumed
DECAY = 0.0008  # s, how fast the ringing dies out, assumed
NOISE = 0.12  # g RMS, broad-band noise of a sound spindle, assumed
BLOW = 6.0  # g, first peak of a blow at severity 1, assumed
HARMONICS = (0.10, 0.05, 0.03)  # g at severity 1, BPFO and its multiples, assumed
UNBALANCE = 0.05  # g at 3000 rev/min, grows with the square of the speed, assumed


@dataclass(frozen=True, slots=True)
class Bearing:
    """Number of balls, ball and pitch diameter in mm, contact angle in degrees."""

    balls: int
    ball: float
    pitch: float
    angle: float = 0.0

    @property
    def ratio(self) -> float:
        """Ball over pitch diameter, seen along the contact."""
        return self.ball / self.pitch * cos(radians(self.angle))


B6205 = Bearing(9, 7.94, 39.04)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Fault frequencies, Hz: outer ring, inner ring, ball spin, cage."""

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


def frequencies(bearing: Bearing, speed: float) -> Frequencies:
    """Fault frequencies of a bearing at a speed in rev/min, outer ring at rest."""
    turn, ratio = speed / 60.0, bearing.ratio
    return Frequencies(
        bearing.balls / 2.0 * turn * (1.0 - ratio),
        bearing.balls / 2.0 * turn * (1.0 + ratio),
        bearing.pitch / (2.0 * bearing.ball) * turn * (1.0 - ratio * ratio),
        turn / 2.0 * (1.0 - ratio),
    )


def growth(severity: float, life: float) -> float:
    """Severity after the share `life` (0-1) of a ramp: damage grows exponentially, e^5 in all."""
    return severity * float(np.expm1(5.0 * life) / np.expm1(5.0))


def burst(noise: Floats, speed: float, severity: float, bearing: Bearing = B6205) -> Floats:
    """Acceleration, g, at 12.8 kHz, as long as `noise` (standard normal; its first value phases).

    `speed` in rev/min; `severity` 0 (sound) to 1 (to be replaced at once) of the outer ring.
    """
    t = np.arange(len(noise)) / RATE
    turn = speed / 60.0
    signal = NOISE * (0.3 + 0.7 * min(speed / 3000.0, 1.5)) * noise
    signal += UNBALANCE * (speed / 3000.0) ** 2 * np.sin(2.0 * np.pi * turn * t)
    if severity <= 0.0 or speed <= 0.0:
        return signal
    bpfo = frequencies(bearing, speed).bpfo
    phase = (float(noise[0]) * 0.37) % 1.0
    since = ((t * bpfo + phase) % 1.0) / bpfo  # s since the last blow
    load = 1.0 + 0.3 * np.sin(2.0 * np.pi * turn * t)  # the load zone passes with the shaft
    ringing = np.exp(-since / DECAY) * np.sin(2.0 * np.pi * RING * since)
    signal += BLOW * severity * load * ringing
    for k, size in enumerate(HARMONICS, 1):
        signal += size * severity * np.sin(2.0 * np.pi * k * bpfo * t + phase)
    return signal


@dataclass(frozen=True, slots=True)
class Shape:
    """Figures of a vibration record: RMS in its unit, kurtosis (3 is normal noise), crest."""

    rms: float
    kurtosis: float
    crest: float


def shape(signal: Floats) -> Shape:
    """Figures of a record."""
    centred = signal - signal.mean()
    power = float(np.mean(centred**2))
    if power == 0.0:
        return Shape(0.0, 3.0, 0.0)
    rms = sqrt(power)
    return Shape(rms, float(np.mean(centred**4)) / power**2, float(np.abs(centred).max()) / rms)


def expected(speed: float, severity: float, bearing: Bearing = B6205) -> tuple[float, float]:
    """RMS (g) and kurtosis to be expected of a burst: independent noise and blows add up.

    A blow's ringing has the mean square `peak^2 DECAY / 4` a blow and, as a power of four,
    `3 peak^4 DECAY / 32`; the factors 1.045 and 1.28 are the load zone's.
    """
    noise = (NOISE * (0.3 + 0.7 * min(speed / 3000.0, 1.5))) ** 2
    noise += (UNBALANCE * (speed / 3000.0) ** 2) ** 2 / 2.0
    rate = frequencies(bearing, speed).bpfo
    square = rate * (BLOW * severity) ** 2 * DECAY / 4.0 * 1.045
    fourth = rate * (BLOW * severity) ** 4 * DECAY * 3.0 / 32.0 * 1.28
    power = noise + square
    if power == 0.0:
        return 0.0, 3.0
    return sqrt(power), (3.0 * noise**2 + 6.0 * noise * square + fourth) / power**2


def envelope_spectrum(signal: Floats) -> tuple[Floats, Floats]:
    """Frequencies (Hz) and amplitudes (g) of the envelope above half the ringing frequency."""
    spectrum = np.fft.rfft(signal)
    frequency = np.fft.rfftfreq(len(signal), 1.0 / RATE)
    spectrum[frequency < RING / 2.0] = 0.0
    analytic = np.zeros(len(signal), dtype=np.complex128)
    analytic[: len(spectrum)] = 2.0 * spectrum
    envelope = np.abs(np.fft.ifft(analytic))
    lines = np.abs(np.fft.rfft(envelope - envelope.mean())) * 2.0 / len(signal)
    return np.asarray(frequency, dtype=np.float64), np.asarray(lines, dtype=np.float64)

"""The limit cycle of a sticking valve in the jacket's own temperature loop.

A PI controller moves the valve; the valve follows only when it is asked for `band` % more than
where it stands, and then goes all the way. With an integral part that never rests, this gives a
cycle of jacket temperature whose period does not depend on the band (computed by stepping the loop
to its limit cycle; 6 to 7 min). Form: Choudhury, Thornhill, Shah, Control Eng. Practice 13 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.physics.laws import Floats

SPAN = 1.15  # K of jacket for each % of valve, at rest (15 to 130 degC)
LAG = 60.0  # s, of the jacket behind its valve, assumed
GAIN, RESET = 0.5, 60.0  # % a K, and s, of the jacket's controller, assumed
CONTENTS = 2534.0  # s, 2 t over 3 kW/K: how slowly the contents follow the jacket
STEP = 1.0


@dataclass(frozen=True)
class Wave:
    """Deviations by the cycle, K, shape (n,)."""

    jacket: Floats
    contents: Floats


@lru_cache
def _cycle() -> tuple[Floats, float]:
    """One period of the jacket's deviation for a band of 1 %, on a grid of 1 s, and its length."""
    jacket, stem, total, out = 0.5, 0.5, 0.5, []
    for _ in range(20_000):
        total += GAIN * -jacket * STEP / RESET
        asked = -GAIN * jacket + total
        if abs(asked - stem) >= 1.0:
            stem = asked
        jacket += STEP * (SPAN * stem - jacket) / LAG
        out.append(jacket)
    tail = np.array(out[-6000:])
    tail -= tail.mean()
    rises = np.flatnonzero((tail[:-1] < 0.0) & (tail[1:] >= 0.0))
    return tail[rises[0] : rises[-1]], float(np.diff(rises).mean())


def period() -> float:
    """Length of the limit cycle, s."""
    return _cycle()[1]


def jacket_cycle(t: Floats, band: float) -> Wave:
    """Deviations of jacket and contents at instants `t` (s), the valve sticking by `band` %.

    The contents take the first harmonic, as first order: their amplitude is that of the jacket
    over 2 pi CONTENTS / period, a quarter of a period late.
    """
    wave, length = _cycle()
    share = np.mod(t, length) / length
    grid = np.arange(len(wave)) * STEP
    jacket = band * np.interp(share * length, grid, wave)
    top = band * float(np.ptp(wave)) / 2.0 * length / (2.0 * np.pi * CONTENTS)
    return Wave(jacket, -top * np.cos(2.0 * np.pi * share))

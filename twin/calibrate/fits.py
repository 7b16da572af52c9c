"""What came out of a calibration: figures that were fitted, and what could not be, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.calibrate.laws import Fitted
from twin.line.source import Path

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """One time of the scenario, fitted to a sample; `what` names it for people.

    `path` is where it stands in the scenario, `value` what is written there. `shown` are the same
    times as the calibrated twin shows them in a run; empty when none were to be had.
    """

    what: str
    path: Path
    file: str
    fitted: Fitted
    sample: Floats = field(repr=False)
    value: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    shown: Floats = field(default_factory=lambda: np.empty(0), repr=False)


@dataclass(frozen=True)
class Unfit:
    """Something in the data, or of the line, that was not fitted."""

    what: str
    why: str

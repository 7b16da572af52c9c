"""Text with units to SI-like numbers and back: the only place where units are converted.

Inside the product: seconds, °C, kW, metres, ratios. Text with units lives in scenario files,
on the command line and in reports.
"""

from __future__ import annotations

import re
from functools import lru_cache

# unit -> (dimension, factor to the inside unit). Time in s, power in kW, length in m, mass in kg,
# rate in units of material a second; a litre is such a unit, as a bottle is. Gas flow in m³/h at
# 0 °C and 1,013 mbar, mass flow in kg/h.
UNITS: dict[str, tuple[str, float]] = {
    "ms": ("time", 0.001),
    "s": ("time", 1.0),
    "sec": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "d": ("time", 86400.0),
    "w": ("time", 604800.0),
    "W": ("power", 0.001),
    "kW": ("power", 1.0),
    "MW": ("power", 1000.0),
    "um": ("length", 1e-6),
    "µm": ("length", 1e-6),
    "mm": ("length", 0.001),
    "cm": ("length", 0.01),
    "m": ("length", 1.0),
    "g": ("mass", 0.001),
    "kg": ("mass", 1.0),
    "t": ("mass", 1000.0),
    "ppm": ("ratio", 1e-6),
    "%": ("ratio", 0.01),
    "cm/min": ("speed", 0.01 / 60),
    "mm/s": ("speed", 0.001),
    "m/s": ("speed", 1.0),
    "/h": ("rate", 1.0 / 3600.0),
    "/min": ("rate", 1.0 / 60.0),
    "/s": ("rate", 1.0),
    "L/h": ("rate", 1.0 / 3600.0),
    "m3/h": ("rate", 1000.0 / 3600.0),
    "m³/h": ("rate", 1000.0 / 3600.0),
    "Nm3/h": ("gas flow", 1.0),
    "Nm³/h": ("gas flow", 1.0),
    "Nm³/min": ("gas flow", 60.0),
    "NL/min": ("gas flow", 0.06),
    "kg/h": ("mass flow", 1.0),
    "t/h": ("mass flow", 1000.0),
    "°C": ("temperature", 1.0),
    "degC": ("temperature", 1.0),
    "K": ("temperature difference", 1.0),
}

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*([^\s\d]\S*)?\s*")


def examples(dimension: str) -> str:
    """Units a reader may write for a dimension, as text for messages."""
    return ", ".join(unit for unit, (known, _) in UNITS.items() if known == dimension)


@lru_cache(maxsize=4096)
def parse(text: str, dimension: str) -> float:
    """Value of `text` ("28 s", "15 min", "1h30min") in the inside unit of `dimension`.

    Several quantities in a row are added ("1h 30min"). Raises ValueError with a sentence that
    says what was expected.
    """
    expected = f"a {dimension} such as 3 {examples(dimension).split(', ')[0]}"
    position, total, parts = 0, 0.0, 0
    while position < len(text):
        match = _QUANTITY.match(text, position)
        if match is None:
            raise ValueError(f"{expected}, not {text!r}")
        number, unit = match.groups()
        # "1h30min": the unit pattern is greedy, so cut it where a digit begins
        unit = re.split(r"\d", unit)[0].strip() if unit else None
        if unit is None:
            raise ValueError(f"{expected}; {text!r} has no unit ({examples(dimension)})")
        known = UNITS.get(unit)
        if known is None or known[0] != dimension:
            raise ValueError(f"{expected}; {unit!r} is not one of {examples(dimension)}")
        total += float(number) * known[1]
        position = match.start(2) + len(unit)
        while position < len(text) and text[position].isspace():
            position += 1
        parts += 1
    if not parts:
        raise ValueError(f"{expected}, not {text!r}")
    return total


def seconds(value: str | float | int) -> float:
    """Seconds from "8h", "1h30min", "90 s" or a plain number of seconds."""
    return float(value) if isinstance(value, (int, float)) else parse(value, "time")


def clock(t: float) -> str:
    """Simulated seconds as h:mm:ss, with days in front when there are any ("2d 03:04:05")."""
    whole = int(t)
    days, rest = divmod(whole, 86400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}d {text}" if days else text

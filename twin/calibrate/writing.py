"""Times and laws as a scenario file has them."""

from __future__ import annotations

from typing import Any

from twin.line.values import Drawn, Fixed

TIMES = ("mean", "low", "mode", "high", "sd", "close")


def time_text(seconds: float) -> str:
    """A time as people write it: four figures, in the unit that suits it."""
    for unit, factor in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 3.0 * factor:
            return f"{seconds / factor:.4g} {unit}"
    return f"{seconds:.4g} s"


def written(law: Drawn) -> dict[str, Any]:
    """A law as a scenario file has it."""
    if isinstance(law, Fixed):
        return {"kind": "fixed", "mean": time_text(law.mean)}
    row: dict[str, Any] = {"kind": law.kind}
    for name in type(law).model_fields:
        value = getattr(law, name)
        if name in TIMES:
            row[name] = time_text(value)
        elif name == "times":
            row[name] = [time_text(time) for time in value]
        elif name == "phases":
            row[name] = int(value)
        elif name != "kind" and value:
            row[name] = float(f"{value:.3g}")
    return row

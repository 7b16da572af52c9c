"""Writes fitted figures into a scenario's text: only what was fitted changes, comments stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from twin.calibrate.fits import Fit
from twin.line.line import Line
from twin.line.source import dotted
from twin.line.values import Drawn, Fixed

TIMES = ("mean", "low", "mode", "high", "sd", "close")
WIDE = 4096  # characters: no line is broken anew


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
        elif name == "phases":
            row[name] = int(value)
        elif name != "kind" and value:
            row[name] = float(f"{value:.3g}")
    return row


def calibrated(line: Line, name: str, fits: Sequence[Fit], today: date) -> str:
    """The line's scenario text with every fit in its place; where each is from heads the file."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(line.text)
    data["id"] = name
    for fit in fits:
        _put(data, fit)
    stream = io.StringIO()
    yaml.dump(data, stream)
    head = f"# {line.id}, calibrated on {today.isoformat()}. Everything but these is as it was:"
    return "\n".join([head, *map(_remark, fits), "", stream.getvalue()])


def _remark(fit: Fit) -> str:
    low, high = fit.fitted.interval
    return (
        f"#   {dotted(fit.path)}: {fit.file}, n = {fit.fitted.n}, "
        f"mean {low:.4g} to {high:.4g} s (95 %), KS distance {fit.fitted.distance:.3f}"
    )


def _put(data: CommentedMap, fit: Fit) -> None:
    *way, last = fit.path
    here: Any = data
    for step in way:
        if step == "cycle" and not _by_product(here[step]):
            here[step] = CommentedMap({product: copy(here[step]) for product in data["products"]})
        here = here[step]
    value = CommentedMap(fit.value)
    value.fa.set_flow_style()
    here[last] = value


def _by_product(cycle: object) -> bool:
    return isinstance(cycle, Mapping) and "kind" not in cycle and "mean" not in cycle

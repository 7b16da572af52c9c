"""Writes fitted figures into a scenario's text: only what was fitted changes, comments stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from twin.calibrate.fits import Fit
from twin.calibrate.tags import TagFit
from twin.line.line import Line
from twin.line.source import dotted

WIDE = 4096  # characters: no line is broken anew


def calibrated(line: Line, name: str, fits: Sequence[Fit | TagFit], today: date) -> str:
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


def _remark(fit: Fit | TagFit) -> str:
    head = f"#   {dotted(fit.path)}: {fit.file}, n = {fit.fitted.n}"
    if isinstance(fit, TagFit):
        return head
    low, high = fit.fitted.interval
    how = f"mean {low:.4g} to {high:.4g} s (95 %), KS distance {fit.fitted.distance:.3f}"
    return f"{head}, {how}"


def _put(data: CommentedMap, fit: Fit | TagFit) -> None:
    *way, last = fit.path
    here: Any = data
    for step in way:
        if step == "cycle" and not _by_product(here[step]):
            here[step] = CommentedMap({product: copy(here[step]) for product in data["products"]})
        here = here.setdefault(step, CommentedMap()) if step == "textures" else here[step]
    here[last] = _node(fit.value)


def _node(value: Any) -> Any:
    """Mappings of mappings a line each, everything else in one line."""
    if not isinstance(value, Mapping):
        node: Any = CommentedSeq(value)
        node.fa.set_flow_style()
        return node
    nested = any(isinstance(one, Mapping | list) for one in value.values())
    node = CommentedMap(
        {k: _node(v) if isinstance(v, Mapping | list) else v for k, v in value.items()}
    )
    if not nested:
        node.fa.set_flow_style()
    return node


def _by_product(cycle: object) -> bool:
    return isinstance(cycle, Mapping) and "kind" not in cycle and "mean" not in cycle

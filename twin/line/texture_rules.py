"""Whether textures are of tags there are: measured ones of the station's own kind."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from twin.equipment import CATALOGUE
from twin.equipment.standard import standard_tags
from twin.errors import Problem
from twin.i18n import _
from twin.line import shape
from twin.line.names import Rule
from twin.line.schema import Scenario
from twin.line.source import Source, shown


def textures(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Every texture is of an analogue tag that its station has."""
    for name, spec in scenario.stations.items():
        equipment = CATALOGUE.get(spec.kind)
        if equipment is None or not spec.textures:
            continue
        try:
            parameters = equipment.parameters.model_validate(spec.parameters)
        except ValidationError:
            continue  # said elsewhere
        rows = (*standard_tags(spec.power.model_dump(), ("part",), True),
                *equipment.tags(parameters))  # fmt: skip
        known = [row.name for row in rows if row.kind == "float"]
        for tag in spec.textures:
            if tag not in known:
                expected = _("one of {choices}").format(choices=", ".join(known))
                path = ("stations", name, "textures", tag)
                yield source.problem(path, expected, shown(tag), shape.suggestion(tag, known))


RULES: tuple[Rule, ...] = (textures,)

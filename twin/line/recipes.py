"""Whether recipes and changeover tables make sense: names they use, and limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from twin.equipment import CATALOGUE
from twin.equipment.model import Setting
from twin.errors import Problem
from twin.i18n import _
from twin.line import shape
from twin.line.names import Rule
from twin.line.schema import AmountSpec, Scenario
from twin.line.source import Path, Source, shown


def _known(source: Source, path: Path, name: str, names: Iterable[str]) -> Iterator[Problem]:
    """A problem unless `name`, the key at `path`, is one of `names`."""
    choices = list(names)
    if name not in choices:
        expected = _("one of {choices}").format(choices=", ".join(choices) or _("none"))
        yield source.problem(path, expected, shown(name), shape.suggestion(name, choices))


def _parameters(scenario: Scenario, unit: str) -> dict[str, Setting]:
    """What a recipe may ask of a unit; nothing when the unit itself is not as it must be."""
    spec = scenario.stations[unit]
    equipment = CATALOGUE.get(spec.kind)
    if equipment is None:
        return {}
    try:
        parameters = equipment.parameters.model_validate(spec.parameters)
    except ValidationError:
        return {}
    rows = (*equipment.recipe(parameters), *equipment.settings(parameters))
    return {row.name: row for row in rows}


def recipes(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Recipes are of products, for units, and ask of each what it can do."""
    for product, recipe in scenario.recipes.items():
        path: Path = ("recipes", product)
        yield from _known(source, path, product, scenario.products)
        for unit, given in recipe.units.items():
            at: Path = (*path, "units", unit)
            yield from _known(source, at, unit, scenario.stations)
            if unit not in scenario.stations:
                continue
            rows = _parameters(scenario, unit)
            for name, amount in given.items():
                yield from _known(source, (*at, name), name, rows)
                if name in rows:
                    yield from _limits(source, (*at, name), amount, rows[name])


def _limits(source: Source, path: Path, amount: AmountSpec, row: Setting) -> Iterator[Problem]:
    low = row.low if amount.low is None else amount.low
    high = row.high if amount.high is None else amount.high
    if not row.low <= low <= amount.value <= high <= row.high:
        expected = f"{row.low:g} ≤ low ≤ value ≤ high ≤ {row.high:g} {row.unit}"
        found = f"low: {low:g}, value: {amount.value:g}, high: {high:g}"
        yield source.problem(path, expected, found)


def changes(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Tables of changeovers name products."""
    for name, spec in scenario.stations.items():
        if spec.setup is None:
            continue
        path: Path = ("stations", name, "setup", "matrix")
        for old, row in spec.setup.matrix.items():
            yield from _known(source, (*path, old), old, scenario.products)
            for new in row:
                yield from _known(source, (*path, old, new), new, scenario.products)


def stores(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A tank that a station draws from is one of the line's."""
    tanks: list[str] = []
    for name, spec in scenario.stations.items():
        equipment = CATALOGUE.get(spec.kind)
        if equipment is None:
            continue
        try:
            parameters = equipment.parameters.model_validate(spec.parameters)
        except ValidationError:
            continue
        tanks += [f"{name}.{row.name}" for row in equipment.tanks(parameters)]
    for name, spec in scenario.stations.items():
        drawn = spec.parameters.get("tanks")
        if isinstance(drawn, dict) and all(isinstance(value, str) for value in drawn.values()):
            for key, tank in drawn.items():
                at: Path = ("stations", name, "parameters", "tanks", key)
                if tank not in tanks:
                    expected = _("one of {choices}").format(choices=", ".join(tanks) or _("none"))
                    yield source.problem(at, expected, shown(tank))


RULES: tuple[Rule, ...] = (recipes, changes, stores)

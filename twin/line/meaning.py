"""Whether a scenario of the right shape makes sense: every rule of the checker, all at once.

Rules about names are in `names`, rules about the way of parts in `flow`; here are those about
times and room.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from twin.equipment import CATALOGUE
from twin.errors import Problem
from twin.i18n import _
from twin.line import (
    batches,
    flow,
    fluid_rules,
    material_rules,
    names,
    recipes,
    rota,
    texture_rules,
)
from twin.line.graph import Graph
from twin.line.schema import BufferSpec, Scenario, SetupSpec, StationSpec
from twin.line.source import Path, Source, shown
from twin.line.values import Bursts, Drawn, Fixed, Measured, Triangular, Uniform


def problems(scenario: Scenario, source: Source) -> list[Problem]:
    """Everything about a scenario that cannot be meant."""
    graph = Graph(scenario)
    found = of_names(scenario, source)
    rules = (*flow.RULES, *fluid_rules.RULES)
    return found + [p for rule in rules for p in rule(graph, source)]


def of_names(scenario: Scenario, source: Source) -> list[Problem]:
    """The part of the problems that does not depend on the way of parts through the line."""
    rules = (
        *names.RULES,
        *batches.RULES,
        *recipes.RULES,
        *fluid_rules.NAME_RULES,
        *material_rules.RULES,
        *texture_rules.RULES,
        laws,
        meters,
        rooms,
        rota.shifts,
    )
    return [p for rule in rules for p in rule(scenario, source)]


def times(scenario: Scenario) -> Iterator[tuple[Path, Drawn, bool]]:
    """Every time of a scenario: where it stands, its law, and whether it must not be 0."""
    for name, spec in scenario.stations.items():
        yield from _at(name, spec)
    for i, fault in enumerate(scenario.faults):
        rows = (("after", fault.after), ("found", fault.found), ("repair", fault.repair))
        for key, drawn in rows:
            if drawn is not None:
                yield ("faults", i, key), drawn, key == "after"


def _at(name: str, spec: StationSpec) -> Iterator[tuple[Path, Drawn, bool]]:
    """Every time of a station."""
    at: Path = ("stations", name)
    cycle = spec.cycle if isinstance(spec.cycle, dict) else {"": spec.cycle}
    for product, law in cycle.items():
        yield (*at, "cycle", *([product] if product else [])), law, False
    for i, mode in enumerate(spec.failures):
        yield (*at, "failures", i, "after"), mode.after, True
        yield (*at, "failures", i, "repair"), mode.repair, False
    for i, plan in enumerate(spec.maintenance):
        yield (*at, "maintenance", i, "time"), plan.time, False
    if spec.setup is not None:
        yield from _changes((*at, "setup"), spec.setup)
    if spec.load is not None:
        yield (*at, "load", "time"), spec.load.time, False
    for material, use in spec.uses.items():
        if use.refill is not None:
            yield (*at, "uses", material, "refill", "time"), use.refill.time, False
    if spec.arrivals is not None:
        yield (*at, "arrivals", "every"), spec.arrivals.every, True


def _changes(at: Path, spec: SetupSpec) -> Iterator[tuple[Path, Drawn, bool]]:
    yield (*at, "time"), spec.time, False
    for old, row in spec.matrix.items():
        for new, law in row.items():
            yield (*at, "matrix", old, new), law, False


def laws(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Bounds of distributions are in order, and what recurs takes time in between."""
    for path, law, positive in times(scenario):
        if positive and isinstance(law, Fixed) and law.mean == 0.0:
            expected = _("more than {limit}").format(limit="0 s")
            found = source.value(path)
            found = found if isinstance(found, str) else source.value((*path, "mean"))
            yield source.problem(path, expected, shown(found))
        if isinstance(law, Bursts) and law.close >= law.mean:
            at = (*path, "close")
            yield source.problem(at, "close < mean", shown(source.value(at)))
        if isinstance(law, Measured) and law.times != sorted(law.times):
            at = (*path, "times")
            yield source.problem(at, _("times from the shortest to the longest"), shown(law.times))
        if isinstance(law, Uniform | Triangular):
            order = ["low", "mode", "high"] if isinstance(law, Triangular) else ["low", "high"]
            values = [getattr(law, key) for key in order]
            if values != sorted(values):
                written = [f"{key}: {source.value((*path, key))}" for key in order]
                yield source.problem(path, " ≤ ".join(order), ", ".join(written))


def meters(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """What a kind uses of a utility by its physics is not given by state as well."""
    for name, spec in scenario.stations.items():
        kind = CATALOGUE.get(spec.kind)
        if kind is None or not spec.utilities.model_fields_set:
            continue
        try:
            own = kind.utilities(kind.parameters.model_validate(spec.parameters))
        except ValidationError:
            continue  # said elsewhere
        for row in own:
            if row.utility in spec.utilities.model_fields_set:
                expected = _("nothing: the kind `{kind}` follows its own physics")
                yield source.problem(
                    ("stations", name, "utilities", row.utility),
                    expected.format(kind=spec.kind),
                    row.utility,
                    _("Remove it."),
                )


def rooms(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A conveyor holds the parts it carries."""
    places: dict[Path, BufferSpec] = {
        ("buffers", name): spec for name, spec in scenario.buffers.items()
    }
    places |= {("stations", n, "buffer"): s.buffer for n, s in scenario.stations.items()}
    for path, spec in places.items():
        if spec.transport > 0.0 and spec.capacity == 0:
            yield source.problem(
                (*path, "capacity"),
                _("room for at least 1 part, because transport takes time"),
                "0",
                _("Give the capacity of the conveyor, or remove `transport`."),
            )

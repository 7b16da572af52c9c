"""Whether names in a scenario refer to something: kinds, targets, buffers, crews, products.

One rule, one function; `RULES` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pydantic import ValidationError

from twin.equipment import CATALOGUE
from twin.equipment.model import Equipment
from twin.errors import Problem
from twin.i18n import _
from twin.line import shape
from twin.line.build import routes_of
from twin.line.line import OUT, SCRAP, SINKS
from twin.line.schema import Scenario, StationSpec
from twin.line.source import Path, Source, shown

Rule = Callable[[Scenario, Source], Iterator[Problem]]


def reference(
    source: Source, path: Path, name: str, group: str, known: Iterable[str]
) -> Iterator[Problem]:
    """A problem unless `name`, which stands at `path`, is known in its group of names."""
    names = list(known)
    if name in names:
        return
    expected = _("a name under `{group}`, where there is none").format(group=group)
    if names:
        expected = _("one of {choices}").format(choices=", ".join(names))
    yield source.problem(path, expected, shown(name), shape.suggestion(name, names))


def ids(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Stations, buffers and sinks share their names; some names are taken."""
    reserved = {*SINKS, "Line"}
    for group, names in (("stations", scenario.stations), ("buffers", scenario.buffers)):
        for name in sorted(reserved.intersection(names)):
            expected = _("another name than {names}").format(names=", ".join(sorted(reserved)))
            yield source.problem((group, name), expected, shown(name), _("Rename it."))
    for name in scenario.buffers:
        if name in scenario.stations:
            line = source.line(("stations", name))
            found = _("a station of the same name in line {line}").format(line=line)
            yield source.problem(
                ("buffers", name), _("a name of its own"), found, _("Rename one of the two.")
            )
    if "none" in scenario.products:
        expected = _("another name than {names}").format(names="none")
        yield source.problem(("products", "none"), expected, shown("none"), _("Rename it."))


def kinds(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """The kind of a station is in the catalogue, and its parameters are that kind's."""
    for name, spec in scenario.stations.items():
        path: Path = ("stations", name)
        yield from reference(source, (*path, "kind"), spec.kind, "kind", CATALOGUE)
        equipment = CATALOGUE.get(spec.kind)
        if equipment is None:
            continue
        try:
            equipment.parameters.model_validate(spec.parameters)
        except ValidationError as error:
            at = (*path, "parameters")
            yield from shape.problems(error, source, equipment.parameters, at)


def targets(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Every `to` names a station, a buffer or a sink, and can be entered."""
    known = [*scenario.stations, *scenario.buffers, OUT, SCRAP]
    for name, spec in scenario.stations.items():
        for i, route in enumerate(routes_of(spec)):
            path = _route_path(name, spec, i)
            yield from reference(source, path, route.to, "stations", known)
            target = scenario.stations.get(route.to)
            if target is not None and isinstance(target.source, dict):
                found = _("the station `{name}`, which takes from several buffers").format(
                    name=route.to
                )
                choices = ", ".join(target.source)
                expected = _("one of {choices}").format(choices=choices)
                yield source.problem(path, expected, found, _("Name the buffer."))


def _route_path(name: str, spec: StationSpec, i: int) -> Path:
    path: Path = ("stations", name, "to")
    return path if isinstance(spec.to, str) else (*path, i, "to")


def inputs(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Every `from` names a buffer; a station with one has no buffer of its own."""
    for name, spec in scenario.stations.items():
        path: Path = ("stations", name, "from")
        if isinstance(spec.source, str):
            yield from _buffer(source, path, spec.source, scenario)
        for buffer in spec.source if isinstance(spec.source, dict) else ():
            yield from _buffer(source, (*path, buffer), buffer, scenario)
        if spec.source is not None and "buffer" in spec.model_fields_set:
            yield source.problem(
                ("stations", name, "buffer"),
                _("either `from` or a buffer of the station's own"),
                _("both"),
                _("Remove `buffer`, and give the capacity under `buffers`."),
            )
        if isinstance(spec.source, dict) and len(spec.source) > 1 and spec.arrivals is not None:
            yield source.problem(
                ("stations", name, "arrivals"),
                _("arrivals at a station with one input"),
                _("{count} inputs").format(count=len(spec.source)),
                _("Put a station with the arrivals in front."),
            )


def _buffer(source: Source, path: Path, name: str, scenario: Scenario) -> Iterator[Problem]:
    if name in scenario.stations and name not in scenario.buffers:
        expected = _("a buffer under `buffers`")
        found = _("the station `{name}`").format(name=name)
        fix = _("A station sends its parts on with `to`.")
        yield source.problem(path, expected, found, fix)
    else:
        yield from reference(source, path, name, "buffers", scenario.buffers)


def crews(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Every crew that is called exists."""
    for name, spec in scenario.stations.items():
        calls: list[tuple[Path, str | None]] = [(("crew",), spec.crew)]
        calls += [(("load", "crew"), spec.load.crew)] if spec.load else []
        calls += [(("setup", "crew"), spec.setup.crew)] if spec.setup else []
        calls += [(("failures", i, "crew"), mode.crew) for i, mode in enumerate(spec.failures)]
        calls += [(("maintenance", i, "crew"), p.crew) for i, p in enumerate(spec.maintenance)]
        for path, crew in calls:
            if crew is not None:
                at: Path = ("stations", name, *path)
                yield from reference(source, at, crew, "crews", scenario.crews)


def products(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Orders and cycle tables name products, and every product has its time and its order."""
    for i, order in enumerate(scenario.orders):
        path: Path = ("orders", i, "product")
        yield from reference(source, path, order.product, "products", scenario.products)
    if len(scenario.products) > 1 and not scenario.orders:
        expected = _("orders that say how many of which product are made")
        fix = _("Write for example: orders: [{{product: {name}, quantity: 100}}]").format(
            name=next(iter(scenario.products))
        )
        yield source.problem(("products",), expected, shown(None), fix)
    for name, spec in scenario.stations.items():
        if not isinstance(spec.cycle, dict):
            continue
        path = ("stations", name, "cycle")
        for product in spec.cycle:
            at = (*path, product)
            yield from reference(source, at, product, "products", scenario.products)
        missing = [product for product in scenario.products if product not in spec.cycle]
        if missing:
            expected = _("a time for every product")
            found = _("none for {names}").format(names=", ".join(missing))
            yield source.problem(path, expected, found, _("Add it here."))


def failures(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Failure modes, maintenance and shifts have names of their own."""
    groups: list[tuple[Path, list[str]]] = []
    for name, spec in scenario.stations.items():
        at: Path = ("stations", name)
        groups.append(((*at, "failures"), [mode.id for mode in spec.failures]))
        groups.append(((*at, "maintenance"), [plan.id for plan in spec.maintenance]))
    if scenario.calendar is not None:
        groups.append((("calendar", "shifts"), [s.id for s in scenario.calendar.shifts]))
    for path, ids in groups:
        for i, own in enumerate(ids):
            if own in ids[:i]:
                expected = _("a name of its own")
                at = (*path, i, "id")
                yield source.problem(at, expected, shown(own), _("Rename one of the two."))


def costs(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Costs are of stations, crews and products there are; a tariff by the hour needs a clock."""
    spec = scenario.costs
    if spec is None:
        return
    made = list(scenario.products) or ["part"]
    groups: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("stations", spec.stations, scenario.stations),
        ("labour", spec.labour, scenario.crews),
        ("material", spec.material, made),
        ("scrap", spec.scrap, made),
    ]
    for key, used, known in groups:
        for name in used:
            yield from reference(source, ("costs", key, name), name, key, known)
    if spec.energy.tariff and scenario.calendar is None:
        expected = _("a calendar, which says what time it is")
        yield source.problem(("costs", "energy", "tariff"), expected, shown(None))


def faults(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Every fault is one that the kind of its station can suffer, and is named once."""
    seen: set[str] = set()
    for i, spec in enumerate(scenario.faults):
        path: Path = ("faults", i)
        if spec.id in seen:
            fix = _("Write {id}:{station}.").format(id=spec.id.split(":")[0], station=spec.station)
            yield source.problem((*path, "id"), _("every fault once"), shown(spec.id), fix)
        seen.add(spec.id)
        at = (*path, "station")
        yield from reference(source, at, spec.station, "stations", scenario.stations)
        station = scenario.stations.get(spec.station)
        equipment = CATALOGUE.get(station.kind) if station else None
        if equipment is not None:
            yield from _fault(scenario, source, i, equipment)


def _fault(scenario: Scenario, source: Source, i: int, equipment: Equipment) -> Iterator[Problem]:
    spec, path = scenario.faults[i], ("faults", i)
    base, colon, suffix = spec.id.partition(":")
    known = {kind.id: kind for kind in equipment.faults}
    if base not in known:
        listed = ", ".join(known) or _("none")
        expected = _("a fault of the kind `{kind}` ({names})").format(
            kind=equipment.kind, names=listed
        )
        yield source.problem(
            (*path, "id"), expected, shown(spec.id), shape.suggestion(base, list(known))
        )
        return
    if colon and suffix != spec.station:
        expected = f"{base}:{spec.station}"
        yield source.problem((*path, "id"), expected, shown(spec.id))
    kind = known[base]
    if (spec.shape or kind.shape) != "step" and not (spec.span or kind.span):
        expected = _("the key `{key}`").format(key="span")
        fix = _("Say how long the ramp or the period of the fault is.")
        yield source.problem((*path, "span"), expected, shown(None), fix)


RULES: tuple[Rule, ...] = (ids, kinds, targets, inputs, crews, products, failures, costs, faults)

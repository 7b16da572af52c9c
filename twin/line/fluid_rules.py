"""Whether what flows can flow: rules for stations with a `rate`.

One rule, one function; `RULES` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twin.errors import Problem
from twin.i18n import _
from twin.line.fluid import flows
from twin.line.graph import Graph
from twin.line.line import SINKS
from twin.line.schema import Scenario, StationSpec
from twin.line.source import Path, Source, shown

NameRule = Callable[[Scenario, Source], Iterator[Problem]]
Rule = Callable[[Graph, Source], Iterator[Problem]]
# keys of a station that speak of parts in work, one after the other
OF_PARTS = ("cycle", "arrivals", "batch", "load")
OF_FLOW = ("pack", "reject")


def forms(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A station has either a cycle or a rate, and the keys that go with it."""
    for name, spec in scenario.stations.items():
        at: Path = ("stations", name)
        given = spec.model_fields_set
        if not flows(spec):
            if "cycle" not in given:
                expected = _("the key `{key}`").format(key="cycle")
                fix = _("Add it here, or `rate` where material flows.")
                yield source.problem((*at, "cycle"), expected, shown(None), fix)
            for key in (key for key in OF_FLOW if key in given):
                expected = _("`{key}` only beside `{other}`").format(key=key, other="rate")
                found = _("a station with a cycle")
                yield source.problem((*at, key), expected, found, _("Remove it."))
        else:
            for key in (key for key in OF_PARTS if key in given):
                expected = _("no `{key}` beside `{other}`").format(key=key, other="rate")
                found = _("both")
                yield source.problem((*at, key), expected, found, _("Remove one of the two."))


def refills(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Where material flows, lots follow one another without a stop."""
    for name, spec in scenario.stations.items():
        for material, use in spec.uses.items() if flows(spec) else ():
            if use.refill is not None:
                path: Path = ("stations", name, "uses", material, "refill")
                expected = _("no `{key}` beside `{other}`").format(key="refill", other="rate")
                fix = _("Remove it; a stop for the change of a roll is a failure mode.")
                yield source.problem(path, expected, _("both"), fix)


def quantities(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """Parts are taken whole; only what flows comes in fractions."""
    for name, spec in scenario.stations.items():
        for buffer, quantity in spec.source.items() if isinstance(spec.source, dict) else ():
            if not flows(spec) and quantity != int(quantity):
                path: Path = ("stations", name, "from", buffer)
                fix = _("Fractions are for stations with a `rate`.")
                yield source.problem(path, _("a whole number"), f"{quantity:g}", fix)


def rates(scenario: Scenario, source: Source) -> Iterator[Problem]:
    """A table of rates names every product once, and products flow only one after the other."""
    for name, spec in scenario.stations.items():
        if isinstance(spec.rate, dict):
            path: Path = ("stations", name, "rate")
            for product in spec.rate:
                if product not in scenario.products:
                    choices = ", ".join(scenario.products) or _("none")
                    expected = _("one of {choices}").format(choices=choices)
                    yield source.problem((*path, product), expected, shown(product))
            missing = [product for product in scenario.products if product not in spec.rate]
            if missing:
                found = _("none for {names}").format(names=", ".join(missing))
                expected = _("a rate for every product")
                yield source.problem(path, expected, found, _("Add it here."))
    flowing = [name for name, spec in scenario.stations.items() if flows(spec)]
    if flowing and scenario.orders:
        if not any(scenario.stations[name].pack for name in flowing):
            yield source.problem(
                ("orders",),
                _("a station with `pack`, which makes the parts that are ordered"),
                _("none among {names}").format(names=", ".join(flowing)),
                _("Give the last one `pack`, or remove the orders."),
            )
        products = {order.product for order in scenario.orders}
        if len(products) > 1 and not scenario.line_clearance:
            yield source.problem(
                ("orders",),
                _("`line_clearance: true`, because products that flow would mix"),
                _("{count} products").format(count=len(products)),
                _("Add it at the top of the file."),
            )


def kinds(graph: Graph, source: Source) -> Iterator[Problem]:
    """A tunnel and phases are of parts, not of what flows."""
    for name, spec in graph.stations.items():
        if flows(spec) and graph.tunnel(name):
            expected = _("a kind of machine that material can flow through")
            yield source.problem(("stations", name, "kind"), expected, shown(spec.kind))


def meetings(graph: Graph, source: Source) -> Iterator[Problem]:
    """What flows meets parts only where they are made: at a station with `pack`."""
    for name, spec in graph.stations.items():
        for place in graph.outs[name]:
            if place in SINKS or place not in graph.rooms:
                continue
            fluid = any(flows(graph.stations[taker]) for taker in graph.takers(place))
            if _gives_flow(spec) == fluid:
                continue
            at: Path = ("stations", name, "to")
            takers = ", ".join(graph.takers(place))
            if fluid:
                found = _("parts, while material flows through {names}").format(names=takers)
                fix = _("Only a station with a `rate` and no `pack` can feed it.")
                yield source.problem(at, _("a target that takes parts"), found, fix)
            else:
                found = _("material, while {names} takes parts").format(names=takers)
                expected = _("a target that material can flow to")
                fix = _("Say with `pack` how many units make a part.")
                yield source.problem(at, expected, found, fix)


def _gives_flow(spec: StationSpec) -> bool:
    return flows(spec) and spec.pack is None


def buffers(graph: Graph, source: Source) -> Iterator[Problem]:
    """A buffer that material flows through is emptied by such stations only, and has no way."""
    for place, room in graph.rooms.items():
        takers = graph.takers(place)
        fluid = [taker for taker in takers if flows(graph.stations[taker])]
        if not fluid:
            continue
        if len(fluid) < len(takers):
            others = ", ".join(taker for taker in takers if taker not in fluid)
            expected = _("stations with a `rate` only")
            yield source.problem(graph.places[place], expected, others)
        if room.transport > 0.0:
            yield source.problem(
                (*graph.places[place], "transport"),
                _("no `transport` where material flows"),
                f"{room.transport:g} s",
                _("Give the conveyor's content as capacity instead."),
            )


def ways(graph: Graph, source: Source) -> Iterator[Problem]:
    """What flows goes one way, and never in a loop."""
    for name, spec in graph.stations.items():
        if not flows(spec):
            continue
        at: Path = ("stations", name, "to")
        if spec.pack is None and len(graph.routes[name]) > 1:
            found = _("{count} routes").format(count=len(graph.routes[name]))
            yield source.problem(at, _("one target for what flows"), found)
        elif name in graph.reach(name):
            expected = _("a way that does not come back")
            yield source.problem(at, expected, _("a loop that material would flow in"))


NAME_RULES: tuple[NameRule, ...] = (forms, refills, quantities, rates)
RULES: tuple[Rule, ...] = (kinds, meetings, buffers, ways)

"""Whether parts can flow: every station is reached, every part can leave, and time passes.

One rule, one function; `RULES` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from twin.errors import Problem
from twin.i18n import _
from twin.line.graph import Graph
from twin.line.line import SINKS
from twin.line.source import Path, Source, shown

Rule = Callable[[Graph, Source], Iterator[Problem]]


def shares(graph: Graph, source: Source) -> Iterator[Problem]:
    """Shares of a station add up to 1 at most."""
    for name, ways in graph.ways.items():
        if ways.over:
            yield source.problem(
                ("stations", name, "to"),
                _("shares that add up to 1 at most"),
                f"{max(ways.over.values()):g}",
                _("What is left over goes on to the next route."),
            )


def routes(graph: Graph, source: Source) -> Iterator[Problem]:
    """Every route is one that parts can take."""
    for name, ways in graph.ways.items():
        kind = graph.stations[name].kind
        for i, route in enumerate(graph.routes[name]):
            at: Path = ("stations", name, "to", i)
            if route.when == "rejected" and not graph.judges(name):
                yield source.problem(
                    (*at, "when"),
                    _("`rejected` only where parts are judged"),
                    _("the kind `{kind}`, which gives no verdict").format(kind=kind),
                    _("Use `share`, or a kind of station that inspects."),
                )
            elif i not in ways.used and not ways.over:
                yield source.problem(
                    at,
                    _("a route that parts can take"),
                    _("a route behind others that take every part"),
                    _("Move it up, or give the routes above a `share`."),
                )
        if graph.tunnel(name) and len(graph.routes[name]) > 1:
            yield source.problem(
                ("stations", name, "to"),
                _("one target, because parts come out of `{kind}` in a row").format(kind=kind),
                _("{count} routes").format(count=len(graph.routes[name])),
                _("Let the next station choose."),
            )


def buffers(graph: Graph, source: Source) -> Iterator[Problem]:
    """Every buffer is filled by somebody and emptied by somebody."""
    if not graph.whole:
        return
    for name in graph.rooms:
        path = graph.places[name]
        if path[0] == "stations":
            station = str(path[1])
            if not graph.takes[station] and "buffer" in graph.stations[station].model_fields_set:
                yield source.problem(
                    path,
                    _("a station that sends parts here, or `arrivals`"),
                    _("a buffer that nobody fills"),
                    _("Write `to: {name}` where its parts come from.").format(name=station),
                )
            continue
        if not graph.feeders(name):
            fix = _("Write `to: {name}` where its parts come from.").format(name=name)
            yield source.problem(
                path, _("a station that fills it"), _("a buffer that nobody fills"), fix
            )
        if not graph.takers(name):
            fix = _("Write `from: {name}` at the station that works on its parts.").format(
                name=name
            )
            found = _("a buffer that nobody empties")
            yield source.problem(path, _("a station that takes from it"), found, fix)


def entrances(graph: Graph, source: Source) -> Iterator[Problem]:
    """Parts can come to every station."""
    if not graph.whole:
        return
    missing, before = list(graph.stations), 0
    while len(missing) != before:
        before = len(missing)
        missing = [
            name
            for name in missing
            if not all(_live(graph, buffer, missing) for buffer in graph.takes[name])
        ]
    if missing:
        yield source.problem(
            ("stations", missing[0]),
            _("a way for parts to come to {names}").format(names=", ".join(missing)),
            _("a loop that no part ever enters"),
            _("Let a station in front send parts there, or give one of them `arrivals`."),
        )


def _live(graph: Graph, buffer: str, missing: list[str]) -> bool:
    """Whether parts come into a buffer; one without any feeder is reported by `buffers`."""
    feeders = graph.feeders(buffer)
    arrive = any(graph.stations[taker].arrivals for taker in graph.takers(buffer))
    return not feeders or arrive or not set(missing).issuperset(feeders)


def exits(graph: Graph, source: Source) -> Iterator[Problem]:
    """Every part can leave: no group of stations that only send parts to each other."""
    after = {name: graph.reach(name) for name in graph.stations}
    leaving = {name for name, outs in graph.outs.items() if _ends(graph, outs)}
    told: set[str] = set()
    for name in graph.stations:
        group = after[name]
        closed = name in group and leaving.isdisjoint(group)
        if closed and name not in told and all(after[other] == group for other in group):
            told |= group
            yield source.problem(
                ("stations", name, "to"),
                _("a way to `out` or `scrap`"),
                _("a loop without an exit: {loop}").format(loop=_loop(graph, name, graph.next)),
                _("Add a route that leaves the loop, or a `share` below 1 to the one back."),
            )


def _ends(graph: Graph, outs: Iterable[str]) -> bool:
    return any(place in SINKS or not graph.takers(place) for place in outs)


def _loop(graph: Graph, start: str, step: Callable[[str], list[str]]) -> str:
    """A shortest loop from a station back to itself, as text."""
    ways: dict[str, tuple[str, ...]] = {name: (start, name) for name in step(start)}
    todo = list(ways)
    while start not in ways:
        name = todo.pop(0)
        for other in step(name):
            if other not in ways:
                ways[other] = (*ways[name], other)
                todo.append(other)
    return " → ".join(ways[start])


def instants(graph: Graph, source: Source) -> Iterator[Problem]:
    """Time passes: parts do not run through a loop, or into the line, in no time."""
    told: set[str] = set()
    for name in graph.stations:
        if not graph.instant(name):
            continue
        after = graph.reach(name, graph.instant_next)
        at: Path = ("stations", name, "cycle")
        if name in after and name not in told:
            told |= {other for other in after if name in graph.reach(other, graph.instant_next)}
            loop = _loop(graph, name, graph.instant_next)
            found = _("a loop that takes no time: {loop}").format(loop=loop)
            fix = _("Give one of its stations a cycle above 0 s, or a buffer a transport time.")
            yield source.problem(at, _("a loop that takes time"), found, fix)
        elif not graph.takes[name] and any(_swallows(graph, n) for n in {name, *after}):
            found = shown(source.value(at))
            fix = _("Without it, parts without end would come at one instant.")
            yield source.problem(at, _("more than {limit}").format(limit="0 s"), found, fix)


def _swallows(graph: Graph, name: str) -> bool:
    """Whether a station can give away any number of parts at one instant."""
    places = graph.outs[name]
    return any(place in SINKS or graph.rooms[place].capacity < 0 for place in places)


def rooms(graph: Graph, source: Source) -> Iterator[Problem]:
    """Where a hand-over is impossible there is room for a part."""
    for name in graph.stations:
        kind = graph.stations[name].kind
        for place in graph.outs[name]:
            if place not in graph.rooms or graph.rooms[place].capacity != 0:
                continue
            path: Path = graph.places[place]
            expected = _("room for at least 1 part")
            if graph.tunnel(name):
                found = _("0 behind `{name}`: parts in a `{kind}` cannot wait").format(
                    name=name, kind=kind
                )
                yield source.problem(path, expected, found)
            elif graph.takers(place) == [name]:
                found = _("0, so `{name}` could never hand a part to itself").format(name=name)
                yield source.problem(path, expected, found)


RULES: tuple[Rule, ...] = (shares, routes, buffers, entrances, exits, instants, rooms)

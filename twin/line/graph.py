"""The flow of a scenario as a graph: which ways parts can take between stations.

As far as the scenario's names hold: a name that refers to nothing is reported by `names` and
counts here as a way out, so that one mistake gives one message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twin.equipment import CATALOGUE
from twin.equipment.model import Equipment
from twin.line.build import queue_of, routes_of
from twin.line.fluid import flows
from twin.line.line import OUT, SCRAP
from twin.line.schema import BufferSpec, Route, Scenario
from twin.line.source import Path
from twin.line.values import Fixed

EPSILON = 1e-9  # shares are decimal fractions: 0.1 + 0.2 + 0.7 is not quite 1


class Ways:
    """Which routes of a station parts can take: its shares and conditions, in file order."""

    def __init__(self, routes: Sequence[Route], judges: bool) -> None:
        self.used: set[int] = set()
        self.rest: list[str] = []  # where parts go that no route speaks of
        self.over: dict[str, float] = {}  # sums of shares above 1, by verdict
        for verdict in ("passed", "rejected") if judges else ("passed",):
            left, total = 1.0, 0.0
            for i, route in enumerate(routes):
                if route.when not in ("always", verdict):
                    continue
                total += route.share or 0.0
                if left > EPSILON:
                    self.used.add(i)
                if route.every is None:
                    left = 0.0 if route.share is None else left - route.share
            if total > 1.0 + EPSILON:
                self.over[verdict] = total
            if left > EPSILON:
                self.rest.append(OUT if verdict == "passed" else SCRAP)


class Graph:
    """The flow of a scenario: from stations over buffers to stations and sinks."""

    def __init__(self, scenario: Scenario) -> None:
        self.stations = scenario.stations
        self.routes = {name: routes_of(spec) for name, spec in scenario.stations.items()}
        self.ways = {n: Ways(self.routes[n], self.judges(n)) for n in scenario.stations}
        self.rooms: dict[str, BufferSpec] = dict(scenario.buffers)
        self.places: dict[str, Path] = {name: ("buffers", name) for name in scenario.buffers}
        self.whole = True  # whether every name refers to something
        self.outs = {
            name: dict.fromkeys(
                [self._entry(self.routes[name][i].to) for i in sorted(ways.used)] + ways.rest
            )
            for name, ways in self.ways.items()
        }
        fed = {place for outs in self.outs.values() for place in outs}
        self.takes: dict[str, tuple[str, ...]] = {}
        for name, spec in scenario.stations.items():
            queue = queue_of(name)
            if spec.source is not None:
                named = (spec.source,) if isinstance(spec.source, str) else tuple(spec.source)
                self.whole &= all(buffer in scenario.buffers for buffer in named)
                self.takes[name] = named
            else:
                self.takes[name] = (queue,) if queue in fed or spec.arrivals else ()
                self.rooms[queue] = spec.buffer
                self.places[queue] = ("stations", name, "buffer")
        self._feeders: dict[str, list[str]] = {}
        self._takers: dict[str, list[str]] = {}
        for name, spec in scenario.stations.items():
            arriving = self.takes[name][:1] if spec.arrivals is not None else ()
            for place in dict.fromkeys((*self.outs[name], *arriving)):
                self._feeders.setdefault(place, []).append(name)
            for place in self.takes[name]:
                self._takers.setdefault(place, []).append(name)

    def _entry(self, target: str) -> str:
        """Buffer or sink behind a name in `to`."""
        if target in (OUT, SCRAP) or target in self.rooms:
            return target
        station = self.stations.get(target)
        if station is not None and station.source is None:
            return queue_of(target)
        if station is not None and isinstance(station.source, str) and station.source in self.rooms:
            return station.source
        self.whole = False
        return OUT

    def kind(self, name: str) -> Equipment | None:
        """Equipment of a station; None when its kind is unknown."""
        return CATALOGUE.get(self.stations[name].kind)

    def judges(self, name: str) -> bool:
        """Whether a station gives verdicts that its routes can follow."""
        kind = self.kind(name)
        return kind is None or (kind.work is not None and kind.residence is None)

    def tunnel(self, name: str) -> bool:
        """Whether parts travel through a station for some time, apart from its cycle."""
        kind = self.kind(name)
        return kind is not None and kind.residence is not None

    def feeders(self, buffer: str) -> list[str]:
        """Stations that send parts to a buffer, and those whose arrivals enter it."""
        return self._feeders.get(buffer, [])

    def takers(self, buffer: str) -> list[str]:
        """Stations that take parts from a buffer."""
        return self._takers.get(buffer, [])

    def next(self, name: str) -> list[str]:
        """Stations to which a station's parts can go."""
        return [taker for place in self.outs[name] for taker in self.takers(place)]

    def reach(self, name: str, step: Callable[[str], list[str]] | None = None) -> set[str]:
        """Stations that come after a station; it is among them only if it lies on a loop."""
        step = step or self.next
        seen: set[str] = set()
        todo = list(step(name))
        while todo:
            station = todo.pop()
            if station not in seen:
                seen.add(station)
                todo += step(station)
        return seen

    def instant(self, name: str) -> bool:
        """Whether a cycle of a station takes no time at all, whatever the product."""
        if flows(self.stations[name]):
            return False
        cycle = self.stations[name].cycle
        laws = cycle.values() if isinstance(cycle, dict) else (cycle,)
        return all(isinstance(law, Fixed) and law.mean == 0.0 for law in laws)

    def instant_next(self, name: str) -> list[str]:
        """Stations that a part of `name` can reach, and pass, in no time."""
        if self.tunnel(name):
            return []
        return [
            taker
            for place in self.outs[name]
            if place in self.rooms and self.rooms[place].transport == 0.0
            for taker in self.takers(place)
            if self.instant(taker)
        ]

"""From a scenario whose shape and meaning hold to the resolved line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.equipment import CATALOGUE
from twin.equipment.alarm import HIGH, LOW, Alarm, Failed
from twin.equipment.instruments import instrument
from twin.equipment.model import Equipment, Parameters, Quantity
from twin.equipment.standard import fluid_tags, line_tags, standard_tags
from twin.equipment.tag import Tag, Text, Track
from twin.equipment.utility import utility_tags
from twin.line import feeds as supply
from twin.line.feeds import Feed, feeds_of
from twin.line.fluid import FLOW, PACK_BEGAN, flows, top_rate
from twin.line.line import OUT, SCRAP, SINKS, Buffer, Fault, Line, Outlet, Station, Take
from twin.line.schema import Route, Scenario, StationSpec

BOUNCE = 8.0  # s for which the contact of a stop's alarm chatters, assumed
STOPPED_BY_ITSELF = Text("The machine stopped by itself.", "설비가 스스로 정지함.")


def queue_of(station: str) -> str:
    """Id of a station's own input buffer."""
    return f"{station}.queue"


def takes_of(name: str, spec: StationSpec, fed: bool) -> tuple[Take, ...]:
    """Inputs of a station: named buffers, else its own queue when anything feeds it."""
    if isinstance(spec.source, str):
        return (Take(spec.source),)
    if spec.source is not None:
        return tuple(Take(buffer, quantity) for buffer, quantity in spec.source.items())
    return (Take(queue_of(name)),) if fed or spec.arrivals else ()


def routes_of(spec: StationSpec) -> tuple[Route, ...]:
    """Routes of a station; a plain `to` is one route for every part."""
    return (Route(to=spec.to),) if isinstance(spec.to, str) else tuple(spec.to)


def own_queues(scenario: Scenario) -> set[str]:
    """Stations whose own input buffer is used."""
    targets = {route.to for spec in scenario.stations.values() for route in routes_of(spec)}
    return {
        name
        for name, spec in scenario.stations.items()
        if spec.source is None and (name in targets or spec.arrivals is not None)
    }


def build(scenario: Scenario, text: str, origin: str) -> Line:
    """Resolve names into stations and buffers, and equipment into tags."""
    queued = own_queues(scenario)
    takes = {n: takes_of(n, s, n in queued) for n, s in scenario.stations.items()}
    outlets = {n: _outlets(s, scenario) for n, s in scenario.stations.items()}
    specs = {queue_of(n): scenario.stations[n].buffer for n in scenario.stations if n in queued}
    specs |= scenario.buffers
    buffers = tuple(
        Buffer(
            name,
            spec.capacity,
            spec.transport,
            feeders=tuple(n for n, ways in outlets.items() if any(w.place == name for w in ways)),
            takers=tuple(n for n, ins in takes.items() if any(t.buffer == name for t in ins)),
            fluid=any(
                flows(s)
                for n, s in scenario.stations.items()
                if any(take.buffer == name for take in takes[n])
            ),
        )
        for name, spec in specs.items()
    )
    products = tuple(scenario.products) or ("part",)
    feeds = feeds_of(
        {n: s.uses for n, s in scenario.stations.items()}, scenario.materials, products
    )
    stations = tuple(
        _station(
            name,
            spec,
            takes[name],
            outlets[name],
            products,
            {buffer.id: buffer.capacity for buffer in buffers},
            feeds[name],
        )
        for name, spec in scenario.stations.items()
    )
    kinds = {f.id: f for s in stations for f in s.equipment.faults}
    faults = tuple(Fault(kinds[spec.id.split(":")[0]], spec) for spec in scenario.faults)
    return Line(scenario, text, origin, stations, buffers, faults, line_tags())


def _outlets(spec: StationSpec, scenario: Scenario) -> tuple[Outlet, ...]:
    def place(target: str) -> str:
        if target in SINKS or target in scenario.buffers:
            return target
        station = scenario.stations[target]
        return station.source if isinstance(station.source, str) else queue_of(target)

    ways = tuple(Outlet(place(r.to), r.when, r.share, r.every) for r in routes_of(spec))
    # a part no route speaks of: it leaves the line, or is scrapped when it was rejected
    return (*ways, Outlet(SCRAP, "rejected"), Outlet(OUT, "always"))


def _station(
    name: str,
    spec: StationSpec,
    takes: tuple[Take, ...],
    outlets: tuple[Outlet, ...],
    products: tuple[str, ...],
    rooms: Mapping[str, int],
    feeds: tuple[Feed, ...],
) -> Station:
    equipment: Equipment = CATALOGUE[spec.kind]
    parameters: Parameters = equipment.parameters.model_validate(spec.parameters)
    quantities = equipment.quantities(parameters) + supply.quantities(feeds)
    readings = equipment.readings(parameters) + supply.readings(feeds)
    tags = standard_tags(spec.power.model_dump(), products, bool(takes))
    if flows(spec):
        levels = [(take.buffer, rooms[take.buffer]) for take in takes]
        tags = fluid_tags(tags, top_rate(spec) * 3600.0, levels)
        quantities += FLOW
        readings += () if spec.pack is None else (PACK_BEGAN,)
    tags += utility_tags(spec.utilities.by_state(), equipment.utilities(parameters))
    tags += equipment.tags(parameters) + supply.tags(feeds)
    phases = equipment.phases(parameters)
    if phases:
        labels = ("none", *(phase.en for phase in phases))
        shown = Track("Phase")
        title = Text("Phase", "단계")
        tags += (Tag("Phase", title, "", 0, len(phases), shown, kind="enum", labels=labels),)
        quantities += (Quantity("Phase", ""),)
    return Station(
        name,
        spec,
        equipment,
        parameters,
        takes,
        _needed(outlets),
        tuple(_textured(replace(tag, station=name), spec) for tag in tags),
        equipment.settings(parameters),
        quantities,
        readings,
        _alarms(name, spec, equipment.alarms(parameters) + supply.alarms(feeds)),
        feeds,
    )


def _textured(tag: Tag, spec: StationSpec) -> Tag:
    """The tag with the texture of its instrument, or with what the scenario says of it."""
    row = instrument(tag.sensor, tag.key) if tag.noise > 0.0 else None
    if row is not None and tag.period == 1.0:
        tag = replace(tag, period=float(row.every))
    given = spec.textures.get(tag.name)
    return replace(tag, texture=row) if given is None else given.on(tag, row)


def _alarms(name: str, spec: StationSpec, own: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """The station's alarms, and one for each of its failure modes."""
    stops = (
        Alarm(
            mode.id,
            mode.title or Text(mode.id, mode.id),
            LOW if mode.minor else HIGH,
            STOPPED_BY_ITSELF,
            Failed(number),
            chatter=BOUNCE,
            while_on=False,
        )
        for number, mode in enumerate(spec.failures)
    )
    return tuple(replace(alarm, station=name) for alarm in (*own, *stops))


def _needed(outlets: tuple[Outlet, ...]) -> tuple[Outlet, ...]:
    """Outlets up to the first that takes every part."""
    for i, outlet in enumerate(outlets):
        if outlet.when == "always" and outlet.share is None and outlet.every is None:
            return outlets[: i + 1]
    return outlets

"""A line as a place: every station on its spot, every way a part takes, every queue's slots.

A pure function of the line. Metres; x along the flow, y to the back, z up. A part never jumps: a
way into a buffer begins where the station lets go of the part, and a way into a station begins at
the head of the queue it is taken from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from twin.equipment.tag import Text
from twin.line import Line
from twin.line.line import Buffer
from twin.serve.scene import Scene as Picture
from visual.layout import PITCH, Spot, arrange, main_stations
from visual.mesh import Array, rotation
from visual.shapes import Shape, shape_of
from visual.shapes.fittings import BELT
from visual.way import Point, Way, route, simplified, way

MAGAZINE = 16  # parts for which an unlimited buffer gets a rack
ROOM = 0.43  # m of height for parts in a rack
LEVEL = {"board": 0.027, "box": 0.14}  # m between parts in a rack, by what travels
SHELF = 0.056  # m from a rack's foot to its first part
BOARD_KINDS = frozenset({"printer", "spi", "placer", "reflow", "aoi", "ict"})


@dataclass(frozen=True)
class Place:
    """A station on the floor."""

    id: str
    kind: str
    title: Text
    spot: Spot
    shape: Shape

    def point(self, local: Point) -> tuple[float, float, float]:
        """A point of the shape's own coordinates on the floor plan."""
        x, y, z = (np.asarray(local, float) @ rotation(self.spot.turn)).tolist()
        return (x + self.spot.x, y + self.spot.y, z)

    def corners(self, margin: float = 0.0) -> Array:
        """The eight corners of its space, `margin` m wider on the floor, (8, 3)."""
        length, depth, height = self.shape.size
        x, y = length / 2 + margin, depth / 2 + margin
        return np.array(
            [self.point((sx, sy, z)) for sx in (-x, x) for sy in (-y, y) for z in (0.0, height)]
        )

    @property
    def inlet(self) -> tuple[float, float, float]:
        """Where parts come in."""
        return self.point((-self.shape.size[0] / 2, 0.0, BELT))

    @property
    def outlet(self) -> tuple[float, float, float]:
        """Where parts go out."""
        return self.point((self.shape.size[0] / 2, 0.0, BELT))

    @property
    def bench(self) -> tuple[float, float, float]:
        """Where a part is worked on."""
        return self.point(self.shape.bench)

    @property
    def lamp(self) -> tuple[float, float, float]:
        """Foot of the stack light."""
        return self.point(self.shape.lamp)


@dataclass(frozen=True)
class Queue:
    """Where the parts of a buffer wait: `slots` on the belt's end, the rest in a rack at `rack`.

    The rack holds `levels` parts, `level` m one above the other; all others share its top.
    `carried`: no belt leads here, parts are brought by hand and all wait in the rack.
    """

    slots: int
    pitch: float
    rack: tuple[float, float, float] | None
    carried: bool
    level: float

    @property
    def levels(self) -> int:
        """Parts a rack shows one above the other."""
        return 1 + int(ROOM / self.level)


@dataclass(frozen=True)
class Tunnel:
    """A way parts travel through a station at the tunnel's pace; seconds at default settings."""

    way: Way
    residence: float


@dataclass(frozen=True)
class Scene:
    """All of a line that has a place.

    `ways` is keyed by (from, to), stations and buffers; from "" when it is not known. `belts` have
    a conveyor under them, `trails` are walked by people.
    """

    line: Line
    places: Mapping[str, Place]
    ways: Mapping[tuple[str, str], Way]
    queues: Mapping[str, Queue]
    tunnels: Mapping[str, Tunnel]
    belts: tuple[Way, ...]
    trails: tuple[Way, ...]

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest corner of all stations."""
        corners = []
        for place in self.places.values():
            length, depth, height = place.shape.size
            corners += [
                place.point((sx * length, sy * depth, height))
                for sx in (-0.5, 0.5)
                for sy in (-0.5, 0.5)
            ]
        array = np.array(corners)
        low, high = array.min(axis=0), array.max(axis=0)
        low[2] = 0.0
        return low, high

    @property
    def part(self) -> str:
        """What travels: "board" where boards are made, else "box"."""
        return travelling(self.places)


def travelling(places: Mapping[str, Place]) -> str:
    """What travels between places: "board" or "box"."""
    kinds = {place.kind for place in places.values()}
    return "board" if kinds & BOARD_KINDS else "box"


@lru_cache(maxsize=64)
def _shape(kind: str, parameters: str) -> Shape:
    return shape_of(kind, json.loads(parameters))


def build_scene(line: Line) -> Scene:
    """The scene of a line."""
    shapes = {s.id: _shape(s.kind, s.parameters.model_dump_json()) for s in line.stations}
    spots = arrange(line, shapes)
    places = {s.id: Place(s.id, s.kind, s.title, spots[s.id], shapes[s.id]) for s in line.stations}
    plan = _Plan(line, places)
    for buffer in line.buffers:
        plan.add(buffer)
    tunnels = {
        s.id: Tunnel(way([places[s.id].inlet, places[s.id].outlet]), s.residence)
        for s in line.stations
        if s.residence is not None
    }
    return Scene(
        line,
        places,
        plan.ways,
        plan.queues,
        tunnels,
        tuple(map(simplified, plan.belts)),
        tuple(map(simplified, plan.trails)),
    )


class _Plan:
    """Finds the ways of one buffer after another."""

    def __init__(self, line: Line, places: Mapping[str, Place]) -> None:
        self.places = places
        self.level = LEVEL[travelling(places)]
        self.main = main_stations(line)
        self.tunnels = {s.id for s in line.stations if s.residence is not None}
        self.ways: dict[tuple[str, str], Way] = {}
        self.queues: dict[str, Queue] = {}
        self.belts: list[Way] = []
        self.trails: list[Way] = []

    def add(self, buffer: Buffer) -> None:
        """Ways into, along and out of a buffer, and its slots."""
        first = self._first_feeder(buffer)
        takers = [self.places[name] for name in buffer.takers]
        carried = (
            first is not None
            and buffer.capacity < 0
            and buffer.transport == 0.0
            and not any(name in self.main for name in buffer.takers)
        )
        if carried:
            self._add_rack(buffer, takers[0])
        else:
            self._add_belt(buffer, first, takers)

    def _first_feeder(self, buffer: Buffer) -> Place | None:
        """The feeder on the main line that stands nearest before the taker, else any."""
        taker = self.places[buffer.takers[0]]
        feeders = [self.places[name] for name in buffer.feeders]
        if not feeders:
            return None
        return min(
            feeders,
            key=lambda f: (f.id not in self.main, abs(f.spot.y - taker.spot.y),
                           abs(f.outlet[0] - taker.inlet[0])),
        )  # fmt: skip

    def _start(self, place: Place) -> list[Point]:
        """Where a station lets go of a part, and its outlet."""
        return [place.outlet] if place.id in self.tunnels else [place.bench, place.outlet]

    def _add_belt(self, buffer: Buffer, first: Place | None, takers: list[Place]) -> None:
        head = takers[0].inlet
        back = 0.62 if len(takers) > 1 else PITCH / 2
        end = (head[0] - back, head[1], head[2])
        begin = first.outlet if first else (head[0] - 1.1, head[1], head[2])
        bend = begin[0] + 0.4 if end[0] > begin[0] + 0.5 else None
        belt = route(begin, end, bend)
        if first is not None:
            self.ways[first.id, buffer.id] = way([*self._start(first)[:-1], *belt])
        self.ways["", buffer.id] = way(belt)
        self.belts.append(way([*belt, head]))
        length = way(belt).length
        for name in buffer.feeders:
            if first is None or name != first.id:
                self._join(self.places[name], buffer.id, belt)
        for taker in takers:
            last = [] if taker.id in self.tunnels else [taker.bench]
            branch = route(end, taker.inlet, taker.inlet[0] - 0.3)
            self.ways[buffer.id, taker.id] = way([*branch, taker.inlet, *last])
            if taker is not takers[0]:
                self.belts.append(way(branch))
            self._hand_over(buffer, taker)
        slots = max(1, int(length / PITCH))
        wanted = buffer.capacity if buffer.capacity >= 0 else slots + MAGAZINE
        rack = None
        if wanted > slots:
            where = way(belt).at(np.array([length / 2]))[0][0]
            rack = (float(where[0]), float(where[1]), BELT + 0.16)
        self.queues[buffer.id] = Queue(slots, PITCH, rack, False, self.level)

    def _hand_over(self, buffer: Buffer, taker: Place) -> None:
        """Parts that pass from station to station without lying in the buffer."""
        for name in buffer.feeders:
            into = self.ways[name, buffer.id].points
            out = self.ways[buffer.id, taker.id].points
            self.ways.setdefault((name, taker.id), way([*into, *out]))

    def _join(self, feeder: Place, buffer: str, belt: list[Point]) -> None:
        """The way of another feeder, onto the belt near its beginning."""
        x, y, z = belt[0]
        last = belt[1]
        joint = (min(x + 0.45, max(x, last[0] - 0.2)), y, z)
        if feeder.outlet[0] <= joint[0] + 0.05 or feeder.id in self.main:
            start = self._start(feeder)
            bend = joint[0] if feeder.outlet[0] <= joint[0] else None
        else:  # a bench behind the line gives back to the left
            left = feeder.inlet
            start, bend = [feeder.bench, left], joint[0]
        leg = route(start[-1], joint, bend)
        self.belts.append(way(leg))
        self.ways[feeder.id, buffer] = way([*start[:-1], *leg, *belt[1:]])

    def _add_rack(self, buffer: Buffer, taker: Place) -> None:
        """A rack at the far side of a bench, and trails on the floor from who feeds it."""
        x, y, z = taker.outlet
        foot = (x + 0.42, y, z - 0.25)
        top: Point = (foot[0], foot[1], z + 0.35)
        for name in buffer.feeders:
            feeder = self.places[name]
            fx, fy, fz = feeder.bench
            lane = fy + feeder.shape.size[1] / 2 + 0.35
            if feeder.spot.y < taker.spot.y and fy < -0.5:
                out = feeder.outlet[0] + 0.35
                lane = taker.spot.y - taker.shape.size[1] / 2 - 0.75
                middle: list[Point] = [(out, fy, fz), (out, lane, fz), (foot[0], lane, fz)]
            else:
                middle = [(fx, lane, fz), (foot[0], lane, fz)]
            self.ways[name, buffer.id] = way([feeder.bench, *middle, top])
            floor = [(px, py, 0.004) for px, py, _ in [*middle, (foot[0], foot[1] - 0.35, 0.0)]]
            start = (fx, lane, 0.004) if len(middle) == 2 else (feeder.outlet[0] + 0.1, fy, 0.004)
            self.trails.append(way([start, *floor]))
        self.ways["", buffer.id] = way([(foot[0], foot[1] - 0.5, z), top])
        self.ways[buffer.id, taker.id] = way([top, (x, y, z), taker.bench])
        self._hand_over(buffer, taker)
        self.queues[buffer.id] = Queue(0, PITCH, foot, True, self.level)


def page_scene(line: Line) -> Picture:
    """What the page needs of a line: geometry and data, made when first asked for."""
    from visual import gltf  # stands on this module, and costs start-up time nobody may need

    scene = build_scene(line)
    return Picture(lambda: gltf.glb(scene), lambda: gltf.scene_json(scene))

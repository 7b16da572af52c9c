"""Where every part is and what every station shows at an instant: a pure function of the trace.

All parts of a place are placed at once. The rules, which the page follows too:

- in a buffer a part runs along its way at (length / transport) and stops at its slot; when the
  head leaves, the others close up at the same pace;
- into a station it slides in `MOVE_IN` seconds, for the eye only: the trace says where it is;
- through a tunnel it moves as fast as the tunnel's set points say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.trace import Trace
from visual.mesh import Array
from visual.scene import SHELF, Queue, Scene
from visual.states import LOOKS, Look
from visual.stays import Stays, stays_of
from visual.way import Way

MOVE_IN = 2.5  # s a part takes from the head of the queue onto the bench
QUICKEST = 1.5  # s along a way whose transport time is 0
NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Poses:
    """Parts (n) with `position` (n, 3) in m, `yaw` (rad) and product; stations with their look."""

    t: float
    part: Array
    product: Array
    place: Array
    position: Array
    yaw: Array
    states: dict[str, Look]

    def labels(self, lang: str = "en") -> dict[str, str]:
        """State in symbol and word by station."""
        return {name: look.label(lang) for name, look in self.states.items()}


def pose(scene: Scene, trace: Trace, t: float) -> Poses:
    """Poses at t (s). Raises FutureError when the trace does not reach beyond t."""
    states = trace.state_at(t)
    stays = stays_of(trace)
    here = stays.at(t)
    position = np.full((len(here), 3), np.nan)
    yaw = np.zeros(len(here))
    names = scene.line.places
    for number in np.unique(stays.place[here]).tolist():
        rule = _rule(scene, names[number])
        if rule is None:
            continue  # a sink
        mine = np.flatnonzero(stays.place[here] == number)
        position[mine], yaw[mine] = rule(scene, trace, stays, here[mine], names[number], t)
    shown = ~np.isnan(position[:, 0])
    part = stays.part[here][shown]
    return Poses(
        t,
        part,
        trace.parts.product[part] if len(part) else NONE,
        stays.place[here][shown],
        position[shown],
        yaw[shown],
        {name: LOOKS[state] for name, state in states.items()},
    )


Rule = Callable[[Scene, Trace, Stays, Array, str, float], tuple[Array, Array]]


def _rule(scene: Scene, name: str) -> Rule | None:
    if name in scene.tunnels:
        return _in_tunnel
    if name in scene.places:
        return _in_station
    return _in_buffer if name in scene.queues else None


def _along(
    scene: Scene, origin: Array, to: str, distance: Callable[[Way, Array], Array]
) -> tuple[Array, Array]:
    """Positions and headings on the ways from several origins to one place."""
    position, yaw = np.empty((len(origin), 3)), np.empty(len(origin))
    for number in np.unique(origin).tolist():
        mine = np.flatnonzero(origin == number)
        name = scene.line.places[number] if number >= 0 else ""
        way = scene.ways.get((name, to)) or scene.ways["", to]
        position[mine], yaw[mine] = way.at(distance(way, mine))
    return position, yaw


def _in_buffer(
    scene: Scene, trace: Trace, stays: Stays, rows: Array, name: str, t: float
) -> tuple[Array, Array]:
    queue, spec = scene.queues[name], scene.line.buffer_by_id[name]
    transport = spec.transport or QUICKEST
    elapsed = t - stays.since[rows]
    rank = np.arange(len(rows))
    closing = t - _last_departure(stays, name, scene, t)

    def distance(way: Way, mine: Array) -> Array:
        pace = way.length / transport
        run = pace * elapsed[mine]
        if queue.carried:
            return np.minimum(run, way.length)
        stop = way.length - queue.pitch * np.minimum(rank[mine], queue.slots - 1)
        return np.minimum(run, np.minimum(stop, stop - queue.pitch + pace * closing))

    position, yaw = _along(scene, stays.origin[rows], name, distance)
    waiting = elapsed >= transport
    return _racked(queue, rank, waiting, position, yaw)


def _racked(
    queue: Queue, rank: Array, waiting: Array, position: Array, yaw: Array
) -> tuple[Array, Array]:
    """Parts beyond the belt's slots lie in the rack, one above the other."""
    if queue.rack is None:
        return position, yaw
    level = rank - queue.slots
    stored = waiting & (level >= 0)
    x, y, z = queue.rack
    position[stored] = np.array([x, y, z + SHELF])
    position[stored, 2] += queue.level * np.minimum(level[stored], queue.levels - 1)
    yaw[stored] = 0.0
    return position, yaw


def _last_departure(stays: Stays, name: str, scene: Scene, t: float) -> float:
    number = scene.line.place(name)
    left = stays.until[(stays.place == number) & (stays.until <= t)]
    return float(left.max()) if len(left) else -np.inf


def _in_station(
    scene: Scene, trace: Trace, stays: Stays, rows: Array, name: str, t: float
) -> tuple[Array, Array]:
    place = scene.places[name]
    elapsed = np.minimum((t - stays.since[rows]) / MOVE_IN, 1.0)
    share = elapsed * elapsed * (3.0 - 2.0 * elapsed)
    position = np.tile(np.array(place.bench), (len(rows), 1))
    yaw = np.full(len(rows), place.spot.turn)
    coming = np.flatnonzero((share < 1.0) & _has_way(scene, stays.origin[rows], name))
    if len(coming):
        origin = stays.origin[rows[coming]]
        position[coming], yaw[coming] = _along(
            scene, origin, name, lambda way, mine: way.length * share[coming[mine]]
        )
    return position, yaw


def _has_way(scene: Scene, origin: Array, to: str) -> Array:
    names = scene.line.places
    return np.array([n >= 0 and (names[n], to) in scene.ways for n in origin.tolist()], bool)


def _in_tunnel(
    scene: Scene, trace: Trace, stays: Stays, rows: Array, name: str, t: float
) -> tuple[Array, Array]:
    tunnel = scene.tunnels[name]
    share = progress(scene, trace, name, stays.since[rows], t)
    return tunnel.way.at(tunnel.way.length * np.minimum(share, 1.0))


def progress(scene: Scene, trace: Trace, name: str, since: Array, t: float) -> Array:
    """Share of a tunnel that parts which came in at `since` (s, n) have travelled at t."""
    station = scene.line.station_by_id[name]
    residence = station.equipment.residence
    if residence is None:
        return np.ones(len(since))
    laws = {
        s.name: trace.index.laws(trace.quantity_number(f"{name}.{s.name}"))
        for s in station.settings
    }
    first = float(since.min())
    changes = [law.t[(law.t > first) & (law.t < t)] for law in laws.values()]
    cuts = np.unique(np.concatenate([[first], *changes, [t]]))
    total = np.zeros(len(since))
    for begin, end in itertools.pairwise(cuts):
        settings = {s.name: s.default for s in station.settings}
        for key, law in laws.items():
            row = int(np.searchsorted(law.t, begin, side="right")) - 1
            if row >= 0:
                settings[key] = float(law.target[row])
        inside = np.clip(end - np.maximum(since, begin), 0.0, None)
        total += inside / residence(station.parameters, settings)
    return total

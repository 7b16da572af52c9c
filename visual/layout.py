"""Places on the floor from the flow: the main line along x, parallel stations before it,
stations fed by rejects behind it. What a scenario fixes stays fixed."""

from __future__ import annotations

from collections.abc import Mapping
from math import radians
from typing import NamedTuple

from twin.line import Line
from visual.shapes import Shape

ROW = 3.2  # m between rows
GAP = 1.0  # m between machines, at least
PITCH = 0.28  # m a waiting part takes up on a belt: a board of 250 mm and a gap


class Spot(NamedTuple):
    """Middle of a station on the floor, m, and its turn, rad."""

    x: float
    y: float
    turn: float = 0.0


def arrange(line: Line, shapes: Mapping[str, Shape]) -> dict[str, Spot]:
    """Spot of every station by id."""
    fixed = {
        station.id: Spot(station.layout.x, station.layout.y, radians(station.layout.turn))
        for station in line.stations
        if station.layout is not None
    }
    if len(fixed) == len(line.stations):
        return fixed
    columns, rows = _columns(line), {}
    rows = _rows(line, columns)
    starts = _starts(line, shapes, columns)
    return {
        station.id: fixed.get(station.id)
        or Spot(starts[columns[station.id]], ROW * rows[station.id])
        for station in line.stations
    }


def successors(line: Line, rejected: bool) -> dict[str, list[str]]:
    """Stations that take what each station puts out, on its reject ways or on all the others."""
    follow: dict[str, list[str]] = {}
    for station in line.stations:
        takers: list[str] = []
        for outlet in station.outlets:
            if (outlet.when == "rejected") == rejected and outlet.place in line.buffer_by_id:
                takers += line.buffer_by_id[outlet.place].takers
        follow[station.id] = list(dict.fromkeys(takers))
    return follow


def _sources(line: Line) -> list[str]:
    fed = {taker for buffer in line.buffers if buffer.feeders for taker in buffer.takers}
    return [s.id for s in line.stations if s.id not in fed] or [line.stations[0].id]


def main_stations(line: Line) -> list[str]:
    """Stations that a part which passes everywhere can meet, in the order of the flow."""
    forward = _forward(line)
    return list(forward)


def _forward(line: Line) -> dict[str, list[str]]:
    """Ways of the good parts without those that lead back, sorted topologically."""
    follow = successors(line, rejected=False)
    forward: dict[str, list[str]] = {}
    done: list[str] = []
    path: set[str] = set()

    for source in _sources(line):
        if source in forward:
            continue
        stack = [(source, iter(follow[source]))]
        forward[source], path = [], {source}
        while stack:
            here, rest = stack[-1]
            for there in rest:
                if there in path:
                    continue  # leads back
                forward[here].append(there)
                if there not in forward:
                    forward[there] = []
                    path.add(there)
                    stack.append((there, iter(follow[there])))
                    break
            else:
                stack.pop()
                path.discard(here)
                done.append(here)
    return {station: forward[station] for station in reversed(done)}


def _columns(line: Line) -> dict[str, int]:
    forward = _forward(line)
    column = dict.fromkeys(forward, 0)
    for here, there in ((h, t) for h in forward for t in forward[h]):
        column[there] = max(column[there], column[here] + 1)
    fed = {there for targets in forward.values() for there in targets}
    for here, targets in forward.items():  # a side source stands next to where it feeds in
        if here not in fed and targets:
            column[here] = max(min(column[t] for t in targets) - 1, 0)
    rejects = successors(line, rejected=True)
    passes = successors(line, rejected=False)
    left = [s.id for s in line.stations if s.id not in column]
    while left:
        before = len(left)
        for here in list(left):
            feeders = [f for f in column if here in rejects[f]]
            chained = [f for f in column if here in passes[f]]
            if feeders or chained:
                column[here] = column[feeders[0]] if feeders else column[chained[0]] + 1
                left.remove(here)
        if len(left) == before:
            column[left.pop(0)] = 0
    return column


def _rows(line: Line, columns: Mapping[str, int]) -> dict[str, int]:
    main = set(main_stations(line))
    taken: dict[tuple[int, bool], int] = {}
    rows = {}
    for station in line.stations:
        key = (columns[station.id], station.id in main)
        rank = taken.get(key, 0)
        taken[key] = rank + 1
        rows[station.id] = -rank if station.id in main else rank + 1
    return rows


def _starts(
    line: Line, shapes: Mapping[str, Shape], columns: Mapping[str, int]
) -> dict[int, float]:
    """Middle of every column along x: wide enough for its machines and for the belts between."""
    width: dict[int, float] = {}
    room: dict[int, float] = {}
    for station in line.stations:
        column = columns[station.id]
        width[column] = max(width.get(column, 0.0), shapes[station.id].size[0])
        for name in station.inputs:
            capacity = min(max(line.buffer_by_id[name].capacity, 0), 6)
            room[column] = max(room.get(column, GAP), PITCH * (capacity + 1))
    starts: dict[int, float] = {}
    x = 0.0
    for column in sorted(width):
        x += width[column] / 2 if not starts else width[column] / 2 + room.get(column, GAP)
        starts[column] = x
        x += width[column] / 2
    first = starts[min(starts)]
    return {column: round(x - first, 3) for column, x in starts.items()}

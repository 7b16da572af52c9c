"""Everything of a scene that stands still, as named nodes of meshes by material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from visual.mesh import Array, Mesh, merge
from visual.scene import Scene
from visual.shapes import board, conveyor, solids, stack_light
from visual.shapes.hall import Hall, hall, plan
from visual.shapes.handling import magazine
from visual.shapes.sketch import Sketch

CONVEYORS, HALL = "__conveyors", "__hall"
FLOOR = "__floor"
DETAILED = 1500  # parts that are drawn with all their components
PARTS = {"board": "__part_board", "box": "__part_box"}


@dataclass(frozen=True)
class Node:
    """A named thing: meshes in its own coordinates, where it stands (x, y) and its turn (rad)."""

    name: str
    drawing: Mapping[str, Mesh]
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0

    def placed(self) -> dict[str, Mesh]:
        """The meshes where they stand."""
        return {
            material: (mesh.turned(self.turn) if self.turn else mesh).moved(self.x, self.y)
            for material, mesh in self.drawing.items()
        }


def hall_plan(scene: Scene) -> Hall:
    """The hall that fits around a scene."""
    low, high = scene.bounds
    return plan(float(low[0]), float(high[0]), float(low[1]), float(high[1]))


def stations(scene: Scene) -> list[Node]:
    """A node a station, named by its id."""
    return [Node(place.id, place.shape.drawing, *place.spot) for place in scene.places.values()]


def conveyors(scene: Scene) -> Node:
    """All belts, racks and trails."""
    s = Sketch()
    for way in scene.belts:
        s.include(conveyor.belt(way.points))
    for way in scene.trails:
        s.put("wall", conveyor.trail(way.points))
    for queue in scene.queues.values():
        if queue.rack is not None:
            x, y, z = queue.rack
            s.include((conveyor.trolley if queue.carried else conveyor.tower)(z), x, y)
    return Node(CONVEYORS, s.meshes())


def surroundings(scene: Scene) -> Node:
    """The hall without its floor."""
    load = magazine(14).meshes() if scene.part == "board" else _totes()
    return Node(HALL, hall(hall_plan(scene), load))


def _totes() -> dict[str, Mesh]:
    """Six totes in three layers."""
    s = Sketch()
    for level in range(3):
        for y in (-0.12, 0.12):
            s.include(board.box(), 0.0, y, 0.13 * level, 0.0)
    return s.meshes()


def part(scene_part: str) -> dict[str, Mesh]:
    """What travels, lying on z = 0: "board" or "box"."""
    return board.board() if scene_part == "board" else board.box()


def parts(scene_part: str, position: Array, yaw: Array) -> dict[str, Mesh]:
    """Many parts of one kind at positions (n, 3) and headings (n); thousands are plain boxes."""
    drawing = part(scene_part)
    if len(position) > DETAILED:
        drawing = _plain(drawing)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.zeros((len(yaw), 3, 3), np.float32)
    turn[:, 0, 0], turn[:, 0, 1], turn[:, 1, 0], turn[:, 1, 1], turn[:, 2, 2] = c, s, -s, c, 1.0
    many = {}
    for material, mesh in drawing.items():
        offsets = np.arange(len(yaw))[:, None, None] * len(mesh.points)
        points = mesh.points @ turn + position[:, None, :]
        many[material] = Mesh(
            points.reshape(-1, 3).astype(np.float32),
            (mesh.normals @ turn).reshape(-1, 3).astype(np.float32),
            (mesh.triangles + offsets).reshape(-1, 3).astype(np.int32),
        )
    return many


def _plain(drawing: Mapping[str, Mesh]) -> dict[str, Mesh]:
    """A box of a drawing's size in its first material."""
    low, high = merge(drawing.values()).bounds
    return {next(iter(drawing)): solids.box(*zip(low.tolist(), high.tolist(), strict=True))}


def lamps(scene: Scene, lit: Mapping[str, str]) -> tuple[Mesh, dict[tuple[str, bool], Mesh]]:
    """Poles of all stack lights, and lamps by (colour, lit); `lit` is by station."""
    poles: list[Mesh] = []
    lamps_by: dict[tuple[str, bool], list[Mesh]] = {}
    for place in scene.places.values():
        foot = place.lamp
        poles.append(stack_light.pole().moved(*foot))
        for name in stack_light.LAMPS:
            key = (name, lit.get(place.id) == name)
            lamps_by.setdefault(key, []).append(stack_light.lamp(name).moved(*foot))
    return merge(poles), {key: merge(found) for key, found in lamps_by.items()}

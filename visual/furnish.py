"""Everything of a scene that stands still, as named nodes of meshes by material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from visual.mesh import Mesh, merge
from visual.scene import Scene
from visual.shapes import board, conveyor, stack_light
from visual.shapes.hall import Hall, hall, plan
from visual.shapes.sketch import Sketch

CONVEYORS, HALL = "__conveyors", "__hall"
FLOOR = "__floor"
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
    return Node(HALL, hall(hall_plan(scene)))


def part(scene_part: str) -> dict[str, Mesh]:
    """What travels, lying on z = 0: "board" or "box"."""
    return board.board() if scene_part == "board" else board.box()


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

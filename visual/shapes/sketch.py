"""A drawing in progress: solids put down by material, merged to one mesh a material at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from visual.mesh import Array, Mesh, merge
from visual.shapes import solids
from visual.shapes.materials import MATERIALS
from visual.shapes.solids import Axis, Point

Drawing = Mapping[str, Mesh]


class Sketch:
    """Takes solids in local coordinates; every method names the material first."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Mesh]] = {}

    def put(self, material: str, *meshes: Mesh) -> None:
        """Add meshes."""
        if material not in MATERIALS:
            raise KeyError(material)
        self._parts.setdefault(material, []).extend(meshes)

    def include(
        self, drawing: Drawing, x: float = 0.0, y: float = 0.0, z: float = 0.0, turn: float = 0.0
    ) -> None:
        """Add a whole drawing, turned (rad) and then moved."""
        for material, mesh in drawing.items():
            self.put(material, (mesh.turned(turn) if turn else mesh).moved(x, y, z))

    def box(self, material: str, x: Point, y: Point, z: Point) -> None:
        """Add a box between two values on each axis."""
        self.put(material, solids.box(x, y, z))

    def slab(
        self, material: str, x: Point, y: Point, z: Point, radius: float = 0.04,
        bevel: float = 0.012, steps: int = 3,
    ) -> None:  # fmt: skip
        """Add a box with round upright edges and broken top and bottom edges."""
        self.put(material, solids.slab(x, y, z, radius, bevel, steps))

    def prism(
        self, material: str, outline: Array | Sequence[Point], low: float, high: float,
        axis: Axis = "z", bevel: float = 0.0,
    ) -> None:  # fmt: skip
        """Add an outline drawn out along an axis."""
        self.put(material, solids.prism(outline, low, high, axis, bevel))

    def cylinder(self, material: str, a: Point, b: Point, r: float, n: int = 20) -> None:
        """Add a cylinder from a to b."""
        self.put(material, solids.cylinder(a, b, r, n))

    def post(self, material: str, x: float, y: float, z: Point, r: float, n: int = 12) -> None:
        """Add an upright cylinder."""
        self.put(material, solids.post(x, y, z, r, n))

    def tube(self, material: str, way: Sequence[Point], r: float, n: int = 8) -> None:
        """Add a round bar along a way."""
        self.put(material, solids.tube(way, r, n))

    def meshes(self) -> dict[str, Mesh]:
        """One mesh a material."""
        return {material: merge(parts) for material, parts in self._parts.items()}

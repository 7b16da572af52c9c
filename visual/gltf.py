"""The scene as binary glTF 2.0 for the browser: y up, a node a station, and the scene as data.

Written by hand because names must survive (they are the station ids), colours must be linear, and
equal machines must share one mesh. Line coordinates (x, y, z) become (x, z, -y).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from visual import furnish
from visual.mesh import Array, Mesh, merge
from visual.pose import MOVE_IN, QUICKEST
from visual.scene import SHELF, Scene
from visual.shadow import floor_picture
from visual.shapes import stack_light
from visual.shapes.materials import MATERIALS, Material
from visual.states import LOOKS

FLOAT, BYTE, UBYTE, USHORT, UINT = 5126, 5120, 5121, 5123, 5125
VERTICES, INDICES = 34962, 34963
FLOOR_SCALE = 18.0  # pixels a metre of the floor's texture
CONCRETE = Material("#d3d8dc", lit=True)


class _Writer:
    """Gathers buffers, accessors, meshes and nodes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.json: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("bufferViews", "accessors", "materials", "meshes", "nodes")
        }
        self._materials: dict[str, int] = {}

    def view(self, data: bytes, target: int | None = None, stride: int | None = None) -> int:
        """A stretch of the buffer."""
        self.data += b"\0" * (-len(self.data) % 4)
        row: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if target is not None:
            row["target"] = target
        if stride is not None:
            row["byteStride"] = stride
        self.data += data
        self.json["bufferViews"].append(row)
        return len(self.json["bufferViews"]) - 1

    def accessor(
        self, array: Array, component: int, kind: str, target: int, normalized: bool = False,
        stride: int | None = None,
    ) -> int:  # fmt: skip
        """A typed array."""
        row = {
            "bufferView": self.view(np.ascontiguousarray(array).tobytes(), target, stride),
            "componentType": component,
            "count": len(array),
            "type": kind,
        }
        if normalized:
            row["normalized"] = True
        if kind == "VEC3" and component == FLOAT and target == VERTICES:
            row["min"] = array.min(axis=0).tolist()
            row["max"] = array.max(axis=0).tolist()
        self.json["accessors"].append(row)
        return len(self.json["accessors"]) - 1

    def primitive(self, mesh: Mesh, material: int, colours: Array | None = None) -> dict[str, Any]:
        """A mesh of one material; `colours` (n, 4) a vertex, linear, 0-255."""
        points, extra, triangles = welded(mesh, colours)
        small = len(points) < 65535
        indices = triangles.ravel().astype(np.uint16 if small else np.uint32)
        attributes = {
            "POSITION": self.accessor(points, FLOAT, "VEC3", VERTICES),
            # signed bytes: KHR_mesh_quantization, a third of the size
            "NORMAL": self.accessor(
                extra[:, :4].view(np.int8), BYTE, "VEC3", VERTICES, normalized=True, stride=4
            ),
        }
        if colours is not None:
            attributes["COLOR_0"] = self.accessor(extra[:, 4:], UBYTE, "VEC4", VERTICES, True)
        return {
            "attributes": attributes,
            "indices": self.accessor(indices, USHORT if small else UINT, "SCALAR", INDICES),
            "material": material,
        }

    def material(self, name: str) -> int:
        """Number of a material of the table, written when first used."""
        if name not in self._materials:
            self._materials[name] = len(self.json["materials"])
            self.json["materials"].append(material_json(name, MATERIALS[name]))
        return self._materials[name]

    def mesh(self, name: str, primitives: list[dict[str, Any]]) -> int:
        """A mesh of primitives."""
        self.json["meshes"].append({"name": name, "primitives": primitives})
        return len(self.json["meshes"]) - 1

    def node(self, name: str, mesh: int, **more: Any) -> None:
        """A node in the scene."""
        self.json["nodes"].append({"name": name, "mesh": mesh, **more})

    def drawing(self, name: str, drawing: Mapping[str, Mesh]) -> int:
        """A drawing as a mesh."""
        return self.mesh(
            name, [self.primitive(mesh, self.material(key)) for key, mesh in drawing.items()]
        )


def welded(mesh: Mesh, colours: Array | None) -> tuple[Array, Array, Array]:
    """Points y up, their normals (and colours) as bytes, triangles; equal points written once."""
    points = y_up(mesh.points)
    extra = np.zeros((len(points), 4 if colours is None else 8), np.uint8)
    extra[:, :3] = np.round(y_up(mesh.normals) * 127).astype(np.int8).view(np.uint8)
    if colours is not None:
        extra[:, 4:] = colours
    rows = np.concatenate([points.view(np.uint8).reshape(len(points), 12), extra], axis=1)
    keys = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    triangles = number.ravel()[mesh.triangles]
    a, b, c = triangles.T
    return points[first], extra[first], triangles[(a != b) & (b != c) & (c != a)]


def y_up(vectors: Array) -> Array:
    """Line coordinates to glTF's: (x, y, z) -> (x, z, -y)."""
    return np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1).astype(np.float32)


def material_json(name: str, material: Material) -> dict[str, Any]:
    """A material as glTF states it, its colour linear."""
    row: dict[str, Any] = {
        "name": name,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*(round(c, 5) for c in material.linear), material.opacity],
            "metallicFactor": material.metallic,
            "roughnessFactor": material.roughness,
        },
    }
    if material.opacity < 1.0:
        row["alphaMode"] = "BLEND"
        row["doubleSided"] = True
    if material.lit:
        row["extensions"] = {"KHR_materials_unlit": {}}
    return row


def glb(scene: Scene) -> bytes:
    """The scene as one binary file: stations, conveyors, hall, floor, and a template a part."""
    writer = _Writer()
    shared: dict[int, int] = {}
    nodes = furnish.stations(scene)
    for node in nodes:
        if id(node.drawing) not in shared:
            shared[id(node.drawing)] = writer.drawing(scene.places[node.name].kind, node.drawing)
        half = node.turn / 2
        writer.node(
            node.name,
            shared[id(node.drawing)],
            translation=[node.x, 0.0, -node.y],
            rotation=[0.0, float(np.sin(half)), 0.0, float(np.cos(half))],
            extras={"kind": scene.places[node.name].kind},
        )
    rest = [furnish.conveyors(scene), furnish.surroundings(scene)]
    for node in rest:
        writer.node(node.name, writer.drawing(node.name, node.drawing))
    _write_floor(writer, scene, [mesh for node in (*nodes, *rest) for mesh in _solid(node)])
    for part, name in furnish.PARTS.items():
        _write_template(writer, name, furnish.part(part))
    return _packed(writer)


def _solid(node: furnish.Node) -> list[Mesh]:
    return [mesh for material, mesh in node.placed().items() if MATERIALS[material].opacity == 1.0]


def _write_floor(writer: _Writer, scene: Scene, meshes: list[Mesh]) -> None:
    """The floor with its baked shadows as a texture."""
    x0, x1, y0, y1 = floor = furnish.hall_plan(scene).floor
    picture = floor_picture(meshes, floor, FLOOR_SCALE)
    image = writer.view(png(np.round(picture * 255).astype(np.uint8)))
    row = material_json("floor", CONCRETE)
    row["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
    writer.json["materials"].append(row)
    material = len(writer.json["materials"]) - 1
    writer.json["images"] = [{"bufferView": image, "mimeType": "image/png", "name": "floor"}]
    writer.json["textures"] = [{"source": 0, "sampler": 0}]
    writer.json["samplers"] = [
        {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}
    ]
    corners = [(x0, y0, 0.0), (x1, y0, 0.0), (x1, y1, 0.0), (x0, y1, 0.0)]
    mesh = Mesh(
        np.array(corners, np.float32),
        np.tile(np.array([0.0, 0.0, 1.0], np.float32), (4, 1)),
        np.array([[0, 1, 2], [0, 2, 3]], np.int32),
    )
    primitive = writer.primitive(mesh, material)
    flat = welded(mesh, None)[0]
    uv = np.stack([(flat[:, 0] - x0) / (x1 - x0), (y1 + flat[:, 2]) / (y1 - y0)], axis=1)
    primitive["attributes"]["TEXCOORD_0"] = writer.accessor(
        uv.astype(np.float32), FLOAT, "VEC2", VERTICES
    )
    writer.node(furnish.FLOOR, writer.mesh(furnish.FLOOR, [primitive]))


def _write_template(writer: _Writer, name: str, drawing: Mapping[str, Mesh]) -> None:
    """A part as one primitive with a colour a vertex, so that it can be instanced; hidden."""
    colours = np.concatenate(
        [
            np.tile([*MATERIALS[key].linear, 1.0], (len(mesh.points), 1))
            for key, mesh in drawing.items()
        ]
    )
    white = Material("#ffffff", 0.1, 0.45)
    writer.json["materials"].append(material_json(name, white))
    material = len(writer.json["materials"]) - 1
    tint = np.round(colours * 255).astype(np.uint8)
    primitive = writer.primitive(merge(drawing.values()), material, tint)
    writer.node(
        name,
        writer.mesh(name, [primitive]),
        extras={"template": True},
        extensions={"KHR_node_visibility": {"visible": False}},
    )


def _packed(writer: _Writer) -> bytes:
    document = {
        "asset": {"version": "2.0", "generator": "factory-testbed-twin"},
        "extensionsUsed": [
            "KHR_materials_unlit",
            "KHR_mesh_quantization",
            "KHR_node_visibility",
        ],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": list(range(len(writer.json["nodes"])))}],
        **writer.json,
        "buffers": [{"byteLength": len(writer.data)}],
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    data = bytes(writer.data) + b"\0" * (-len(writer.data) % 4)
    total = 12 + 8 + len(text) + 8 + len(data)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"), text,
            struct.pack("<I4s", len(data), b"BIN\0"), data,
        ]
    )  # fmt: skip


def png(grey: Array) -> bytes:
    """A grey 8-bit picture (rows, columns) as PNG (ISO/IEC 15948), rows filtered by difference."""
    rows, columns = grey.shape
    steps = np.diff(grey.astype(np.int16), axis=0, prepend=np.zeros((1, columns), np.int16))
    body = np.concatenate([np.full((rows, 1), 2, np.uint8), steps.astype(np.uint8)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head),
         chunk(b"IDAT", zlib.compress(body.tobytes(), 6)), chunk(b"IEND", b"")]
    )  # fmt: skip


def scene_json(scene: Scene) -> dict[str, Any]:
    """What the page needs beside the geometry; every point is y up, as in the geometry.

    `stations`: where parts lie, lamp foot, label, footprint. `paths`: keys "from>to" and "buffer"
    (its belt), each a polyline. `queues`: how a buffer's parts wait. Also `tunnels`, `colours` and
    `motion`.
    """
    return {
        "stations": {
            place.id: {
                "kind": place.kind,
                "x": place.spot.x,
                "y": place.spot.y,
                "yaw": place.spot.turn,
                "footprint": list(place.shape.size[:2]),
                "height": place.shape.size[2],
                "label": _point((*place.lamp[:2], place.lamp[2] + stack_light.HEIGHT + 0.12)),
                "lamp": _point(place.lamp),
                "bench": _point(place.bench),
            }
            for place in scene.places.values()
        },
        "paths": {
            (f"{start}>{end}" if start else end): _points(way.points)
            for (start, end), way in scene.ways.items()
        },
        "queues": {
            name: {
                "slots": queue.slots,
                "pitch": queue.pitch,
                "carried": queue.carried,
                "rack": _point((*queue.rack[:2], queue.rack[2] + SHELF)) if queue.rack else None,
                "level": queue.level,
                "levels": queue.levels,
            }
            for name, queue in scene.queues.items()
        },
        "tunnels": {
            name: {"points": _points(tunnel.way.points), "residence": tunnel.residence}
            for name, tunnel in scene.tunnels.items()
        },
        "colours": {look.state.name: look.colour for look in LOOKS},
        "motion": {"move_in": MOVE_IN, "quickest": QUICKEST},
        "part": furnish.PARTS[scene.part],
    }


def _point(p: Any) -> list[float]:
    x, y, z = (round(float(v), 4) for v in p)
    return [x, z, -y + 0.0]


def _points(array: Array) -> list[list[float]]:
    return [_point(p) for p in array]

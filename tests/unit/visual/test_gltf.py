"""The GLB read back byte by byte: names, sizes, colours, and what the page needs."""

import json
import struct

import numpy as np
import pytest

import twin
from twin.trace import State
from visual import gltf, web_scene
from visual.scene import build_scene
from visual.shapes.materials import MATERIALS

TYPES = {5126: np.float32, 5125: np.uint32, 5123: np.uint16, 5121: np.uint8}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class Glb:
    """A reader of what the writer should have written, by the glTF 2.0 specification."""

    def __init__(self, data):
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data))
        size, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        self.json = json.loads(data[20 : 20 + size])
        rest, kind = struct.unpack_from("<I4s", data, 20 + size)
        assert kind == b"BIN\0"
        self.bin = data[28 + size : 28 + size + rest]
        assert len(self.bin) + 28 + size == len(data)
        self.nodes = {node["name"]: node for node in self.json["nodes"]}

    def array(self, number):
        accessor = self.json["accessors"][number]
        view = self.json["bufferViews"][accessor["bufferView"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        kind, width = TYPES[accessor["componentType"]], WIDTH[accessor["type"]]
        assert start % np.dtype(kind).itemsize == 0
        flat = np.frombuffer(self.bin, kind, accessor["count"] * width, start)
        return flat.reshape(-1, width)

    def primitives(self, name):
        return self.json["meshes"][self.nodes[name]["mesh"]]["primitives"]

    def points(self, name):
        node = self.nodes[name]
        points = np.concatenate(
            [self.array(p["attributes"]["POSITION"]) for p in self.primitives(name)]
        )
        return points + np.array(node.get("translation", [0, 0, 0]))


@pytest.fixture(scope="module")
def data(scene):
    return gltf.glb(scene)


@pytest.fixture(scope="module")
def glb(data):
    return Glb(data)


def test_there_is_a_node_a_station_named_by_its_id(glb, line):
    assert {s.id for s in line.stations} <= set(glb.nodes)
    assert {"__conveyors", "__hall", "__part_board"} <= set(glb.nodes)
    assert len(glb.nodes) == len(glb.json["nodes"])


def test_it_is_small(data):
    assert len(data) < 3_000_000


def test_a_station_stands_at_its_place_with_y_up(glb, scene):
    for name, place in scene.places.items():
        low, high = glb.points(name).min(axis=0), glb.points(name).max(axis=0)
        middle = (low + high) / 2
        assert middle[0] == pytest.approx(place.spot.x, abs=0.2)
        assert middle[2] == pytest.approx(-place.spot.y, abs=0.6)
        assert low[1] == pytest.approx(0.0, abs=0.01)
        assert 0.9 < high[1] < 3.0


def test_indices_normals_and_bounds_are_sound(glb):
    for mesh in glb.json["meshes"]:
        for primitive in mesh["primitives"]:
            accessor = glb.json["accessors"][primitive["attributes"]["POSITION"]]
            points = glb.array(primitive["attributes"]["POSITION"])
            np.testing.assert_allclose(points.min(axis=0), accessor["min"], atol=1e-6)
            np.testing.assert_allclose(points.max(axis=0), accessor["max"], atol=1e-6)
            assert glb.array(primitive["indices"]).max() < len(points)


def test_colours_are_linear(glb):
    """#1f5fa0 in sRGB: 0x5f / 255 = 0.3725 is 0.1144 as light (IEC 61966-2-1)."""
    blue = next(m for m in glb.json["materials"] if m["name"] == "blue")
    factor = blue["pbrMetallicRoughness"]["baseColorFactor"]
    assert MATERIALS["blue"].colour == "#1f5fa0"
    assert factor == pytest.approx([0.01370, 0.11444, 0.35153, 1.0], abs=1e-4)


def test_the_part_is_one_primitive_that_can_be_instanced(glb):
    (primitive,) = glb.primitives("__part_board")
    assert "COLOR_0" in primitive["attributes"]
    assert np.ptp(glb.points("__part_board"), axis=0) == pytest.approx([0.25, 0.02, 0.2], abs=0.02)


def test_equal_machines_share_one_mesh(glb):
    assert glb.nodes["PNP1"]["mesh"] == glb.nodes["PNP2"]["mesh"]


def test_the_scene_as_data_is_json_with_ways_queues_and_colours(scene, line):
    found = json.loads(json.dumps(gltf.scene_json(scene), allow_nan=False))
    assert set(found["stations"]) == {s.id for s in line.stations}
    assert found["paths"]["LDR>PRN.queue"][0] == [0.0, 0.95, 0.0]
    assert found["stations"]["ICT2"]["bench"] == pytest.approx([25.2, 0.95, 2.6])
    assert set(found["queues"]) == {b.id for b in line.buffers}
    assert found["tunnels"]["RFL"]["points"][0][0] < found["tunnels"]["RFL"]["points"][-1][0]
    assert len(found["colours"]) == len(State)


def test_the_page_gets_both_by_one_call(line, data):
    scene = web_scene(line)
    assert scene.glb == data
    assert scene.data["paths"]


def test_equal_lines_give_equal_bytes_and_other_lines_work_too(data, line):
    assert gltf.glb(build_scene(line)) == data
    other = Glb(gltf.glb(build_scene(twin.load("examples/three-stations-v1"))))
    assert {"saw", "mill", "polish"} <= set(other.nodes)

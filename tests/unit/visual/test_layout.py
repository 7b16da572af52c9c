"""Lines without a layout: parallel stations, rework, assembly, ways back."""

import pytest

import twin
from visual.gltf import scene_json
from visual.pose import pose
from visual.scene import build_scene

HEAD = "schema: 1\nid: tests/line\ntitle: Line\nstations:\n"
PARALLEL = """
  first: {cycle: 10 s, to: middle}
  left: {from: middle, cycle: 20 s, to: last}
  right: {from: middle, cycle: 20 s, to: last}
  last: {buffer: 3, cycle: 9 s}
buffers:
  middle: {capacity: 4, transport: 5 s}
"""
REWORK = """
  press: {cycle: 10 s, to: check}
  check:
    kind: aoi
    buffer: {capacity: 2, transport: 4 s}
    cycle: 9 s
    parameters: {false_reject: 0.3}
    to:
      - {to: repair, when: rejected}
      - {to: pack}
  pack: {buffer: 2, cycle: 8 s}
  repair:
    buffer: {capacity: unlimited}
    cycle: 30 s
    to: check
"""
ASSEMBLY = """
  frames: {cycle: 10 s, to: frame-store}
  paint: {from: frame-store, cycle: 10 s, to: painted}
  motors: {cycle: 12 s, to: motor-store}
  join: {from: {painted: 1, motor-store: 1}, cycle: 10 s}
buffers:
  frame-store: 3
  painted: 3
  motor-store: 3
"""


@pytest.fixture(params=[PARALLEL, REWORK, ASSEMBLY], ids=["parallel", "rework", "assembly"])
def some_line(request, tmp_path):
    return loaded(tmp_path, request.param)


def loaded(folder, text):
    path = folder / "line.yaml"
    path.write_text(HEAD + text)
    return twin.load(path)


def overlap(a, b):
    reach = [(p + q) / 2 for p, q in zip(a.shape.size[:2], b.shape.size[:2], strict=True)]
    return abs(a.spot.x - b.spot.x) < reach[0] and abs(a.spot.y - b.spot.y) < reach[1]


def test_machines_of_any_line_stand_apart(some_line):
    places = list(build_scene(some_line).places.values())
    for i, a in enumerate(places):
        assert not any(overlap(a, b) for b in places[i + 1 :])


def test_every_part_of_any_line_has_a_place_at_any_time(some_line):
    scene, trace = build_scene(some_line), twin.run(some_line, "20min", seed=2)
    for t in range(0, 1200, 37):
        assert len(pose(scene, trace, float(t)).part) == len(trace.parts_at(float(t)))
    assert scene_json(scene)["paths"]


def test_parallel_stations_stand_side_by_side(tmp_path):
    places = build_scene(loaded(tmp_path, PARALLEL)).places
    assert places["left"].spot.x == places["right"].spot.x
    assert places["left"].spot.y != places["right"].spot.y
    assert places["first"].spot.x < places["left"].spot.x < places["last"].spot.x


def test_repair_stands_behind_the_station_that_rejects(tmp_path):
    scene = build_scene(loaded(tmp_path, REWORK))
    assert scene.places["repair"].spot.x == scene.places["check"].spot.x
    assert scene.places["repair"].spot.y > scene.places["check"].spot.y
    assert scene.queues["repair.queue"].carried


def test_a_side_source_stands_right_before_where_it_feeds_in(tmp_path):
    places = build_scene(loaded(tmp_path, ASSEMBLY)).places
    assert places["motors"].spot.x == places["paint"].spot.x
    assert places["motors"].spot.y != places["paint"].spot.y


def test_what_a_scenario_fixes_stays(tmp_path):
    text = PARALLEL.replace("cycle: 9 s}", "cycle: 9 s, layout: {x: 40, y: 5, turn: 90}}")
    last = build_scene(loaded(tmp_path, text)).places["last"]
    assert last.spot[:2] == (40.0, 5.0)
    assert last.inlet == pytest.approx((40.0, 5.0 - last.shape.size[0] / 2, 0.95))

"""Where things stand and which ways parts take."""

import numpy as np
import pytest

import twin
from twin.trace import State
from visual.scene import build_scene
from visual.states import LOOKS


def test_stations_stand_where_the_scenario_says(line, scene):
    for station in line.stations:
        assert scene.places[station.id].spot[:2] == (station.layout.x, station.layout.y)


def test_every_transport_between_places_has_a_way(line, scene):
    for buffer in line.buffers:
        assert ("", buffer.id) in scene.ways
        for feeder in buffer.feeders:
            assert (feeder, buffer.id) in scene.ways
        for taker in buffer.takers:
            assert (buffer.id, taker) in scene.ways


def test_a_part_never_jumps_from_a_way_to_the_next(line, scene):
    for buffer in line.buffers:
        ends = {tuple(scene.ways[f, buffer.id].points[-1].round(6)) for f in buffer.feeders}
        starts = {tuple(scene.ways[buffer.id, t].points[0].round(6)) for t in buffer.takers}
        assert len(ends | starts) == 1 or not buffer.feeders


def test_the_oven_is_a_tunnel_through_its_whole_length(scene):
    tunnel = scene.tunnels["RFL"]
    assert tunnel.way.length == pytest.approx(scene.places["RFL"].shape.size[0])
    assert tunnel.residence > 100.0


def test_machines_do_not_overlap(scene):
    places = list(scene.places.values())
    for i, a in enumerate(places):
        for b in places[i + 1 :]:
            apart = np.abs(np.array(a.spot[:2]) - np.array(b.spot[:2]))
            reach = (np.array(a.shape.size[:2]) + np.array(b.shape.size[:2])) / 2
            assert (apart > reach - 0.3).any(), (a.id, b.id)


def test_a_line_without_layout_is_laid_out_along_its_flow():
    scene = build_scene(twin.load("examples/three-stations-v1"))
    saw, mill, polish = (scene.places[name].spot for name in ("saw", "mill", "polish"))
    assert saw.x < mill.x < polish.x
    assert saw.y == mill.y == polish.y
    assert scene.part == "box"


def test_the_states_look_as_on_the_page():
    from pathlib import Path

    page = Path("visual/web/src/states.ts").read_text()
    for look in LOOKS:
        row = next(row for row in page.splitlines() if f'look("{look.state.name}"' in row)
        for value in (look.symbol, look.colour, look.ink, look.lamp):
            assert f'"{value}"' in row, (look.state.name, value)
    assert [look.state for look in LOOKS] == list(State)

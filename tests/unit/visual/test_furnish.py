"""What stands in a scene, and many parts at once."""

import numpy as np
import pytest

from visual import furnish
from visual.mesh import merge
from visual.shapes import stack_light


def test_every_station_has_one_lit_lamp_at_most_and_four_in_all(scene):
    lit = dict.fromkeys(scene.places, "red")
    lit["LDR"] = "white"  # stopped or idle: no lamp is lit
    _, lamps = furnish.lamps(scene, lit)
    one = len(stack_light.lamp("red").points)
    assert len(lamps["red", True].points) == one * (len(scene.places) - 1)
    assert len(lamps["red", False].points) == one
    assert len(lamps["green", False].points) == one * len(scene.places)
    assert ("green", True) not in lamps


def test_many_parts_are_copies_of_one_turned_and_moved():
    position = np.array([[1.0, 2.0, 0.95], [5.0, 0.0, 0.95]])
    two = merge(furnish.parts("board", position, np.array([0.0, np.pi / 2])).values())
    one = merge(furnish.part("board").values())
    assert len(two.points) == 2 * len(one.points)
    alone = merge(furnish.parts("board", position[1:], np.array([np.pi / 2])).values())
    expected = one.turned(np.pi / 2).moved(5.0, 0.0, 0.95)
    np.testing.assert_allclose(alone.points, expected.points, atol=1e-6)
    np.testing.assert_allclose(alone.normals, expected.normals, atol=1e-6)
    np.testing.assert_array_equal(alone.triangles, expected.triangles)


def test_thousands_of_parts_become_plain_boxes_of_the_same_size():
    n = furnish.DETAILED + 1
    many = merge(furnish.parts("box", np.zeros((n, 3)), np.zeros(n)).values())
    one = merge(furnish.part("box").values())
    assert len(many.points) == 24 * n
    assert np.concatenate(many.bounds) == pytest.approx(np.concatenate(one.bounds))


def test_conveyors_reach_from_machine_to_machine(scene):
    points = np.concatenate([m.points for m in furnish.conveyors(scene).drawing.values()])
    for buffer, queue in scene.queues.items():
        head = scene.ways["", buffer].points[-1]
        near = np.linalg.norm(points[:, :2] - head[:2], axis=1).min()
        assert near < (0.5 if queue.carried else 0.3), buffer

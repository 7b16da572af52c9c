"""Where a point is in the picture, worked out by hand and by fitting."""

import numpy as np
import pytest

from visual.camera import Camera, framed
from visual.overlay import HEADER, LEFT, RIGHT, anchors
from visual.render import view


def test_points_land_where_the_pinhole_says():
    """10 m away at 90 degrees, half the height is 10 m: 1 m is 54 of 540 pixels."""
    camera = Camera((0.0, -10.0, 0.0), (0.0, 0.0, 0.0), (1920, 1080), 90.0)
    found = camera.project(np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 10, 1]]))
    np.testing.assert_allclose(
        found, [[960, 540, 10], [1014, 540, 10], [960, 486, 10], [960, 513, 20]]
    )


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (3840, 2160), (900, 1600)])
def test_a_framed_camera_sees_all_within_the_window(size):
    points = np.random.default_rng(3).uniform([0, -2, 0], [30, 3, 2], (40, 3))
    camera = framed(points, size, 25.0, 20.0, (0.1, 0.9, 0.2, 0.7))
    x, y, depth = camera.project(points).T
    assert (depth > 0).all()
    assert x.min() > 0.095 * size[0]
    assert x.max() < 0.905 * size[0]
    assert y.min() > 0.195 * size[1]
    assert y.max() < 0.705 * size[1]


def test_no_machine_of_the_line_is_behind_header_or_charts(scene):
    camera = view(scene, (1920, 1080))
    points = np.concatenate([anchors(scene), *(p.corners() for p in scene.places.values())])
    x, y, _ = camera.project(points).T
    x, y = x / 1920, 1 - y / 1080
    for left, bottom, width, height in (HEADER, LEFT, RIGHT):
        covered = (left < x) & (x < left + width) & (bottom < y) & (y < bottom + height)
        assert not covered.any()


def test_a_machine_in_focus_fills_the_middle(scene):
    camera = view(scene, (1280, 720), "PNP1")
    x, y, _ = camera.project(scene.places["PNP1"].corners()).T
    assert 200 < x.min() < x.max() < 1080
    assert 150 < y.min() < y.max() < 600
    assert np.ptp(x) > 250

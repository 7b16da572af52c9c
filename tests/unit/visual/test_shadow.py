"""Baked shadows: dark under things, away from the light, and nowhere else."""

import numpy as np
import pytest

from visual.shadow import LIGHT, bake, blurred
from visual.shapes.solids import box

FLOOR = (-5.0, 5.0, -4.0, 4.0)


def test_a_box_darkens_the_floor_where_it_stands_and_where_its_shadow_falls():
    shade = bake([box((-0.5, 0.5), (-0.5, 0.5), (0.0, 2.0))], FLOOR, 20.0)
    assert shade.shape == (160, 200)

    def at(x, y):
        return shade[round((4.0 - y) * 20), round((x + 5.0) * 20)]

    assert at(0.0, 0.0) < 0.6
    assert at(2 * LIGHT[0], 2 * LIGHT[1]) < 0.7
    assert at(-2 * LIGHT[0], -2 * LIGHT[1] - 1.0) > 0.9
    assert at(-4.5, -3.5) == pytest.approx(1.0, abs=1e-3)


def test_a_blur_keeps_the_mean_and_an_even_picture():
    picture = np.zeros((60, 80))
    picture[30, 40] = 1.0
    assert blurred(picture, 3.0).sum() == pytest.approx(1.0)
    assert blurred(np.full((20, 30), 0.7), 2.0) == pytest.approx(np.full((20, 30), 0.7))

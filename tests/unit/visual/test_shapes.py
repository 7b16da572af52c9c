"""The catalogue: every kind has a shape of real size, with sound meshes."""

import numpy as np
import pytest

from twin.equipment import CATALOGUE as EQUIPMENT
from visual.shapes import CATALOGUE, board, shape_of
from visual.shapes.fittings import BELT
from visual.shapes.materials import MATERIALS
from visual.shapes.solids import box, cylinder, prism, slab, sphere


def volume(mesh):
    a, b, c = (mesh.points[mesh.triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (box((0, 2), (0, 3), (0, 4)), 24.0),
        (slab((0, 2), (0, 3), (0, 4), 0.0, 0.0), 24.0),
        (cylinder((0, 0, 0), (0, 0, 2), 1.0, 256), 2 * np.pi),
        (cylinder((0, 0, 0), (3, 0, 0), 1.0, 256), 3 * np.pi),
        (sphere((1, 1, 1), 1.0, 128, 64), 4 / 3 * np.pi),
        (prism([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)], 0, 1), 3.0),
        (prism([(0, 0), (2, 0), (0, 2)], -1, 1, "x"), 4.0),
        (prism([(0, 0), (2, 0), (0, 2)], -1, 1, "y"), 4.0),
    ],
)
def test_a_solid_is_closed_and_its_faces_look_outward(mesh, expected):
    assert volume(mesh) == pytest.approx(expected, rel=2e-3)


def test_every_kind_of_equipment_has_its_own_shape():
    assert {kind.kind for kind in EQUIPMENT.values()} <= set(CATALOGUE)


def test_an_unknown_kind_looks_like_a_plain_machine():
    assert shape_of("no-such-kind", {}).size == CATALOGUE["machine"]({}).size


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
def test_a_shape_has_the_size_it_claims_and_sound_meshes(kind):
    shape = shape_of(kind, {})
    assert 0.8 < shape.size[0] < 8.0
    assert shape.bench[2] == pytest.approx(BELT)
    for material, mesh in shape.drawing.items():
        assert material in MATERIALS
        assert np.isfinite(mesh.points).all()
        assert mesh.triangles.min() >= 0
        assert mesh.triangles.max() < len(mesh.points)
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-3)
    points = np.concatenate([mesh.points for mesh in shape.drawing.values()])
    assert points[:, 2].min() > -1e-3
    assert np.abs(points[:, 0]).max() < shape.size[0] / 2 + 0.25
    assert np.abs(points[:, 1]).max() < shape.size[1] / 2 + 1.1  # a chair or a shelf in front


def test_an_oven_grows_with_its_zones():
    short, long = (shape_of("reflow", {"zones": range(n), "cooling": range(2)}) for n in (6, 12))
    assert long.size[0] > short.size[0] + 2.0


def test_parts_lie_on_the_belt():
    for drawing in (board.board(), board.box()):
        points = np.concatenate([mesh.points for mesh in drawing.values()])
        assert points[:, 2].min() == pytest.approx(0.0, abs=1e-6)
        assert points[:, 2].max() < 0.2

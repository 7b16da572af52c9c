"""Stills drawn off-screen with real VTK: size, content, languages, and clear refusals."""

import os
import subprocess
import sys

import matplotlib.image
import numpy as np
import pytest

import twin
from twin.errors import FutureError, MissingSystemLibrary, UsageError
from twin.trace import State

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def trace():
    return twin.run(twin.load("electronics/smt-v1"), "1h30min", seed=1)


def read(path):
    picture = matplotlib.image.imread(path)[..., :3]
    return np.round(picture * 255).astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_still_is_written_in_the_right_size_and_shows_the_line(trace, tmp_path, language):
    from visual.render import still

    states = trace.index.states(trace.line.place("PNP2"))
    broken = float(states.t[np.flatnonzero(states.state == State.DOWN)[0]])
    path = still(trace, broken, tmp_path / "line.png", (960, 540), language)
    picture = read(path)
    assert picture.shape == (540, 960, 3)
    middle = picture[150:400]
    assert len(np.unique(middle.reshape(-1, 3) // 16, axis=0)) > 100  # not blank
    assert middle.std() > 20
    red = (middle[..., 0] > 180) & (middle[..., 1] < 60) & (middle[..., 2] < 80)
    assert red.sum() > 100  # PNP2 is down: its ring, its label


@pytest.mark.slow
def test_the_command_line_draws_a_still(tmp_path):
    out = tmp_path / "line.png"
    command = [sys.executable, "-m", "twin", "view", "examples/three-stations-v1",
               "--at", "10min", "--out", str(out)]  # fmt: skip
    answer = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert answer.returncode == 0, answer.stderr
    assert read(out).shape[1] == 1920


def test_the_future_cannot_be_drawn(trace, tmp_path):
    from visual.render import still

    with pytest.raises(FutureError):
        still(trace, trace.now, tmp_path / "line.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [{"size": (0, 10)}, {"language": "xx"}, {"focus": "NOPE"}])
def test_a_picture_that_cannot_be_is_refused(trace, tmp_path, arguments):
    from visual.render import still

    with pytest.raises(UsageError):
        still(trace, 60.0, tmp_path / "line.png", **arguments)


def test_a_missing_library_is_named_before_vtk_can_crash(trace, tmp_path, monkeypatch):
    from visual import opengl
    from visual.render import still

    monkeypatch.setattr(opengl, "has_egl", lambda: False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("VTK_DEFAULT_OPENGL_WINDOW", raising=False)
    with pytest.raises(MissingSystemLibrary, match="libegl1 libgl1-mesa-dri"):
        still(trace, 60.0, tmp_path / "line.png")


@pytest.mark.slow
def test_without_a_driver_the_packages_are_named_and_nothing_crashes(tmp_path):
    """VTK would end with signal 11 here; libEGL is told to find no driver."""
    code = (
        "import twin; from visual.render import still; "
        "still(twin.run(twin.load('examples/three-stations-v1'), '5min', seed=1), 60.0, 'x.png')"
    )
    bare = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "VTK_DEFAULT_OPENGL_WINDOW")
    }
    bare |= {"__EGL_VENDOR_LIBRARY_DIRS": str(tmp_path), "PYTHONPATH": os.getcwd()}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=bare,
        cwd=tmp_path, timeout=100,
    )  # fmt: skip
    assert answer.returncode == 1, answer.returncode
    assert "libegl1 libgl1-mesa-dri" in answer.stderr
    assert not (tmp_path / "x.png").exists()

"""What is installed is the product, the whole product, and nothing of somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAMES = ("twin", "opcua_server", "visual", "scenarios")


def test_no_other_distribution_provides_our_general_import_names(wheel):
    """ADR 0001: the names are general, so their owner is checked."""
    with zipfile.ZipFile(wheel) as archive:
        ours = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in ours if "." not in name} == set(NAMES)
    others = packages_distributions()
    for name in NAMES:
        assert set(others.get(name, ())) <= {PROJECT["project"]["name"]}, name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The distribution, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_scenarios_translations_and_the_web_page(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "scenarios/electronics/smt-v1.yaml" in names
    assert "twin/locale/ko/LC_MESSAGES/twin.mo" in names
    assert "visual/web/dist/index.html" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "node_modules" in name or name.startswith("tests")]
    assert max(archive.getinfo(name).file_size for name in names) < 5_000_000


@pytest.mark.slow
def test_the_wheel_works_in_an_environment_of_its_own_outside_the_repository(wheel, tmp_path):
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    # the dependencies are borrowed; our own editable install is not, for its .pth is not followed
    site = sysconfig.get_path("purelib", vars={"base": str(home)})
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    where = subprocess.run(
        [python, "-c", "import twin; print(twin.__file__)"],
        cwd=tmp_path, env=environ, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert str(home) in where
    listed = subprocess.run(
        [home / "bin" / "twin", "lines"],
        cwd=tmp_path, env=environ, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "electronics/smt-v1" in listed
    run = [home / "bin" / "twin", "run", "electronics/smt-v1", "--for", "10min", "--out", "run"]
    subprocess.run(run, cwd=tmp_path, env=environ, check=True, capture_output=True)
    assert (tmp_path / "run").is_dir()

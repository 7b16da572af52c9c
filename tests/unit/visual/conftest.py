"""The SMT line, its scene and two hours of it, made once for all tests of the pictures."""

import pytest

import twin
from visual.scene import build_scene


@pytest.fixture(scope="package")
def line():
    return twin.load("electronics/smt-v1")


@pytest.fixture(scope="package")
def scene(line):
    return build_scene(line)


@pytest.fixture(scope="package")
def trace(line):
    return twin.run(line, "2h10min", seed=1)

"""The examples in the docstrings of the room run."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

EXAMPLES = ("chance", "network", "sheet")


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name):
    result = doctest.testmod(import_module(f"twin.field.{name}"))
    assert result.attempted
    assert not result.failed

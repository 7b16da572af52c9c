"""For pytest: the fixture `virtual_line`, a line with its servers for a test.

    def test_my_collector(virtual_line):
        line = virtual_line("electronics/smt-v1", seed=1)
        collector = start(line.opcua_url)
        line.advance("10min")
        line.assert_count("AOI", passed=collector.passed)

It comes with the installation; nothing has to be configured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from twin.serve.virtual import VirtualLine


@pytest.fixture
def virtual_line() -> Iterator[Callable[..., VirtualLine]]:
    """Start lines: `virtual_line(LINE, seed=1, clock="stepped", level=3, faults=[...])`.

    Arguments are those of `twin.serve.virtual.VirtualLine`. Every line is stopped when the test
    ends. Ports are free ones, so tests may run side by side (pytest-xdist).
    """
    from twin.serve.virtual import VirtualLine

    lines: list[VirtualLine] = []

    def start(line: str, **wishes: Any) -> VirtualLine:
        lines.append(VirtualLine(line, **wishes))
        return lines[-1]

    yield start
    while lines:
        lines.pop().close()

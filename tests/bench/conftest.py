"""Figures of a bench run, collected and printed at its end with the machine they come from."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

import pytest

LINES: list[str] = []


@pytest.fixture
def figure():
    """Add a line to the figures printed at the end."""
    return LINES.append


def machine() -> str:
    """Processor, number of cores, Python."""
    info = Path("/proc/cpuinfo")
    names = [row.split(":", 1)[1].strip() for row in info.read_text().splitlines()
             if row.startswith("model name")] if info.exists() else []  # fmt: skip
    name = names[0] if names else platform.processor() or "unknown processor"
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def pytest_terminal_summary(terminalreporter):
    """Print the figures."""
    terminalreporter.section("figures")
    terminalreporter.write_line(f"{datetime.date.today()}, {machine()}")
    for row in LINES:
        terminalreporter.write_line(row)

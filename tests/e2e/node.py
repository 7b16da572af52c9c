"""node-opcua for tests: where its programs are, what they need, and that it is installed."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("node_opcua")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="node and npm are not on this machine (Debian: apt-get install nodejs npm)",
    ),
]


@pytest.fixture(scope="module")
def node_modules() -> None:
    """node-opcua as package-lock.json pins it, installed when missing."""
    with (Path(tempfile.gettempdir()) / "twin-npm-ci.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules").is_dir():
            done = subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True
            )
            assert done.returncode == 0, f"npm ci failed: {done.stderr}"

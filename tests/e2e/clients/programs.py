"""The clients: who made them, how their programs are started, what to do when one is not there.

o6 is open62541's client for Python. It is no dependency of ours: its free build ends a process
after ten minutes, and its open build is AGPL. Who wants it installs it in a folder of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).parent
NODE = FOLDER.parent / "node_opcua"
O6_VERSION = "2.2.0"
O6_HOME = FOLDER / "o6-venv"


@dataclass(frozen=True)
class Program:
    """A client program; `command` is None where it cannot run, and `missing` says what to do."""

    name: str
    title: str
    version: Callable[[], str]
    command: Callable[[], list[str] | None]
    missing: str


def asyncua() -> list[str]:
    """asyncua is installed with us."""
    return [sys.executable, str(FOLDER / "asyncua_client.py")]


def node() -> list[str] | None:
    """node-opcua as package-lock.json pins it, installed when missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    with (Path(tempfile.gettempdir()) / "twin-npm-ci.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (NODE / "node_modules").is_dir():
            install = ["npm", "ci", "--no-audit", "--no-fund"]
            subprocess.run(install, cwd=NODE, capture_output=True, check=True)
    return ["node", str(NODE / "features.mjs")]


def node_version() -> str:
    """The pinned version of node-opcua."""
    pinned = json.loads((NODE / "package.json").read_text())["dependencies"]
    return str(pinned["node-opcua-client"])


def o6() -> list[str] | None:
    """o6 where somebody installed it: an interpreter in TWIN_O6_PYTHON, or the folder here."""
    python = Path(os.environ.get("TWIN_O6_PYTHON", O6_HOME / "bin" / "python"))
    return [str(python), str(FOLDER / "o6_client.py")] if python.exists() else None


PROGRAMS: tuple[Program, ...] = (
    Program("asyncua", "asyncua", lambda: metadata.version("asyncua"), asyncua, ""),
    Program(
        "node", "node-opcua", node_version, node,
        "node and npm are not on this machine (Debian: apt-get install nodejs npm)",
    ),
    Program(
        "o6", "open62541 (o6)", lambda: O6_VERSION, o6,
        f"o6 is not installed: python -m venv {O6_HOME} && "
        f"{O6_HOME}/bin/pip install o6=={O6_VERSION}; or name its Python in TWIN_O6_PYTHON",
    ),
)  # fmt: skip

"""The shipped scenarios: which there are, found in the package of data without loading them.

An id is the file's path under `scenarios` without its ending: "electronics/smt-v1". It ends in a
version, because results are comparable only between runs of the same one.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from twin.errors import ScenarioError
from twin.i18n import language
from twin.line.source import decode, read

# a scenario's head (id, version, title) comes first; what follows is not read here
_BODY = re.compile(r"^(products|orders|crews|buffers|stations|faults|sources) *:", re.MULTILINE)


class Shipped(NamedTuple):
    """One shipped scenario, for a list of them; the title is in the active language."""

    id: str
    title: str
    version: str
    path: Path


def paths() -> dict[str, Path]:
    """File of every shipped scenario by its id, in order of the ids."""
    root = Path(str(files("scenarios")))
    found = sorted(root.rglob("*.yaml"))
    return {path.relative_to(root).with_suffix("").as_posix(): path for path in found}


def shipped() -> list[Shipped]:
    """Every shipped scenario; only the head of each file is read, so a list comes at once."""
    rows = []
    for name, path in paths().items():
        head = _head(path)
        title = head.get("title", "")
        if isinstance(title, dict):
            title = title.get(language()) or title.get("en", "")
        rows.append(Shipped(name, str(title), str(head.get("version", "1.0.0")), path))
    return rows


def _head(path: Path) -> dict[str, object]:
    try:
        text = decode(path.read_bytes(), str(path))
        body = _BODY.search(text)
        return read(text[: body.start() if body else None].encode(), str(path)).data
    except ScenarioError:
        return {}

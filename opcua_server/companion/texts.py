"""Names and descriptions of official types, from complete NodeSets that a user has imported.

The product itself ships facts only. An imported file is taken when its facts are those of our
table, so that instances stay what they were made for; its texts are then shown beside them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opcua_server.companion.published import NodeSet, read, write
from opcua_server.companion.sets import SETS, TABLES, TypeSet

LARGEST = 64 * 2**20  # bytes of a NodeSet file; the largest published ones have 20 MB


@dataclass(frozen=True)
class Import:
    """What became of a file: the specification's name and version, or why it was not taken."""

    file: Path
    name: str = ""
    version: str = ""
    reason: str = ""


def folder() -> Path:
    """Where imported sets are kept (XDG base directory specification)."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "twin" / "nodesets"


def texts_of(one: TypeSet) -> dict[str, list[str]]:
    """DisplayName and Description by written id; none where nothing was imported."""
    try:
        found = json.loads((folder() / f"{one.name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found.get("texts", {}) if isinstance(found, dict) else {}


def take(source: Path) -> Iterator[Import]:
    """Import every NodeSet file of a folder (or one file) that is one of ours."""
    files = sorted(source.glob("*.xml")) if source.is_dir() else [source]
    for file in files:
        yield take_one(file)


def take_one(file: Path) -> Import:
    """Import one file, when it says what our table says."""
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST // 2**20} MB")
        published = read(file)
        known = next((one for one in SETS if one.uri == published.uri), None)
        if known is None:
            raise ValueError(f"{published.uri} is none of the specifications used here")
        facts = json.loads(write(published.table()))
        differs = difference(facts, known)
        if differs:
            raise ValueError(differs)
        _keep(known, facts, published)
    except (OSError, ValueError, AttributeError, StopIteration, KeyError) as error:
        return Import(file, reason=str(error) or type(error).__name__)
    return Import(file, known.name, facts["version"])


def difference(facts: dict[str, Any], known: TypeSet) -> str:
    """What distinguishes facts from our table; "" when nothing does."""
    ours = json.loads((TABLES / f"{known.name}.json").read_text(encoding="utf-8"))
    for key in ("version", "date"):
        if facts[key] != ours[key]:
            return f"{key} is {facts[key]}, the line's instances are made for {ours[key]}"
    if facts != ours:
        lines = [json.dumps(row) for row in facts["nodes"]]
        other = set(lines) ^ {json.dumps(row) for row in ours["nodes"]}
        return (
            f"says other things than version {ours['version']}: {min(other, default='references')}"
        )
    return ""


def _keep(known: TypeSet, facts: dict[str, Any], published: NodeSet) -> None:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder() / f"{known.name}.json"
    partial = target.with_suffix(".partial")
    content = {"uri": facts["uri"], "version": facts["version"], "texts": published.texts()}
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    partial.replace(target)

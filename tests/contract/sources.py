"""Reads SOURCES.md, and the figures of a scenario that must have a row there.

A row's first column, `Where`, holds patterns of dotted places, comma between: a key of the
scenario (`stations.PRN.cycle.mean`, `faults.E-CLOG.after.*`), with the id in place of the number
for lists of things that have one; or a parameter that the scenario leaves at its kind's default
(`kinds.printer.drift`). `*` stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import scenarios
import twin

FOLDER = Path(scenarios.__file__).parent
MARKS = ("verified", "computed", "known", "assumed")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")
NO_FIGURES = ("schema", "version", "id", "licence", "layout", "title", "description")


@dataclass(frozen=True)
class Row:
    """One row of a table of sources."""

    where: tuple[str, ...]
    figure: str
    value: str
    known: str
    source: str

    def covers(self, place: str) -> bool:
        """Whether the row speaks of this figure."""
        return any(fnmatchcase(place, pattern) for pattern in self.where)


def rows(scenario: str) -> list[Row]:
    """Rows of the section `## smt-v1` for "electronics/smt-v1"."""
    folder, name = scenario.rsplit("/", 1)
    text = (FOLDER / folder / "SOURCES.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    mine = next(part for part in section if part.splitlines()[0].strip() == name)
    found = []
    for line in mine.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] not in ("Where", "---"):
            where = tuple(p.strip(" `") for p in cells[0].split(","))
            found.append(Row(where, *cells[1:]))
    return found


def figures(scenario: str) -> list[str]:
    """Places of all numbers of a scenario: in its file, and in the defaults it relies on."""
    line = twin.load(scenario)
    data = YAML(typ="safe", pure=True).load(line.text)
    return [*_numbers(data, ""), *_defaults(line)]


def _numbers(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in NO_FIGURES:
                yield from _numbers(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            name = one.get("id", i) if isinstance(one, dict) else i
            yield from _numbers(one, f"{place}.{name}")
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float) or (isinstance(value, str) and NUMBER.match(value.strip())):
        yield place


def _defaults(line: twin.Line) -> Iterator[str]:
    for kind, parameters in {s.kind: s.parameters for s in line.stations}.items():
        given = {
            key for s in line.stations if s.kind == kind for key in s.spec.parameters
        }  # at least one station says it itself: then it is in the file
        for name, field in type(parameters).model_fields.items():
            if name not in given and any(_numbers(_plain(field.default), "x")):
                yield f"kinds.{kind}.{name}"


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value

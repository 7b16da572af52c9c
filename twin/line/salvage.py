"""What can still be read of a scenario whose shape is broken, so that its names are checked too.

A user who mistypes a time here and a reference there sees both at once. What is broken is left
out; where that would make other names dangle, nothing is salvaged.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from twin.line.schema import Scenario
from twin.line.source import Path

# what stands in for a broken entry of a group whose names others refer to
STAND_INS: dict[str, Any] = {
    "stations": {"cycle": "1 s"},
    "buffers": {},
    "crews": {"count": 1},
    "products": {},
}
HEAD: dict[str, Any] = {"schema": 1, "id": "salvaged-v1", "title": ""}
LOOSE = {"version", "description", "licence", "line_clearance", "faults", "calendar", "costs"}


def salvage(data: dict[str, Any], broken: Iterable[Path]) -> Scenario | None:
    """The scenario without its broken parts; None when too little is left to say more."""
    rest = deepcopy(data)
    for path in broken:
        if not path or not _leave_out(rest, path):
            return None
    try:
        return Scenario.model_validate(rest)
    except ValidationError:
        return None


def _leave_out(rest: dict[str, Any], path: Path) -> bool:
    """Leave out what stands at a path; False when others may refer to it."""
    top = str(path[0])
    if top in HEAD:
        rest[top] = HEAD[top]
    elif top in LOOSE:
        rest.pop(top, None)
    elif top not in STAND_INS or len(path) == 1:
        return False
    elif top == "stations" and len(path) > 2 and isinstance(rest[top][path[1]], dict):
        rest[top][path[1]].pop(path[2], None)
        if "rate" not in rest[top][path[1]]:
            rest[top][path[1]].setdefault("cycle", "1 s")
    else:
        rest[top][path[1]] = deepcopy(STAND_INS[top])
    return True

"""Scripts of steps as YAML files: what all of them have, checked with file and line.

chaos: 1        # what the script is of, and its version
steps:
  - {at: 10s, ...}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.errors import Problem, UsageError
from twin.i18n import _
from twin.line.source import Source, read, shown


class Wrong(Exception):
    """What was expected of a value."""


def read_steps(path: Path, kind: str, *others: str) -> tuple[Source, list[Problem], list[Any]]:
    """A script of this kind: its source, what is wrong with it so far, and its steps unchecked.

    `others` are keys it may have besides. Raises UsageError when the file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
        ) from error
    source = read(raw, str(path))
    data, problems = source.data, list(source.problems)
    known = (kind, *others, "steps")
    problems += [
        source.problem((key,), ", ".join(known), repr(key)) for key in data.keys() - set(known)
    ]
    if data.get(kind) != 1:
        problems.append(source.problem((kind,), f"{kind}: 1", shown(data.get(kind))))
    rows = data.get("steps")
    if not isinstance(rows, list) or not rows:
        problems.append(source.problem(("steps",), _("a list of steps"), shown(rows)))
        rows = []
    return source, problems, rows

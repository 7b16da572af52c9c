"""From a scenario's name or file to a Line, or to everything that is wrong with it.

Two steps: shape (keys, types, units) and then meaning (references, flow). When the shape is wrong,
the names in what is left of it are checked nevertheless.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from twin.errors import Problem, ScenarioError, UnknownScenario
from twin.i18n import _
from twin.line import index, meaning, shape
from twin.line.build import build
from twin.line.line import Line
from twin.line.salvage import salvage
from twin.line.schema import Scenario
from twin.line.source import decode, read

ENDINGS = (".yaml", ".yml")


def load(name: str | os.PathLike[str]) -> Line:
    """The line of a shipped scenario ("electronics/smt-v1") or of a file ("my-line.yaml").

    Raises UnknownScenario when there is none of this name, and ScenarioError with every problem
    of the file at once when it cannot be used.

    >>> import twin
    >>> line = twin.load("electronics/smt-v1")
    >>> line.title.ko, line.settings["RFL.BeltSpeed"].default
    ('SMT 라인', 80.0)
    """
    return _line(*_bytes(name), os.fspath(name))


def parse(text: str, origin: str = "") -> Line:
    """The line of a scenario's text; `origin` is its name in messages. Errors as of `load`."""
    return _line(text.encode(), origin, origin)


def _line(raw: bytes, file: str, origin: str) -> Line:
    scenario, problems = _examine(raw, file)
    if problems or scenario is None:
        raise ScenarioError(problems)
    return build(scenario, decode(raw, file), origin)


def check(name: str | os.PathLike[str]) -> list[Problem]:
    """Everything wrong with a shipped scenario or a file, in the order of its lines.

    An empty list says that `load` will succeed. A file that does not exist is a problem too.

    >>> import twin
    >>> twin.check("electronics/smt-v1")
    []
    >>> [problem.line for problem in twin.check("no-such-file.yaml")]
    [1]
    """
    try:
        raw, file = _bytes(name)
        return _examine(raw, file)[1]
    except ScenarioError as error:
        return list(error.problems)
    except UnknownScenario as error:
        expected = _("the id of a shipped scenario, or a file that ends in .yaml")
        found = str(error.fields["found"])
        return [Problem(os.fspath(name), 1, "", expected, found, str(error.fields["fix"]))]


def _examine(raw: bytes, file: str) -> tuple[Scenario | None, list[Problem]]:
    source = read(raw, file)
    problems = list(source.problems)
    scenario = None
    try:
        scenario = Scenario.model_validate(source.data)
    except ValidationError as error:
        problems += shape.problems(error, source, Scenario)
        rest = salvage(source.data, shape.paths(error, source))
        problems += meaning.of_names(rest, source) if rest else []
    else:
        problems += meaning.problems(scenario, source)
    return scenario, sorted(problems, key=lambda problem: problem.line)


def _bytes(name: str | os.PathLike[str]) -> tuple[bytes, str]:
    """A scenario's bytes and its file's name for messages."""
    text = os.fspath(name)
    shipped = index.paths()
    path = shipped[text] if text in shipped else Path(text)
    try:
        return path.read_bytes(), str(path)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError | ValueError)
        looks_like_file = text.endswith(ENDINGS) or text.startswith((".", os.sep))
        if missing and looks_like_file:
            found, fix = _("no such file"), ""
        elif missing:
            found = _("no shipped scenario and no file of this name")
            fix = shape.suggestion(text, list(shipped)) or _("`twin lines` lists them.")
        else:
            found, fix = str(getattr(error, "strerror", None) or error), ""
        message = f"{text}: {found}. {fix}".rstrip()
        raise UnknownScenario(message, name=text, found=found, fix=fix) from None

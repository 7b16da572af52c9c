"""From pydantic's errors to problems in the words of the scenario's reader.

One row a kind of error: what it would have wanted. Where the value stands comes from the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twin.errors import Problem
from twin.i18n import N_, _
from twin.line.source import Path, Source, shown
from twin.units import UNITS

Context = Mapping[str, Any]


MAPPING = N_("a mapping (lines of `key: value`)")
LIST = N_("a list (lines that begin with `- `)")


def _just(text: str) -> Callable[[Context], str]:
    return lambda context: _(text)


def _choices(context: Context) -> list[str]:
    """The choices in pydantic's text "'a', 'b' or 'c'"; a number stands there without quotes."""
    text = str(context.get("expected_tags") or context.get("expected"))
    return re.findall(r"'([^']*)'", text) or [text]


def _one_of(context: Context) -> str:
    choices = _choices(context)
    return choices[0] if len(choices) == 1 else _one(choices)


def _one(choices: list[str]) -> str:
    if not choices:
        return _("no keys here")
    return _("one of {choices}").format(choices=", ".join(choices))


def _pattern(context: Context) -> str:
    if "/" in context["pattern"]:
        return _("an id of small letters, digits and -, such as electronics/smt-v1")
    return _("a name of at most 32 letters, digits, - or _ that begins with a letter")


def _limit(key: str, text: str) -> Callable[[Context], str]:
    return lambda context: _(text).format(limit=f"{context[key]:g}{context['unit']}")


EXPECTED: Mapping[str, Callable[[Context], str]] = {
    "twin": lambda c: str(c["expected"]),
    "value_error": lambda c: str(c["error"]),
    "int_type": _just(N_("a whole number")),
    "int_from_float": _just(N_("a whole number")),
    "int_parsing": _just(N_("a whole number")),
    "int_parsing_size": _just(N_("a whole number")),
    "float_type": _just(N_("a number")),
    "float_parsing": _just(N_("a number")),
    "finite_number": _just(N_("a finite number")),
    "string_type": _just(N_("a text")),
    "bool_type": _just(N_("true or false")),
    "bool_parsing": _just(N_("true or false")),
    "dict_type": _just(MAPPING),
    "model_type": _just(MAPPING),
    "model_attributes_type": _just(MAPPING),
    "list_type": _just(LIST),
    "tuple_type": _just(LIST),
    "literal_error": _one_of,
    "union_tag_invalid": _one_of,
    "union_tag_not_found": _just(N_("the name of a distribution, such as exponential")),
    "string_pattern_mismatch": _pattern,
    "greater_than": _limit("gt", N_("more than {limit}")),
    "greater_than_equal": _limit("ge", N_("{limit} or more")),
    "less_than": _limit("lt", N_("less than {limit}")),
    "less_than_equal": _limit("le", N_("{limit} or less")),
    "too_short": lambda c: _("{count} or more entries").format(count=c["min_length"]),
    "too_long": lambda c: _("{count} or fewer entries").format(count=c["max_length"]),
}


def suggestion(name: str, known: list[str]) -> str:
    """The sentence "Did you mean ...?" when a known name is close to this one, else nothing."""
    close = get_close_matches(name, known, 1, 0.6)
    return _("Did you mean `{name}`?").format(name=close[0]) if close else ""


def problems(
    error: ValidationError, source: Source, model: type[BaseModel], at: Path = ()
) -> list[Problem]:
    """Problems for everything pydantic found wrong with the values of `model` at a path.

    A missing key that the file has under a misspelt name gives one problem, not two.
    """
    details = error.errors(include_url=False)
    found = [(_path(detail, source, at), detail) for detail in details]
    unknown = {path for path, detail in found if detail["type"] == "extra_forbidden"}
    out = []
    for path, detail in found:
        if detail["type"] == "missing" and _misspelt(path, unknown):
            continue
        out.append(_problem(path, detail, source, model, at))
    return list(dict.fromkeys(out))


def paths(error: ValidationError, source: Source) -> list[Path]:
    """Where in the file pydantic found something wrong."""
    return [_path(detail, source, ()) for detail in error.errors(include_url=False)]


def _misspelt(path: Path, unknown: set[Path]) -> bool:
    beside = [str(other[-1]) for other in unknown if other[:-1] == path[:-1]]
    return bool(get_close_matches(str(path[-1]), beside, 1, 0.6))


def _path(detail: ErrorDetails, source: Source, at: Path) -> Path:
    """Path in the file of an error: its location without the names of union members."""
    path, here = at, source.value(at)
    location = detail["loc"]
    for i, step in enumerate(location):
        named = detail["type"] in ("missing", "extra_forbidden") and i == len(location) - 1
        here_has = (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        )
        if named or (here_has and not _is_kind(here, step, location[i + 1 :])):
            path = (*path, step)
            here = here[step] if here_has else None
    return path


def _is_kind(here: Any, step: str | int, rest: tuple[str | int, ...]) -> bool:
    """Whether `step` is the kind of the distribution `here` and not one of its keys."""
    return isinstance(here, dict) and here.get("kind") == step and bool(rest) and rest[0] in here


def _problem(
    path: Path, detail: ErrorDetails, source: Source, model: type[BaseModel], at: Path
) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = keys(model, source, at, path[:-1])
        found = _("the unknown key `{key}`").format(key=name)
        return source.problem(path, _one(known), found, suggestion(name, known))
    if kind == "missing":
        expected = _("the key `{key}`").format(key=name)
        return source.problem(path, expected, shown(None), _("Add it here."))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, "kind")
    value = source.value(path)
    if detail["loc"][-1:] == ("[key]",):
        value = name
    expected = detail["msg"]
    if kind in EXPECTED:
        expected = EXPECTED[kind]({**context, "unit": _unit(value)})
    fix = str(context.get("fix", ""))
    if kind in ("literal_error", "union_tag_invalid"):
        fix = suggestion(str(value), _choices(context))
    elif kind == "string_type" and isinstance(value, int | float):
        fix = _("Put it in quotes.")
    return source.problem(path, expected, shown(value), fix)


def _unit(value: object) -> str:
    """Inside unit of a text with a unit: its bounds are said in it."""
    letters = re.search(r"[^\d\s.]+\s*$", value) if isinstance(value, str) else None
    dimension = UNITS.get(letters.group().strip(), ("",))[0] if letters else ""
    return {"time": " s", "power": " kW", "rate": " /s"}.get(dimension, "")


def keys(model: type[BaseModel], source: Source, at: Path, path: Path) -> list[str]:
    """Keys that the mapping at a path may have, when the value at `at` is a `model`."""
    types: list[Any] = [model]
    for step in path[len(at) :]:
        types = [inner for kind in types for inner in _inner(kind, step)]
    models = [kind for kind in types if isinstance(kind, type) and issubclass(kind, BaseModel)]
    value = source.value(path)
    named = value.get("kind") if isinstance(value, dict) else None
    chosen = [m for m in models if "kind" in m.model_fields and named in _literals(m)] or models
    return list(dict.fromkeys(f.alias or n for m in chosen for n, f in m.model_fields.items()))


def _literals(model: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(model.model_fields["kind"].annotation)


def _inner(kind: Any, step: str | int) -> Iterator[Any]:
    """Types that the value under a key (or at an index) of a `kind` may have, unions resolved."""
    arguments = get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, described in kind.model_fields.items():
            if step == (described.alias or name):
                yield from _members(described.annotation)
    elif get_origin(kind) in (list, dict, tuple):
        yield from _members(arguments[-1])


def _members(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation

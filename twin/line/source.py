"""A scenario's text as plain values, with the line of every key and every list item.

YAML 1.2, and less than all of it: one document, text keys, no tags, no merge keys, no infinite
numbers. Aliases are expanded, within bounds, so a small file cannot become a huge line.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from twin.errors import Problem, ScenarioError
from twin.i18n import _

Path = tuple[str | int, ...]

# Bounds, assumed: a hundred times the largest line we know, and still read in seconds.
MAX_BYTES = 1_000_000
MAX_VALUES = 50_000
MAX_DEPTH = 40
MAX_TEXT = 60

_TAG = "tag:yaml.org,2002:"


def dotted(path: Path) -> str:
    """A path as people write it: "stations.oven.failures[0].after"."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def shown(value: object) -> str:
    """A value of the file as it stands in a message."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _("a mapping") if value else _("an empty mapping")
    if isinstance(value, list | tuple):
        return _("a list") if value else _("an empty list")
    text = repr(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


@dataclass(frozen=True)
class Source:
    """A file's values, where each of them stands, and what is wrong with the text as such."""

    file: str
    data: dict[str, Any]
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path) -> int:
        """Line of a value; of the nearest value around it when the file does not have it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def value(self, path: Path) -> Any:
        """What the file has at a path; None when it has nothing there."""
        here: Any = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def problem(self, path: Path, expected: str, found: str, fix: str = "") -> Problem:
        """A problem at a path of this file."""
        return Problem(self.file, self.line(path), dotted(path), expected, found, fix)


def read(raw: bytes, file: str) -> Source:
    """Values and lines of a scenario's bytes; `file` is its name in messages.

    Raises ScenarioError when the text cannot be read as one YAML mapping at all. What can be
    passed over (a key written twice) is in the result's `problems`.
    """
    text = decode(raw, file)
    node = _compose(text, file)
    if not isinstance(node, MappingNode):
        found = _("an empty file") if node is None else _shown_node(node)
        line = 1 if node is None else int(node.start_mark.line) + 1
        expected = _("a mapping that begins with `schema: 1`")
        fix = _("See the example in docs/howto/write-your-own-line.md.")
        raise ScenarioError([Problem(file, line, "", expected, found, fix)])
    reading = _Reading(file)
    data = reading.mapping(node, ())
    return Source(file, data, reading.lines, tuple(reading.problems))


def decode(raw: bytes, file: str) -> str:
    """Text of a scenario file, with plain line ends."""

    def refuse(line: int, expected: str, found: str, fix: str = "") -> ScenarioError:
        return ScenarioError([Problem(file, line, "", expected, found, fix)])

    if len(raw) > MAX_BYTES:
        expected = _("a file of at most {count} bytes").format(count=MAX_BYTES)
        raise refuse(1, expected, _("{count} bytes").format(count=len(raw)))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = _("the byte 0x{byte:02X}").format(byte=raw[error.start])
        raise refuse(line, _("UTF-8 text"), found, _("Save the file as UTF-8.")) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _compose(text: str, file: str) -> Node | None:
    """The tree of the text's nodes; every way to be no YAML becomes a ScenarioError."""
    expected, fix = _("well-formed YAML"), ""
    other = re.search(r"^%YAML +(?!1\.2\b).*", text, re.MULTILINE)
    if other:
        line = text.count("\n", 0, other.start()) + 1
        found = repr(other.group())
        fix = _("Remove the line.")
        raise ScenarioError([Problem(file, line, "", _("YAML 1.2"), found, fix)])
    try:
        with warnings.catch_warnings():
            # an anchor may be set again, says YAML 1.2 (3.2.2.2)
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
        return node
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        found = str(error.problem or error.context)
        if error.context_mark and error.context_mark.line + 1 < line:
            begin = error.context_mark.line + 1
            found = _("{problem} (in what begins in line {line})").format(problem=found, line=begin)
        if "'\\t'" in found:
            expected, found = _("spaces for indentation"), _("a tab")
            fix = _("Replace every tab by two spaces.")
        elif "another document" in found:
            expected, found = _("one document"), _("a second one, after `---`")
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = _("the control character 0x{code:02X}").format(code=ord(text[error.position]))
    except RecursionError:
        line, found = 1, _("lists or mappings nested without end")
    except (YAMLError, ValueError, IndexError, TypeError, AttributeError, AssertionError) as error:
        line, found = 1, str(error) or type(error).__name__
    line = min(line, text.count("\n", 0, len(text.rstrip())) + 1)
    raise ScenarioError([Problem(file, line, "", expected, found, fix)]) from None


def _shown_node(node: Node) -> str:
    return shown(node.value if isinstance(node, ScalarNode) else [node])


@dataclass
class _Reading:
    """Turns nodes into values, noting lines and what is wrong on the way."""

    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    values: int = 0

    def note(self, node: Node, path: Path, expected: str, found: str, fix: str = "") -> None:
        line = int(node.start_mark.line) + 1
        self.problems.append(Problem(self.file, line, dotted(path), expected, found, fix))

    def bound(self, node: Node, path: Path) -> None:
        """Stop at a file that grows beyond all measure through its aliases."""
        self.values += 1
        if self.values > MAX_VALUES:
            found = _("more than {count}, aliases written out").format(count=MAX_VALUES)
            self.note(node, path[:3], _("at most {count} values").format(count=MAX_VALUES), found)
            raise ScenarioError(self.problems)
        if len(path) > MAX_DEPTH:
            expected = _("at most {count} levels").format(count=MAX_DEPTH)
            found = _("lists or mappings nested without end")
            self.note(node, path[:3], expected, found)
            raise ScenarioError(self.problems)

    def value(self, node: Node, path: Path) -> Any:
        self.bound(node, path)
        self.lines.setdefault(path, int(node.start_mark.line) + 1)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            self.plain(node, path, "seq")
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        self.plain(node, path, "map")
        out: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.note(key, path, _("a text as key"), shown([key]))
                continue
            name, here = str(key.value), (*path, str(key.value))
            if name == "<<":
                fix = _("Write the keys out.")
                self.note(key, here, _("a key"), _("a merge key, which YAML 1.2 has not"), fix)
            elif name in out:
                found = _("it a second time (first in line {line})").format(line=self.lines[here])
                fix = _("Remove one of the two.")
                self.note(key, here, _("every key once"), found, fix)
            else:
                self.lines[here] = int(key.start_mark.line) + 1
                out[name] = self.value(value, here)
        return out

    def plain(self, node: Node, path: Path, *kinds: str) -> bool:
        """Whether a node has one of YAML's own types; a problem is noted otherwise."""
        tag = str(node.tag)
        if tag.removeprefix(_TAG) in kinds and tag.startswith(_TAG):
            return True
        fix = _("Remove the tag.")
        self.note(node, path, _("a plain value"), _("the tag {tag}").format(tag=tag), fix)
        return False

    def scalar(self, node: Node, path: Path) -> Any:
        text = str(node.value)
        if not self.plain(node, path, "str", "int", "float", "bool", "null", "timestamp", "value"):
            return text
        kind = str(node.tag).removeprefix(_TAG)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text.replace("_", ""), 0 if text.lstrip("+-")[:1] == "0" else 10)
            number = float(text.replace("_", "")) if kind == "float" else 0.0
        except ValueError:
            return text
        if math.isfinite(number):
            return number if kind == "float" else text
        self.note(node, path, _("a finite number"), repr(text))
        return 0.0

"""Whatever is wrong with a scenario, it is said as problems with lines inside the file."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.line import check, load, shipped
from twin.line.source import read

BASES = {row.id: row.path.read_bytes() for row in shipped()}
VALUES = {name: read(raw, name).data for name, raw in BASES.items()}
WORDS = ["out", "scrap", "merged", "machine", "reflow", "kind", "mean", "A", "é", "rejected"]
WORDS += ["fixed", "uniform", "unlimited"]
WORDS += ["", "0 s", "3 s", "-1 s", "1e308 s"]
JUNK = [b"", b"\n", b"\t", b": ", b"- ", b"[", b"}", b"&a ", b"*a", b"!x ", b"'", b'"', b"#", b"%"]
JUNK += [b"|", b"\xff", b"? "]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.just([]),
    st.just({}), st.just([{}]), st.just({"kind": "fixed"}), st.text(max_size=5),
    st.sampled_from([10**400, -(10**30), {"": {"": {}}}, [[["x"]]]]),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [path] if path else []
    for key, inner in steps:
        found += places(inner, (*path, key))
    return found


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [t for k, v in value.items() for t in (k, *texts(v))]
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    return [value] if isinstance(value, str) else []


@st.composite
def mutated(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(VALUES)))
    data = json.loads(json.dumps(VALUES[name]))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(data)))
        holder = data
        for step in path[:-1]:
            holder = holder[step]
        key = path[-1]
        match draw(st.sampled_from(["delete", "change", "rename", "swap", "add"])):
            case "delete":
                del holder[key]
            case "change":
                holder[key] = deepcopy(draw(ODD))
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from([*texts(VALUES[name]), "x y", ""]))] = holder.pop(key)
            case "swap":
                holder[key] = draw(st.sampled_from(texts(VALUES[name])))
            case _:
                if isinstance(holder, dict):
                    holder[draw(st.sampled_from(texts(VALUES[name])))] = deepcopy(draw(ODD))
                else:
                    holder.append(deepcopy(draw(ODD)))
        if not data:
            break
    return json.dumps(data, indent=1)


def said_properly(folder: Path, raw: bytes) -> None:
    file = folder / "mutated.yaml"
    file.write_bytes(raw)
    problems = check(file)
    lines = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.expected
        assert problem.found
        assert str(problem)
    if problems:
        with pytest.raises(ScenarioError) as caught:
            load(file)
        assert list(caught.value.problems) == problems
    else:
        line = load(file)
        assert line.places
        assert line.tags


@given(text=mutated())
def test_a_mutated_scenario_is_loaded_or_refused_with_lines(text, tmp_path_factory):
    said_properly(tmp_path_factory.getbasetemp(), text.encode())


@given(data=st.data())
def test_a_damaged_text_is_loaded_or_refused_with_lines(data, tmp_path_factory):
    raw = bytearray(BASES[data.draw(st.sampled_from(sorted(BASES)))])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        junk = data.draw(st.sampled_from(JUNK))
        raw[at : at + data.draw(st.integers(0, 4))] = junk
    said_properly(tmp_path_factory.getbasetemp(), bytes(raw))


@given(
    raw=st.binary(max_size=60)
    | st.text(alphabet="a:-[]{}&*!|>'\"#%@,? \n\t", max_size=60).map(str.encode)
)
def test_any_bytes_are_loaded_or_refused_with_lines(raw, tmp_path_factory):
    said_properly(tmp_path_factory.getbasetemp(), raw)

"""The reference page of companion specifications: what each shipped line shows of them.

Made from the running address spaces, so it says what a client finds. `scripts/reference.py` writes
it with the other pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import twin
from opcua_server.companion.coverage import Coverage, coverage
from opcua_server.companion.loader import table_of
from opcua_server.companion.sets import FIRST_INDEX, SETS, TypeSet
from opcua_server.companion.snapshot import of_space
from opcua_server.companion.tools import served
from twin.line.index import shipped

HEAD = """# OPC UA companion specifications

What a client finds on each shipped line when it knows only the specification. Every type comes from
the published NodeSet of the version below; an instance has all mandatory members of its type, and
the optional ones named here. How and why:
[Companion specifications](../explanation/companion-specifications.md).

"""


def page() -> str:
    """The whole page."""
    lines = {entry.id: asyncio.run(_of(entry.id)) for entry in shipped()}
    text = HEAD + _table(
        ("Index", "Specification", "Version", "Namespace", *(f"`{name}`" for name in lines)),
        (
            (FIRST_INDEX + place, f"{one.document} {one.name}", table_of(one)["version"],
             f"`{one.uri}`", *(_count(one, rows) for rows in lines.values()))
            for place, one in enumerate(SETS)
        ),
    )  # fmt: skip
    text += "\nThe figures are instances of its types. An empty cell: the line has none of it.\n"
    for one in SETS:
        types = sorted({row.type for rows in lines.values() for row in rows if row.uri == one.uri})
        if types:
            text += f"\n## {one.name}\n\n"
            text += _table(
                ("Type", "Lines", "Optional members shown", "Left out"),
                _types(one, types, lines),
            )
    return text


async def _of(name: str) -> list[Coverage]:
    async with served(twin.load(name)) as space:
        return coverage(of_space(space))


def _count(one: TypeSet, rows: Iterable[Coverage]) -> object:
    return sum(row.instances for row in rows if row.uri == one.uri) or ""


def _types(
    one: TypeSet, types: Iterable[str], lines: dict[str, list[Coverage]]
) -> Iterator[tuple[object, ...]]:
    for name in types:
        found = {
            line: row
            for line, rows in lines.items()
            for row in rows
            if (row.uri, row.type) == (one.uri, name)
        }
        shown = set().union(*(row.shown for row in found.values()))
        known = set().union(*(row.known for row in found.values()))
        where = ", ".join(f"{line} {row.instances}" for line, row in found.items())
        yield f"`{name}`", where, _names(shown), _names(known - shown)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _table(head: tuple[object, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)

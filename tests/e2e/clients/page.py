"""The page of clients and what they can do: `python -m tests.e2e.clients.page` writes it anew.

With names of clients (asyncua, node, o6) it runs these only, and keeps what it says of the others.
It runs every client program against a live line over TCP, so the table says what was seen.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.clients.features import FEATURES, column
from tests.e2e.clients.programs import PROGRAMS, Program
from tests.e2e.clients.stage import Stage

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "opcua-clients.md"
HEAD = """\
<!-- written by `python -m tests.e2e.clients.page`: run it, do not edit -->

# OPC UA clients

What clients that we did not write can do with a line: every cell was seen, over TCP with
Basic256Sha256, Sign & Encrypt (where the row does not say otherwise), by a program that uses the
client library against a running `electronics/smt-v1`. The same judge compares what each of them
tells with the line's own values. `tests/e2e/test_opcua_clients.py` runs them again and fails when
a cell has become wrong.

"""
TAIL = """
**not in the client**: the library has no call for it, or never sends it. "yes, where the program
...": the library does not do it by itself; a program with a line of code more does.

The programs lie in `tests/e2e/clients` and `tests/e2e/node_opcua`: one file a client, one list of
features, one judge. asyncua comes with the product and node-opcua by `npm ci`; o6 is installed by
whoever wants it (its free build ends a process after ten minutes), and without it its test is
skipped.
"""


def content(columns: Mapping[str, Mapping[str, str]]) -> str:
    """The page; `columns` has the verdicts by program and feature."""
    heads = ["Feature", *(f"{one.title} {one.version()}" for one in PROGRAMS)]
    rows = [heads, ["---"] * len(heads)]
    rows += [
        [feature.title, *(columns[one.name][feature.name] for one in PROGRAMS)]
        for feature in FEATURES
    ]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows) + TAIL


def told(program: Program) -> dict[str, str]:
    """What the page says of a client, by feature; its version is "version"."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    place = 1 + PROGRAMS.index(program)
    cells = {row[0]: row[place] for row in rows}
    return {"version": cells["Feature"].rpartition(" ")[2]} | {
        feature.name: cells.get(feature.title, "not on the page") for feature in FEATURES
    }


async def tried(program: Program, command: list[str]) -> dict[str, str]:
    """What a client can do, by feature, seen now."""
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder)) as stage:
            return {"version": program.version()} | await column(stage, command)


async def main(names: list[str]) -> None:
    """Run the clients named, or all, and write the page; the others' columns stay."""
    programs = [one for one in PROGRAMS if one.name in names or not names]
    commands = {program: program.command() for program in programs}
    missing = [program.missing for program, command in commands.items() if command is None]
    if missing:
        sys.exit("\n".join(missing))
    columns = {program.name: told(program) for program in PROGRAMS if program not in programs}
    for program, command in commands.items():
        if command is not None:
            columns[program.name] = await tried(program, command)
    PAGE.write_text(content(columns), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

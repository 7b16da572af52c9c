"""What the command line does with address spaces: `twin opcua nodeset`, `browse` and `nodesets`."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asyncua import Client, ua

from opcua_server.adapter import OpcUaAdapter
from opcua_server.companion import texts
from opcua_server.companion.export import nodeset
from opcua_server.companion.sets import SETS
from opcua_server.companion.snapshot import A, Snapshot, of_server, of_space
from opcua_server.companion.tree import tree
from twin.line.line import Line
from twin.serve.session import Session

OBJECTS = ua.NodeId(ua.ObjectIds.ObjectsFolder)
OWN = 2  # namespace index of a line


@asynccontextmanager
async def served(line: Line) -> AsyncIterator[Any]:
    """Address space of a line at its first second, behind a port that nobody is told of."""
    session = Session(line, seed=0, clock="stepped")
    adapter = OpcUaAdapter(port=0, anonymous_role=None)
    await session.start(adapter)
    try:
        assert adapter._server is not None
        yield adapter._server.iserver.aspace
    finally:
        await session.stop()


def nodeset_of(line: Line) -> str:
    """A line's own namespace as a UANodeSet file."""
    return asyncio.run(_nodeset_of(line))


async def _nodeset_of(line: Line) -> str:
    async with served(line) as space:
        live = {
            node
            for node in space.keys()  # noqa: SIM118 - not a mapping
            if (held := space[node].attributes.get(A.Value)) is not None and held.value is None
        }
        return nodeset(of_space(space), OWN, line.version, live)


def browse(where: str | Line, depth: int) -> Iterator[str]:
    """The tree of a line, or of the server at an address, a line of text a node.

    Raises OSError when the server does not answer or turns us away.
    """
    seen = asyncio.run(_of_line(where) if isinstance(where, Line) else _of_address(where))
    return tree(seen, OBJECTS, depth)


async def _of_line(line: Line) -> Snapshot:
    async with served(line) as space:
        return of_space(space)


async def _of_address(address: str) -> Snapshot:
    try:
        async with Client(address) as client:
            return await of_server(client)
    except ua.UaError as error:
        raise ConnectionError(errno.ECONNREFUSED, str(error)) from error


def take(source: Path) -> list[texts.Import]:
    """Import the published NodeSets of a folder."""
    return list(texts.take(source))


def known() -> list[tuple[str, str, str, str, bool]]:
    """Specifications: name, document, version, namespace, and whether its texts are imported."""
    from opcua_server.companion.loader import table_of

    return [
        (one.name, one.document, table_of(one)["version"], one.uri, bool(texts.texts_of(one)))
        for one in SETS
    ]

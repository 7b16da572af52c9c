"""The 6,000 nodes of the standard address space, built once and kept in the user's cache.

Building them takes most of a start; reading them back a fifth of it. The file is a pickle, which
is code like a .pyc: it is read only from a folder of this user that nobody else may write to.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
from importlib.metadata import version
from pathlib import Path

from asyncua.server.address_space import AddressSpace, NodeManagementService

from opcua_server.corrections import correct

SERIAL = 3  # of what is kept here, beside the versions of asyncua and Python


def cache_folder() -> Path:
    """Folder for files that can be made again (XDG base directory specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "twin"


def cache_file() -> Path:
    """The file for this asyncua and this Python."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache_folder() / f"opcua-standard-{version('asyncua')}-py{python}-{SERIAL}.pickle"


async def fill(space: AddressSpace, service: NodeManagementService) -> None:
    """Put the standard nodes into an empty address space, from the cache when there is one."""
    path = cache_file()
    nodes = await asyncio.to_thread(recall, path)
    if nodes is not None:
        space._nodes = nodes
        return
    await asyncio.to_thread(make, service)
    correct(space._nodes)
    keep(path, space._nodes)


def make(service: NodeManagementService) -> None:
    """Build them with asyncua's generated code."""
    from asyncua.server.standard_address_space import standard_address_space

    standard_address_space.fill_address_space(service)


def recall(path: Path) -> dict[object, object] | None:
    """Nodes from the cache; None when there are none, or none to be trusted."""
    try:
        if not private(path):
            return None
        with path.open("rb") as stream:
            nodes = pickle.load(stream)
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache, it is made anew
        return None
    return nodes if isinstance(nodes, dict) and nodes else None


def private(path: Path) -> bool:
    """Whether file and folder are this user's and closed to writing by others."""
    if not hasattr(os, "getuid"):
        return True
    found = (path.stat(), path.parent.stat())
    return all(one.st_uid == os.getuid() and not one.st_mode & 0o022 for one in found)


def keep(path: Path, nodes: object) -> None:
    """Write the cache whole or not at all; a machine without room for it starts slower."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as stream:
                pickle.dump(nodes, stream, pickle.HIGHEST_PROTOCOL)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def warm() -> None:
    """Make the cache ahead of the first start: `python -m opcua_server.standard`, at set-up."""
    path = cache_file()
    if recall(path) is None:
        space = AddressSpace()
        make(NodeManagementService(space))
        correct(space._nodes)
        keep(path, space._nodes)


if __name__ == "__main__":
    warm()

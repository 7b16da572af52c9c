"""Contract with asyncua: what our guards and shortcuts override or rely on is as it was read.

When this fails after an update of asyncua, read the named piece again beside the guard that uses
it, then write its new digest here. It is meant to be loud.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import json
import pkgutil
from importlib.metadata import version
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.ua import uaprotocol_auto

import opcua_server
from opcua_server import hardening

MODULES = pkgutil.walk_packages(opcua_server.__path__, "opcua_server.")
PARTS = [importlib.import_module(module.name) for module in MODULES]
INTERNALS = sorted({pair for part in PARTS for pair in getattr(part, "INTERNALS", ())})
KNOWN = Path(__file__).with_name("internals.json")


def digest(module: str, name: str) -> str:
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return hashlib.sha256(inspect.getsource(found).encode()).hexdigest()[:16]


def test_the_guards_were_checked_with_the_installed_asyncua() -> None:
    assert version("asyncua") == hardening.CHECKED_WITH


@pytest.mark.parametrize(("module", "name"), INTERNALS)
def test_an_internal_of_asyncua_has_not_moved(module: str, name: str) -> None:
    known = json.loads(KNOWN.read_text())
    assert digest(module, name) == known[f"{module}.{name}"], (
        f"{module}.{name} is not what the guards were written against: read it again"
    )


def test_no_list_in_a_request_has_elements_without_bytes() -> None:
    """Elements of no size could be announced in any number; only Null is one, and it is counted."""
    without_bytes = {
        name
        for name, kind in vars(uaprotocol_auto).items()
        if dataclasses.is_dataclass(kind) and not dataclasses.fields(kind)
    }
    for kind in vars(uaprotocol_auto).values():
        if not dataclasses.is_dataclass(kind):
            continue
        for field in dataclasses.fields(kind):
            written = str(field.type)
            inner = written.removeprefix("list[ua.").removesuffix("]")
            if written.startswith("list[") and inner in without_bytes:
                # sent wrapped in an extension object, which has bytes of its own
                assert issubclass(getattr(ua, inner), object)
                assert inner in ("HistoryReadDetails", "FilterOperand"), f"{kind}.{field.name}"


if __name__ == "__main__":  # writes the digests anew, after reading what changed
    rows = {f"{module}.{name}": digest(module, name) for module, name in INTERNALS}
    KNOWN.write_text(json.dumps(rows, indent=2) + "\n")

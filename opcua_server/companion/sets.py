"""The companion specifications whose types a line may use, in the order of their namespaces.

The order is fixed: it gives each its namespace index, the same for every line and run. A new one
goes to the end. Facts of each are in `tables/`, made by scripts/nodesets.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).with_name("tables")
FIRST_INDEX = 3  # after OPC UA itself (0), the server (1) and the line (2)


@dataclass(frozen=True)
class TypeSet:
    """A specification: short name, namespace, number of its document, and sets it builds on."""

    name: str
    uri: str
    document: str
    needs: tuple[str, ...] = ()


_UA = "http://opcfoundation.org/UA"
SETS: tuple[TypeSet, ...] = (
    TypeSet("DI", f"{_UA}/DI/", "OPC 10000-100"),
    TypeSet("IA", f"{_UA}/IA/", "OPC 10000-200", ("DI",)),
    TypeSet("IRDI", f"{_UA}/Dictionary/IRDI", "OPC 10000-19"),
    TypeSet("Machinery", f"{_UA}/Machinery/", "OPC 40001-1", ("DI",)),
    TypeSet("JobControl", f"{_UA}/ISA95-JOBCONTROL_V2/", "OPC 10031-4"),
    TypeSet("Jobs", f"{_UA}/Machinery/Jobs/", "OPC 40001-3", ("JobControl",)),
    TypeSet(
        "MachineTool",
        f"{_UA}/MachineTool/",
        "OPC 40501-1",
        ("DI", "IA", "Machinery", "JobControl", "Jobs"),
    ),
    TypeSet("PackML", f"{_UA}/PackML/", "OPC 30050"),
    TypeSet("Weihenstephan", f"{_UA}/Weihenstephan/", "OPC 40600", ("DI", "Machinery", "PackML")),
    TypeSet("PnEm", f"{_UA}/PNEM/", "OPC 30141", ("DI",)),
    TypeSet("PADIM", f"{_UA}/PADIM/", "OPC 30081", ("DI", "IRDI")),
    TypeSet(
        "ProcessValues", f"{_UA}/Machinery/ProcessValues/", "OPC 40001-2", ("PADIM", "IRDI", "DI")
    ),
    TypeSet("Result", f"{_UA}/Machinery/Result/", "OPC 40001-101"),
)
BY_NAME = {one.name: one for one in SETS}


def closure(names: Iterable[str]) -> tuple[TypeSet, ...]:
    """The named sets and all they build on, in the fixed order. Raises KeyError for others."""
    needed: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in needed:
            needed.add(name)
            ahead.extend(BY_NAME[name].needs)
    return tuple(one for one in SETS if one.name in needed)

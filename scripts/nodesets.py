"""Writes the tables of facts in `opcua_server/companion/tables` from published OPC UA NodeSets.

python scripts/nodesets.py FOLDER_OF_XML [TABLES]
"""

from __future__ import annotations

import sys
from pathlib import Path

from opcua_server.companion.published import read, write
from opcua_server.companion.sets import SETS, TABLES


def main(folder: str, target: str = "") -> None:
    """Write the tables of all sets the product uses."""
    tables = Path(target) if target else TABLES
    tables.mkdir(parents=True, exist_ok=True)
    found = {one.uri: one for one in map(read, sorted(Path(folder).glob("*.xml")))}
    for one in SETS:
        (tables / f"{one.name}.json").write_text(write(found[one.uri].table()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

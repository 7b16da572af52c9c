"""What of each official type a line's instances show, and which optional members they leave out."""

from __future__ import annotations

from dataclasses import dataclass, field

from opcua_server.companion.check import Checker
from opcua_server.companion.snapshot import Snapshot


@dataclass
class Coverage:
    """One type on one line: how many instances, optional members shown, and those left out."""

    uri: str
    type: str
    instances: int = 0
    shown: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    @property
    def left_out(self) -> set[str]:
        """Optional members that no instance shows."""
        return self.known - self.shown


def coverage(seen: Snapshot, own: int = 2) -> list[Coverage]:
    """Every official type (beyond OPC UA itself) that has an instance, in namespace order."""
    checker = Checker(seen, own)
    found: dict[tuple[int, str], Coverage] = {}
    for node, kind in checker.instances():
        index, name = kind.name
        if index in (0, own):
            continue
        row = found.setdefault((index, name), Coverage(seen.namespaces[index], name))
        row.instances += 1
        shown, known = checker.optional(node, kind)
        row.shown |= shown
        row.known |= known
    return [found[key] for key in sorted(found)]

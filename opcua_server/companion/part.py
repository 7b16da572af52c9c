"""What each file of instances is given, and the row by which it is known.

A part says which specifications it needs of a line (none: it does not apply) and adds its
instances. `plant.PARTS` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asyncua import ua

from opcua_server.bulk import SpaceBuilder
from opcua_server.companion.types import Types
from opcua_server.nodes import Space
from twin.equipment.tag import Text


@dataclass(frozen=True)
class Plant:
    """What a part builds with. `line_id` is the line's node, `station` gives a station's."""

    types: Types
    session: Any
    space: Space
    builder: SpaceBuilder

    @property
    def line(self) -> Any:
        """The line."""
        return self.session.line

    @property
    def line_id(self) -> ua.NodeId:
        """Node of the line."""
        return self.space.line

    def in_korean(self, node: ua.NodeId, text: Text) -> None:
        """Show clients that ask for Korean a node by its Korean name."""
        korean = ua.LocalizedText(text.ko, "ko")
        self.space.korean[node] = (korean, korean)

    def station(self, name: str) -> ua.NodeId:
        """Node of a station."""
        return self.builder.node_id(name)


@dataclass(frozen=True)
class Part:
    """A part: name, specifications it needs of this session's line, and what adds it."""

    name: str
    needs: Callable[[Any], Iterable[str]]
    build: Callable[[Plant], None]

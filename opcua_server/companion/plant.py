"""What a line shows of companion specifications: a table of parts, each in a file of its own.

A part says which specifications it needs of a line (none: it does not apply) and adds its
instances. Adding one is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from opcua_server.bulk import SpaceBuilder
from opcua_server.companion.derived import Derivations
from opcua_server.companion.types import Types
from opcua_server.companion.values import View
from opcua_server.nodes import Space
from opcua_server.shared import SharedTypes
from opcua_server.store import LiveStore


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

    def station(self, name: str) -> ua.NodeId:
        """Node of a station."""
        return self.builder.node_id(name)


@dataclass(frozen=True)
class Part:
    """A part: name, specifications it needs of this session's line, and what adds it."""

    name: str
    needs: Callable[[Any], Iterable[str]]
    build: Callable[[Plant], None]


PARTS: tuple[Part, ...] = ()


def needed(session: Any) -> tuple[str, ...]:
    """Specifications that a session's whole line needs."""
    whole = getattr(session, "whole", session)
    return tuple(sorted({name for part in PARTS for name in part.needs(whole)}))


def assemble(
    address_space: AddressSpace,
    namespace: int,
    session: Any,
    store: LiveStore,
    space: Space,
    parts: Iterable[Part] | None = None,
    types: SharedTypes | None = None,
) -> Derivations:
    """Add the parts that apply to the line; what is to be told at each publish.

    Types that the address space has already are `types`.
    """
    needed = {part: tuple(part.needs(session)) for part in (PARTS if parts is None else parts)}
    names = {name for wanted in needed.values() for name in wanted}
    if not names:
        return Derivations()
    builder = SpaceBuilder(address_space, namespace)
    rows = {key: row for row, key in enumerate(session.shown.tags)}
    view = View(session, store, rows)
    held = types if types is not None and names <= set(types.names) else None
    kinds = Types(
        builder,
        held.names if held else names,
        line=space,
        rows=rows,
        view=view,
        loaded=held.loaded if held else None,
    )
    plant = Plant(kinds, session, space, builder)
    for part, wanted in needed.items():
        if wanted:
            part.build(plant)
    return kinds.variables.derivations
